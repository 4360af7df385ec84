"""JSON lines: one JSON object a line. Blank lines are passed over but counted: a record's number is its line's."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO

from transforms.encoding import UndecodableError, decode
from transforms.readers.blocks import TextBlocks, read_blocks, text_of_head, wide_encoding
from transforms.readers.json_shapes import begins_with_items, holds_items, unwrap
from transforms.readers.record import (
    DECODE,
    PARSE,
    RECORD_BYTES,
    AnyRecord,
    BadRecord,
    Record,
    sample_of,
    too_large,
)
from transforms.readers.txt import looks_like_text

# NaN and Infinity are no JSON, though Python reads and writes them: NULL.
# Raw line breaks and tabs in strings are no JSON either, but can be read.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None, strict=False)
_BLANK = b" \t\r\n"
_SAMPLE_BYTES = 4_000


def looks_like_jsonl(head: bytes) -> bool:
    """Whether lines are JSON objects of their own, and the first is no wrapper around the records of the file."""
    lines = lines_of_head(head)
    if not lines:
        return False
    first = object_of(lines[0])
    if first is not None:
        return not holds_items(first)
    if len(lines) == 1:
        return lines[0].lstrip().startswith('{"') and not begins_with_items(lines[0])
    complete = sum(line.startswith("{") and object_of(line) is not None for line in lines[1:])
    return 2 * complete >= len(lines) - 1 and not _goes_on(lines[0])


def is_jsonl_by_name(head: bytes) -> bool:
    """Whether a file that is called JSON lines can be read so: it is text, and no JSON that goes on over lines."""
    lines = lines_of_head(head)
    if not lines or lines[0].lstrip().startswith("<") or not looks_like_text(text_of_head(head).encode()):
        return False
    if looks_like_jsonl(head):
        return True
    first = lines[0].lstrip()
    is_document = begins_with_items(first) or object_of(first) is not None or re.match(r"\[\s*(?:[{\]]|$)", first)
    return not is_document and not (first.startswith("{") and _goes_on(first) and len(lines) > 1)


def lines_of_head(head: bytes) -> list[str]:
    """The lines of a head that are not blank; the last may be cut off."""
    return [line for line in text_of_head(head).split("\n") if line and not line.isspace()]


def object_of(line: str) -> dict[str, Any] | None:
    """The line's JSON object; None where it is none."""
    try:
        value = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _goes_on(line: str) -> bool:
    return line.rstrip().endswith(("{", "[", ","))


def read_jsonl(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The records of the stream, whose first line is line `first_record` of its file.

    UTF-16 and UTF-32 have no `next_offset`: their byte order mark stands at the beginning only.
    """
    blocks = read_blocks(stream)
    first = next(blocks, b"")
    blocks = chain((first,), blocks)
    is_wide = wide_encoding(first) is not None
    if is_wide:
        blocks = (text.encode() for text in TextBlocks(blocks))
    offset = 0
    for line_no, (line, length) in enumerate(_lines(blocks), start=first_record):
        offset += length
        next_offset = None if is_wide else offset
        if length > RECORD_BYTES:
            yield replace(too_large(line_no, line), next_offset=next_offset)
        elif not line.isspace() and line.removeprefix(BOM_UTF8).strip(_BLANK):
            yield _read_line(line_no, line, next_offset)


def _lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each line and its length with its line end; of one that is too long only how it begins."""
    parts: list[bytes] = []
    held = 0
    for block in blocks:
        *ended, rest = block.split(b"\n")
        if ended and held:
            length = held + len(ended[0]) + 1
            parts.append(ended[0])
            line = b"".join(parts)
            parts, held = [], 0
            yield line, length
            del ended[0]
        for line in ended:
            yield line, len(line) + 1
        if rest:
            held += len(rest)
            parts = [*parts, rest] if held <= RECORD_BYTES else [b"".join(parts)[:_SAMPLE_BYTES]]
    if held:
        yield b"".join(parts), held


def _reject(line_no: int, error_type: str, message: str, text: str) -> BadRecord:
    return BadRecord(line_no, PARSE, error_type, message, sample_of(text))


def _read_line(line_no: int, line: bytes, next_offset: int | None) -> Record | BadRecord:
    repairs: tuple[str, ...] = ()
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            decoded = decode(line)
        except UndecodableError as error:
            message = f"{error}: save the file as UTF-8"
            return BadRecord(line_no, DECODE, "not_text", message, sample_of(line), next_offset)
        text, repairs = decoded.text, decoded.repairs
    found = _parse_line(line_no, text)
    if isinstance(found, BadRecord):
        return replace(found, next_offset=next_offset)
    return Record(line_no, found, next_offset=next_offset, repairs=repairs)


def _parse_line(line_no: int, text: str) -> dict[str, Any] | BadRecord:
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        why = f"{error.msg.lower().removesuffix(' at')} at character {error.pos + 1:,} of the line"
        return _reject(line_no, "broken_json", f"not JSON: {why}: is the line cut off?", text)
    except (RecursionError, ValueError) as error:
        return _reject(line_no, "broken_json", f"not readable as JSON: {str(error).splitlines()[0]}", text)
    if not isinstance(value, dict):
        message = f"a line must be a JSON object with the fields of one article, and this is a {type(value).__name__}"
        return _reject(line_no, "not_an_object", message, text)
    return unwrap(value)
