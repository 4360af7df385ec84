"""What every reader yields."""

from dataclasses import dataclass, field
from typing import Any

DECODE = "decode"
PARSE = "parse"
SAMPLE_CHARS = 1_000


@dataclass(slots=True)
class Record:
    """One record of a file: its number from 1, and its fields by the names the file gives them."""

    record_no: int
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class BadRecord:
    """A record that could not be read: stage (decode or parse), kind of error, message, and how it begins."""

    record_no: int
    stage: str
    error_type: str
    message: str
    sample: str | None


def undecodable(record_no: int, raw: bytes, error: UnicodeDecodeError) -> BadRecord:
    """The rejection of bytes that are not UTF-8."""
    return BadRecord(
        record_no,
        DECODE,
        "not_utf8",
        f"byte {error.start + 1:,} (0x{raw[error.start]:02x}) is not UTF-8: save the file as UTF-8",
        raw[:SAMPLE_CHARS].decode("utf-8", "backslashreplace")[:SAMPLE_CHARS],
    )
