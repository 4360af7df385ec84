"""Plain text: the file is one record, its text."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

from transforms.encoding import Decoded, UndecodableError, decode, why_binary
from transforms.readers.record import (
    DECODE,
    AnyRecord,
    BadRecord,
    Record,
    RecordTooLargeError,
    read_whole,
    sample_of,
    too_large,
)


def looks_like_text(head: bytes) -> bool:
    """Whether it may be text in any encoding: hardly any byte is a control character. XML is for its own readers."""
    return why_binary(head) is None and not head.removeprefix(BOM_UTF8).lstrip().startswith(b"<?xml")


def read_txt(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The file's one record. Its only field is 'text'."""
    decoded = decode_whole(stream, first_record)
    if isinstance(decoded, BadRecord):
        yield decoded
    else:
        yield Record(first_record, {"text": decoded.text}, repairs=decoded.repairs)


def decode_whole(stream: BinaryIO, record_no: int) -> Decoded | BadRecord:
    """A stream that is one record, as text; its rejection where it is too large, or no text."""
    try:
        raw = read_whole(stream)
    except RecordTooLargeError:
        return too_large(record_no)
    try:
        return decode(raw)
    except UndecodableError as error:
        return BadRecord(record_no, DECODE, "not_text", f"{error}: save it as text in UTF-8", sample_of(raw))
