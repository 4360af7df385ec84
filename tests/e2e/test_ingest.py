"""Whole runs of the ingest flow on real files, into a real warehouse, with a real Prefect."""

import gzip
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

import schemas
from tests.conftest import PROJECT, Outcome
from warehouse import connect
from warehouse.errors import StorageError

SAMPLE = PROJECT / "seeds" / "articles"
BRIDGE = (
    '"The bridge will open in May," Mayor Ada Cole said on Monday.\n\nThe council met the builders in Port Ellery.\n'
)
FLOOD = "Governor Bo Lund said the river had destroyed 40 houses.\n\nRescuers arrived on Sunday.\n"


def rows_of(warehouse: Path, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table but what differs from run to run."""
    with connect(warehouse) as lake:
        kept = [
            name
            for name in schemas.TABLES[table].names
            if name not in {"run_id", "ingested_at", "committed_at", "quarantined_at", "location", "mtime"}
        ]
        return lake.execute(f"SELECT {', '.join(kept)} FROM {table} ORDER BY ALL").fetchall()


def ask(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with connect(warehouse) as lake:
        return lake.execute(sql).fetchall()


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with two text files and a gzipped JSONL file."""
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    (folder / "flood.txt").write_text(FLOOD, encoding="utf-8")
    records = [
        {"id": 7, "title": "Strike", "body": "Ann Roe told reporters that the strike would end.", "date": "2026-03-02"},
        {"url": "https://Wire.example/a?utm_source=x", "text": "Talks between Karvenia and Tolmark failed."},
    ]
    with gzip.open(folder / "feed.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records)
    return folder


def test_the_sample_corpus_becomes_tables_and_a_second_run_adds_nothing(
    shell: Callable[..., Outcome], tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse"
    first = shell("ingest", SAMPLE, "--warehouse", warehouse, "--strict")
    assert first.code == 1, first.err
    assert "52 articles (2 duplicates) from 23 files" in first.err
    assert "2 records were quarantined" in first.err
    assert "Traceback" not in first.err
    assert "rror" not in first.err
    counts = dict(
        ask(warehouse, "SELECT 'articles', count(*) FROM articles UNION ALL SELECT 'quotes', count(*) FROM quotes")
    )
    assert counts["articles"] == 52
    assert counts["quotes"] > 200
    before = {table: rows_of(warehouse, table) for table in schemas.TABLES if table != "runs"}
    second = shell("ingest", SAMPLE, "--warehouse", warehouse, "--strict")
    assert second.code == 0, second.err
    assert "nothing new: 23 files" in second.err
    assert {table: rows_of(warehouse, table) for table in before} == before


def test_every_span_slices_back_to_its_text(load: Callable[..., Any], tmp_path: Path) -> None:
    load(SAMPLE, warehouse=tmp_path / "w")
    spans = [
        ("entities", "text", "start_char", "end_char"),
        ("quotes", "text", "start_char", "end_char"),
        ("quotes", "cue", "cue_start", "cue_end"),
        ("quotes", "speaker_text", "speaker_start", "speaker_end"),
        ("events", "trigger_text", "trigger_start", "trigger_end"),
        ("events", "actor_text", "actor_start", "actor_end"),
        ("events", "recipient_text", "recipient_start", "recipient_end"),
    ]
    texts = dict(ask(tmp_path / "w", "SELECT article_id, text FROM articles"))
    for table, column, start, end in spans:
        rows = ask(
            tmp_path / "w", f"SELECT article_id, {column}, {start}, {end} FROM {table} WHERE {column} IS NOT NULL"
        )
        assert rows
        assert [row for row in rows if texts[row[0]][row[2] : row[3]] != row[1]] == []


def test_identity_date_and_publisher_come_from_record_and_options(
    load: Callable[..., Any], inputs: Path, tmp_path: Path
) -> None:
    from datetime import date

    load(inputs, warehouse=tmp_path / "w", published=date(2026, 3, 9), publisher="Port Wire")
    assert ask(
        tmp_path / "w",
        "SELECT source_uri, publisher, published_date::VARCHAR, published_source, title FROM articles ORDER BY 1",
    ) == [
        ("https://wire.example/a", "Port Wire", "2026-03-09", "option", None),
        ("wire/7", "Port Wire", "2026-03-02", "metadata", "Strike"),
        ("wire/bridge.txt", "Port Wire", "2026-03-09", "option", None),
        ("wire/flood.txt", "Port Wire", "2026-03-09", "option", None),
    ]
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles WHERE article_id <> left(sha256(source_uri), 32)") == [
        (0,)
    ]


def test_a_changed_file_replaces_its_rows_and_a_deleted_one_keeps_them(
    load: Callable[..., Any], inputs: Path, tmp_path: Path
) -> None:
    load(inputs, warehouse=tmp_path / "w")
    flood_before = ask(
        tmp_path / "w", "SELECT * EXCLUDE (run_id, ingested_at) FROM articles WHERE source_uri = 'wire/flood.txt'"
    )
    (inputs / "flood.txt").unlink()
    (inputs / "bridge.txt").write_text("Mayor Ada Cole resigned on Tuesday.\n", encoding="utf-8")
    summary = load(inputs, warehouse=tmp_path / "w")
    assert (summary.files, summary.files_unchanged, summary.replaced) == (1, 1, 1)
    assert ask(tmp_path / "w", "SELECT text FROM articles WHERE source_uri = 'wire/bridge.txt'") == [
        ("Mayor Ada Cole resigned on Tuesday.",)
    ]
    assert ask(
        tmp_path / "w",
        "SELECT count(*) FROM quotes JOIN articles USING (article_id) WHERE source_uri = 'wire/bridge.txt'",
    ) == [(0,)]
    assert (
        ask(tmp_path / "w", "SELECT * EXCLUDE (run_id, ingested_at) FROM articles WHERE source_uri = 'wire/flood.txt'")
        == flood_before
    )


def test_a_changed_file_that_cannot_be_read_costs_no_good_row(
    load: Callable[..., Any], inputs: Path, tmp_path: Path
) -> None:
    load(inputs, warehouse=tmp_path / "w")
    (inputs / "bridge.txt").write_bytes(bytes(range(256)) * 4)
    load(inputs, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles WHERE source_uri = 'wire/bridge.txt'") == [(1,)]
    assert ask(tmp_path / "w", "SELECT file_uri, stage, error_type FROM quarantine") == [
        ("wire/bridge.txt", "read", "unknown_format")
    ]
    assert ask(tmp_path / "w", "SELECT status FROM files WHERE file_uri = 'wire/bridge.txt'") == [("failed",)]
    (inputs / "bridge.txt").write_text(BRIDGE + "It rained.\n", encoding="utf-8")
    load(inputs, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT count(*) FROM quarantine") == [(0,)]


def test_bad_records_stand_in_quarantine_and_the_good_ones_around_them_land(
    load: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "feed.jsonl").write_bytes(
        b'{"id": 1, "text": "Ada Cole won."}\n{"id": 2, "text": "cut\n[1]\n{"id": 4}\n'
        b'{"id": 5, "text": "It costs \xa340."}\n{"id": 6, "text": "Bo Lund lost."}\n'
    )
    (folder / "empty.txt").write_text(" \n\n", encoding="utf-8")
    load(folder, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT source_uri FROM articles ORDER BY 1") == [("in/1",), ("in/5",), ("in/6",)]
    assert ask(tmp_path / "w", "SELECT file_uri, record_no, stage, error_type FROM quarantine ORDER BY ALL") == [
        ("in/empty.txt", 1, "parse", "no_text"),
        ("in/feed.jsonl", 2, "parse", "broken_json"),
        ("in/feed.jsonl", 3, "parse", "not_an_object"),
        ("in/feed.jsonl", 4, "parse", "unmapped"),
    ]


def test_wrapped_files_become_whole_sentences(load: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "broken.txt").write_text(
        "The harbour council voted on the new bridge in the evening.\nAfter the vote Mayor\n"
        "Ada Cole said the work would begin in May.\n"
        "Nobody spoke against it.\n",
        encoding="utf-8",
    )
    load(folder, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT text FROM entities WHERE label = 'PERSON'") == [("Ada Cole",)]
    assert ask(tmp_path / "w", "SELECT sentence_count FROM articles") == [(3,)]


def test_a_run_that_stopped_halfway_is_finished_under_its_old_id(
    load: Callable[..., Any], inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest

    monkeypatch.setenv("NEWSMILL_SHARD_BYTES", "100")
    load(inputs, warehouse=tmp_path / "whole")
    real = flows.ingest.publish_shard

    def fail_on_the_second(connection: Any, shard: Any, *rest: Any) -> Any:
        if shard.number == 2:
            raise OSError(28, "No space left on device")
        return real(connection, shard, *rest)

    monkeypatch.setattr(flows.ingest, "publish_shard", fail_on_the_second)
    monkeypatch.setattr(flows.ingest.publish_task, "retries", 0)
    with pytest.raises(StorageError, match="the disk is full: make room"):
        load(inputs, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT status FROM runs") == [("failed",)]
    monkeypatch.setattr(flows.ingest, "publish_shard", real)
    load(inputs, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT count(*), min(status), count(DISTINCT run_id) FROM runs") == [
        (1, "completed", 1)
    ]
    assert not (tmp_path / "w" / "staging").exists()
    for table in ("articles", "entities", "quotes", "events", "files", "quarantine"):
        assert rows_of(tmp_path / "w", table) == rows_of(tmp_path / "whole", table)


def ask_prefect(api_url: str, what: str, flow_run_id: str) -> list[dict[str, Any]]:
    """Task runs or artifacts of a flow run, from Prefect's REST interface."""
    body = json.dumps({"flow_runs": {"id": {"any_": [flow_run_id]}}, "limit": 50}).encode()
    request = Request(f"{api_url}/{what}/filter", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as response:
        found: list[dict[str, Any]] = json.load(response)
        return found


def test_flow_and_tasks_stand_in_prefect_with_a_summary(
    load: Callable[..., Any], prefect_api: str, inputs: Path, tmp_path: Path
) -> None:
    summary = load(inputs, warehouse=tmp_path / "w")
    ((flow_run_id,),) = ask(tmp_path / "w", f"SELECT prefect_run_id FROM runs WHERE run_id = '{summary.run_id}'")
    task_runs: list[dict[str, Any]] = []
    for _ in range(100):
        task_runs = ask_prefect(prefect_api, "task_runs", flow_run_id)
        if len(task_runs) >= 5 and all(run["state_type"] == "COMPLETED" for run in task_runs):
            break
        time.sleep(0.1)
    assert {run["name"].split("-")[0] for run in task_runs} == {"discover", "read", "mark", "enrich", "publish"}
    assert {run["state_type"] for run in task_runs} == {"COMPLETED"}
    artifacts = {artifact["key"]: artifact["data"] for artifact in ask_prefect(prefect_api, "artifacts", flow_run_id)}
    assert set(artifacts) == {"ingest-summary", "progress", "throughput"}
    assert "| articles | 4 |" in artifacts["ingest-summary"]
    assert artifacts["progress"] == 100.0
    assert json.loads(artifacts["throughput"])[0]["run_id"] == summary.run_id


def test_a_moved_warehouse_goes_on_elsewhere(load: Callable[..., Any], inputs: Path, tmp_path: Path) -> None:
    load(inputs, warehouse=tmp_path / "w")
    shutil.move(tmp_path / "w", tmp_path / "elsewhere")
    summary = load(inputs, warehouse=tmp_path / "elsewhere")
    assert summary.files == 0
    assert ask(tmp_path / "elsewhere", "SELECT count(*) FROM articles") == [(4,)]
