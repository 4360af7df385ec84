"""However files are cut into shards, every record is read once and keeps its number."""

import gzip
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import schemas
from flows.discover import InputFile, sha256_of_file
from flows.plan import OPEN_COST_BYTES, FileSlice, Shard, even_shard_bytes, plan_shards
from flows.reading import ReadOptions, read_shard


def input_file(path: Path) -> InputFile:
    size = path.stat().st_size if path.exists() else 0
    return InputFile(f"c/{path.name}", str(path), "c", size, datetime(2026, 1, 1, tzinfo=UTC), None)


def listed(name: str, size: int) -> InputFile:
    return InputFile(f"c/{name}", f"/none/{name}", "c", size, datetime(2026, 1, 1, tzinfo=UTC), None)


def read_all(shards: list[Shard], folder: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    articles, rejects = [], []
    for number, shard in enumerate(shards):
        for part in read_shard(shard, str(folder / str(number)), ReadOptions(), 100).parts:
            articles += [
                (row["record_no"], row["source_uri"], row["text"])
                for row in part.shard.read("articles", schemas.ARTICLES).to_pylist()
            ]
            rejects += [
                (row["record_no"], row["error_type"], row["sample"])
                for row in part.shard.read("rejected", schemas.QUARANTINE).to_pylist()
            ]
    return articles, rejects


words = st.text(alphabet="abcé ", min_size=1, max_size=30).filter(str.strip)
lines = st.one_of(
    words.map(lambda text: json.dumps({"text": text})),
    st.sampled_from(["", " ", "\r", "{broken", "[]", '{"text": "' + "long " * 60 + '"}']),
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(records=st.lists(lines, max_size=25), ends_with_newline=st.booleans(), shard_bytes=st.integers(1, 120))
@example(records=["", "", "", "", ""], ends_with_newline=True, shard_bytes=1)
@example(records=['{"text": "a"}'] * 20, ends_with_newline=False, shard_bytes=14)
def test_slices_cover_a_file_once_and_records_keep_their_line_numbers(
    records: list[str], ends_with_newline: bool, shard_bytes: int
) -> None:
    records = ['{"text": "First."}', *records]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "news.jsonl"
        path.write_bytes(("\n".join(records) + "\n" * ends_with_newline).encode())
        file = input_file(path)
        shards = list(plan_shards([file], shard_bytes))
        slices = [part for shard in shards for part in shard.slices]

        content = path.read_bytes()
        pieces = [content[part.resume.offset : part.end] for part in slices]
        assert b"".join(pieces) == content
        assert all(piece.endswith(b"\n") for piece in pieces[:-1])
        assert [part.size for part in slices] == [len(piece) for piece in pieces]
        assert [part.is_last for part in slices] == [False] * (len(slices) - 1) + [True]

        whole = read_all([Shard((FileSlice(file),))], folder / "whole")
        assert read_all(shards, folder / "cut") == whole
        for number, source_uri, text in whole[0]:
            assert source_uri == f"c/news.jsonl#{number}"
            assert " ".join(str(text).split()) == " ".join(json.loads(records[int(str(number)) - 1])["text"].split())


def test_a_slice_is_about_a_shard_and_knows_the_hash_of_its_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "The harbour froze."}\n' * 400)
    shards = list(plan_shards([input_file(path)], 1_000))
    slices = [part for shard in shards for part in shard.slices]
    assert len(slices) > 5
    assert all(1_000 < part.size < 1_050 for part in slices[:-1])
    assert {part.sha256 for part in slices} == {sha256_of_file(str(path))}


@pytest.mark.parametrize("content", [b"line\n" * 1_000, gzip.compress(os.urandom(3_000))])
def test_a_file_that_cannot_be_cut_is_one_slice(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "large"
    path.write_bytes(content)
    [shard] = plan_shards([input_file(path)], 10)
    assert shard.slices == (FileSlice(input_file(path)),)


def test_a_large_file_that_has_gone_is_left_to_the_read_task(tmp_path: Path) -> None:
    path = tmp_path / "gone.jsonl"
    path.write_text("{}\n" * 1_000)
    file = input_file(path)
    path.unlink()
    assert [shard.slices for shard in plan_shards([file], 10)] == [(FileSlice(file),)]


def test_small_files_share_shards_in_their_order() -> None:
    files = [listed(f"{number:03}.txt", 100) for number in range(100)]
    shards = list(plan_shards(files, 10 * (100 + OPEN_COST_BYTES)))
    assert [len(shard.slices) for shard in shards] == [10] * 10
    assert [part.file for shard in shards for part in shard.slices] == files


def test_empty_files_do_not_all_land_in_one_shard() -> None:
    files = [listed(f"{number:04}.txt", 0) for number in range(1_000)]
    assert len(list(plan_shards(files, 100 * OPEN_COST_BYTES))) == 10


def test_a_file_larger_than_a_shard_stands_alone() -> None:
    files = [listed("a.txt", 10), listed("b.txt", 100_000), listed("c.txt", 10)]
    shards = plan_shards(files, 2_000)
    assert [[part.file.file_uri for part in shard.slices] for shard in shards] == [
        ["c/a.txt"],
        ["c/b.txt"],
        ["c/c.txt"],
    ]


def test_no_files_are_no_shards() -> None:
    assert list(plan_shards([], 1_000)) == []


def test_packed_files_are_expected_to_hold_more_than_their_bytes() -> None:
    [plain] = plan_shards([listed("a.jsonl", 10_000)], 10_000)
    [packed] = plan_shards([listed("a.jsonl.gz", 10_000)], 10_000)
    assert (plain.expected_parts(5_000), packed.expected_parts(5_000)) == (2, 8)


@pytest.mark.parametrize(
    ("files", "workers", "shards"),
    [(500, 2, 6), (500, 4, 8), (500, 1, 5), (8, 2, 1), (30, 2, 2), (90, 2, 2), (101, 2, 2)],
)
def test_each_worker_gets_as_many_shards(files: int, workers: int, shards: int) -> None:
    size = 10_000 - OPEN_COST_BYTES
    listing = [listed(f"{number:04}.txt", size) for number in range(files)]
    shard_bytes = even_shard_bytes(files * size, files, 1_000_000, workers)
    planned = list(plan_shards(listing, shard_bytes))
    assert len(planned) == shards
    assert max(shard.size for shard in planned) <= 1_000_000
    assert min(shard.size for shard in planned) > max(shard.size for shard in planned) * 0.8
