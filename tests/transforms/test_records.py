"""Every record of a file comes out once, numbered, whatever it is packed in and in however many pieces it is read."""

import errno
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.test_containers import COMPRESS, NoSeek, make_tar, make_zip
from transforms import readers
from transforms.containers.errors import ContainerError, DamagedError, LimitError
from transforms.containers.limits import DEFAULT_LIMITS, Limits
from transforms.readers import AnyRecord, BadRecord, Format, PendingRecord, Record
from transforms.readers.error_types import ERROR_TYPES
from transforms.records import Found, PassedOver, Resume, read_records

TEXT = b"The council met.\n\nIt voted for the bridge.\n"
LINES = b'{"text": "one"}\n\n{"text": "two"}\n{"text": \n{"text": "four"}\n'


def read(raw: bytes, name: str = "x", **options: Any) -> tuple[list[Found | PassedOver], ContainerError | None]:
    """All that is found, and what ended it."""
    found: list[Found | PassedOver] = []
    try:
        found.extend(read_records(io.BytesIO(raw), name, **options))
    except ContainerError as error:
        return found, error
    return found, None


def show(found: list[Found | PassedOver]) -> list[str]:
    """What was found, a line each."""
    return [_show(item) for item in found]


def _show(item: Found | PassedOver) -> str:
    if isinstance(item, PassedOver):
        return f"passed over {item.name}"
    record = item.record
    if isinstance(record, PendingRecord):
        record = record.parse()
    content = record.fields.get("text", "") if isinstance(record, Record) else f"<{record.error_type}>"
    return f"{item.record_no} {item.member or '-'} {record.record_no}{'*' if item.holds_many else ''} {content[:20]}"


def test_a_plain_file_is_its_records() -> None:
    found, error = read(TEXT, "a.txt")
    assert (show(found), error) == (["1 - 1 The council met.\n\nIt"], None)
    assert show(read(LINES, "a.jsonl")[0]) == ["1 - 1* one", "3 - 3* two", "4 - 4* <broken_json>", "5 - 5* four"]


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_compressed_file_is_its_records_whatever_it_is_called(kind: str) -> None:
    assert show(read(COMPRESS[kind](LINES), "a.bin")[0]) == show(read(LINES)[0])
    assert show(read(COMPRESS[kind](COMPRESS[kind](LINES)), "a")[0]) == show(read(LINES)[0])


def test_archives_are_walked_and_their_records_numbered_through() -> None:
    inner = make_zip({"x.txt": TEXT, "photo.jpg": b"x", "y.jsonl": LINES})
    files = {"a/1.txt": TEXT, "b.jsonl.gz": gzip.compress(LINES), "in.zip": inner, "._a": b"x", "../c.txt": TEXT}
    expected = [
        "1 a/1.txt 1 The council met.\n\nIt",
        "2 b.jsonl.gz 1* one",
        "4 b.jsonl.gz 3* two",
        "5 b.jsonl.gz 4* <broken_json>",
        "6 b.jsonl.gz 5* four",
        "7 in.zip!/x.txt 1 The council met.\n\nIt",
        "passed over in.zip!/photo.jpg",
        "8 in.zip!/y.jsonl 1* one",
        "10 in.zip!/y.jsonl 3* two",
        "11 in.zip!/y.jsonl 4* <broken_json>",
        "12 in.zip!/y.jsonl 5* four",
        "passed over ._a",
        "13 c.txt 1 The council met.\n\nIt",
    ]
    raw = make_tar(files)
    for packed in (make_zip(files), raw, *(compress(raw) for compress in COMPRESS.values())):
        found, error = read(packed)
        assert (show(found), error) == (expected, None)
        through_a_pipe = list(read_records(NoSeek(packed), "x"))
        assert show(through_a_pipe) == expected


def test_archives_are_nested_once() -> None:
    inner = make_tar({"x.txt": TEXT, "y.txt.gz": gzip.compress(TEXT), "deep.zip": make_zip({"z.txt": TEXT})})
    found, _ = read(make_zip({"in.tgz": gzip.compress(inner), "twice.gz": gzip.compress(gzip.compress(TEXT))}))
    assert show(found) == [
        "1 in.tgz!/x.txt 1 The council met.\n\nIt",
        "2 in.tgz!/y.txt.gz 1 <nested_too_deep>",
        "3 in.tgz!/deep.zip 1 <nested_too_deep>",
        "4 twice.gz 1 <nested_too_deep>",
    ]
    assert show(read(gzip.compress(gzip.compress(gzip.compress(TEXT))))[0]) == ["1 - 1 <nested_too_deep>"]


def test_two_members_of_one_name_are_two_records() -> None:
    raw = make_tar({"a.txt": b"The first version."})[:1024] + make_tar({"a.txt": b"The second version."})
    assert show(read(raw)[0]) == ["1 a.txt 1 The first version.", "2 a.txt 1 The second version."]


def test_no_bytes_and_no_format_are_rejected_with_a_reason() -> None:
    files = {"empty.txt": b"", "page.txt": b"%PDF-1.4\nThe council met.", "noise": bytes(range(256)) * 80}
    found, _ = read(make_zip(files | {"empty.gz": gzip.compress(b"")}))
    assert show(found) == [
        "1 empty.txt 1 <empty>",
        "2 page.txt 1 <unknown_format>",
        "3 noise 1 <unknown_format>",
        "4 empty.gz 1 <empty>",
    ]
    page = found[1]
    assert isinstance(page, Found)
    assert isinstance(page.record, BadRecord)
    assert page.record.message == "it looks like a PDF: take it out, or turn it into text first"
    assert show(read(b"", "a.json")[0]) == ["1 - 1 <empty>"]
    assert show(read(bytes(10240), "a.tar")[0]) == []
    office = make_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert show(read(office)[0]) == ["1 - 1 <unknown_format>"]


def test_links_and_secrets_are_rejected_and_cost_no_other_member() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    secret = bytearray(make_zip({"s.txt": TEXT, "b.txt": TEXT}))
    secret[secret.index(b"PK\1\2") + 8] |= 1
    found, _ = read(make_zip({"a.tar": buffer.getvalue(), "b.zip": bytes(secret)}, 0))
    assert [line.split()[1:] for line in show(found)] == [
        ["a.tar!/link.txt", "1", "<not_a_file>"],
        ["a.tar!/a.txt", "1", "The", "council", "met.", "It"],
        ["b.zip!/s.txt", "1", "<encrypted>"],
        ["b.zip!/b.txt", "1", "The", "council", "met.", "It"],
    ]


def test_damage_in_a_member_costs_its_rest_and_no_other() -> None:
    lines = b"".join(b'{"text": "number %d"}\n' % n for n in range(20_000))
    raw = make_zip(
        {"a.jsonl.gz": gzip.compress(lines)[:-20_000], "b.txt": TEXT, "c.tar": make_tar({"x.txt": TEXT})[:700]}
    )
    found, error = read(raw)
    assert error is None
    *good, bad, b, x, c = show(found)
    assert len(good) > 5000
    assert all(line.endswith(f"number {n}") for n, line in enumerate(good))
    assert bad == f"{len(good) + 1} a.jsonl.gz {len(good) + 1}* <damaged>"
    assert [line.split()[1] for line in (b, x)] == ["b.txt", "c.tar!/x.txt"]
    assert c.endswith("c.tar 1 <damaged>")
    record = found[len(good)].record  # type: ignore[union-attr]
    assert isinstance(record, BadRecord)
    assert record.message == "its gzip data is cut off: get the archive again"


def test_half_a_text_is_not_taken_for_the_whole() -> None:
    text = TEXT * 2000
    for files in ({"a.txt": text, "b.txt": TEXT}, {"a.txt": TEXT * 3, "b.txt": TEXT}):
        raw = bytearray(make_zip(files, 0))
        raw[raw.index(b"council")] ^= 1
        assert [line.split()[:4] for line in show(read(bytes(raw))[0])] == [
            ["1", "a.txt", "1", "<damaged>"],
            ["2", "b.txt", "1", "The"],
        ]
    assert read(gzip.compress(text)[:-50])[0] == []
    found, error = read(gzip.compress(TEXT)[:-1])
    assert (found, type(error)) == ([], DamagedError)


def test_damage_of_a_file_is_raised_behind_its_records() -> None:
    lines = b"".join(b'{"text": "number %d"}\n' % n for n in range(20_000))
    found, error = read(gzip.compress(lines)[:-5], "a.jsonl.gz")
    assert len(found) == 20_000
    assert isinstance(error, DamagedError)
    raw = make_tar({"a.txt": TEXT, "b.txt": TEXT * 100, "c.txt": TEXT})
    found, error = read(raw[:4000])
    assert show(found) == ["1 a.txt 1 The council met.\n\nIt"]
    assert "bytes of it are missing" in str(error)
    found, error = read(gzip.compress(make_zip({"a.txt": TEXT, "b.txt": TEXT}))[:-1])
    assert isinstance(error, DamagedError)


def test_bombs_are_rejected_alone_or_with_their_file() -> None:
    limits = Limits(ratio=100, ratio_from=1 << 20)
    raw = make_zip({"bomb.txt": bytes(8 << 20), "a.txt": TEXT, "more": bytes(range(256)) * 800})
    found, error = read(raw, limits=limits)
    assert error is None
    assert [line.split()[3] for line in show(found)] == ["<unknown_format>", "The", "<unknown_format>"]
    lines = b'{"text": "' + b" " * (8 << 20) + b'"}\n'
    found, error = read(make_zip({"bomb.jsonl": lines, "a.txt": TEXT, "more.bin0": b"x"}), limits=limits)
    assert [line.split()[3] for line in show(found)][:1] == ["<limit_exceeded>"]
    _, error = read(gzip.compress(lines), limits=limits)
    assert isinstance(error, LimitError)
    nested = make_zip({"in.zip": make_zip({"bomb.jsonl": lines, "x.txt": TEXT}, 8), "a.txt": TEXT}, 0)
    found, error = read(nested, limits=limits)
    assert error is None
    assert [line.split()[1:4] for line in show(found)] == [
        ["in.zip!/bomb.jsonl", "1*", "<limit_exceeded>"],
        ["in.zip!/x.txt", "1", "The"],
        ["a.txt", "1", "The"],
    ]


def test_a_large_zip_in_a_compressed_file_is_too_much_for_memory() -> None:
    raw = make_zip({"in.zip": make_zip({"a.txt": TEXT * 1000}, 0), "b.txt": TEXT}, 8)
    found, error = read(raw, limits=Limits(nested_zip_bytes=10_000))
    assert (show(found)[0], error) == ("1 in.zip 1 <limit_exceeded>", None)
    assert show(found)[1].startswith("2 b.txt 1 The council")
    stored = make_zip({"in.zip": make_zip({"a.txt": TEXT * 1000}, 0), "b.txt": TEXT}, 0)
    assert len(read(stored, limits=Limits(nested_zip_bytes=10_000))[0]) == 2


def broken_reader(stream: BinaryIO, first_record: int) -> Iterator[AnyRecord]:
    stream.readline()
    yield Record(first_record, {"text": "good"})
    raise ValueError("a fault of ours\nwith a second line")


def lazy_reader(stream: BinaryIO, first_record: int) -> Iterator[AnyRecord]:
    """A record a line, each of which says when it is parsed."""
    for number, line in enumerate(stream, first_record):
        yield PendingRecord(number, _parser(number, line))


parsed: list[int] = []


def _parser(number: int, line: bytes) -> Callable[[], Record | BadRecord]:
    def parse() -> Record | BadRecord:
        parsed.append(number)
        return Record(number, {"text": line.decode()})

    return parse


def own_format(read: readers.Reader, mark: bytes, *, holds_many: bool = True) -> Format:
    return Format("own", frozenset({".own"}), lambda head: head.startswith(mark), read, holds_many)


def test_a_fault_of_a_reader_costs_the_rest_of_its_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "FORMATS", (own_format(broken_reader, b"!own"), *readers.FORMATS))
    found, error = read(make_zip({"a.own": b"!own\n", "b.txt": TEXT}))
    assert error is None
    assert show(found) == ["1 a.own 1* good", "2 a.own 2* <unexpected>", "3 b.txt 1 The council met.\n\nIt"]
    record = found[1].record  # type: ignore[union-attr]
    assert isinstance(record, BadRecord)
    assert record.message == "unexpected ValueError: a fault of ours; please report it with the file"


def test_records_that_were_read_before_are_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "FORMATS", (own_format(lazy_reader, b"!own"), *readers.FORMATS))
    parsed.clear()
    raw = b"!own\n" * 10
    found, _ = read(raw, resume=Resume(skip=7))
    assert show(found) == ["8 - 8* !own\n", "9 - 9* !own\n", "10 - 10* !own\n"]
    assert parsed == [8, 9, 10]


class Broken(io.BytesIO):
    """A file on a disk that fails behind its first 100,000 bytes."""

    def readinto(self, buffer: Any) -> int:
        return self._checked(super().readinto(buffer))

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        self._checked(len(block))
        return block

    def _checked(self, count: int) -> int:
        if self.tell() > 100_000:
            raise OSError(errno.EIO, "Input/output error")
        return count


def test_errors_of_the_machine_pass_as_they_are() -> None:
    lines = b"".join(b'{"text": "number %d"}\n' % n for n in range(20_000))
    for raw in (lines, make_tar({"a.jsonl": lines}), gzip.compress(bytes(lines), 0)):
        with pytest.raises(OSError, match="Input/output") as raised:
            list(read_records(Broken(raw), "x"))
        assert raised.value.errno == errno.EIO


# Pieces

names = st.sampled_from(["a.txt", "b.jsonl", "c/d.txt", "photo.jpg", "e", "._f", "g.json", "../h", "i\\j.txt"])
texts = st.sampled_from([TEXT, b"", b"A word.", b"\x89PNG\r\n\x1a\n....", b"\xff\xfe\0\0", bytes(600), TEXT * 500])
lines = st.lists(
    st.sampled_from([b'{"text": "a"}', b"", b"{", b"[1]", b'{"text": "' + b"b" * 9000 + b'"}']), max_size=6
)
posts = b"From a@b Mon Feb  3 2025\nFrom: a@b\nDate: Mon, 3 Feb 2025 10:00:00 +0000\nSubject: A\n\nThe council met.\n\n"
item = b"<item><title>A</title><description>The council met.</description></item>"
feed = b"<rss><channel>" + item * 3 + b"</channel></rss>"
table = b"title,text\n" + b"Bridge,The council met.\n" * 5
array = b'[{"text": "one"}, {"text": "two"}, 3, {"text": "four"}]'
others = st.sampled_from([posts * 3, feed, table, array, b"---\ntitle: A\n---\nThe council met.\n"])
leaves = st.one_of(texts, others, lines.map(lambda parts: b'{"text": "first"}\n' + b"\n".join(parts)))


def pack(content: bytes, how: str) -> bytes:
    """Compressed, and damaged where asked."""
    kind, _, fault = how.partition(" ")
    raw = content if kind == "plain" else COMPRESS[kind](content)
    if fault == "cut":
        return raw[: len(raw) * 2 // 3]
    if fault == "flip" and raw:
        at = len(raw) // 2
        return raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :]
    return raw


ways = st.sampled_from(
    ["plain", "plain", "plain", *COMPRESS, "gzip cut", "plain cut", "plain flip", "gzip flip", "zstd flip"]
)


def archive(members: list[tuple[str, bytes]], kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            for number, (name, content) in enumerate(members):
                packed.writestr(zipfile.ZipInfo(f"{number}{name}"), content, 8 if number % 2 else 0)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode="w") as tape:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tape.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


kinds = st.sampled_from(["zip", "tar"])
packed_leaves = st.builds(pack, leaves, ways)
archives = st.builds(archive, st.lists(st.tuples(names, packed_leaves), max_size=4), kinds)
packed_archives = st.builds(pack, archives, ways)
nested = st.builds(archive, st.lists(st.tuples(names, st.one_of(packed_leaves, packed_archives)), max_size=4), kinds)
files = st.one_of(packed_leaves, packed_archives, st.builds(pack, nested, ways))


@settings(max_examples=150)
@given(raw=files, pieces=st.lists(st.integers(1, 5), max_size=8), pipe=st.booleans())
def test_reading_in_pieces_finds_what_reading_at_once_does(raw: bytes, pieces: list[int], pipe: bool) -> None:
    whole, error = read(raw)
    found: list[Found | PassedOver] = []
    resume = Resume()
    ended: ContainerError | None = None
    for most in [*pieces, len(whole) + 1]:
        stream = NoSeek(raw) if pipe else io.BytesIO(raw)
        try:
            for item in read_records(stream, "x", resume=resume):
                found.append(item)
                most -= isinstance(item, Found)
                if isinstance(item, Found):
                    resume = item.resume
                if not most:
                    break
            else:
                break
        except ContainerError as raised:
            ended = raised
            break
    assert show(found) == show(whole)
    assert (type(ended), str(ended)) == (type(error), str(error))


@settings(max_examples=150)
@given(raw=files)
def test_records_are_numbered_upwards_with_a_stage_that_fits(raw: bytes) -> None:
    found, _ = read(raw)
    records = [item for item in found if isinstance(item, Found)]
    numbers = [item.record_no for item in records]
    assert numbers == sorted(set(numbers))
    for item in records:
        resume = item.resume
        assert resume.first_record + resume.skip == item.record_no + 1
        if isinstance(item.record, BadRecord):
            assert item.record.stage == ERROR_TYPES[item.record.error_type][0]
            assert "\n" not in item.record.message


@settings(max_examples=150)
@given(
    raw=st.one_of(st.binary(max_size=2000), files), name=st.sampled_from(["a", "a.txt", "a.zip", "a.tar.gz", "a.jsonl"])
)
def test_any_bytes_are_records_or_rejects(raw: bytes, name: str) -> None:
    found, error = read(raw, name, limits=replace(DEFAULT_LIMITS, members=50))
    assert error is None or str(error).isprintable()
    assert all(isinstance(item, Found | PassedOver) for item in found)


def test_a_resume_is_a_place_in_the_file() -> None:
    lines = b"".join(json.dumps({"text": f"number {n}"}).encode() + b"\n" for n in range(5))
    found, _ = read(lines)
    item = found[2]
    assert isinstance(item, Found)
    assert item.resume == Resume(lines.index(b'{"text": "number 3"}'), 4)
    found, _ = read(make_tar({"a.txt": TEXT, "b.jsonl": lines}))
    item = found[2]
    assert isinstance(item, Found)
    assert item.resume == Resume(1024, 4, 0, 1, (lines.index(b'{"text": "number 2"}'),))
    # A cut slice of a file of lines begins with another number.
    assert show(read(lines[item.resume.inner[0] :], resume=Resume(0, 3))[0])[0] == "3 - 3* number 2"
