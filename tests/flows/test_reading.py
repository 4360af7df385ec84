"""Whatever stands in a file, reading a shard ends: each record is an article or a reject with a reason."""

import gzip
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import schemas
from flows.discover import discover_files
from flows.plan import Shard, plan_shards
from flows.reading import PartRead, ReadOptions, read_shard
from transforms.articles import RecordOptions

GOOD = '{"text": "The mill turns."}'


def read_files(folder: Path, contents: Mapping[str, bytes], options: RecordOptions | None = None) -> PartRead:
    """Writes the files below a corpus 'c' and reads them as one shard."""
    for name, content in contents.items():
        path = folder / "c" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return read_folder(folder, options)


def read_folder(folder: Path, options: RecordOptions | None = None) -> PartRead:
    [shard] = plan_shards(discover_files([str(folder / "c")], None, lambda _: {}), 1 << 30)
    return read_one(shard, folder, options)


def read_one(shard: Shard, folder: Path, options: RecordOptions | None = None) -> PartRead:
    [part] = read_shard(shard, str(folder / "staged"), ReadOptions(options or RecordOptions()), 100).parts
    return part


def articles(read: PartRead) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read.shard.read("articles", schemas.ARTICLES).to_pylist()
    return rows


def rejects(read: PartRead) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read.shard.read("rejected", schemas.QUARANTINE).to_pylist()
    return rows


def read_lines(folder: Path, *lines: str) -> PartRead:
    return read_files(folder, {"n.jsonl": "\n".join(lines).encode("utf-8", "surrogatepass")})


def reasons(read: PartRead) -> list[tuple[int | None, str, str]]:
    return [(row["record_no"], row["stage"], row["error_type"]) for row in rejects(read)]


def test_a_text_file_is_one_article_with_its_headline_in_the_text(tmp_path: Path) -> None:
    text = "Ferry runs again\n\nThe ferry sailed on Monday after three weeks. Passengers cheered at the quay.\n"
    read = read_files(tmp_path, {"port/ferry.txt": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    [row] = articles(read)
    assert row["source_uri"] == row["file_uri"] == "c/port/ferry.txt"
    assert row["title"] == "Ferry runs again"
    assert row["text"] == text.strip()
    assert (row["corpus"], row["record_no"], row["char_count"]) == ("c", 1, len(text.strip()))
    assert (read.articles, read.rejected, read.words) == (1, 0, len(text.split()))
    assert [(file.file_uri, file.status) for file in read.files] == [("c/port/ferry.txt", "loaded")]


def test_day_and_publisher_of_the_options_stand_in_where_a_record_states_none(tmp_path: Path) -> None:
    own = {"text": "Its own.", "publisher": "The Anvil", "published_at": "2024-05-06T07:08:09Z"}
    read = read_files(
        tmp_path,
        {"n.jsonl": f"{GOOD}\n{json.dumps(own)}".encode()},
        RecordOptions(publisher="The Bell", published=date(2020, 2, 29)),
    )
    found = [(row["publisher"], row["published_at"].isoformat(), row["published_source"]) for row in articles(read)]
    assert found == [
        ("The Bell", "2020-02-29T00:00:00+00:00", "option"),
        ("The Anvil", "2024-05-06T07:08:09+00:00", "metadata"),
    ]


def test_a_text_file_in_another_encoding_is_read_and_counted(tmp_path: Path) -> None:
    text = "The mayor of Zürich paid £40 for “three loaves”."
    read = read_files(tmp_path, {"a.txt": text.encode("cp1252")})
    assert [row["text"] for row in articles(read)] == [text]
    assert read.notes["encoding_guessed"] == 1


def test_a_file_that_is_no_text_is_a_reject_and_the_file_has_failed(tmp_path: Path) -> None:
    read = read_files(tmp_path, {"a.txt": bytes(range(256)) * 20, "b.txt": b"The mill turns."})
    [reject] = rejects(read)
    assert (reject["file_uri"], reject["record_no"]) == ("c/a.txt", 1)
    assert reject["error_type"] in {"unknown_format", "not_text"}
    assert [file.status for file in read.files] == ["failed", "loaded"]
    assert read.shard.completes == ("c/b.txt",)
    assert [row["file_uri"] for row in articles(read)] == ["c/b.txt"]


@pytest.mark.parametrize("becomes", ["missing", "folder"])
def test_a_file_that_cannot_be_read_is_a_reject_without_hash_and_the_others_land(tmp_path: Path, becomes: str) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"The mill turns in {name}.")
    [shard] = plan_shards(discover_files([str(folder)], None, lambda _: {}), 1 << 30)
    (folder / "a.txt").unlink()
    if becomes == "folder":
        (folder / "a.txt").mkdir()
    read = read_one(shard, tmp_path)
    [reject] = rejects(read)
    why = "No such file or directory" if becomes == "missing" else "Is a directory"
    assert reject["message"] == f"{why}: check that the file is there and may be read"
    assert (reject["record_no"], reject["stage"], reject["error_type"]) == (None, "read", "unreadable")
    assert [(file.status, file.sha256 is None) for file in read.files] == [("failed", True), ("loaded", False)]
    assert len(articles(read)) == 1


def test_a_truncated_gz_file_keeps_the_records_before_the_damage(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"Story {number}: {os.urandom(200).hex()}."}) for number in range(500)]
    content = gzip.compress("\n".join(lines).encode())
    read = read_files(tmp_path, {"n.jsonl.gz": content[: len(content) // 2]})
    kept = articles(read)
    assert [row["record_no"] for row in kept] == list(range(1, len(kept) + 1))
    assert 100 < len(kept) < 400
    [reject] = rejects(read)
    assert (reject["stage"], reject["error_type"], reject["record_no"]) == ("read", "damaged", None)
    assert reject["message"] == (
        f"its gzip data is cut off: get the file again (its first {len(kept)} records are loaded)"
    )
    assert [(file.status, file.sha256 is None) for file in read.files] == [("loaded", False)]


def test_a_gz_file_of_which_nothing_can_be_read_has_failed(tmp_path: Path) -> None:
    read = read_files(tmp_path, {"a.txt.gz": gzip.compress(b"The mill turns.")[:-9]})
    assert reasons(read) == [(None, "read", "damaged")]
    assert [file.status for file in read.files] == ["failed"]


def test_a_file_is_what_its_content_says_whatever_it_is_called(tmp_path: Path) -> None:
    read = read_files(tmp_path, {"a.txt.gz": b"No gzip at all.", "b.txt": gzip.compress(GOOD.encode())})
    assert [row["text"] for row in articles(read)] == ["No gzip at all.", "The mill turns."]


@pytest.mark.parametrize(
    ("line", "error_type", "message"),
    [
        ('{"text": "cut o', "broken_json", "not JSON: "),
        ("[]", "not_an_object", "a line must be a JSON object with the fields of one article, and this is a list"),
        (
            "null",
            "not_an_object",
            "a line must be a JSON object with the fields of one article, and this is a NoneType",
        ),
        ('{"headline": "x"}', "unmapped", "no field holds the text: the record has headline"),
        ("{}", "unmapped", "no field holds the text: the record has no fields"),
        ('{"text": " \\n "}', "no_text", "no text: there is nothing but white space"),
        ('{"text": [1]}', "no_text", "no text: the field holds a list"),
        ('{"text": NaN}', "no_text", "no text: there is nothing but white space"),
        ('{"\\ud800": 1}', "unmapped", "no field holds the text: the record has ?"),
        ('{"text": 1' + "0" * 5000 + "}", "broken_json", "not readable as JSON: "),
    ],
)
def test_a_line_that_is_no_article_is_a_reject_and_the_others_land(
    tmp_path: Path, line: str, error_type: str, message: str
) -> None:
    read = read_lines(tmp_path, GOOD, line, GOOD)
    assert reasons(read) == [(2, "parse", error_type)]
    assert rejects(read)[0]["message"].startswith(message)
    assert "\n" not in rejects(read)[0]["message"]
    assert [row["record_no"] for row in articles(read)] == [1, 3]
    assert [file.status for file in read.files] == ["loaded"]


def test_a_line_in_another_encoding_lands_with_the_others(tmp_path: Path) -> None:
    read = read_files(
        tmp_path, {"n.jsonl": f"{GOOD}\n".encode() + b'{"text": "The Z\xfcrich mill turns."}\n' + GOOD.encode()}
    )
    assert reasons(read) == []
    assert [row["text"] for row in articles(read)] == ["The mill turns.", "The Zürich mill turns.", "The mill turns."]


@pytest.mark.parametrize(
    "fields",
    [
        '"score": NaN, "low": -Infinity',
        '"note": "\\ud83d", "\\udc00": "\\u0000"',
        '"title": "\\ud83d", "authors": ["\\udc00 Roe"], "url": "\\ud83d"',
        '"published_at": 1' + "0" * 400,
        '"published_at": 1e999',
        '"published_at": "0001-01-01T00:00:00+05:00"',
        '"published_at": "9999-12-31T23:59:59-05:00"',
        '"published_at": {"when": [1]}',
        '"authors": {"name": {"first": 1}}, "section": {}, "language": 7, "url": [1], "id": {"a": 1}',
    ],
)
def test_odd_fields_do_not_keep_an_article_from_landing(tmp_path: Path, fields: str) -> None:
    read = read_lines(tmp_path, GOOD, '{"text": "Odd but good.", ' + fields + "}")
    assert reasons(read) == []
    assert [row["text"] for row in articles(read)] == ["The mill turns.", "Odd but good."]


def test_halves_of_surrogate_pairs_in_the_text_are_replaced(tmp_path: Path) -> None:
    assert articles(read_lines(tmp_path, '{"text": "A \\ud83d half."}'))[0]["text"] == "A ? half."


def test_json_nested_2000_deep_is_a_row_or_a_reject_and_the_others_land(tmp_path: Path) -> None:
    deep = "[" * 2000 + "]" * 2000
    read = read_lines(tmp_path, GOOD, '{"text": "Deep.", "extra": ' + deep + "}", deep, GOOD)
    assert read.articles + read.rejected == 4
    assert {1, 4} <= {row["record_no"] for row in articles(read)}


def test_a_date_that_cannot_be_read_stays_in_the_metadata(tmp_path: Path) -> None:
    [row] = articles(read_lines(tmp_path, '{"text": "When?", "date": "the other day", "page": "A4"}'))
    assert row["published_at"] is None
    assert json.loads(row["metadata"]) == {"page": "A4", "published_at_unparsed": "the other day"}


def test_a_file_whose_name_is_not_utf8_is_read_and_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "c") + b"/caf\xe9.txt")).write_text("Coffee is dearer.")
    read = read_folder(tmp_path)
    assert [row["source_uri"] for row in articles(read)] == ["c/caf\\xe9.txt"]
    stored = pa.array([file.location for file in read.files], pa.string()).to_pylist()
    assert stored == [f"file://{tmp_path}/c/caf%E9.txt"]


many = settings(deadline=None, max_examples=120, derandomize=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
usual_names = ["id", "url", "title", "headline", "text", "body", "content", "date", "authors", "source", "section"]
names = st.sampled_from(usual_names) | st.text(st.characters(exclude_categories=()), max_size=5)
json_lines = st.dictionaries(names, values, max_size=6).map(lambda record: json.dumps(record).encode())
any_lines = st.lists(json_lines | st.binary(max_size=40) | st.sampled_from([b"", b" \r", b"\xef\xbb\xbf"]), max_size=6)


def is_blank(line: bytes) -> bool:
    return not line.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r")


@many
@given(content=st.binary(max_size=200) | any_lines.map(b"\n".join))
@example(content=b"\xbb\n\xef")
@example(content=b'{"text": "a"}\n{"\\ud800": 1}')
def test_every_line_that_is_not_blank_becomes_an_article_or_a_reject(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = GOOD.encode() + b"\n" + content
        read = read_files(Path(folder), {"n.jsonl": content})
        lines = content.split(b"\n")
        expected = [number for number, line in enumerate(lines, start=1) if not is_blank(line)]
        assert sorted(row["record_no"] for row in [*articles(read), *rejects(read)]) == expected
        assert "unexpected" not in {row["error_type"] for row in rejects(read)}
        assert all(row["message"] for row in rejects(read))


@many
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_in_a_text_file_become_an_article_or_a_reject(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read = read_files(Path(folder), {"a.txt": content})
        assert (read.articles, read.rejected) in {(1, 0), (0, 1)}
        assert "unexpected" not in {row["error_type"] for row in rejects(read)}
        assert [file.status for file in read.files] == ["loaded" if read.articles else "failed"]


@many
@given(content=st.binary(max_size=100), cut=st.integers(0, 60))
def test_any_bytes_in_a_gz_file_never_stop_the_shard(content: bytes, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        squeezed = gzip.compress(content)
        read = read_files(Path(folder), {"a.txt.gz": content, "b.jsonl.gz": squeezed[: -cut or None], "c.txt": b"Yes."})
        assert articles(read)[-1]["text"] == "Yes."
        assert len(read.files) == 3
