"""A file that ends the process which reads it goes into quarantine, and costs no other record its rows.

What crashes is real: a module that Python loads in every process of the run but the first makes certain bytes lethal.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.isolation import reading_process, stop_isolated_processes
from tests.conftest import Outcome
from tests.e2e.test_ingest import ask

LETHAL = """
import ctypes, os, sys, unicodedata

if any("spawn_main" in argument or argument == "flows.isolation" for argument in sys.orig_argv):
    real = unicodedata.normalize

    def normalize(form, text):
        if "CRASHES" in text:
            ctypes.string_at(0)
        return real(form, text)

    def watch(event, arguments):
        if event == "open" and "lethal" in str(arguments[0]):
            os._exit(9)

    unicodedata.normalize = normalize
    sys.addaudithook(watch)
"""

REASON = "reading it ended the process twice: {}: convert it to another format, or report it with the record"


@pytest.fixture
def lethal(tmp_path: Path) -> str:
    """A PYTHONPATH that makes texts with CRASHES and files with 'lethal' in their names end who reads them."""
    (tmp_path / "lethal-code").mkdir()
    (tmp_path / "lethal-code" / "sitecustomize.py").write_text(LETHAL, encoding="utf-8")
    return str(tmp_path / "lethal-code")


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """Files before, between and behind lethal ones, and records before and behind a lethal one."""
    wire = tmp_path / "wire"
    wire.mkdir()
    for name in ("a", "c.lethal", "d"):
        (wire / f"{name}.txt").write_text(f"Governor Bo Lund said in {name} that the café would close.", "utf-8")
    texts = [f"Mayor Ada Cole said the café {word}." for word in ("opened", "CRASHES", "closed")]
    (wire / "b.jsonl").write_text(
        "".join(json.dumps({"id": text.split()[-1][:-1].lower(), "text": text}) + "\n" for text in texts)
    )
    return wire


def check(warehouse: Path) -> None:
    """That all harmless records have landed, and that the others stand in quarantine."""
    assert ask(warehouse, "SELECT source_uri FROM articles ORDER BY ALL") == [
        ("wire/a.txt",), ("wire/closed",), ("wire/d.txt",), ("wire/opened",)
    ]  # fmt: skip
    assert ask(warehouse, "SELECT file_uri, record_no, stage, error_type, message FROM quarantine ORDER BY ALL") == [
        ("wire/b.jsonl", 2, "read", "read_crash", REASON.format("SIGSEGV")),
        ("wire/c.lethal.txt", None, "read", "read_crash", REASON.format("exit code 9")),
    ]
    assert ask(warehouse, "SELECT file_uri, status, article_count, quarantined_count FROM files ORDER BY ALL") == [
        ("wire/a.txt", "loaded", 1, 0),
        ("wire/b.jsonl", "loaded", 2, 1),
        ("wire/c.lethal.txt", "failed", 0, 1),
        ("wire/d.txt", "loaded", 1, 0),
    ]


def test_a_file_that_crashes_its_reader_is_quarantined_and_all_others_land(
    load: Callable[..., Any], lethal: str, wire: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_isolated_processes()
    monkeypatch.syspath_prepend(lethal)
    summary = load(wire, warehouse=tmp_path / "w")
    stop_isolated_processes()
    assert (summary.articles, summary.quarantined) == (4, 2)
    check(tmp_path / "w")


@pytest.mark.long
def test_a_file_that_crashes_workers_of_a_pool_is_quarantined_and_all_others_land(
    shell: Callable[..., Outcome], lethal: str, wire: Path, tmp_path: Path
) -> None:
    done = shell(
        "ingest", wire, "-w", tmp_path / "w", "--workers", "1",
        NEWSMILL_RUNNER="processes", PYTHONPATH=os.pathsep.join([lethal, *os.environ.get("PYTHONPATH", "").split()]),
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    check(tmp_path / "w")


def test_a_reading_process_that_was_killed_once_costs_nothing() -> None:
    process = reading_process()
    assert process.call(abs, -1) == 1
    assert process._process
    process._process.kill()
    process._process.wait()
    with pytest.raises(Exception, match="-9"):
        process.call(abs, -1)
    assert reading_process().call(abs, -2) == 2
    stop_isolated_processes()
