"""A text that hangs, crashes or bloats the language stage goes into quarantine, and costs no other record its rows.

The poison is a real component of a real spaCy pipeline, which does as certain words in a text say.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.isolation import IsolatedProcess, Limits, stop_isolated_processes
from tests.conftest import Outcome
from tests.e2e.test_ingest import ask
from transforms.models import find_model

COMPONENT = """
import ctypes, os
from spacy.language import Language

@Language.component("poison")
def poison(doc):
    text = doc.text
    if "SPINS" in text:
        ctypes.PyDLL(None).sleep(600)  # never gives the interpreter back
    if "EXITS" in text:
        os._exit(7)
    if "CRASHES" in text:
        ctypes.string_at(0)
    if "BLOATS" in text:
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    if "RAISES" in text:
        raise ValueError("no such word")
    return doc
"""

POISONS = {
    "SPINS": ("enrich_timeout", "did not come to an end"),
    "CRASHES": ("enrich_crash", "SIGSEGV"),
    "BLOATS": ("enrich_memory", "ran out of memory"),
    "RAISES": ("enrich_error", "ValueError: no such word"),
}


@pytest.fixture
def poisoned_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the default pipeline with the poison in it, known to spaCy as any installed component is."""
    packages = tmp_path / "packages"
    metadata = packages / "poison-1.0.dist-info"
    metadata.mkdir(parents=True)
    (packages / "poison_component.py").write_text(COMPONENT, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[spacy_factories]\npoison = poison_component:poison\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("PYTHONPATH", str(packages))
    model = tmp_path / "model"
    shutil.copytree(find_model("en_core_web_sm").location, model)
    config = (model / "config.cfg").read_text(encoding="utf-8")
    config = config.replace('pipeline = ["tok2vec",', 'pipeline = ["poison","tok2vec",')
    (model / "config.cfg").write_text(config + '\n[components.poison]\nfactory = "poison"\n', encoding="utf-8")
    return model


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_LANGUAGE_SECONDS", "4")
    monkeypatch.setenv("NEWSMILL_LANGUAGE_PACE", "100000")
    monkeypatch.setenv("NEWSMILL_LANGUAGE_BYTES", str(1 << 30))


def write_feed(path: Path, poisons: list[str]) -> None:
    """A harmless record before, between and behind poisoned ones."""
    texts = [f"Governor Bo Lund said on day {number} that the talks had failed." for number in range(len(poisons) + 1)]
    lines = []
    for number, text in enumerate(texts):
        lines.append({"id": f"good{number}", "text": text})
        if number < len(poisons):
            lines.append({"id": poisons[number].lower(), "text": f"Mayor Ada Cole said the lake {poisons[number]}."})
    path.parent.mkdir()
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_poison_is_quarantined_with_its_reason_and_all_other_records_land(
    load: Callable[..., Any], poisoned_model: Path, limits: None, tmp_path: Path
) -> None:
    write_feed(tmp_path / "wire" / "a.jsonl", list(POISONS))
    summary = load(tmp_path / "wire", warehouse=tmp_path / "w", model=poisoned_model)
    assert (summary.articles, summary.quarantined) == (len(POISONS) + 1, len(POISONS))
    found = ask(tmp_path / "w", "SELECT source_uri, stage, error_type, message, sample FROM quarantine")
    by_uri = {row[0]: row[1:] for row in found}
    for word, (error_type, reason) in POISONS.items():
        stage, kind, message, sample = by_uri[f"wire/{word.lower()}"]
        assert (stage, kind) == ("enrich", error_type)
        assert reason in message
        assert word in sample
    assert ask(tmp_path / "w", "SELECT count(*), min(sentence_count) FROM articles") == [(len(POISONS) + 1, 1)]
    assert ask(tmp_path / "w", "SELECT count(*) FROM quotes") == [(len(POISONS) + 1,)]
    assert ask(tmp_path / "w", "SELECT article_count, quarantined_count FROM files") == [
        (len(POISONS) + 1, len(POISONS))
    ]


@pytest.mark.long
def test_poison_in_a_pool_of_workers_costs_no_other_record(
    shell: Callable[..., Outcome], poisoned_model: Path, limits: None, tmp_path: Path
) -> None:
    write_feed(tmp_path / "wire" / "a.jsonl", ["EXITS"])
    done = shell(
        "ingest", tmp_path / "wire", "-w", tmp_path / "w", "--workers", "1", "--model", poisoned_model, "--strict",
        NEWSMILL_RUNNER="processes",
    )  # fmt: skip
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert ask(tmp_path / "w", "SELECT source_uri, error_type, message FROM quarantine") == [
        ("wire/exits", "enrich_crash", "the language stage ended its process on this text: exit code 7")
    ]
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles WHERE sentence_count = 1") == [(2,)]


@pytest.mark.long
def test_a_process_that_was_killed_is_started_again(tmp_path: Path) -> None:
    process = IsolatedProcess("en_core_web_sm", Limits().memory_bytes)
    assert process.call(abs, -1) == 1
    assert process._process
    process._process.kill()
    process._process.wait()
    with pytest.raises(Exception, match="-9"):
        process.call(abs, -1)
    assert process.call(abs, -2) == 2
    with pytest.raises(ValueError, match="invalid literal"):
        process.call(int, "x")
    process.stop()
    stop_isolated_processes()


def test_limits_grow_with_the_text() -> None:
    assert Limits().seconds_for(0) == 60
    assert Limits().seconds_for(500_000) == 1060
