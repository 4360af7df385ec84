"""What every reader yields, and how it takes bytes from its stream."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

READ = "read"
DECODE = "decode"
PARSE = "parse"
SAMPLE_CHARS = 1_000

RECORD_BYTES = 32 << 20
"""The longest record that is read: whatever is one record has to fit into memory several times."""


READ_BYTES = 1 << 20


@dataclass(slots=True)
class Record:
    """One record: its number in its file or archive member, from 1, and its fields by the names the file gives them.

    `is_laid_out`: every line of its text is a paragraph, as where it comes from markup; no two lines are to be joined.
    `next_offset`: where in its stream the next record begins, if reading can start there (see `Reader`); else None.
    `repairs`: what the reader had to repair, by the names of `transforms.repairs.REPAIRS`.
    """

    record_no: int
    fields: dict[str, Any] = field(default_factory=dict)
    is_laid_out: bool = False
    next_offset: int | None = None
    repairs: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class BadRecord:
    """A record that could not be read: stage (read, decode or parse), kind of error, message, and how it begins.

    `error_type` is one of `transforms.readers.error_types.ERROR_TYPES`. The message says what is wrong and what to do.
    """

    record_no: int
    stage: str
    error_type: str
    message: str
    sample: str | None = None
    next_offset: int | None = None


@dataclass(slots=True, frozen=True)
class PendingRecord:
    """A record that takes work to parse, as a web page does: `parse` does it, for those who want this record."""

    record_no: int
    parse: Callable[[], Record | BadRecord]
    next_offset: int | None = None


AnyRecord = Record | BadRecord | PendingRecord


class RecordTooLargeError(Exception):
    """A record is longer than `RECORD_BYTES`."""


def read_whole(stream: BinaryIO, limit: int = RECORD_BYTES) -> bytes:
    """All bytes of a stream that is one record. Raises RecordTooLargeError where there are more than the limit."""
    blocks: list[bytes] = []
    left = limit + 1
    # In blocks: a file object sets aside as much memory as it is asked for.
    while left and (block := stream.read(min(left, READ_BYTES))):
        blocks.append(block)
        left -= len(block)
    if not left:
        raise RecordTooLargeError
    return b"".join(blocks)


def too_large(record_no: int, sample: bytes = b"", limit: int = RECORD_BYTES) -> BadRecord:
    """The rejection of a record that is longer than the limit."""
    message = f"one record of more than {limit >> 20} MB: split it into articles"
    return BadRecord(record_no, READ, "too_large", message, sample_of(sample) or None)


def sample_of(raw: bytes | str) -> str:
    """How a record begins, as text that can be stored."""
    text = raw if isinstance(raw, str) else raw[: 4 * SAMPLE_CHARS].decode("utf-8", "backslashreplace")
    return text.strip()[:SAMPLE_CHARS].encode("utf-8", "backslashreplace").decode().replace("\0", "")
