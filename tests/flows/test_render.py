"""Tables reach people without control characters, and programs without loss."""

import csv
import io
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from rich.console import Console

from flows.errors import BinaryOutputError, OutputError
from flows.render import Format, format_of, plain, render, save


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


def as_csv(value: object) -> str:
    """A value as a reader of CSV finds it."""
    if isinstance(value, str) and value[:1] in set("=+-@\t\r"):
        return f"'{value}"
    return "" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


@given(ROWS)
def test_csv_gives_back_the_rows_as_text(rows: list[dict[str, object]]) -> None:
    written = rendered(pa.Table.from_pylist(rows, SCHEMA), Format.CSV)
    expected = [[as_csv(value) for value in map(row.get, SCHEMA.names)] for row in rows]
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


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe_in_csv(start: str) -> None:
    text = f"{start}1+1"
    table = pa.table({text: [text], "number": [-1], "real": [-0.5]})
    found = list(csv.reader(io.StringIO(rendered(table, Format.CSV), newline="")))
    assert found == [[f"'{text}", "number", "real"], [f"'{text}", "-1", "-0.5"]]


@pytest.mark.parametrize("form", [Format.CSV, Format.JSON, Format.MARKDOWN, Format.HTML])
def test_no_form_writes_control_characters_to_a_terminal(form: Format) -> None:
    assert is_clean(rendered(pa.table({"title": [HOSTILE.replace("\ud800", "")]}), form, terminal=True))


def test_markdown_has_a_row_a_line_and_no_markup_of_the_text() -> None:
    table = pa.table({"a|b": ["x | y\nz", "*bold* [link](x) <b>", "back\\slash `code`"], "n": [1, 2000, None]})
    assert rendered(table, Format.MARKDOWN) == (
        "| a\\|b | n |\n| --- | ---: |\n"
        "| x \\| y z | 1 |\n"
        "| \\*bold\\* \\[link\\](x) &lt;b> | 2,000 |\n"
        "| back\\\\slash \\`code\\` |  |\n"
    )


class _Tags(HTMLParser):
    """Collects the tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text(st.characters(exclude_categories=("Cs",))), st.text(st.characters(exclude_categories=("Cs",))))
def test_a_page_shows_text_as_text(text: str, title: str) -> None:
    out = io.StringIO()
    render(pa.table({"title": [text, "<script>alert(1)</script>"]}), Format.HTML, Console(file=out), title)
    page = _Tags(out.getvalue())
    head = "html head meta meta meta meta title style body main h1"
    assert page.tags == f"{head} table thead tr th tbody tr td tr td".split()
    assert "<script>alert(1)</script>" in page.texts
    assert not plain(text) or plain(text) in page.texts


def test_parquet_gives_back_the_table_and_is_not_for_a_terminal(tmp_path: Path) -> None:
    table = pa.table({"day": [date(2024, 5, 6)], "n": [-1], "text": ["=1"]})
    save(table, Format.PARQUET, tmp_path / "x.parquet")
    assert parquet.read_table(tmp_path / "x.parquet").equals(table)
    with pytest.raises(BinaryOutputError):
        rendered(table, Format.PARQUET, terminal=True)


@pytest.mark.parametrize("form", [Format.TABLE, Format.MARKDOWN, Format.HTML])
def test_an_empty_answer_says_so_for_people(form: Format, tmp_path: Path) -> None:
    table = pa.table({"a": pa.array([], pa.string())})
    save(table, form, tmp_path / "x", "Who?", nothing="nobody & nothing")
    assert ("nobody &amp; nothing" if form is not Format.TABLE else "nobody & nothing") in (tmp_path / "x").read_text()
    assert "Who?" in (tmp_path / "x").read_text()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("a.JSON", "json"),
        ("a.md", "markdown"),
        ("a.html", "html"),
        ("a.parquet", "parquet"),
        ("a", "table"),
    ],
)
def test_the_suffix_of_a_file_is_its_form(name: str, form: str) -> None:
    assert format_of(Path(name), None) == form
    assert format_of(Path(name), Format.JSON) == Format.JSON


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write to .*missing/x\.csv: No such file"):
        save(pa.table({"a": [1]}), Format.CSV, tmp_path / "missing" / "x.csv")
    assert list(tmp_path.iterdir()) == []
