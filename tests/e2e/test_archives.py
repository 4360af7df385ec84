"""Archives are files of many members: loaded once, replaced as a whole, the same however they are read."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_ingest import ask, rows_of

FERRY = "The ferry came back on Monday, said Mayor Ada Cole.\n"
FLOOD = "Governor Bo Lund said the river had destroyed 40 houses.\n"


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def test_members_come_and_go_with_their_archive(load: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    write_zip(folder / "a.zip", {"x/ferry.txt": FERRY.encode(), "flood.txt": FLOOD.encode(), "map.png": b"\x89PNG"})
    first = load(folder, warehouse=tmp_path / "w")
    assert (first.articles, first.files_of_other_kinds) == (2, 1)
    assert ask(tmp_path / "w", "SELECT source_uri, file_uri, member, record_no FROM articles ORDER BY record_no") == [
        ("wire/a.zip!/x/ferry.txt", "wire/a.zip", "x/ferry.txt", 1),
        ("wire/a.zip!/flood.txt", "wire/a.zip", "flood.txt", 2),
    ]
    assert load(folder, warehouse=tmp_path / "w").files == 0
    write_zip(folder / "a.zip", {"x/ferry.txt": (FERRY + "It rained.\n").encode()})
    load(folder, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT source_uri, contains(text, 'rained') FROM articles") == [
        ("wire/a.zip!/x/ferry.txt", True)
    ]


def test_a_bad_member_costs_itself_and_is_named_in_quarantine(load: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        for name, content in {"one.txt": FERRY.encode(), "two.jsonl": b'{"text": "cut o\n', "three.txt": b""}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("four.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    load(folder, warehouse=tmp_path / "w")
    assert ask(tmp_path / "w", "SELECT member FROM articles") == [("one.txt",)]
    assert ask(tmp_path / "w", "SELECT member, record_no, error_type FROM quarantine ORDER BY record_no") == [
        ("two.jsonl", 2, "broken_json"),
        ("three.txt", 3, "empty"),
        ("four.txt", 4, "not_a_file"),
    ]


def test_a_large_packed_file_is_read_in_parts_with_the_same_rows(
    load: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    records = [{"id": number, "text": f"Story {number}: Ada Cole met Bo Lund in Oslo."} for number in range(24)]
    records[12:12] = [{"id": "none"}]
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, records)).encode()))
    write_zip(folder / "b.zip", {f"{number}.txt": f"{FERRY}No. {number}.".encode() for number in range(10)})
    load(folder, warehouse=tmp_path / "one")
    monkeypatch.setenv("NEWSMILL_SHARD_BYTES", "300")
    monkeypatch.setenv("NEWSMILL_WAVE_SHARDS", "3")
    monkeypatch.setattr("flows.read_ahead.PARTS_A_READ", 2)
    load(folder, warehouse=tmp_path / "two")
    for table in ("articles", "entities", "quotes", "events", "files", "quarantine"):
        assert rows_of(tmp_path / "one", table) == rows_of(tmp_path / "two", table), table
    assert ask(tmp_path / "two", "SELECT file_uri, article_count, quarantined_count FROM files ORDER BY 1") == [
        ("wire/a.jsonl.gz", 24, 1),
        ("wire/b.zip", 10, 0),
    ]
