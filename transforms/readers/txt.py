"""Plain text: the file is one record, its text."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

from transforms.encoding import UndecodableError, decode, why_binary
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
    try:
        raw = read_whole(stream)
    except RecordTooLargeError:
        yield too_large(first_record)
        return
    try:
        decoded = decode(raw)
    except UndecodableError as error:
        yield BadRecord(first_record, DECODE, "not_text", f"{error}: save it as text in UTF-8", sample_of(raw))
        return
    yield Record(first_record, {"text": decoded.text}, repairs=decoded.repairs)
