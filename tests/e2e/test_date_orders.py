"""Dates that could be read with the day or with the month first follow the other dates of their file or corpus."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_ingest import ask


def write(folder: Path, name: str, *dates: str) -> None:
    folder.mkdir(exist_ok=True)
    records = [{"text": f"The mill of {name} turns on {day}.", "date": day} for day in dates]
    (folder / name).write_text("\n".join(map(json.dumps, records)), encoding="utf-8")


def days(warehouse: Path) -> list[str | None]:
    return [
        row[0] for row in ask(warehouse, "SELECT published_date::VARCHAR FROM articles ORDER BY file_uri, record_no")
    ]


@pytest.mark.parametrize(("proof", "day"), [("25/04/2021", "2021-04-03"), ("04/25/2021", "2021-03-04")])
def test_another_date_of_the_file_settles_the_order(
    load: Callable[..., Any], tmp_path: Path, proof: str, day: str
) -> None:
    write(tmp_path / "c", "a.jsonl", "03/04/2021", proof)
    summary = load(tmp_path / "c", warehouse=tmp_path / "w")
    assert days(tmp_path / "w") == [day, "2021-04-25"]
    assert summary.notes["date_ambiguous"] == 0


def test_files_of_one_corpus_settle_it_for_each_other_but_each_file_for_itself_first(
    load: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "c", "a.jsonl", "03/04/2021")
    write(tmp_path / "c", "b.jsonl", "25/04/2021", "05/04/2021")
    load(tmp_path / "c", warehouse=tmp_path / "one")
    assert days(tmp_path / "one") == ["2021-04-03", "2021-04-25", "2021-04-05"]
    write(tmp_path / "c", "d.jsonl", "04/26/2021", "05/04/2021")
    load(tmp_path / "c", warehouse=tmp_path / "two")
    assert days(tmp_path / "two") == [None, "2021-04-25", "2021-04-05", "2021-04-26", "2021-05-04"]


def test_where_nothing_settles_it_the_date_is_kept_as_text_and_counted(
    load: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "c", "a.jsonl", "03/04/2021")
    summary = load(tmp_path / "c", warehouse=tmp_path / "w")
    assert summary.notes["date_ambiguous"] == 1
    assert ask(tmp_path / "w", "SELECT published_at, metadata->>'published_at_unparsed' FROM articles") == [
        (None, "03/04/2021")
    ]
    load(tmp_path / "c", warehouse=tmp_path / "w", again=True, date_order="dmy")
    assert days(tmp_path / "w") == ["2021-04-03"]


@pytest.mark.long
def test_shards_and_runs_make_no_difference(
    load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(12):
        write(tmp_path / "c", f"{number:02}.jsonl", "03/04/2021", "05/06/2021")
    write(tmp_path / "c", "99.jsonl", "25/04/2021")
    load(tmp_path / "c", warehouse=tmp_path / "one")
    monkeypatch.setenv("NEWSMILL_SHARD_BYTES", "100")
    monkeypatch.setenv("NEWSMILL_WAVE_SHARDS", "2")
    load(tmp_path / "c", warehouse=tmp_path / "two")
    assert days(tmp_path / "one") == days(tmp_path / "two") == ["2021-04-03", "2021-06-05"] * 12 + ["2021-04-25"]
