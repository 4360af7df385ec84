"""JSON documents: one object, a list of objects, an object that wraps the list, or any of these after each other.

Comes in: an open binary stream. Goes out: a record for each object, in bounded memory however long the list is. A list
is read value by value out of a window on the text, by Python's own scanner: it is faster than a parser of events, and
says where a value is broken. Reading goes on at the next object that begins as the ones before did.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from transforms.encoding import UndecodableError
from transforms.fields import FIELD_NAMES, holds_text
from transforms.readers.blocks import BLOCK_BYTES, TextBlocks, read_blocks, text_of_head
from transforms.readers.json_shapes import is_wrapper, items_of, unwrap
from transforms.readers.jsonl import lines_of_head, looks_like_jsonl
from transforms.readers.record import (
    DECODE,
    PARSE,
    READ,
    RECORD_BYTES,
    SAMPLE_CHARS,
    AnyRecord,
    BadRecord,
    Record,
    sample_of,
    too_large,
)
from transforms.readers.txt import looks_like_text

_MOST_DIGITS = 4_000
_DEEPEST = 3
_GAP = re.compile(r"[\s,\[\]\ufeff]*+")
_LOOSE_GAP = re.compile(r"[\s,\[\]}\ufeff]*+")
_INNER_GAP = re.compile(r"[\s,]*+")
_BLANKS = re.compile(r"\s*+")
_FIRST_KEY = re.compile(r'\{\s*+"(?:[^"\\]|\\.)*+"')
# How far before the end of the window an error may stand that more text could heal: a literal, an escape.
_TAIL = 16
_BEGINNING_CHARS = 200
_NOT_CLOSED = "the list is not closed: is the file cut off?"
_DESCEND = object()


def _integer(digits: str) -> int | None:
    # Python refuses longer ones, which no number of a record is.
    return int(digits) if len(digits) <= _MOST_DIGITS else None


# NaN and Infinity are no JSON, though Python reads and writes them: NULL. Raw line breaks in strings can be read.
_SCAN = json.JSONDecoder(parse_constant=lambda _: None, strict=False).raw_decode
_SCAN_LONG_NUMBERS = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_integer, strict=False).raw_decode


class _BrokenValueError(Exception):
    """The text is no JSON value from here; `position` says where in the window that shows."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position = position


class _ValueTooLargeError(Exception):
    """A value is longer than `RECORD_BYTES`."""


def looks_like_json(head: bytes) -> bool:
    """Whether the content is a list or an object, and its lines are no objects of their own."""
    text = text_of_head(head).lstrip()
    if text.rstrip() in {"null", "true", "false"}:
        return True
    return re.match(r'\[\s*[\[\]{]|\{\s*["}]', text) is not None and not _is_surely_jsonl(head)


def is_json_by_name(head: bytes) -> bool:
    """Whether a file that is called JSON is to be read so: it is text, and neither JSON lines nor markup."""
    text = text_of_head(head).lstrip()
    return not text.startswith("<") and looks_like_text(text.encode()) and not _is_surely_jsonl(head)


def read_json(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The records of the document, numbered in its order from `first_record`."""
    return _DocumentReading(_Window(TextBlocks(read_blocks(stream))), first_record).read()


def _is_surely_jsonl(head: bytes) -> bool:
    return len(lines_of_head(head)) > 1 and looks_like_jsonl(head)


class _Window:
    """The part of the text that is being read: it grows until a value fits, and drops what has been taken."""

    def __init__(self, source: TextBlocks) -> None:
        self._source = source
        self.text = ""
        self.position = 0
        self.value_start = 0
        self._lines = 1
        self._has_ended = False
        self._failure: Exception | None = None

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Passes over what the pattern matches from here, which may be nothing."""
        skipped = ""
        while True:
            match = pattern.match(self.text, self.position)
            end = match.end() if match else self.position
            skipped += self.text[self.position : end]
            self.position = end
            if end < len(self.text) or not self.grow():
                return skipped

    def next_character(self) -> str:
        """The character that stands here; '' at the end."""
        if self.position == len(self.text):
            self.grow()
        return self.text[self.position : self.position + 1]

    def value(self) -> Any:
        """Takes the value that begins here. Raises _BrokenValueError and _ValueTooLargeError, and stays then."""
        while True:
            try:
                value, end = self._scan()
            except _BrokenValueError as error:
                if not self._can_heal(error) or not self._grow_for_value():
                    raise
                continue
            # A number may go on behind the window.
            if end < len(self.text) or isinstance(value, dict | list | str) or not self._grow_for_value():
                self.value_start = self.position
                self.position = end
                return value

    def grow(self) -> bool:
        """Takes in more text, as much as there is here, and drops what lies behind; False at the end."""
        self._lines += self.text.count("\n", 0, self.position)
        parts = [self.text[self.position :]]
        self.position = 0
        wanted = max(BLOCK_BYTES, len(parts[0]))
        while wanted > 0 and not self._has_ended and not (self._failure and any(parts[1:])):
            block = self._next_block()
            parts.append(block)
            wanted -= len(block)
        self.text = "".join(parts)
        return len(self.text) > len(parts[0])

    def find(self, pattern: re.Pattern[str], start: int) -> bool:
        """Goes to the start of group 1 of the next match from `start` of the window; False where there is none."""
        self.position = start
        while True:
            match = pattern.search(self.text, self.position)
            if match:
                self.position = match.start(1)
                return True
            self.position = max(self.position, len(self.text) - SAMPLE_CHARS)
            if not self.grow():
                self.position = len(self.text)
                return False

    def place(self, position: int) -> str:
        """Where a position of the window stands in the file."""
        line = self._lines + self.text.count("\n", 0, position)
        return f"line {line:,}, character {position - self.text.rfind(chr(10), 0, position):,}"

    def repairs(self) -> tuple[str, ...]:
        """What was repaired in the text of the last value."""
        if not self._source.has_repairs:
            return ()
        return self._source.repairs_of(self.text[self.value_start : self.position])

    def _next_block(self) -> str:
        if self._failure:
            raise self._failure
        try:
            block = next(self._source, None)
        except Exception as error:  # noqa: BLE001 - raised when what came before it has been read
            self._failure = error
            return ""
        self._has_ended = block is None
        return block or ""

    def _scan(self) -> tuple[Any, int]:
        try:
            try:
                return _SCAN(self.text, self.position)
            except json.JSONDecodeError:
                raise
            except ValueError:
                return _SCAN_LONG_NUMBERS(self.text, self.position)
        except json.JSONDecodeError as error:
            raise _BrokenValueError(error.pos, error.msg.lower().removesuffix(" at")) from None
        except RecursionError:
            raise _BrokenValueError(self.position, "nested too deep") from None

    def _can_heal(self, error: _BrokenValueError) -> bool:
        return str(error).startswith("unterminated") or error.position >= len(self.text) - _TAIL

    def _grow_for_value(self) -> bool:
        if len(self.text) - self.position > RECORD_BYTES:
            raise _ValueTooLargeError
        return self.grow()


class _DocumentReading:
    """One document on its way into records."""

    def __init__(self, window: _Window, first_record: int) -> None:
        self._window = window
        self._record_no = first_record
        self._beginning = ""
        self._keys: frozenset[str] = frozenset()
        self._is_lost = False

    def read(self) -> Iterator[AnyRecord]:
        """All records of the document."""
        try:
            yield from self._read_values()
        except UndecodableError as error:
            yield self._reject(DECODE, "not_text", f"{error}: save the file as UTF-8")

    def _read_values(self) -> Iterator[AnyRecord]:
        depth = 0
        while True:
            gap = self._window.skip(_LOOSE_GAP if self._is_lost else _GAP)
            depth = max(0, depth + gap.count("[") - gap.count("]"))
            if not self._window.next_character():
                if depth and not self._is_lost:
                    yield self._reject(PARSE, "broken_json", _NOT_CLOSED)
                return
            yield from self._read_value(is_alone=depth == 0)

    def _read_value(self, *, is_alone: bool) -> Iterator[AnyRecord]:
        """The records of the value that stands here."""
        may_wrap = is_alone and self._window.next_character() == "{" and not self._is_lost
        try:
            value = self._take()
        except (_BrokenValueError, _ValueTooLargeError) as error:
            yield from self._read_members(0) if may_wrap else self._pass_over(error)
            return
        yield from self._records_of(value, is_alone=is_alone)

    def _read_members(self, depth: int) -> Iterator[AnyRecord]:
        """The records in the lists of an object that is too large or too broken to be taken as one."""
        window = self._window
        begins_at = self._record_no
        window.position += 1
        has_text = False
        while not self._is_lost:
            window.skip(_INNER_GAP)
            if window.next_character() == "}":
                window.position += 1
                if not depth and self._record_no == begins_at:
                    yield self._reject(READ, "too_large", too_large(self._record_no).message)
                return
            try:
                name = self._take_name()
                opening = window.next_character()
                if opening == "[" and not has_text:
                    window.position += 1
                    yield from self._read_list(name)
                    continue
                value = self._take_member(opening, depth) if not has_text else window.value()
            except (_BrokenValueError, _ValueTooLargeError) as error:
                yield from self._pass_over(error)
                self._is_lost = True
                return
            if value is _DESCEND:
                yield from self._read_members(depth + 1)
            elif isinstance(value, dict) and not has_text and holds_text(value):
                yield from self._records_of(value, is_alone=False)
            has_text = has_text or (isinstance(value, str) and name in FIELD_NAMES["text"])

    def _take_name(self) -> str:
        window = self._window
        name = window.value()
        window.skip(_BLANKS)
        if not isinstance(name, str) or window.next_character() != ":":
            raise _BrokenValueError(window.position, "expecting a name and ':'")
        window.position += 1
        window.skip(_BLANKS)
        return name

    def _take_member(self, opening: str, depth: int) -> Any:
        try:
            return self._window.value()
        except (_BrokenValueError, _ValueTooLargeError):
            if opening == "{" and depth < _DEEPEST:
                return _DESCEND
            raise

    def _read_list(self, name: str) -> Iterator[AnyRecord]:
        """The records of a list of an object, if it is one of records."""
        window = self._window
        is_wanted: bool | None = None
        while not self._is_lost:
            window.skip(_INNER_GAP)
            if window.next_character() == "]":
                window.position += 1
                return
            if not window.next_character():
                yield self._reject(PARSE, "broken_json", _NOT_CLOSED)
                self._is_lost = True
                return
            try:
                value = self._take()
            except (_BrokenValueError, _ValueTooLargeError) as error:
                yield from self._pass_over(error)
                continue
            if is_wanted is None:
                is_wanted = isinstance(value, dict) and (is_wrapper(name) or holds_text(value))
            if is_wanted:
                yield from self._records_of(value, is_alone=False)

    def _take(self) -> Any:
        """The value that stands here. Remembers how objects begin, to find the next one behind a broken one."""
        window = self._window
        value = window.value()
        if isinstance(value, dict):
            self._beginning = window.text[window.value_start : window.value_start + _BEGINNING_CHARS]
            self._keys = frozenset(value)
        return value

    def _records_of(self, value: Any, *, is_alone: bool) -> Iterator[AnyRecord]:
        repairs = self._window.repairs()
        items = items_of(value, 0 if is_alone else 1) if isinstance(value, dict) else None
        for item in [value] if items is None else items:
            if isinstance(item, dict):
                yield Record(self._record_no, unwrap(item), repairs=repairs)
                self._record_no += 1
            else:
                kind = type(item).__name__
                message = f"a record must be a JSON object with the fields of one article, and this is a {kind}"
                yield self._reject(PARSE, "not_an_object", message, json.dumps(item)[:SAMPLE_CHARS])

    def _pass_over(self, error: _BrokenValueError | _ValueTooLargeError) -> Iterator[AnyRecord]:
        """Rejects what stands here, and goes to the next object that begins as records do; to the end without one."""
        window = self._window
        sample = window.text[window.position : window.position + SAMPLE_CHARS]
        if isinstance(error, _BrokenValueError):
            message = f"not JSON: {error} at {window.place(error.position)}"
            stage, error_type = PARSE, "broken_json"
        else:
            message = too_large(self._record_no).message
            stage, error_type = READ, "too_large"
        if self._find_next():
            message = f"{message}: reading went on at {window.place(window.position)}"
        else:
            message = f"{message}: nothing behind it could be read: is the file cut off?"
            self._is_lost = True
        yield self._reject(stage, error_type, message, sample)

    def _find_next(self) -> bool:
        window = self._window
        first_key = _FIRST_KEY.match(self._beginning or window.text, 0 if self._beginning else window.position)
        beginning = re.escape(first_key[0]) if first_key else r'\{\s*+"'
        pattern = re.compile(rf"[}}\]\n]\s*+,?\s*+({beginning})")
        while window.find(pattern, window.position + 1):
            try:
                value = window.value()
            except (_BrokenValueError, _ValueTooLargeError):
                return True
            window.position = window.value_start
            # An object inside a record begins so, too, but has other fields.
            if not self._keys or 2 * len(self._keys.intersection(value)) >= len(self._keys):
                return True
        return False

    def _reject(self, stage: str, error_type: str, message: str, sample: str = "") -> BadRecord:
        bad = BadRecord(self._record_no, stage, error_type, message, sample_of(sample) or None)
        self._record_no += 1
        return bad
