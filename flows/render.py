"""Tables for people and for programs: aligned text, CSV, JSON, Parquet, Markdown or a web page.

Comes in: a pyarrow table. Goes out: text, or bytes of Parquet. What an article says stays text wherever it ends up:
its control characters never reach a terminal, its markup never a page, its formulas never a spreadsheet.
"""

import csv
import html
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.errors import BinaryOutputError, OutputError

PLAIN_WIDTH = 200
"""Columns of a table that is not written to a terminal."""

LONGEST_WORD = 25

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# What Markdown would take for markup, or for the next cell.
_MARKDOWN = re.compile(r"[\\`*\[\]|~$]|(?<!\w)_|_(?!\w)")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; }}
main {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid GrayText; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }}
.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


class Format(StrEnum):
    """How a table is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    HTML = "html"


_SUFFIXES = {
    ".csv": Format.CSV,
    ".json": Format.JSON,
    ".parquet": Format.PARQUET,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}


def render(table: pa.Table, form: Format, console: Console, title: str = "", *, nothing: str = "no rows") -> None:
    """Writes the table to the console in that form.

    `title` heads a table, Markdown or page. `nothing` is what these say where there are no rows. On a terminal, control
    characters are left out of any form. Raises BinaryOutputError for Parquet on a terminal.
    """
    if form is Format.PARQUET:
        if console.is_terminal:
            raise BinaryOutputError
        console.file.flush()
        console.file.buffer.write(_to_parquet(table))  # type: ignore[attr-defined]
    elif form is Format.TABLE:
        if title:
            console.print(plain(title), style="bold", markup=False, highlight=False)
        _print_table(table, console, nothing)
    else:
        text = _write_text(table, form, title, nothing)
        console.file.write(_without_controls(text) if console.is_terminal else text)


def save(table: pa.Table, form: Format, path: Path, title: str = "", *, nothing: str = "no rows") -> None:
    """Writes the table to a file in that form, whole or not at all. Raises OutputError where that cannot be."""
    if form is Format.PARQUET:
        content = _to_parquet(table)
    elif form is Format.TABLE:
        out = io.StringIO()
        render(table, form, Console(file=out, width=PLAIN_WIDTH), title, nothing=nothing)
        content = out.getvalue().encode()
    else:
        content = _write_text(table, form, title, nothing).encode(errors="replace")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputError(f"cannot write to {path}: {error.strerror or error}") from error


def format_of(path: Path | None, given: Format | None) -> Format:
    """The form that is asked for, else the one that the file's suffix names, else a table."""
    if given is not None or path is None:
        return given or Format.TABLE
    return _SUFFIXES.get(path.suffix.lower(), Format.TABLE)


def suffix_of(form: Format) -> str:
    """The suffix of a file in that form: '.md' for Markdown."""
    return next((suffix for suffix, other in _SUFFIXES.items() if other is form), ".txt")


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
    return _without_controls(" ".join(str(value).split()))


def _without_controls(text: str) -> str:
    return "".join(char for char in text if char == "\n" or unicodedata.category(char)[0] != "C")


def _print_table(table: pa.Table, console: Console, nothing: str) -> None:
    if not table.num_columns:
        return
    if not table.num_rows:
        console.print(nothing, markup=False, highlight=False, soft_wrap=True)
        return
    rows = _plain_rows(table)
    rich_table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, field in enumerate(table.schema):
        words = [word for row in rows for word in row[place].split()] + [field.name]
        rich_table.add_column(
            Text(plain(field.name)),
            justify="right" if _is_number(field.type) else "left",
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


def _plain_rows(table: pa.Table) -> list[list[str]]:
    return [[plain(value) for value in row] for row in _rows_of(table)]


def _rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _write_text(table: pa.Table, form: Format, title: str, nothing: str) -> str:
    if form is Format.MARKDOWN:
        return _to_markdown(table, title, nothing)
    if form is Format.HTML:
        return _to_html(table, title, nothing)
    return _to_csv(table) if form is Format.CSV else _to_json(table)


def _to_parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _to_markdown(table: pa.Table, title: str, nothing: str) -> str:
    head = f"# {_markdown_text(title)}\n\n" if title else ""
    if not table.num_rows:
        return f"{head}{_markdown_text(nothing)}\n"
    lines = [[_markdown_text(name) for name in table.column_names]]
    lines.append(["---:" if _is_number(field.type) else "---" for field in table.schema])
    lines += [[_markdown_text(text) for text in row] for row in _plain_rows(table)]
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _markdown_text(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", plain(text)).replace("&", "&amp;").replace("<", "&lt;")


def _to_html(table: pa.Table, title: str, nothing: str) -> str:
    name = html.escape(plain(title)) or "newsmill"
    classes = [' class="number"' if _is_number(field.type) else "" for field in table.schema]
    head = "".join(
        f'<th scope="col"{kind}>{html.escape(plain(column))}</th>'
        for column, kind in zip(table.column_names, classes, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{html.escape(text)}</td>" for text, kind in zip(row, classes, strict=True))
        + "</tr>\n"
        for row in _plain_rows(table)
    )
    body = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    return _PAGE.format(title=name, body=body if table.num_rows else f"<p>{html.escape(plain(nothing))}</p>")


def _to_csv(table: pa.Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    # The writer quotes only what holds its own line end, and readers take a bare carriage return for one, too.
    quoting = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in (table.column_names, *_rows_of(table)):
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
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        # A spreadsheet would compute it: https://owasp.org/www-community/attacks/CSV_Injection
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime | date) else value


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
