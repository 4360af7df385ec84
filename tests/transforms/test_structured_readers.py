"""JSON lines, JSON documents, tables and Parquet become records; what is broken is rejected alone, with its place."""

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.readers import FORMATS, HEAD_BYTES, detect_format, json_document, jsonl
from transforms.readers import delimited as delimited_module
from transforms.readers import parquet as parquet_module
from transforms.readers.delimited import read_delimited
from transforms.readers.error_types import ERROR_TYPES
from transforms.readers.json_document import read_json
from transforms.readers.jsonl import read_jsonl
from transforms.readers.parquet import read_parquet
from transforms.readers.record import AnyRecord, BadRecord, Record
from transforms.repairs import REPAIRS

READERS = {"jsonl": read_jsonl, "json": read_json, "csv": read_delimited, "parquet": read_parquet}
RAIN = {"title": "Rain", "text": "It rained."}


class Trickle(io.RawIOBase):
    """A stream that cannot seek, delivers a few bytes at a time, and may fail behind the last."""

    def __init__(self, raw: bytes, step: int = 7, failure: Exception | None = None) -> None:
        self._rest = io.BytesIO(raw)
        self._step = step
        self._failure = failure

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = self._rest.read(min(size, self._step) if size >= 0 else -1)
        if not part and self._failure:
            raise self._failure
        return part


def read(kind: str, content: str | bytes, first_record: int = 1) -> list[AnyRecord]:
    raw = content.encode() if isinstance(content, str) else content
    found = list(READERS[kind](io.BytesIO(raw), first_record))
    for record in found:
        if isinstance(record, BadRecord):
            assert ERROR_TYPES[record.error_type][0] == record.stage
            assert "\n" not in record.message
        else:
            assert isinstance(record, Record)
            assert set(record.repairs) <= set(REPAIRS)
    return found


def told(kind: str, content: str | bytes) -> list[Any]:
    """Fields of records, kinds of rejects."""
    return [r.fields if isinstance(r, Record) else r.error_type for r in read(kind, content)]  # type: ignore[union-attr]


def rejected(kind: str, content: str | bytes) -> list[BadRecord]:
    return [record for record in read(kind, content) if isinstance(record, BadRecord)]


def format_name(content: str | bytes, name: str = "") -> str | None:
    raw = content.encode() if isinstance(content, str) else content
    found = detect_format(raw[:HEAD_BYTES], name)
    return found.name if found else None


# Kinds of files


DOCUMENT = json.dumps({"status": "ok", "articles": [RAIN]})
LINES = f"{json.dumps(RAIN)}\n{json.dumps(RAIN)}\n"


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (LINES, "", "jsonl"),
        (LINES, "a.json", "jsonl"),
        (LINES, "a.jsonl", "jsonl"),
        (LINES.encode("utf-16"), "a.json", "jsonl"),
        (json.dumps(RAIN), "a.json", "json"),
        (json.dumps(RAIN), "a.jsonl", "jsonl"),
        (json.dumps({**RAIN, "text": "x" * HEAD_BYTES}), "a.jsonl", "jsonl"),
        (json.dumps({**RAIN, "text": "x" * HEAD_BYTES}), "a.json", "json"),
        (json.dumps([RAIN, RAIN]), "", "json"),
        (json.dumps([RAIN, RAIN], indent=2), "a.jsonl", "json"),
        ("\ufeff \n[]", "", "json"),
        (DOCUMENT, "", "json"),
        (DOCUMENT, "a.jsonl", "json"),
        (json.dumps({"n": 1, "articles": [{**RAIN, "text": "x" * HEAD_BYTES}]}), "", "json"),
        (json.dumps(RAIN, indent=1), "", "json"),
        (json.dumps(RAIN, indent=1), "a.jsonl", "json"),
        (f'{{"text": "cut o\n{LINES}', "", "jsonl"),
        (f"null\n{LINES}", "a.jsonl", "jsonl"),
        ("garbage", "a.jsonl", "jsonl"),
        ("garbage", "a.json", "json"),
        ("null", "", "json"),
        ("id,title,text\n1,Rain,It rained.\n", "", "csv"),
        ("Title;Content;Date\nRain;It rained.;2024\n", "", "csv"),
        ("nr,words\n1,It rained.\n", "a.csv", "csv"),
        ("nr,words\n1,It rained.\n", "", "text"),
        ("text\nIt rained.\n", "a.csv", "csv"),
        ("Rome, Italy\n\nIt rained on Monday, and on Tuesday.\n", "", "text"),
        ("Rome, Italy\n\nIt rained on Monday, and on Tuesday.\n", "a.txt", "text"),
        ("[Reuters] It rained.", "", "text"),
        ("{note} It rained.", "", "text"),
        (b"PAR1....", "a.csv", "parquet"),
    ],
)
def test_a_file_is_told_by_its_content_and_its_suffix_decides_only_where_both_fit(
    content: str | bytes, name: str, expected: str
) -> None:
    assert format_name(content, name) == expected


# JSON lines


def test_each_line_is_a_record_and_says_where_the_next_begins() -> None:
    raw = b'\xef\xbb\xbf{"a": 1}\r\n\n \n{"a": 2}\n{"a": 3}'
    found = read("jsonl", raw, 5)
    assert [(r.record_no, r.fields, r.next_offset) for r in found if isinstance(r, Record)] == [
        (5, {"a": 1}, 13), (8, {"a": 2}, 25), (9, {"a": 3}, 33),
    ]  # fmt: skip
    again = list(read_jsonl(io.BytesIO(raw[25:]), 9))
    assert [(r.record_no, r.next_offset) for r in again] == [(9, 8)]


@pytest.mark.parametrize(
    ("line", "error_type", "message"),
    [
        ('{"text": "cut o', "broken_json", "not JSON: unterminated string starting at character 10 of the line: is"),
        ('{"text": 1},', "broken_json", "not JSON: extra data at character 12 of the line"),
        ("[]", "not_an_object", "a line must be a JSON object with the fields of one article, and this is a list"),
        ('{"text": 1' + "0" * 5_000 + "}", "broken_json", "not readable as JSON: "),
        ("[" * 100_000, "broken_json", "not readable as JSON: "),
    ],
)
def test_a_line_that_is_no_json_object_is_rejected_alone(line: str, error_type: str, message: str) -> None:
    first, bad, last = read("jsonl", f"{{}}\n{line}\n{{}}")
    assert isinstance(bad, BadRecord)
    assert (bad.record_no, bad.stage, bad.error_type) == (2, "parse", error_type)
    assert bad.message.startswith(message)
    assert bad.next_offset == len(line) + 4
    assert (first.record_no, last.record_no) == (1, 3)


def test_a_line_longer_than_a_record_may_be_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "RECORD_BYTES", 300_000)
    long = json.dumps({"text": "x" * 600_000})
    content = f'{{"a": 1}}\n{long}\n{{"a": 2}}\n{long}'
    found = read("jsonl", content)
    assert [(r.record_no, getattr(r, "error_type", None)) for r in found] == [
        (1, None), (2, "too_large"), (3, None), (4, "too_large"),
    ]  # fmt: skip
    assert [r.next_offset for r in found][1:] == [len(long) + 10, len(long) + 19, len(content)]


def test_a_line_in_another_encoding_is_read_and_the_repair_is_told() -> None:
    content = b'{"text": "Plain."}\n' + '{"text": "The café in Zürich reopened."}\n'.encode("cp1252")
    plain, guessed = read("jsonl", content)
    assert isinstance(plain, Record) and isinstance(guessed, Record)  # noqa: PT018
    assert guessed.fields == {"text": "The café in Zürich reopened."}
    assert (plain.repairs, guessed.repairs) == ((), ("encoding_guessed",))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_wide_encodings_are_read(kind: str, encoding: str) -> None:
    content = {"jsonl": '{"text": "Zürich"}\n', "json": '[{"text": "Zürich"}]', "csv": "id,text\n1,Zürich\n"}[kind]
    if encoding in {"utf-16-le", "utf-16-be"}:
        assert told(kind, content.encode(encoding))[0]["text"] == "Zürich"
        return
    [record] = read(kind, content.encode(encoding))
    assert isinstance(record, Record)
    assert record.fields["text"] == "Zürich"
    assert record.repairs == ()
    assert format_name(content.encode(encoding), f"a.{kind}") == kind


@pytest.mark.parametrize("kind", ["jsonl", "json"])
def test_numbers_that_are_none_in_json_are_null(kind: str) -> None:
    assert told(kind, '{"a": NaN, "b": -Infinity, "c": 1e999, "d": 12345678901234567890}')[0]["a"] is None
    assert told(kind, '{"d": 12345678901234567890, "d": 1.5}') == [{"d": 1.5}]


@pytest.mark.parametrize("kind", ["jsonl", "json"])
def test_the_source_of_a_search_index_is_the_record(kind: str) -> None:
    assert told(kind, json.dumps({"_index": "n", "_id": "7", "_source": RAIN})) == [{"_id": "7", **RAIN}]


# JSON documents


@pytest.mark.parametrize(
    "document",
    [
        [RAIN, RAIN],
        {"articles": [RAIN, RAIN], "status": "ok", "totalResults": 2},
        {"Items": [RAIN, RAIN]},
        {"response": {"meta": {"hits": 2}, "docs": [RAIN, RAIN]}},
        {"response": {"status": "ok", "results": [RAIN, RAIN]}},
        {"title": "A feed", "description": "News", "items": [RAIN, RAIN]},
        {"hits": {"total": 2, "hits": [{"_source": RAIN}, {"_source": RAIN}]}},
        {"noticias": [RAIN, RAIN], "pages": [{"n": 1}]},
        {"0": RAIN, "1": RAIN},
        {"title": {"0": "Rain", "1": "Rain"}, "text": {"0": "It rained.", "1": "It rained."}},
        {"columns": ["title", "text"], "index": [0, 1], "data": [list(RAIN.values())] * 2},
        [{"articles": [RAIN]}, {"articles": [RAIN]}],
        [[RAIN], [RAIN]],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_records_are_found_below_whatever_wraps_them(document: Any, indent: int | None) -> None:
    assert told("json", json.dumps(document, indent=indent)) == [RAIN, RAIN]


def test_records_by_their_ids_have_them() -> None:
    assert told("json", json.dumps({"x1": RAIN, "x2": RAIN})) == [{"id": "x1", **RAIN}, {"id": "x2", **RAIN}]


@pytest.mark.parametrize(
    "article", [{**RAIN, "comments": [{"text": "Wet."}]}, {"title": "Rain", "replies": [{"text": "Wet."}]}, {}]
)
def test_an_article_with_lists_of_its_own_is_one_record(article: dict[str, Any]) -> None:
    assert told("json", json.dumps(article)) == [article]


@pytest.mark.parametrize("between", ["", "\n", ",\n", " \n\n"])
def test_objects_one_after_another_are_records(between: str) -> None:
    content = between.join([json.dumps(RAIN, indent=1)] * 3)
    assert told("json", content) == [RAIN] * 3


def test_raw_line_breaks_in_strings_are_read() -> None:
    assert told("json", '[{"text": "a\n\tb"}]') == [{"text": "a\n\tb"}]


@pytest.mark.parametrize("wrap", ["[%s]", '{"n": 1, "articles": [%s], "m": 2}'])
@pytest.mark.parametrize(
    "broken", ['{"title": "b "q" c", "text": "x", "by": [{"title": 1}]}', '{"title": "b, "text": "x"}', '{"title" 1}']
)
def test_a_broken_item_is_rejected_and_reading_goes_on_behind_it(wrap: str, broken: str) -> None:
    good = json.dumps(RAIN)
    first, bad, *rest = read("json", wrap % ",\n".join([good, broken, good, good]))
    assert isinstance(bad, BadRecord)
    assert (bad.record_no, bad.error_type) == (2, "broken_json")
    assert bad.message.startswith("not JSON: ")
    assert ": reading went on at line 3, character 1" in bad.message
    assert bad.sample is not None
    assert bad.sample.startswith(broken[:20])
    assert [(r.record_no, r.fields) for r in [first, *rest] if isinstance(r, Record)] == [
        (1, RAIN), (3, RAIN), (4, RAIN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected", "message"),
    [
        (json.dumps([RAIN, RAIN])[:-8], [RAIN, "broken_json"], "nothing behind it could be read: is the file cut off?"),
        (json.dumps([RAIN])[:-1], [RAIN, "broken_json"], "the list is not closed: is the file cut off?"),
        (json.dumps(RAIN)[:-3], ["broken_json"], "is the file cut off?"),
        ('{"articles": [' + json.dumps(RAIN), [RAIN, "broken_json"], "the list is not closed: is the file cut off?"),
        ("garbage", ["broken_json"], "not JSON: expecting value at line 1, character 1: nothing behind it"),
        ("[1]", ["not_an_object"], "a record must be a JSON object with the fields of one article, and this is a int"),
        ("[" * 100_000, ["broken_json"], "the list is not closed"),
        ('{"a":' * 100_000, ["broken_json"], "not JSON: nested too deep"),
        ("[]", [], None),
        ("", [], None),
        (" \n", [], None),
    ],
)
def test_what_is_cut_off_or_no_record_is_told(content: str, expected: list[Any], message: str | None) -> None:
    assert told("json", content) == expected
    assert [message in bad.message for bad in rejected("json", content) if message] == [True] * (message is not None)


def test_a_long_list_is_read_in_a_small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_document, "RECORD_BYTES", 100_000)
    monkeypatch.setattr(json_document, "BLOCK_BYTES", 1_000)
    items = [{"title": f"No. {number}", "text": "x" * 50} for number in range(10_000)]
    assert told("json", json.dumps(items)) == items
    wrapped = {"status": "ok", "meta": {"tags": ["a"]}, "articles": items}
    assert told("json", json.dumps(wrapped, indent=1)) == items


def test_an_item_longer_than_a_record_may_be_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_document, "RECORD_BYTES", 100_000)
    large = {**RAIN, "text": "x" * 900_000}
    assert told("json", json.dumps([RAIN, large, RAIN])) == [RAIN, "too_large", RAIN]
    assert told("json", json.dumps(large)) == ["too_large"]


# Tables


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_its_delimiter_and_line_ends(delimiter: str, line_end: str) -> None:
    lines = ["\ufeffid,title,text", "1,Rain,It rained.", "", ' 2,"Sun, and ""wind""","It shone."', ",,"]
    content = line_end.join(lines).replace(",", delimiter)
    assert told("csv", content) == [
        {"id": "1", "title": "Rain", "text": "It rained."},
        {"id": "2", "title": f'Sun{delimiter} and "wind"', "text": "It shone."},
    ]


def test_cells_keep_their_lines_and_may_be_long() -> None:
    text = "\n\n".join(["It rained, and rained."] * 20_000)
    assert told("csv", f'id,text\n1,"{text}"\n2,b\n') == [{"id": "1", "text": text}, {"id": "2", "text": "b"}]


def test_quotes_escaped_by_backslashes_are_told_from_doubled_ones() -> None:
    assert told("csv", 'id,text\n1,"a \\"b, c\\" d"\n') == [{"id": "1", "text": 'a "b, c" d'}]


def test_columns_without_a_name_or_with_one_that_comes_twice_are_named() -> None:
    assert told("csv", ",text,text,,\n7,a,b,c,\n") == [
        {"": "7", "text": "a", "text_3": "b", "column_4": "c", "column_5": ""}
    ]
    assert told("csv", "sep=;\nid;text\n1;a\n") == [{"id": "1", "text": "a"}]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2,b,,,", {"id": "2", "title": "b", "text": ""}),
        ('2,b,say "yes" now', {"id": "2", "title": "b", "text": 'say "yes" now'}),
        ('2,b,"yes" he said', {"id": "2", "title": "b", "text": "yes he said"}),
        ("2,b,c\rd", {"id": "2", "title": "b", "text": "c d"}),
        ("2,b,c\0d", {"id": "2", "title": "b", "text": "c\0d"}),
        ("2,b", "broken_csv"),
        ("2,b,c,d", "broken_csv"),
        ('2,"b,c', "broken_csv"),
        ('2,"b,"c",d', {"id": "2", "title": 'b,c"', "text": "d"}),
    ],
)
def test_a_row_that_does_not_fit_is_rejected_alone(row: str, expected: Any) -> None:
    content = f"id,title,text\n1,a,one\n{row}\n3,c,three\n4,d,four\n"
    found = told("csv", content)
    assert found[1] == expected
    assert [fields["id"] for fields in found[:1] + found[2:]] == ["1", "3", "4"]
    assert [record.record_no for record in read("csv", content)] == [1, 2, 3, 4]


def test_a_rejected_row_says_where_it_stands_and_what_may_be_wrong() -> None:
    [few, unclosed] = rejected("csv", 'id,title,text\n1,a,b\n\n2,c\n3,"d,e\n4,f,g\n')
    assert few.message == (
        "the row at line 4 does not fit: it has 2 cells and the header has 3: is a quote or a comma in a text not "
        "escaped?"
    )
    assert unclosed.message == "the row at line 5 does not fit: a quote in it is not closed"
    assert (few.sample, unclosed.sample) == ("2,c", '3,"d,e')


@pytest.mark.parametrize("rows", [20, 5_000])
@pytest.mark.parametrize("cell", ["plain words", '"quoted, words"', '"two\nlines"'])
def test_a_quote_that_is_never_closed_costs_one_row_and_not_the_rest_of_the_file(rows: int, cell: str) -> None:
    lines = [f"{number},2024-05-06,{cell}" for number in range(rows)]
    lines[3] = '3,2024-05-06,"never closed'
    found = told("csv", "id,date,text\n" + "\n".join(lines))
    assert [fields if isinstance(fields, str) else int(fields["id"]) for fields in found] == [
        0, 1, 2, "broken_csv", *range(4, rows),
    ]  # fmt: skip


def test_where_no_column_tells_rows_from_prose_nothing_is_merged_silently() -> None:
    lines = ["title,text", 'a,"never closed', 'b,"closed"', 'c,"two "inner" quotes', 'in two lines"', "d,plain"]
    assert told("csv", "\n".join(lines)) == [
        "broken_csv",
        {"title": "b", "text": "closed"},
        {"title": "c", "text": 'two "inner" quotes\nin two lines'},
        {"title": "d", "text": "plain"},
    ]
    assert told("csv", 'title,text\na,"never closed\nb,"nor this\n') == ["broken_csv"]


def test_a_last_row_whose_quote_is_not_closed_is_cut_off() -> None:
    [bad] = rejected("csv", 'id,text\n1,a\n2,"It rained\nand')
    assert bad.message == "the row at line 3 does not fit: its last quote is not closed: is the file cut off?"


def test_in_a_table_with_tabs_a_lone_quote_is_a_letter() -> None:
    assert told("csv", 'id\ttext\n1\t"Yes\n2\t"No" he said\n') == [
        {"id": "1", "text": '"Yes'}, {"id": "2", "text": '"No" he said'},
    ]  # fmt: skip


def test_a_table_of_one_column_is_a_list_of_texts() -> None:
    assert told("csv", "text\nIt rained, and rained.\nSun.\n") == [
        {"text": "It rained, and rained."}, {"text": "Sun."},
    ]  # fmt: skip


def test_a_row_longer_than_a_record_may_be_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_module, "RECORD_BYTES", 300_000)
    found = told("csv", f"id,text\n1,a\n2,{'x' * 900_000}\n3,c\n")
    assert found == [{"id": "1", "text": "a"}, "too_large", {"id": "3", "text": "c"}]


def test_a_table_without_a_header_line_is_rejected() -> None:
    [bad] = rejected("csv", f"{'It rained and rained. ' * 10},a\nb,c\n")
    assert bad.message == "the first line does not name the columns: add a line that does"


def test_bytes_that_fit_no_longer_behind_the_first_blocks_become_marks() -> None:
    rows = "".join(f"{number},Zürich\n" for number in range(40_000))
    found = read("csv", f"id,text\n{rows}".encode() + b"last,Z\xfcrich\n")
    last = found[-1]
    assert isinstance(last, Record)
    assert last.fields == {"id": "last", "text": "Z\ufffdrich"}
    assert last.repairs == ("bytes_replaced",)
    assert isinstance(found[0], Record)
    assert found[0].repairs == ()


def test_an_encoding_is_guessed_where_the_first_letter_shows_it() -> None:
    rows = "".join(f"{number},Rain in the north of the country\n" for number in range(20_000))
    found = read("csv", f"id,text\n{rows}last,The café in Zürich\n".encode("cp1252"))
    last = found[-1]
    assert isinstance(last, Record)
    assert last.fields == {"id": "last", "text": "The café in Zürich"}
    assert last.repairs == ("encoding_guessed",)


# Parquet


def parquet_of(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def test_a_row_of_parquet_is_a_record_of_plain_values() -> None:
    zone = pa.timestamp("us", "Europe/Berlin")
    table = pa.table(
        {
            "text": ["It rained.", None],
            "at": pa.array([1_714_979_289_000_000_123, None], pa.timestamp("ns")),
            "zoned": pa.array([0, None], zone),
            "far": pa.array([2**53, 0], pa.timestamp("ms")),
            "day": pa.array([dt.date(2024, 5, 6), None]),
            "clock": pa.array([dt.time(7, 8), None]),
            "price": pa.array([Decimal("1.50"), Decimal("2.00")]),
            "tags": [["a", "b"], None],
            "by": [{"name": "Ann Roe", "raw": b"x"}, None],
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int32())),
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "raw": ["Zürich".encode(), b"\xff\xd8\xff\0" * 10],
            "score": [float("nan"), 0.5],
        }
    )
    first, second = told("parquet", parquet_of(table))
    assert first == {
        "text": "It rained.",
        "at": dt.datetime(2024, 5, 6, 7, 8, 9),  # noqa: DTZ001
        "zoned": dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        "far": None,
        "day": dt.date(2024, 5, 6),
        "clock": "07:08:00",
        "price": 1.5,
        "tags": ["a", "b"],
        "by": {"name": "Ann Roe", "raw": "x"},
        "map": {"k": 1},
        "kind": "x",
        "raw": "Zürich",
        "score": None,
    }
    assert (second["price"], second["score"], second["raw"]) == (2, 0.5, "(40 bytes)")


def test_text_of_parquet_that_is_not_utf8_is_decoded() -> None:
    raw = pa.array([b"Plain.", "The café in Zürich reopened.".encode("cp1252")], pa.binary())
    text = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    assert [fields["text"] for fields in told("parquet", parquet_of(pa.table({"text": text})))] == [
        "Plain.", "The café in Zürich reopened.",
    ]  # fmt: skip


def test_a_damaged_row_group_costs_its_own_rows_only() -> None:
    table = pa.table({"text": [f"{number} It rained." * 50 for number in range(30)]})
    raw = bytearray(parquet_of(table, row_group_size=10, compression="zstd", use_dictionary=False))
    start = pq.ParquetFile(io.BytesIO(bytes(raw))).metadata.row_group(1).column(0).data_page_offset
    raw[start : start + 60] = bytes(60)
    found = read("parquet", bytes(raw))
    assert [record.record_no for record in found] == [*range(1, 12), *range(21, 31)]
    bad = found[10]
    assert isinstance(bad, BadRecord)
    assert bad.error_type == "broken_parquet"
    assert bad.message.startswith("rows 11 to 20 cannot be read: ")


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + bytes(40), b"", b"PAR1\0\0\0\x10PAR1"])
def test_what_is_no_parquet_is_one_reject(content: bytes) -> None:
    [bad] = rejected("parquet", content)
    assert bad.error_type == "broken_parquet"
    assert bad.message.startswith("not readable as Parquet: ")


def test_parquet_in_a_stream_that_cannot_seek_is_taken_into_memory_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = parquet_of(pa.table({"text": ["It rained."]}))
    [record] = read_parquet(Trickle(raw))
    assert isinstance(record, Record)
    assert record.fields == {"text": "It rained."}
    monkeypatch.setattr(parquet_module, "WHOLE_BYTES", 100)
    [bad] = read_parquet(Trickle(raw))
    assert isinstance(bad, BadRecord)
    assert bad.error_type == "too_large"


# Streams


CONTENTS = {
    "jsonl": LINES * 30,
    "json": json.dumps([RAIN] * 60),
    "csv": "title,text\n" + "Rain,It rained.\n" * 60,
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_stream_that_trickles_is_read_as_any_other(kind: str) -> None:
    found = list(READERS[kind](Trickle(CONTENTS[kind].encode()), 1))  # type: ignore[arg-type]
    assert found == read(kind, CONTENTS[kind])
    assert len(found) == 60


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("failure", [EOFError("cut off"), OSError(5, "Input/output error")])
@pytest.mark.parametrize("is_first", [False, True])
def test_what_came_before_a_stream_failed_is_read_and_the_failure_is_raised(
    kind: str, failure: Exception, is_first: bool
) -> None:
    raw = b"" if is_first else CONTENTS[kind].encode()
    records = READERS[kind](Trickle(raw[: len(raw) // 2], failure=failure), 1)  # type: ignore[arg-type]
    found: list[AnyRecord] = []
    with pytest.raises(type(failure)):
        found.extend(records)
    assert is_first or len(found) >= 28
    assert all(isinstance(record, Record) for record in found)


# Anything


many = settings(max_examples=300)
TOKENS = st.sampled_from(
    [b'{"', b'"', b"}", b"[", b"]", b",", b":", b"\n", b'{"text":"a"}', b"\\", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf",
     b"1", b"a", b"id,text\n", b";", b"\t", b"null", b'"articles":[', b"PAR1", b" "]
)  # fmt: skip
ANYTHING = st.one_of(st.binary(max_size=60), st.lists(TOKENS, max_size=25).map(b"".join))


@pytest.mark.parametrize("kind", READERS)
@many
@given(content=ANYTHING)
@example(content=b"")
def test_any_bytes_are_records_or_rejects(kind: str, content: bytes) -> None:
    numbers = [record.record_no for record in read(kind, content)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("name", ["", "a.json", "a.jsonl", "a.csv", "a.parquet"])
@settings(max_examples=100)
@given(content=ANYTHING)
def test_any_bytes_are_told_by_some_format_or_none(name: str, content: bytes) -> None:
    assert detect_format(content, name) in (*FORMATS, None)


FIELDS = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).filter(
        lambda name: not name.startswith("_")
    ),
    st.text(st.characters(codec="utf-8"), max_size=20),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200)
@given(records=st.lists(FIELDS, min_size=1, max_size=6), indent=st.sampled_from([None, 0, 3]), ascii_only=st.booleans())
def test_what_json_writes_is_read_again(records: list[dict[str, str]], indent: int | None, ascii_only: bool) -> None:
    lines = "\n".join(json.dumps(record, ensure_ascii=ascii_only) for record in records)
    assert told("jsonl", lines) == records
    assert told("json", json.dumps([*records, RAIN], indent=indent, ensure_ascii=ascii_only)) == [*records, RAIN]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=15).filter(
    lambda cell: cell.strip() == cell and "\ufeff" not in cell
)


@settings(max_examples=200)
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), quote_all=st.booleans())
def test_what_csv_writes_is_read_again(rows: list[tuple[str, str]], quote_all: bool) -> None:
    import csv

    sink = io.StringIO()
    csv.writer(sink, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows([("id", "text"), *rows])
    assert told("csv", sink.getvalue()) == [{"id": first, "text": second} for first, second in rows]
