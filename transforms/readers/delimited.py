"""Tables as text, CSV and TSV: the first line names the columns, each row is a record.

Comes in: an open binary stream. Goes out: a record a row, in bounded memory. The delimiter and the way quotes are
escaped are told by which of them makes the first rows as long as the header.

A quote that is never closed would take in all lines up to the next one. So where a row of several lines does not fit,
its lines are looked at one by one: if rows that fit begin at one of them, only what stands before it is rejected.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from transforms.encoding import UndecodableError
from transforms.fields import column_of
from transforms.readers.blocks import TextBlocks, read_blocks, text_of_head
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

DELIMITERS = (",", "\t", ";", "|")
_TOLD = {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar"}

_SAMPLE_CHARS = 1 << 17
_SAMPLE_ROWS = 50
_LONGEST_NAME = 100
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Rows of several lines are checked for a quote that is not closed when they reach these sizes, in characters.
_CHECK_SIZES = (1 << 16, 1 << 19, 1 << 22, RECORD_BYTES)
_ROWS_THAT_PROVE = 3
_LINES_OF_A_ROW = 50
# The row behind one whose quote is not closed begins on one of the next lines, if anywhere.
_LINES_LOOKED_AT = 1_000
_BARE_RETURN = re.compile(r"\r(?!\n)")
_KINDS = (
    ("address", re.compile(r"https?://\S+")),
    ("number", re.compile(r"-?\d+(?:\.\d+)?")),
    ("date", re.compile(r"\d{4}[-/]\d\d?[-/]\d\d?.{0,20}|\d\d?[-/.]\d\d?[-/.]\d{2,4}.{0,20}")),
)


@dataclass(slots=True, frozen=True)
class _Dialect:
    delimiter: str
    escape: str | None = None

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """The rows of the lines. The reader raises csv.Error at what is doubtful if it is strict."""
        return csv.reader(lines, delimiter=self.delimiter, escapechar=self.escape, strict=strict, skipinitialspace=True)


def has_known_header(head: bytes) -> bool:
    """Whether the first line names columns of an article, the text among them, and the next row fits it."""
    text = _without_declaration(text_of_head(head))
    dialect, names = _find_dialect(text)
    known = [column_of(name) for name in names]
    if len(names) < 2 or "text" not in known or len({column for column in known if column}) < 2:
        return False
    return _fit(dialect, text, len(names)) > 0.5


def looks_delimited(head: bytes) -> bool:
    """Whether a file that is called a table can be one: text whose first line has several cells, or one known name."""
    text = text_of_head(head)
    if not looks_like_text(text.encode()) or text.lstrip()[:1] in {"<", "{"}:
        return False
    _, names = _find_dialect(_without_declaration(text))
    return len(names) > 1 or (len(names) == 1 and column_of(names[0]) is not None)


def read_delimited(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The rows behind the header, numbered from `first_record`; blank lines are passed over."""
    source = TextBlocks(read_blocks(stream))
    try:
        sample = next(source, "")
    except UndecodableError as error:
        yield BadRecord(first_record, DECODE, "not_text", f"{error}: save the file as UTF-8")
        return
    yield from _TableReading(_Lines(sample, source), first_record).read()


def name_columns(names: Sequence[str]) -> list[str]:
    """Names for all columns: those without get their number, those that come twice, too. The first may have none."""
    named: dict[str, None] = {}
    for number, name in enumerate((" ".join(name.split()) for name in names), start=1):
        unique = name or ("" if number == 1 else f"column_{number}")
        while unique in named:
            unique = f"{unique}_{number}"
        named[unique] = None
    return list(named)


def _without_declaration(text: str) -> str:
    # Excel's own way to name the delimiter.
    return _DECLARED.sub("", text, count=1) if _DECLARED.match(text) else text


def _find_dialect(text: str) -> tuple[_Dialect, list[str]]:
    """The dialect that fits the sample best, and the header in it."""
    candidates = [_Dialect(delimiter) for delimiter in DELIMITERS]
    if '\\"' in text:
        candidates += [_Dialect(delimiter, "\\") for delimiter in DELIMITERS]
    best, header, best_rank = candidates[0], list[str](), (0, 0.0, 0)
    for dialect in candidates:
        names = _header(dialect, text)
        if len(names) < 2 or any(len(name) > _LONGEST_NAME for name in names):
            names = names if not header and len(names) == 1 and len(names[0]) <= _LONGEST_NAME else []
            header = header or names
            continue
        known = len({column for name in names if (column := column_of(name))})
        rank = (known, round(_fit(dialect, text, len(names)), 2), len(names))
        if rank > best_rank:
            best, header, best_rank = dialect, names, rank
    return best, header


def _header(dialect: _Dialect, text: str) -> list[str]:
    return next((row for row in _sample_rows(dialect, text) if any(map(str.strip, row))), [])


def _fit(dialect: _Dialect, text: str, width: int) -> float:
    """The share of the sample's rows that are as long as the header; the last may be cut off."""
    rows = list(_sample_rows(dialect, text))
    rows = rows[1 : -1 if len(text) >= _SAMPLE_CHARS and len(rows) > 2 else None]
    return sum(len(row) == width for row in rows) / len(rows) if rows else 1.0


def _sample_rows(dialect: _Dialect, text: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in islice(dialect.rows(_split(text[:_SAMPLE_CHARS])), _SAMPLE_ROWS + 1) if row)
    except csv.Error:
        return


def _split(text: str) -> list[str]:
    text = text if "\n" in text else text.replace("\r", "\n")
    return [f"{line}\n" for line in text.split("\n")]


class _LongRowError(Exception):
    """The lines of a row have reached a size at which to look whether they are one."""


class _LongLineError(Exception):
    """A line is longer than a record may be."""


class _CutLine(str):
    """How a line begins that is longer than a record may be."""

    __slots__ = ()


class _Lines:
    """The lines of a table, each with its line end. Those of the row in hand are held, to be looked at once more."""

    def __init__(self, sample: str, source: TextBlocks) -> None:
        self._source = source
        self.sample = sample
        self._fresh = self._split_blocks("\n" if "\n" in self.sample else "\r" if "\r" in self.sample else "\n")
        self._again: deque[str] = deque()
        self._failure: Exception | None = None
        self._checks = iter(_CHECK_SIZES)
        self._limit = next(self._checks)
        self._held_chars = 0
        self._taken = 0
        self.held: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._take_fresh()
        self._taken += 1
        self.held.append(line)
        self._held_chars += len(line)
        if self._held_chars > self._limit and len(self.held) > 1:
            raise _LongRowError
        if isinstance(line, _CutLine):
            raise _LongLineError
        return line

    def ahead(self, count: int) -> list[str]:
        """The next lines, which are not taken yet; fewer at the end."""
        while len(self._again) < count and not self._failure:
            try:
                self._again.append(next(self._fresh))
            except StopIteration:
                break
            except Exception as error:  # noqa: BLE001 - raised when what came before it has been read
                self._failure = error
        return list(islice(self._again, count))

    def _take_fresh(self) -> str:
        if self._failure:
            raise self._failure
        return next(self._fresh)

    @property
    def first_held(self) -> int:
        """The number of the first line that is held, in the file."""
        return self._taken - len(self.held) + 1

    def release(self) -> None:
        """Lets the held lines go: the next row begins."""
        self.held.clear()
        self._held_chars = 0
        if self._limit != _CHECK_SIZES[0]:
            self._checks = iter(_CHECK_SIZES)
            self._limit = next(self._checks)

    def give_back(self, first: int) -> None:
        """The held lines from that one on are to be read again."""
        self._taken -= len(self.held) - first
        self._again.extendleft(reversed(self.held[first:]))
        del self.held[first:]

    def allow_more(self) -> bool:
        """Lets the row in hand go on to the next size; False where it has reached the last."""
        limit = next(self._checks, None)
        self._limit = limit or self._limit
        return limit is not None

    def repairs(self) -> tuple[str, ...]:
        """What was repaired in the held lines."""
        return self._source.repairs_of("".join(self.held)) if self._source.has_repairs else ()

    def _split_blocks(self, line_end: str) -> Iterator[str]:
        parts: list[str] = []
        size = 0
        for block in chain((self.sample,), self._source):
            *ended, rest = block.split(line_end)
            if ended and size:
                line = "".join((*parts, ended[0]))
                yield f"{line}\n" if size + len(ended[0]) <= RECORD_BYTES else _CutLine(line[:_SAMPLE_CHARS])
                del ended[0]
                parts, size = [], 0
            for line in ended:
                yield f"{line}\n"
            if rest:
                size += len(rest)
                parts = [*parts, rest] if size <= RECORD_BYTES else ["".join(parts)[:_SAMPLE_CHARS]]
        if size:
            line = "".join(parts)
            yield line if size <= RECORD_BYTES else _CutLine(line)


class _TableReading:
    """One table on its way into records."""

    def __init__(self, lines: _Lines, first_record: int) -> None:
        self._lines = lines
        self._record_no = first_record
        self._dialect = _find_dialect(_without_declaration(lines.sample))[0]
        delimiter = re.escape(self._dialect.delimiter)
        self._opens_cell = re.compile(rf'(?:^|{delimiter})"[^"{delimiter}\r\n]')
        self._inner_quote = re.compile(rf'(?<!^)(?<![{delimiter}"\\])(?<!{delimiter} )"(?=[^{delimiter}"\r\n])')
        self._names: list[str] = []
        self._needed = 0
        self._previous: list[str] = []
        self._checked = 1
        # For the whole process, as the module has it.
        csv.field_size_limit(max(csv.field_size_limit(), 2 * RECORD_BYTES))

    def read(self) -> Iterator[AnyRecord]:
        """All records of the table."""
        try:
            bad = self._read_header()
            if bad:
                yield bad
            elif self._names:
                yield from self._read_rows()
        except UndecodableError as error:
            yield self._reject(DECODE, "not_text", f"{error}: save the file as UTF-8")

    def _read_header(self) -> BadRecord | None:
        lines = self._lines
        try:
            if _DECLARED.match(lines.sample):
                next(lines)
                lines.release()
            row = next((row for row in self._dialect.rows(lines) if any(map(str.strip, row))), [])
        except (csv.Error, _LongRowError, _LongLineError):
            row = [" " * (_LONGEST_NAME + 1)]
        if any(len(name) > _LONGEST_NAME for name in row):
            return self._reject(PARSE, "broken_csv", "the first line does not name the columns: add a line that does")
        lines.release()
        self._names = name_columns(row)
        self._needed = max((number for number, name in enumerate(row, start=1) if name.strip()), default=0)
        return None

    def _read_rows(self) -> Iterator[AnyRecord]:
        lines, width = self._lines, len(self._names)
        # It forgets a row at which it raised, and goes on with the next line.
        rows = self._dialect.rows(lines, strict=True)
        while True:
            try:
                for row in rows:
                    if len(row) == width:
                        if any(row):
                            yield self._record(row)
                    elif any(map(str.strip, row)):
                        yield from self._mend()
                    lines.release()
            except (csv.Error, _LongRowError, _LongLineError):
                yield from self._mend()
                lines.release()
            else:
                return

    def _record(self, row: list[str]) -> Record:
        self._previous = row
        record = Record(self._record_no, dict(zip(self._names, row, strict=True)), repairs=self._lines.repairs())
        self._record_no += 1
        return record

    def _mend(self) -> Iterator[AnyRecord]:
        """What can be made of the held lines, which are no row that fits."""
        lines = self._lines
        self._checked = 1
        plain = lines.held[0].rstrip("\r\n").split("\t")
        if self._dialect.delimiter == "\t" and len(plain) == len(self._names):
            # In such tables a quotation mark is often nothing but that.
            lines.give_back(1)
            yield self._record(plain)
            return
        if len(lines.held) == 1 and (alone := self._take_line()) is not None:
            yield self._record(alone)
            return
        try:
            row = self._take_leniently()
        except (_LongRowError, _LongLineError):
            lines.held[:] = lines.held[:1]
            yield self._reject_large()
            return
        begin = self._find_next_row()
        if begin:
            lines.give_back(begin)
            yield self._reject_row("a quote in it is not closed")
        elif row is None:
            yield self._reject_row("its last quote is not closed: is the file cut off?")
        elif (fitting := self._fitted(row)) is not None and not self._swallows_rows():
            yield self._record(fitting)
        elif fitting is not None:
            yield self._reject_row("a quote in it is not closed, or not escaped")
        else:
            yield self._reject_row(
                f"it has {len(row):,} cells and the header has {len(self._names):,}: is a quote or a "
                f"{_TOLD[self._dialect.delimiter]} in a text not escaped?"
            )

    def _take_line(self) -> list[str] | None:
        """The row of the one held line, if it fits whatever its quotes, and rows go on behind it."""
        line = self._lines.held[0]
        if isinstance(line, _CutLine):
            return None
        line = _BARE_RETURN.sub(" ", line)
        fitting = self._fitted(next(self._dialect.rows([line]), []))
        if fitting is None or self._is_open([line]):
            return None
        ahead = self._lines.ahead(_LINES_OF_A_ROW)
        return fitting if not ahead or self._begins_rows(ahead) or self._have_width(ahead) else None

    def _have_width(self, lines: list[str]) -> bool:
        try:
            rows = list(islice(self._dialect.rows(lines, strict=True), _ROWS_THAT_PROVE))
        except csv.Error:
            return False
        return all(len(row) == len(self._names) for row in rows if row)

    def _take_leniently(self) -> list[str] | None:
        """The row that begins with the held lines, whatever its quotes; None where it is not closed at the end.

        Takes more lines where it goes on behind them, but no further than to where rows that fit begin.
        Raises _LongRowError and _LongLineError where it does not end.
        """
        lines = self._lines
        while True:
            if isinstance(lines.held[-1], _CutLine):
                raise _LongLineError
            try:
                row = next(self._dialect.rows(map(self._escaped, chain(list(lines.held), lines))), [])
            except _LongRowError:
                if self._find_next_row():
                    return []
                if not lines.allow_more():
                    raise
                continue
            except csv.Error:
                return []
            return None if self._is_open(map(self._escaped, lines.held)) else row

    def _escaped(self, line: str) -> str:
        """The line with those quotes doubled that can neither open nor close a cell."""
        return self._inner_quote.sub('""', _BARE_RETURN.sub(" ", line))

    def _is_open(self, lines: Iterable[str]) -> bool:
        """Whether the last quote of a row is not closed: then it takes in what is added."""
        rows = self._dialect.rows([*lines, "\n", "\n"])
        next(rows, None)
        return next(rows, None) is None

    def _swallows_rows(self) -> bool:
        """Whether a cell seems to open inside of another: its quote was not closed, and rows behind it are its text."""
        held = self._lines.held
        if not any(map(self._opens_cell.search, held[1:])):
            return False
        try:
            return len(list(self._dialect.rows(held, strict=True))) != 1
        except csv.Error:
            return True

    def _fitted(self, row: list[str]) -> list[str] | None:
        """The row with as many cells as the header; None where cells with something in them are missing or left."""
        width = len(self._names)
        if width == 1:
            # A list of texts, one a line.
            return ["".join(self._lines.held).strip()]
        if len(row) < self._needed or any(map(str.strip, row[width:])):
            return None
        return [*row[:width], *[""] * (width - len(row))]

    def _find_next_row(self) -> int:
        """The first of the held lines, but for the very first, at which rows that fit begin; 0 for none."""
        held = self._lines.held
        lines = [*held, *self._lines.ahead(_LINES_OF_A_ROW)]
        for begin in range(self._checked, min(len(held), _LINES_LOOKED_AT)):
            if self._begins_rows(lines[begin : begin + _LINES_OF_A_ROW]):
                return begin
        self._checked = max(self._checked, len(held) - _LINES_OF_A_ROW)
        return 0

    def _begins_rows(self, lines: list[str]) -> bool:
        found: list[list[str]] = []
        try:
            for row in islice(self._dialect.rows(lines, strict=True), _ROWS_THAT_PROVE):
                if len(row) != len(self._names):
                    return False
                found.append(row)
        except csv.Error:
            if not found:
                return False
        if not found:
            return False
        kinds = [_kind(cell) for cell in self._previous]
        if any(kinds):
            pairs = [(kind, cell) for kind, cell in zip(kinds, found[0], strict=True) if kind and cell]
            return bool(pairs) and all(_kind(cell) == kind for kind, cell in pairs)
        if self._opens_cell.search(lines[0]):
            return True
        alike = [{_kind(row[number]) for row in found} for number in range(len(self._names))]
        return len(found) == _ROWS_THAT_PROVE and (
            len(self._names) > _ROWS_THAT_PROVE or any(len(kinds) == 1 and kinds != {None} for kinds in alike)
        )

    def _reject_row(self, why: str) -> BadRecord:
        return self._reject(PARSE, "broken_csv", f"the row at line {self._lines.first_held:,} does not fit: {why}")

    def _reject_large(self) -> BadRecord:
        bad = too_large(self._record_no, self._lines.held[0][:_LONGEST_NAME].encode("utf-8", "replace"))
        self._record_no += 1
        return bad

    def _reject(self, stage: str, error_type: str, message: str) -> BadRecord:
        bad = BadRecord(self._record_no, stage, error_type, message, sample_of("".join(self._lines.held[:100])) or None)
        self._record_no += 1
        return bad


def _kind(cell: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(cell)), None)
