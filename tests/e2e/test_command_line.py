"""What a user meets in the terminal: answers, one line for each mistake, and exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT, Outcome


@pytest.fixture
def warehouse(load: Callable[..., Any], tmp_path: Path) -> Path:
    """A warehouse with two short articles."""
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "a.txt").write_text('"We will strike," Ann Roe said.\n', encoding="utf-8")
    (folder / "b.txt").write_text("Bo Lund said the talks had failed.\n", encoding="utf-8")
    load(folder, warehouse=tmp_path / "warehouse")
    return tmp_path / "warehouse"


def test_sql_answers_as_table_csv_and_json(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    query = "SELECT speaker_name, count(*) AS quotes FROM quotes GROUP BY ALL ORDER BY 1"
    table = newsmill("sql", query, "-w", warehouse)
    assert table.code == 0
    assert [line.split() for line in table.out.splitlines()[2:4]] == [["Ann", "Roe", "1"], ["Bo", "Lund", "1"]]
    assert (
        newsmill("sql", query, "-w", warehouse, "--format", "csv").out == "speaker_name,quotes\nAnn Roe,1\nBo Lund,1\n"
    )
    rows = json.loads(newsmill("sql", query, "-w", warehouse, "--format", "json").out)
    assert rows == [{"speaker_name": "Ann Roe", "quotes": 1}, {"speaker_name": "Bo Lund", "quotes": 1}]


def test_sql_cannot_write(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    outcome = newsmill("sql", "DELETE FROM articles", "-w", warehouse)
    assert outcome.code == 3
    assert "read-only" in outcome.err


def test_reports_are_listed_and_answered(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    listed = newsmill("report").out
    assert "speakers            Who is quoted most?" in listed
    answer = newsmill("report", "speakers", "-w", warehouse)
    assert answer.code == 0
    assert "Ann Roe" in answer.out


def test_status_shows_runs_rows_and_snapshot(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    out = newsmill("status", "-w", warehouse).out
    assert "snapshot" in out
    assert "completed" in out
    assert "articles" in out


def test_export_writes_parquet_of_every_table(
    newsmill: Callable[..., Outcome], warehouse: Path, tmp_path: Path
) -> None:
    assert newsmill("export", tmp_path / "out", "-w", warehouse).code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "articles", "entities", "events", "files", "quarantine", "quotes", "runs",
    ]  # fmt: skip


def test_connect_prints_sql_that_works_in_a_plain_client(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    statements = newsmill("connect", "-w", warehouse).out
    code = (
        "import duckdb, sys; c = duckdb.connect(); c.execute(sys.stdin.read());"
        " print(c.sql('SELECT count(*) FROM quotes').fetchall())"
    )
    done = subprocess.run([sys.executable, "-c", code], input=statements, capture_output=True, text=True, check=True)
    assert done.stdout == "[(2,)]\n"


MISTAKES = [
    (
        ["ingest", "no/such/place"],
        2,
        "'no/such/place' does not exist: name a folder, a file or a pattern with '*'",
    ),
    (
        ["ingest", "no/*.txt"],
        2,
        "nothing matches 'no/*.txt': check the pattern, or name a folder or file",
    ),
    (
        ["ingest", ".", "--corpus", "a/b"],
        2,
        "--corpus 'a/b' cannot be used: give a name without '/'",
    ),
    (
        ["sql", "SELECT 1", "-w", "nowhere"],
        3,
        "no warehouse at nowhere: make one with 'newsmill ingest PATH --warehouse nowhere'",
    ),
    (
        ["report", "speekers"],
        3,
        "there is no report 'speekers': did you mean 'speakers'? 'newsmill report' lists all",
    ),
    (
        ["ingest", ".", "-w", "things"],
        3,
        "things is not a warehouse: it holds x.txt but no catalog.sqlite; name an empty or new folder with --warehouse",
    ),
]


@pytest.mark.parametrize(("arguments", "code", "message"), MISTAKES)
def test_a_mistake_gets_one_line_and_its_exit_code(
    newsmill: Callable[..., Outcome],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "x.txt").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    outcome = newsmill(*arguments)
    assert (outcome.code, outcome.err.strip(), outcome.out) == (code, f"newsmill: {message}", "")


def test_wrong_options_exit_with_2(newsmill: Callable[..., Outcome]) -> None:
    assert newsmill("ingest").code == 2
    assert newsmill("ingest", ".", "--workers", "0").code == 2
    assert newsmill("ingest", ".", "--published", "yesterday").code == 2


def test_an_empty_folder_and_a_model_that_is_not_there_are_said_in_one_line(
    prefect_api: str, newsmill: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    empty = newsmill("ingest", tmp_path / "empty", "-w", tmp_path / "w")
    assert empty.code == 0
    assert f"nothing to read in {tmp_path / 'empty'}: there are no files" in empty.err
    missing = newsmill("ingest", tmp_path / "empty", "-w", tmp_path / "w", "--model", "xx_none")
    assert missing.code == 3
    assert "the spaCy pipeline 'xx_none' is not installed" in missing.err
    assert "Traceback" not in empty.err + missing.err


def test_a_prefect_server_that_does_not_answer_is_said_in_one_line(
    shell: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Ada Cole won.", encoding="utf-8")
    outcome = shell("ingest", tmp_path / "a.txt", "-w", tmp_path / "w", PREFECT_API_URL="http://127.0.0.1:9/api")
    assert outcome.code == 3
    assert (
        outcome.err.strip().splitlines()[-1].startswith("newsmill: no Prefect server answers at http://127.0.0.1:9/api")
    )
    assert "Traceback" not in outcome.err


def test_questions_do_not_wait_for_prefect_or_spacy() -> None:
    code = (
        "import sys, flows.cli, warehouse.catalog, warehouse.queries;"
        " print([m for m in ('prefect', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("command", [("ingest", "."), ("quarantine", "retry")])
def test_a_map_that_cannot_be_understood_is_wrong_usage(
    newsmill: Callable[..., Outcome], command: tuple[str, ...]
) -> None:
    wrong = newsmill(*command, "--map", "size=a")
    assert wrong.code == 2
    assert wrong.err.startswith("newsmill: --map size=a: 'size' is no column: name one of id, url,")
