import gzip
import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.readers import detect_format
from transforms.readers.record import AnyRecord, BadRecord, PendingRecord, Record
from transforms.readers.warc import looks_like_warc, read_warc
from transforms.readers.webpage import PAGE_BYTES

HTML = b"Content-Type: text/html; charset=utf-8\r\n"
STORY = (
    "<html><head><meta property='og:type' content='article'></head><body><article><h1>Story {n}</h1>"
    "<p>The ferry to the island was late on day {n}, and nobody on the pier knew why.</p></article></body></html>"
)


def frame(kind: str, uri: str, payload: bytes, more: str = "", length: int | None = None) -> bytes:
    """A WARC record."""
    stated = len(payload) if length is None else length
    headers = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2020-05-06T07:08:09Z\r\n{more}"
    return f"{headers}Content-Length: {stated}\r\n\r\n".encode() + payload + b"\r\n\r\n"


def response(n: int, body: bytes | None = None, headers: bytes = HTML, status: str = "200 OK") -> bytes:
    """A response with story number N, or with that body."""
    body = STORY.format(n=n).encode() if body is None else body
    http = f"HTTP/1.1 {status}\r\n".encode() + headers + b"\r\n"
    more = "Content-Type: application/http; msgtype=response\r\n"
    return frame("response", f"https://reed.example/{n}", http + body, more)


def text_of(n: int) -> str:
    return f"The ferry to the island was late on day {n}, and nobody on the pier knew why."


def read(raw: bytes, first_record: int = 1) -> list[AnyRecord]:
    return list(read_warc(io.BytesIO(raw), first_record))


def parsed(record: AnyRecord) -> Record:
    """The record of a page that can be read."""
    done = record.parse() if isinstance(record, PendingRecord) else record
    assert isinstance(done, Record), done
    assert done.record_no == record.record_no
    return done


def texts(records: list[AnyRecord]) -> list[str]:
    """The texts of the good records, and the kinds of the others."""
    return [r.error_type if isinstance(r, BadRecord) else parsed(r).fields["text"] for r in records]


class Pipe(io.RawIOBase):
    """A stream that cannot seek and gives little at a time."""

    def __init__(self, raw: bytes) -> None:
        self._inner = io.BytesIO(raw)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._inner.read(min(len(buffer), 700))
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_page_has_the_fields_of_its_article_and_of_its_crawl() -> None:
    (record,) = read(response(1))
    assert isinstance(record, PendingRecord)
    assert parsed(record).fields == {
        "title": "Story 1",
        "text": text_of(1),
        "url": "https://reed.example/1",
        "page_type": "article",
        "crawled_at": "2020-05-06T07:08:09Z",
    }


def test_only_pages_are_read_and_numbered() -> None:
    others = (
        frame("warcinfo", "", b"software: x\r\n", "Content-Type: application/warc-fields\r\n"),
        frame("request", "https://reed.example/1", b"GET / HTTP/1.1\r\n\r\n", "Content-Type: application/http\r\n"),
        response(7, b"\xff\xd8\xff", b"Content-Type: image/jpeg\r\n"),
        response(8, status="301 Moved Permanently"),
        response(9, status="404 Not Found"),
        frame("metadata", "https://reed.example/1", b"fetchTimeMs: 1\r\n"),
        frame("revisit", "https://reed.example/1", b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\n"),
        frame("response", "dns:reed.example", b"20200506 reed.example 1.2.3.4", "Content-Type: text/dns\r\n"),
    )
    records = read(b"".join(others[:4]) + response(1) + b"".join(others[4:]) + response(2), first_record=5)
    assert [record.record_no for record in records] == [5, 6]
    assert texts(records) == [text_of(1), text_of(2)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("stream", [io.BytesIO, Pipe])
def test_any_stream_will_do_plain_or_compressed_by_record(pack: type, stream: type) -> None:
    raw = b"".join(pack(response(n)) for n in range(5))
    assert looks_like_warc(raw)
    assert texts(list(read_warc(stream(raw)))) == [text_of(n) for n in range(5)]


def test_reading_goes_on_from_any_record_of_a_plain_stream() -> None:
    raw = b"".join(response(n) for n in range(4))
    for number, record in enumerate(read(raw)):
        assert record.next_offset is not None
        assert texts(read(raw[record.next_offset :])) == [text_of(n) for n in range(number + 1, 4)]
    assert all(record.next_offset is None for record in read(gzip.compress(raw)))


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:50], body[50:])) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("header", "encode"),
    [
        (b"Transfer-Encoding: chunked\r\n", chunked),
        (b"Content-Encoding: gzip\r\n", gzip.compress),
        (b"Content-Encoding: deflate\r\n", zlib.compress),
        (b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", lambda body: chunked(gzip.compress(body))),
        (b"Content-Encoding: gzip\r\n", bytes),
        (b"Transfer-Encoding: chunked\r\n", bytes),
    ],
    ids=["chunked", "gzip", "deflate", "both", "gzip taken off", "chunked taken off"],
)
def test_encodings_of_content_are_taken_off(header: bytes, encode: type) -> None:
    assert texts(read(response(1, encode(STORY.format(n=1).encode()), HTML + header))) == [text_of(1)]


def test_content_that_cannot_be_decoded_is_rejected() -> None:
    (record,) = read(response(1, b"no gzip at all", HTML + b"Content-Encoding: gzip\r\n"))
    assert isinstance(record, PendingRecord)
    bad = record.parse()
    assert isinstance(bad, BadRecord)
    assert bad.error_type == "broken_warc"
    assert "the WARC record at byte 0 cannot be read" in bad.message
    assert "\n" not in bad.message


def test_the_charset_of_http_counts() -> None:
    body = STORY.format(n=1).replace("ferry", "fähre").encode("cp1252")
    (record,) = read(response(1, body, b"Content-Type: text/html; charset=ISO-8859-1\r\n"))
    assert "fähre" in parsed(record).fields["text"]


def test_a_page_without_a_type_is_told_by_its_content() -> None:
    assert texts(read(response(1, headers=b"Server: x\r\n") + response(2, b"{}", b"Server: x\r\n"))) == [text_of(1)]


def test_resources_that_are_pages_and_texts_of_wet_files_are_read() -> None:
    page = frame("resource", "https://reed.example/1", STORY.format(n=1).encode(), "Content-Type: text/html\r\n")
    wet = frame("conversion", "https://reed.example/2", "Café\nline".encode(), "Content-Type: text/plain\r\n")
    first, second = read(page + wet)
    assert parsed(first).fields["text"] == text_of(1)
    assert parsed(second).fields == {
        "text": "Café\nline",
        "url": "https://reed.example/2",
        "crawled_at": "2020-05-06T07:08:09Z",
    }
    assert parsed(second).is_laid_out


# -- damage -----------------------------------------------------------------------------------------------------------


def test_a_warc_that_is_cut_off_keeps_the_records_before() -> None:
    raw = response(1) + response(2)
    records = read(raw[:-120])
    assert texts(records) == [text_of(1), "broken_warc"]
    assert isinstance(records[1], BadRecord)
    assert records[1].message.startswith(
        f"the WARC record at byte {len(response(1)):,} is damaged: it is cut off: 116 of"
    )


@pytest.mark.parametrize(
    "damaged",
    [
        b"garbage\r\nand more\r\n\r\n",
        response(5).replace(b"Content-Length: ", b"Content-Length: x"),
        response(5).replace(b"WARC/1.0", b"WARC/9.9"),
        frame("response", "https://reed.example/5", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500, length=60),
        frame("response", "https://reed.example/5", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500, length=50_000),
        frame("response", "https://reed.example/5", b"no http", "Content-Type: application/http\r\n"),
    ],
    ids=["garbage", "length", "version", "too short", "too long", "no http"],
)
def test_a_damaged_record_costs_only_itself(damaged: bytes) -> None:
    raw = response(1) + damaged + response(2) + response(3)
    assert texts(read(raw)) == [text_of(1), "broken_warc", text_of(2), text_of(3)]


def test_a_length_that_is_a_few_bytes_short_costs_nothing() -> None:
    raw = response(1)
    length = int(raw.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    raw = raw.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length - 2))
    assert texts(read(raw + response(2))) == [text_of(1), text_of(2)]


def test_a_damaged_member_costs_only_its_record() -> None:
    members = [gzip.compress(response(n)) for n in range(4)]
    members[1] = members[1][:60] + b"\0" * 20 + members[1][80:]
    members[2] = members[2][:-30]
    assert texts(read(b"".join(members))) == [text_of(0), "broken_warc", "broken_warc", text_of(3)]


def test_a_compressed_warc_that_is_cut_off_keeps_the_records_before() -> None:
    raw = gzip.compress(response(1)) + gzip.compress(response(2))
    assert texts(read(raw[:-20])) == [text_of(1), "broken_warc"]


def test_what_is_no_warc_is_one_reject() -> None:
    assert texts(read(b"no archive\n" * 5_000)) == ["broken_warc"]
    assert read(b"") == []
    assert read(b"\r\n\r\n") == []


def test_a_page_that_is_too_long_is_rejected_and_other_long_records_are_passed_over() -> None:
    long = b"x" * (PAGE_BYTES + 100_000)
    raw = response(1, long) + response(2, long, b"Content-Type: video/mp4\r\n") + response(3)
    assert texts(read(raw)) == ["too_large", text_of(3)]


def test_a_page_that_unpacks_to_too_much_is_rejected() -> None:
    (record,) = read(response(1, gzip.compress(b" " * (PAGE_BYTES + 1)), HTML + b"Content-Encoding: gzip\r\n"))
    assert isinstance(record, PendingRecord)
    bad = record.parse()
    assert isinstance(bad, BadRecord)
    assert bad.error_type == "too_large"


# -- detection --------------------------------------------------------------------------------------------------------


def test_a_warc_is_told_by_its_first_record() -> None:
    assert getattr(detect_format(response(1), "crawl"), "name", None) == "warc"
    assert looks_like_warc(b"\r\nWARC/1.1\r\n")
    assert not looks_like_warc(b"WARC is a format of web archives.\r\n")
    assert not looks_like_warc(gzip.compress(b"another thing"))
    assert not looks_like_warc(b"\x1f\x8b\x08 no gzip")


WHOLE = response(1) + response(2, chunked(b"<html><p>x</p>"), HTML + b"Transfer-Encoding: chunked\r\n")
PACKED = gzip.compress(response(1)) + gzip.compress(response(2))


@settings(max_examples=150)
@given(st.sampled_from([WHOLE, PACKED]), st.integers(0, 2_000), st.integers(0, 60), st.binary(max_size=12))
def test_any_damage_becomes_records_or_rejects(raw: bytes, at: int, size: int, instead: bytes) -> None:
    for record in read(raw[:at] + instead + raw[at + size :]):
        done = record.parse() if isinstance(record, PendingRecord) else record
        assert isinstance(done, Record | BadRecord)
