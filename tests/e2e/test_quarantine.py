"""What cannot be loaded can be listed, looked at, and loaded after a fix: exactly that, and nothing twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome
from tests.e2e.test_ingest import ask, rows_of

GOOD = {"text": "Mayor Ada Cole opened the bridge on Monday.", "id": "good"}
FOREIGN_NAMES = {"story_clean": "Governor Bo Lund met the farmers of Port Ellery on Tuesday.", "id": "foreign"}


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A folder of a good record, one under names of its own, and a broken one."""
    folder = tmp_path / "wire"
    folder.mkdir()
    lines = [json.dumps(GOOD), json.dumps(FOREIGN_NAMES), '{"text": "cut o']
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def in_quarantine(warehouse: Path) -> list[tuple[Any, ...]]:
    return ask(warehouse, "SELECT record_no, error_type FROM quarantine ORDER BY ALL")


def test_the_list_names_records_and_show_shows_how_they_begin(
    load: Callable[..., Any], newsmill: Callable[..., Outcome], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    listed = newsmill("quarantine", "list", "-w", warehouse, "--format", "json")
    assert [row["record"] for row in json.loads(listed.out)] == ["wire/a.jsonl#2", "wire/a.jsonl#3"]
    only = newsmill("quarantine", "list", "-w", warehouse, "--error-type", "unmapped", "--format", "json")
    [row] = json.loads(only.out)
    assert "story_clean" in row["message"]
    assert "--map text=story_clean" in row["message"]
    shown = newsmill("quarantine", "show", "wire/a.jsonl#3", "-w", warehouse)
    assert shown.code == 0
    assert "broken_json" in shown.out
    assert '{"text": "cut o' in shown.out


def test_what_does_not_stand_in_quarantine_is_one_line(
    load: Callable[..., Any], newsmill: Callable[..., Outcome], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    missing = newsmill("quarantine", "show", "wire/a.jsonl#1", "-w", warehouse)
    assert missing.code == 3
    assert missing.err == (
        "newsmill: 'wire/a.jsonl#1' is not in quarantine: 'newsmill quarantine list' names the records that are\n"
    )
    assert newsmill("quarantine", "list", "-w", warehouse, "--error-type", "bad").code == 2
    assert newsmill("quarantine", "list", "-w", tmp_path / "none").code == 3


def test_a_retry_with_another_map_loads_exactly_the_records_that_it_maps(
    load: Callable[..., Any], retry: Callable[..., Any], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    before = ask(warehouse, "SELECT article_id, ingested_at FROM articles")
    summary = retry(warehouse=str(warehouse), field_map=["text=story_clean"])
    assert (summary.articles, summary.quarantined) == (1, 1)
    assert in_quarantine(warehouse) == [(3, "broken_json")]
    assert ask(warehouse, "SELECT source_uri, record_no FROM articles ORDER BY ALL") == [
        ("wire/foreign", 2),
        ("wire/good", 1),
    ]
    assert set(before) < set(ask(warehouse, "SELECT article_id, ingested_at FROM articles"))
    assert ask(warehouse, "SELECT article_count, quarantined_count FROM files") == [(2, 1)]
    # The file as a whole is as it was: the next ingest has nothing to do, and a second retry changes nothing.
    assert load(wire, warehouse=warehouse).files == 0
    rows = rows_of(warehouse, "articles")
    assert retry(warehouse=str(warehouse)).articles == 0
    assert rows_of(warehouse, "articles") == rows


def test_a_retry_after_the_file_was_repaired_reads_all_of_it(
    load: Callable[..., Any], retry: Callable[..., Any], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    repaired = [json.dumps(GOOD), json.dumps({"text": "The ferry sank."}), json.dumps({"text": "The mill turns."})]
    (wire / "a.jsonl").write_text("\n".join(repaired), encoding="utf-8")
    summary = retry(warehouse=str(warehouse))
    assert (summary.articles, summary.quarantined) == (3, 0)
    assert in_quarantine(warehouse) == []
    assert ask(warehouse, "SELECT count(*) FROM articles") == [(3,)]


def test_a_retry_of_a_file_that_has_gone_keeps_its_rejects(
    load: Callable[..., Any], retry: Callable[..., Any], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    before = in_quarantine(warehouse)
    (wire / "a.jsonl").unlink()
    summary = retry(warehouse=str(warehouse))
    assert (summary.articles, summary.quarantined) == (0, 0)
    assert in_quarantine(warehouse) == before
    assert ask(warehouse, "SELECT count(*) FROM articles") == [(1,)]


def test_a_retry_keeps_to_the_kind_and_the_files_that_are_named(
    load: Callable[..., Any], retry: Callable[..., Any], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    (wire / "b.jsonl").write_text(json.dumps({"story_clean": "The dam broke."}), encoding="utf-8")
    load(wire, warehouse=warehouse)
    retry(warehouse=str(warehouse), field_map=["text=story_clean"], error_type="unmapped", files="wire/b*")
    assert in_quarantine(warehouse) == [(2, "unmapped"), (3, "broken_json")]


def test_a_retry_reads_as_the_run_did_that_rejected(
    load: Callable[..., Any], retry: Callable[..., Any], wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse, publisher="The Herald", published="2024-02-29")
    retry(warehouse=str(warehouse), field_map=["text=story_clean"])
    assert ask(warehouse, "SELECT DISTINCT publisher, published_date::VARCHAR FROM articles") == [
        ("The Herald", "2024-02-29")
    ]


def test_the_command_says_what_it_loaded_and_what_stays(
    load: Callable[..., Any], shell: Callable[..., Outcome], prefect_api: str, wire: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    load(wire, warehouse=warehouse)
    done = shell(
        "quarantine", "retry", "-w", warehouse, "--map", "text=story_clean", "--strict", PREFECT_API_URL=prefect_api
    )
    assert done.code == 1, done.err
    assert "1 articles" in done.err
    assert "1 records were quarantined" in done.err
