"""JSON lines: one JSON object a line. Blank lines are passed over but counted: a record's number is its line's."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

from transforms.readers.record import PARSE, SAMPLE_CHARS, BadRecord, Record, undecodable


def read_jsonl(stream: BinaryIO, first_record: int = 1) -> Iterator[Record | BadRecord]:
    """The records of the stream, whose first line is line `first_record` of its file."""
    for line_no, line in enumerate(stream, start=first_record):
        if line.removeprefix(BOM_UTF8).strip(b" \t\r\n"):
            yield _read_line(line_no, line)


def _read_line(line_no: int, line: bytes) -> Record | BadRecord:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return undecodable(line_no, line, error)
    try:
        # NaN and Infinity are no JSON, though Python reads and writes them: NULL.
        value = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        why = f"{error.msg.lower().removesuffix(' at')} at character {error.pos + 1:,} of the line"
        return _reject(line_no, "broken_json", f"not JSON: {why}: is the line cut off?", text)
    except (RecursionError, ValueError) as error:
        return _reject(line_no, "broken_json", f"not readable as JSON: {str(error).splitlines()[0]}", text)
    if not isinstance(value, dict):
        message = f"a line must be a JSON object with the fields of one article, and this is a {type(value).__name__}"
        return _reject(line_no, "not_an_object", message, text)
    return Record(line_no, value)


def _reject(line_no: int, error_type: str, message: str, text: str) -> BadRecord:
    return BadRecord(line_no, PARSE, error_type, message, text.strip()[:SAMPLE_CHARS])
