"""Tables for people and for programs: aligned text, CSV or JSON.

Comes in: a pyarrow table. Goes out: text. Control characters of article text never reach a terminal.
"""

import csv
import io
import json
import math
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 200
"""Columns of a table that is not written to a terminal."""

LONGEST_WORD = 25


class Format(StrEnum):
    """How a table is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def render(table: pa.Table, form: Format, console: Console) -> None:
    """Writes the table to the console in that form."""
    if form is Format.TABLE:
        _print_table(table, console)
    else:
        console.file.write(_WRITERS[form](table))


def plain(value: object) -> str:
    """The value as one line of text, without control characters."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(plain(item) for item in value)
    text = " ".join(str(value).split())
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


def _print_table(table: pa.Table, console: Console) -> None:
    if not table.num_columns:
        return
    if not table.num_rows:
        console.print("no rows", markup=False)
        return
    rows = [[plain(value) for value in row] for row in zip(*(c.to_pylist() for c in table.columns), strict=True)]
    rich_table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, field in enumerate(table.schema):
        kind = field.type
        is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        words = [word for row in rows for word in row[place].split()] + [field.name]
        rich_table.add_column(
            Text(plain(field.name)),
            justify="right" if is_number else "left",
            overflow="fold",
            # Names, dates and numbers stay whole where the terminal has any room for them.
            min_width=min(max(map(len, words)), LONGEST_WORD),
        )
    for row in rows:
        rich_table.add_row(*map(Text, row))
    if console.is_terminal:
        console.print(rich_table)
    else:
        wide = Console(file=console.file, width=PLAIN_WIDTH)
        wide.print(rich_table)


def _to_csv(table: pa.Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    # The writer quotes only what holds its own line end, and readers take a bare carriage return for one, too.
    quoting = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        values = [_csv_value(value) for value in row]
        (quoting if any("\r" in str(value) for value in values) else writer).writerow(values)
    return out.getvalue()


def _to_json(table: pa.Table) -> str:
    rows = [json.dumps(_finite(row), ensure_ascii=False, default=_json_value) for row in table.to_pylist()]
    return "[" + ",\n ".join(rows) + "]\n"


def _finite(value: Any) -> Any:
    """The value with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else value


def _csv_value(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_json_value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


_WRITERS: dict[Format, Callable[[pa.Table], str]] = {Format.CSV: _to_csv, Format.JSON: _to_json}
