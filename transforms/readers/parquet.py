"""Parquet: each row is a record, of plain Python values.

Comes in: an open binary stream; one that cannot seek is taken into memory. Goes out: the rows in their order, read in
batches of a few megabytes. A damaged row group costs its own rows only.
"""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.encoding import UndecodableError, decode
from transforms.readers.delimited import name_columns
from transforms.readers.record import (
    PARSE,
    READ,
    AnyRecord,
    BadRecord,
    Record,
    RecordTooLargeError,
    read_whole,
)

WHOLE_BYTES = 256 << 20
"""The largest file that is read from a stream that cannot seek."""

_BATCH_BYTES = 4 << 20
_MOST_ROWS = 1_000
_MOST_ROWS_OF_A_GROUP = 1 << 32
_BUFFER_BYTES = 1 << 20
_SHOWN_BYTES = 1 << 20
_DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, KeyError, TypeError)


def looks_like_parquet(head: bytes) -> bool:
    """Whether the content has Parquet's signature, or that of encrypted Parquet."""
    return head[:4] in {b"PAR1", b"PARE"}


def read_parquet(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The rows of the file, numbered from `first_record`."""
    if not stream.seekable():
        try:
            stream = BytesIO(read_whole(stream, WHOLE_BYTES))
        except RecordTooLargeError:
            message = f"a Parquet file of more than {WHOLE_BYTES >> 20} MB in an archive: unpack it"
            yield BadRecord(first_record, READ, "too_large", message)
            return
    try:
        file = pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    except _DAMAGED as error:
        _pass_on(error)
        yield _damaged(first_record, f"not readable as Parquet: {_why(error)}: get the file again")
        return
    with file:
        yield from _read_groups(file, first_record)


def _read_groups(file: pq.ParquetFile, first_record: int) -> Iterator[AnyRecord]:
    begin = first_record
    for group in range(file.num_row_groups):
        stated = file.metadata.row_group(group).num_rows
        # Where the file is damaged, so may be this number.
        end = begin + (stated if 0 <= stated < _MOST_ROWS_OF_A_GROUP else 0)
        record_no = begin
        try:
            for batch in file.iter_batches(_batch_rows(file, group), row_groups=[group], use_threads=False):
                for fields in _rows(batch):
                    yield Record(record_no, fields)
                    record_no += 1
        except _DAMAGED as error:
            _pass_on(error)
            rows = f"rows {record_no:,} to {end - 1:,}" if end - record_no > 1 else f"row {record_no:,}"
            yield _damaged(record_no, f"{rows} cannot be read: {_why(error)}: get the file again")
            record_no += 1
        begin = max(end, record_no)


def _batch_rows(file: pq.ParquetFile, group: int) -> int:
    metadata = file.metadata.row_group(group)
    rows: int = metadata.num_rows
    bytes_each = int(metadata.total_byte_size) // max(1, rows)
    return max(1, min(_MOST_ROWS, _BATCH_BYTES // max(1, bytes_each)))


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    names = name_columns(batch.schema.names)
    columns = [_values(column) for column in batch.columns]
    for number in range(batch.num_rows):
        yield {name: column[number] for name, column in zip(names, columns, strict=True)}


def _values(column: pa.Array) -> list[Any]:
    """The column's values as text, numbers, times, lists and dicts; None for NaN and NULL."""
    column = _in_microseconds(column)
    try:
        values: list[Any] = column.to_pylist()
    except (UnicodeDecodeError, ValueError, OverflowError, pa.ArrowException):
        values = [_single(column, number) for number in range(len(column))]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type):
        return values
    return [_plain(value) for value in values]


def _in_microseconds(column: pa.Array) -> pa.Array:
    # Python's times have no nanoseconds.
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def _single(column: pa.Array, number: int) -> Any:
    """A value of a column that has values which Python cannot have; None for those."""
    try:
        return column[number].as_py()
    except UnicodeDecodeError:
        return _text_of(column[number].cast(pa.binary()).as_py()) if pa.types.is_string(column.type) else None
    except (ValueError, OverflowError, pa.ArrowException):
        return None


def _plain(value: Any) -> Any:
    convert = _CONVERSIONS.get(type(value))
    return convert(value) if convert else value


def _text_of(raw: bytes) -> str:
    """Bytes as text; what is no text, such as a picture, by its size."""
    if len(raw) <= _SHOWN_BYTES:
        try:
            return decode(raw).text
        except UndecodableError:
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(raw):,} bytes)"


def _list_of(values: list[Any]) -> Any:
    # Maps come as lists of pairs.
    if values and all(type(value) is tuple and len(value) == 2 and isinstance(value[0], str) for value in values):
        return {key: _plain(value) for key, value in values}
    return [_plain(value) for value in values]


def _number_of(value: Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


_CONVERSIONS: dict[type, Callable[[Any], Any]] = {
    float: lambda value: value if value - value == 0 else None,
    bytes: _text_of,
    Decimal: _number_of,
    list: _list_of,
    tuple: lambda value: [_plain(part) for part in value],
    dict: lambda value: {str(name): _plain(part) for name, part in value.items()},
    time: str,
    timedelta: str,
}


def _pass_on(error: Exception) -> None:
    """Raises what is no fault of the data: the machine's, which has a number."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _why(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__


def _damaged(record_no: int, message: str) -> BadRecord:
    return BadRecord(record_no, PARSE, "broken_parquet", message)
