"""Tables reach people without control characters, and programs without loss."""

import csv
import io
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from flows.render import Format, plain, render


def rendered(table: pa.Table, form: Format, *, terminal: bool = False, width: int = 100) -> str:
    out = io.StringIO()
    render(table, form, Console(file=out, width=width, force_terminal=terminal, color_system=None))
    return out.getvalue()


def is_clean(text: str) -> bool:
    return all(char == "\n" or unicodedata.category(char)[0] != "C" for char in text)


HOSTILE = "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J\x00\x7f\u202eesrever\u202c a\r\nb\tc \ud800 [bold]x[/bold]"


@pytest.mark.parametrize("terminal", [False, True])
def test_escapes_and_control_characters_never_reach_table_output(terminal: bool) -> None:
    texts = [HOSTILE.replace("\ud800", "")]
    table = pa.table({"title \x1b[1m": texts, "authors": [texts], "record": [{"name": texts[0]}]})
    text = rendered(table, Format.TABLE, terminal=terminal)
    # Rich's own styles are escapes too; the test's console has none but those of the head.
    body = text.replace("\x1b[1m", "").replace("\x1b[0m", "") if terminal else text
    assert is_clean(body)


def test_markup_of_the_console_is_shown_as_it_stands() -> None:
    assert "[bold]x[/bold]" in rendered(pa.table({"title": ["[bold]x[/bold]"]}), Format.TABLE)


@given(st.text(st.characters(exclude_categories=())))
def test_plain_is_one_line_without_control_characters(text: str) -> None:
    shown = plain(text)
    assert is_clean(shown)
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "True"),
        (1234567, "1,234,567"),
        (1234.5, "1,234.5"),
        (1000.0, "1,000"),
        (0.12345, "0.123"),
        (Decimal("12"), "12"),
        (Decimal("1.50"), "1.5"),
        (["Ada  Finch", None, "Bo\nRoe"], "Ada Finch, , Bo Roe"),
        (date(2024, 5, 6), "2024-05-06"),
    ],
)
def test_values_are_written_for_people(value: object, expected: str) -> None:
    assert plain(value) == expected


def test_a_table_of_no_rows_or_no_columns_is_no_error() -> None:
    assert rendered(pa.table({"a": pa.array([], pa.string())}), Format.TABLE) == "no rows\n"
    assert rendered(pa.table({}), Format.TABLE) == ""


def test_a_table_that_is_not_for_a_terminal_is_not_folded_at_its_width() -> None:
    assert "word " * 20 in rendered(pa.table({"text": ["word " * 30]}), Format.TABLE, width=20)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.text(st.characters(exclude_categories=("Cs",))) | st.none(),
            "number": st.integers(-(2**63), 2**63 - 1) | st.none(),
            "real": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            "flag": st.booleans() | st.none(),
            "authors": st.lists(st.text(st.characters(exclude_categories=("Cs",))), max_size=3) | st.none(),
        }
    ),
    max_size=5,
)
SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "number": pa.int64(),
        "real": pa.float64(),
        "flag": pa.bool_(),
        "authors": pa.list_(pa.string()),
    }
)


@given(ROWS)
def test_json_gives_back_the_rows(rows: list[dict[str, object]]) -> None:
    assert json.loads(rendered(pa.Table.from_pylist(rows, SCHEMA), Format.JSON)) == rows


@given(ROWS)
def test_csv_gives_back_the_rows_as_text(rows: list[dict[str, object]]) -> None:
    written = rendered(pa.Table.from_pylist(rows, SCHEMA), Format.CSV)
    expected = [
        ["" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
         for value in map(row.get, SCHEMA.names)]
        for row in rows
    ]  # fmt: skip
    assert list(csv.reader(io.StringIO(written, newline=""))) == [SCHEMA.names, *expected]


def test_times_days_and_decimals_are_iso_and_numbers() -> None:
    table = pa.table(
        {
            "at": pa.array([datetime(2024, 5, 6, 7, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
            "day": [date(2024, 5, 6)],
            "sum": pa.array([Decimal("12")], pa.decimal128(38, 0)),
        }
    )
    assert json.loads(rendered(table, Format.JSON)) == [
        {"at": "2024-05-06T07:00:00+00:00", "day": "2024-05-06", "sum": 12}
    ]
    assert rendered(table, Format.CSV) == "at,day,sum\n2024-05-06T07:00:00+00:00,2024-05-06,12\n"


def test_json_stays_json_where_a_value_is_no_finite_number() -> None:
    text = rendered(pa.table({"share": [float("nan"), float("inf"), 0.5]}), Format.JSON)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    assert [row["share"] for row in json.loads(text, parse_constant=refuse)] == [None, None, 0.5]
