"""Parts come out in the order of files, each once, however reads end; and no more is read ahead than was asked for."""

import gzip
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from flows.discover import InputFile
from flows.plan import Shard, plan_shards
from flows.read_ahead import ReadAhead
from flows.reading import PartRead, ReadOptions, ShardRead, read_shard


class Done:
    """A read that is done when its result is asked for."""

    def __init__(self, shard: Shard, folder: str, options: ReadOptions, most_parts: int) -> None:
        self._work = (shard, folder, options, most_parts)

    def result(self) -> ShardRead:
        return read_shard(*self._work)


class Reads:
    """Starts reads, and counts them. `most` overrules after how many parts they stop."""

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self.folder = folder
        self.most = most
        self.started = 0

    def __call__(self, shard: Shard, number: int, options: ReadOptions, most_parts: int) -> Any:
        self.started += 1
        return Done(shard, str(self.folder / str(number)), options, self.most or most_parts)


def write_files(folder: Path, counts: list[int]) -> Iterator[InputFile]:
    """For each count a packed file of so many records."""
    for number, count in enumerate(counts):
        path = folder / f"{number:03}.jsonl.gz"
        lines = [json.dumps({"text": f"Story {record} of file {number}."}) for record in range(1, count + 1)]
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
        yield InputFile(f"c/{path.name}", str(path), "c", path.stat().st_size, datetime(2026, 1, 1, tzinfo=UTC), None)


def no_dates(options: ReadOptions) -> ReadOptions:
    raise AssertionError("there are no dates to settle")


def take_all(ahead: ReadAhead, wave: int) -> list[list[PartRead]]:
    waves = []
    ahead.start(wave)
    while parts := ahead.take(wave):
        waves.append(parts)
        ahead.start(wave)
    return waves


def records_of(parts: list[PartRead]) -> list[tuple[str, int]]:
    rows = [row for part in parts for row in part.shard.read("articles", schemas.ARTICLES).to_pylist()]
    return [(row["file_uri"], row["record_no"]) for row in rows]


@settings(max_examples=40)
@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    part_bytes=st.sampled_from([1, 60, 200, 10_000]),
    shard_bytes=st.sampled_from([100, 2_000, 100_000]),
    wave=st.integers(1, 5),
    most=st.sampled_from([1, 2, 7, 1_000]),
)
def test_every_record_comes_once_and_in_order(
    counts: list[int], part_bytes: int, shard_bytes: int, wave: int, most: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        files = list(write_files(Path(name), counts))
        options = ReadOptions(part_bytes=part_bytes)
        ahead = ReadAhead(Reads(Path(name) / "staged", most), plan_shards(files, shard_bytes), options, no_dates)
        waves = take_all(ahead, wave)
        parts = [part for taken in waves for part in taken]
        assert records_of(parts) == [
            (file.file_uri, record) for file, count in zip(files, counts, strict=True) for record in range(1, count + 1)
        ]
        assert [part.shard.number for part in parts] == list(range(1, len(parts) + 1))
        assert all(len(taken) <= wave for taken in waves)
        assert [uri for part in parts for uri in part.shard.completes] == [file.file_uri for file in files]
        assert sum(part.size for part in parts) == sum(file.size or 0 for file in files)
        # What a part says of its files covers each record once.
        ranges = [(file.file_uri, file.first_record, file.last_record) for part in parts for file in part.files]
        for file in files:
            own = [(first, last) for uri, first, last in ranges if uri == file.file_uri]
            assert own[0][0] == 1
            assert own[-1][1] is None
            assert [first for first, _ in own[1:]] == [(last or 0) + 1 for _, last in own[:-1]]


def test_no_more_is_read_than_the_next_wave_needs(tmp_path: Path) -> None:
    files = list(write_files(tmp_path, [3] * 50))
    reads = Reads(tmp_path / "staged")
    ahead = ReadAhead(reads, plan_shards(files, 1), ReadOptions(), no_dates)
    ahead.start(4)
    assert reads.started == 4
    assert len(ahead.take(4)) == 4
    ahead.start(8)
    assert reads.started == 12


def test_a_file_that_fails_behind_its_first_parts_has_not_failed(tmp_path: Path) -> None:
    [file] = write_files(tmp_path, [2_000])
    content = Path(file.location).read_bytes()
    Path(file.location).write_bytes(content[: len(content) * 3 // 4])
    ahead = ReadAhead(Reads(tmp_path / "staged", 2), plan_shards([file], 100), ReadOptions(part_bytes=400), no_dates)
    parts = [part for taken in take_all(ahead, 3) for part in taken]
    assert parts[-1].files[-1].status == "loaded"
    assert parts[-1].rejected == 1
    assert len(parts) > 10


@pytest.mark.parametrize("most", [1, 1_000])
def test_a_file_without_any_article_has_failed_however_it_is_read(tmp_path: Path, most: int) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(gzip.compress(b"[1]\n" * 50))
    file = InputFile("c/bad.jsonl.gz", str(path), "c", path.stat().st_size, datetime(2026, 1, 1, tzinfo=UTC), None)
    ahead = ReadAhead(Reads(tmp_path / "staged", most), plan_shards([file], 100), ReadOptions(part_bytes=10), no_dates)
    parts = [part for taken in take_all(ahead, 3) for part in taken]
    assert sum(part.rejected for part in parts) == 50
    assert parts[-1].files[-1].status == "failed"
    assert [part.shard.completes for part in parts] == [()] * len(parts)
