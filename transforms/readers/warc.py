"""WARC: web archives as crawlers write them, plain or with every record compressed by itself (.warc.gz).

Comes in: a stream of WARC records. Goes out: a `PendingRecord` for every page in it (responses of status 200 and
resources that are HTML), and a `Record` for every text (the conversion records of WET files). All other records are
passed over.

The frame of the records is read here, so that a damaged one costs only itself, and any stream will do; what is in a
record, its headers, HTTP and encodings of content, is read by fastwarc.
"""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from fastwarc.warc import WarcRecord, WarcRecordType

from transforms.encoding import UndecodableError, decode
from transforms.readers.record import (
    DECODE,
    PARSE,
    AnyRecord,
    BadRecord,
    PendingRecord,
    Record,
    sample_of,
    too_large,
)
from transforms.readers.webpage import PAGE_BYTES, looks_like_webpage, parse_webpage

_CHUNK = 1 << 20
_HEADER_BYTES = 64 << 10
_SAMPLE_BYTES = 2_000
_MEMBER_BYTES = 4 << 20
_GZIP = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/(?:0\.\d+|1\.\d+)\r?\n")
_NEXT_RECORD = re.compile(rb"\nWARC/(?:0\.\d+|1\.\d+)\r?\n")
_OVERHANG = re.compile(rb"[^\r\n](?s:.{0,31}?)(?=\r?\n\r?\nWARC/[01]\.)")
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^WARC-Type:[ \t]*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_HTML_DECLARED = re.compile(rb"^Content-Type:[ \t]*(?:text/html|application/xhtml\+xml)", re.IGNORECASE | re.MULTILINE)
_READ_TYPES = frozenset({b"response", b"resource", b"conversion"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_ADVICE = "get the file again, or repair it with a WARC tool"


def looks_like_warc(head: bytes) -> bool:
    """Whether the content begins with a WARC record, plain or compressed by itself."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 64)
        except zlib.error:
            return False
    return _VERSION.match(head.lstrip(b"\r\n")) is not None


def read_warc(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The pages and texts of a WARC. A record's number counts those, and the damaged ones.

    `next_offset` is set where the stream is not compressed.
    """
    source = _open_source(stream)
    record_no = first_record
    for frame in _read_frames(source):
        found = _take_frame(frame, record_no)
        if found is not None:
            offset = source.position if source.is_plain else None
            yield replace(found, next_offset=offset)
            record_no += 1


# -- bytes ------------------------------------------------------------------------------------------------------------


class _Source:
    """Bytes of a plain stream with what has been read ahead. `position` counts from the stream's beginning.

    `fault` says why nothing comes for the moment though the stream may go on: data was damaged here. `pass_fault` goes
    on behind it.
    """

    is_plain = True

    def __init__(self, stream: BinaryIO, ahead: bytes = b"") -> None:
        self._stream = stream
        self._ahead = ahead
        self._at = 0
        self.position = 0
        self.fault: str | None = None

    def peek(self, size: int) -> bytes:
        """The next bytes, up to so many, without taking them."""
        while len(self._ahead) - self._at < size and not self.fault and (more := self._more()):
            self._ahead = self._ahead[self._at :] + more
            self._at = 0
        return self._ahead[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """The next bytes, up to so many."""
        taken = self.peek(size)
        self._at += len(taken)
        self.position += len(taken)
        return taken

    def put_back(self, raw: bytes) -> None:
        """Undoes the taking of the last bytes."""
        self._ahead = raw + self._ahead[self._at :]
        self._at = 0
        self.position -= len(raw)

    def pass_fault(self) -> str | None:
        """Answers what was damaged, if anything was, and goes on behind it."""
        fault, self.fault = self.fault, None
        return fault

    def _more(self) -> bytes:
        return self._stream.read(_CHUNK)


class _GzipSource(_Source):
    """The same of a stream of gzip members. `position` counts the bytes that they hold."""

    is_plain = False

    def __init__(self, stream: BinaryIO, raw: bytes) -> None:
        super().__init__(stream)
        self._raw = raw
        self._unpacker = zlib.decompressobj(31)
        # What has been unpacked of the member: damage is often found only behind the beginning of the next.
        self._member = b""

    def _more(self) -> bytes:
        unpacked = b""
        while not unpacked and not self.fault:
            self._raw = self._raw or self._stream.read(_CHUNK)
            if not self._raw:
                if self._member:
                    self._skip_damage("its compressed data is cut off")
                break
            try:
                unpacked = self._unpacker.decompress(self._raw, _CHUNK)
            except zlib.error as error:
                self._skip_damage(f"its compressed data is damaged ({error})")
                break
            rest = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            self._member = (self._member + self._raw[: len(self._raw) - len(rest)])[-_MEMBER_BYTES:]
            self._raw = rest
            if self._unpacker.eof:
                self._begin_member(rest.lstrip(b"\0"))
        return unpacked

    def _begin_member(self, raw: bytes) -> None:
        self._raw, self._member = raw, b""
        self._unpacker = zlib.decompressobj(31)

    def _skip_damage(self, fault: str) -> None:
        """Goes to what begins as a member with a WARC record does."""
        self.fault = fault
        raw = (self._member + self._raw)[1:]
        while True:
            at = raw.find(_GZIP)
            raw = raw[at:] if at >= 0 else raw[-2:]
            if len(raw) < _HEADER_BYTES:
                more = self._stream.read(_CHUNK)
                raw += more
                if at < 0 and not more:
                    self._begin_member(b"")
                    return
            if at >= 0 and looks_like_warc(raw[:_HEADER_BYTES]):
                self._begin_member(raw)
                return
            raw = raw[1:] if at >= 0 else raw


def _open_source(stream: BinaryIO) -> _Source:
    head = stream.read(_CHUNK)
    return _GzipSource(stream, head) if head.startswith(_GZIP) else _Source(stream, head)


# -- frames -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class _Frame:
    """One WARC record: where it begins, how it begins, and its bytes. `fault` says what is wrong with it.

    `raw` is None where the record is of a type that is not read, or longer than any page.
    """

    offset: int
    head: bytes
    raw: bytes | None = None
    fault: str | None = None


def _read_frames(source: _Source) -> Iterator[_Frame]:
    while True:
        if _skip_blank_lines(source):
            yield _read_frame(source, source.position)
        elif fault := source.pass_fault():
            yield _Frame(source.position, b"", fault=fault)
        else:
            return


def _skip_blank_lines(source: _Source) -> bool:
    """Goes to the next byte that is no line end; answers whether there is one."""
    while ahead := source.peek(4):
        rest = ahead.lstrip(b"\r\n")
        source.take(len(ahead) - len(rest))
        if rest:
            return True
    return False


def _read_frame(source: _Source, offset: int) -> _Frame:
    head = source.peek(_HEADER_BYTES >> 4)
    if not _HEADERS_END.search(head):
        head = source.peek(_HEADER_BYTES)
    end = _HEADERS_END.search(head)
    length = _LENGTH.search(head, 0, end.start() + 1) if end else None
    if _VERSION.match(head) and end and length:
        return _read_payload(source, offset, source.take(end.end()), int(length[1]))
    if not _VERSION.match(head):
        fault = "no WARC record begins here"
    else:
        fault = "its headers have no Content-Length" if end else "its headers are cut off"
    return _Frame(offset, head[:_SAMPLE_BYTES], fault=f"{fault}; {_skip_to_record(source)}")


def _read_payload(source: _Source, offset: int, headers: bytes, length: int) -> _Frame:
    head = headers + source.peek(min(length, _SAMPLE_BYTES))
    kind = _TYPE.search(headers)
    is_wanted = kind is not None and kind[1].lower() in _READ_TYPES
    if length > PAGE_BYTES + _HEADER_BYTES:
        left = length
        while left and (piece := source.take(min(left, _CHUNK))):
            left -= len(piece)
        return _Frame(offset, head, fault=_say_missing(source, left, length) if left else None)
    payload = source.take(length)
    following = source.peek(64)
    if len(payload) == length and (overhang := _OVERHANG.match(following)):
        # Lengths that are a few bytes short are common: nothing is lost.
        payload += source.take(overhang.end())
        following = following[overhang.end() :]
    is_at_end = following.startswith(b"\r\n\r\n") or not following.strip(b"\r\n")
    if len(payload) >= length and (is_at_end or _VERSION.match(following.lstrip(b"\r\n"))):
        return _Frame(offset, head, headers + payload if is_wanted else None)
    if begun := _NEXT_RECORD.search(payload):
        # The stated length is too large, or a part is missing: the next records were taken for content.
        source.put_back(payload[begun.start() + 1 :])
        fault = f"it has {begun.start():,} bytes of content, and {length:,} by its headers"
    elif len(payload) < length:
        fault = _say_missing(source, length - len(payload), length)
    else:
        fault = f"its content goes on behind the {length:,} bytes of its headers; {_skip_to_record(source)}"
    return _Frame(offset, head, fault=fault)


def _say_missing(source: _Source, missing: int, length: int) -> str:
    why = source.pass_fault() or "it is cut off"
    return f"{why}: {missing:,} of {length:,} bytes are missing"


def _skip_to_record(source: _Source) -> str:
    """Goes to where the next record begins; answers how far that was, in words."""
    start = source.position
    source.take(1)
    while ahead := source.peek(_CHUNK):
        if match := _NEXT_RECORD.search(ahead):
            source.take(match.start() + 1)
            break
        # What may be the beginning of a match stays.
        source.take(len(ahead) - 16 if len(ahead) == _CHUNK else len(ahead))
    why = source.pass_fault()
    passed = f"{source.position - start:,} bytes are passed over"
    return f"{why}; {passed}" if why else passed


# -- records ----------------------------------------------------------------------------------------------------------


def _take_frame(frame: _Frame, record_no: int) -> PendingRecord | Record | BadRecord | None:
    """What becomes of a record; None where it is passed over."""
    if frame.fault:
        message = f"the WARC record at byte {frame.offset:,} is damaged: {frame.fault}: {_ADVICE}"
        return BadRecord(record_no, PARSE, "broken_warc", message, sample_of(frame.head) or None)
    if frame.raw is None:
        return too_large(record_no, frame.head, PAGE_BYTES) if _is_long_page(frame.head) else None
    try:
        record = WarcRecord.from_bytes(frame.raw)
        kind = record.record_type
        if kind == WarcRecordType.response:
            record.parse_http(auto_decode="none")
            if record.is_http and (record.http_headers is None or record.http_headers.status_code is None):
                return _broken(frame, record_no, OSError("it has no HTTP headers"))
    except OSError as error:
        return _broken(frame, record_no, error)
    if kind == WarcRecordType.conversion:
        return _read_conversion(record, record_no)
    if kind == WarcRecordType.response and not _is_page_response(record):
        return None
    if kind == WarcRecordType.resource and not _is_page_resource(record):
        return None
    return PendingRecord(record_no, partial(_parse_page, frame, record_no))


def _is_long_page(head: bytes) -> bool:
    """Whether a record that is too long to be read is a page, by how it begins."""
    kind = _TYPE.search(head)
    return kind is not None and kind[1].lower() in _READ_TYPES and _HTML_DECLARED.search(head) is not None


def _is_page_response(record: WarcRecord) -> bool:
    headers = record.http_headers
    if headers is None or headers.status_code != 200:
        return False
    declared = (record.http_content_type or "").strip().lower()
    if declared:
        return declared in _HTML_TYPES
    return looks_like_webpage(record.reader.read(1 << 10))


def _is_page_resource(record: WarcRecord) -> bool:
    declared = (record.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    return declared in _HTML_TYPES


def _parse_page(frame: _Frame, record_no: int) -> Record | BadRecord:
    try:
        record = WarcRecord.from_bytes(frame.raw or b"")
        body, charset = _read_body(record, frame)
    except OSError as error:
        return _broken(frame, record_no, error)
    if len(body) > PAGE_BYTES:
        return too_large(record_no, body[:4_000], PAGE_BYTES)
    url = _target_of(record)
    parsed = parse_webpage(body, record_no, url, charset)
    if isinstance(parsed, Record):
        parsed.fields |= _crawl_fields(record, url if "url" not in parsed.fields else None)
    return parsed


def _read_body(record: WarcRecord, frame: _Frame) -> tuple[bytes, str | None]:
    """The page's bytes as they were before transfer, and the charset that HTTP or the record declares.

    Some crawlers keep the headers of an encoding that they have taken off: then the bytes are a page as they are.
    """
    if record.record_type == WarcRecordType.resource:
        declared = re.search(r"charset=[\"']?([\w:.-]+)", record.headers.get("Content-Type") or "", re.IGNORECASE)
        return record.reader.read(PAGE_BYTES + 1), declared[1] if declared else None
    try:
        record.parse_http(auto_decode="all")
        return _read_all(record), record.http_charset
    except OSError:
        plain = WarcRecord.from_bytes(frame.raw or b"")
        plain.parse_http(auto_decode="none")
        body = _read_all(plain)
        if not looks_like_webpage(body[: 16 << 10]):
            raise
        return body, plain.http_charset


def _read_all(record: WarcRecord) -> bytes:
    body = io.BytesIO()
    while body.tell() <= PAGE_BYTES and (piece := record.reader.read(_CHUNK)):
        body.write(piece)
    return body.getvalue()


def _read_conversion(record: WarcRecord, record_no: int) -> Record | BadRecord | None:
    declared = (record.headers.get("Content-Type") or "text/plain").split(";")[0].strip().lower()
    if declared != "text/plain":
        return None
    raw = record.reader.read(PAGE_BYTES + 1)
    try:
        decoded = decode(raw)
    except UndecodableError as error:
        return BadRecord(record_no, DECODE, "not_text", f"{error}: make the WET file again", sample_of(raw))
    fields = {"text": decoded.text} | _crawl_fields(record, _target_of(record))
    return Record(record_no, fields, is_laid_out=True, repairs=decoded.repairs)


def _target_of(record: WarcRecord) -> str | None:
    return (record.headers.get("WARC-Target-URI") or "").strip("<> \t") or None


def _crawl_fields(record: WarcRecord, url: str | None) -> dict[str, str]:
    crawled_at = record.headers.get("WARC-Date")
    truncated = record.headers.get("WARC-Truncated")
    stated = {"url": url, "crawled_at": crawled_at, "warc_truncated": truncated}
    return {name: value for name, value in stated.items() if value}


def _broken(frame: _Frame, record_no: int, error: OSError) -> BadRecord:
    why = str(error).splitlines()[0] if str(error) else type(error).__name__
    message = f"the WARC record at byte {frame.offset:,} cannot be read ({why}): crawl the page again"
    return BadRecord(record_no, PARSE, "broken_warc", message, sample_of(frame.head))
