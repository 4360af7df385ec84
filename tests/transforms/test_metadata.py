"""Fields as feeds write them become clean columns, or None."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from transforms.metadata import (
    canonical_url,
    encodable,
    other_fields,
    parse_authors,
    parse_language,
    parse_published,
    take_field,
    take_text,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-06T07:08:09", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06 07:08:09.25+00:00", "2024-05-06T07:08:09.250000+00:00"),
        ("2024-05-06T01:08:09+02:00", "2024-05-05T23:08:09+00:00"),
        ("2024-05-06T20:08:09-0500", "2024-05-07T01:08:09+00:00"),
        ("2024-05-06", "2024-05-06T00:00:00+00:00"),
        (" 2024-05-06 ", "2024-05-06T00:00:00+00:00"),
        ("20240506", "2024-05-06T00:00:00+00:00"),
        ("2024/05/06", "2024-05-06T00:00:00+00:00"),
        ("2024/05/06 07:08:09", "2024-05-06T07:08:09+00:00"),
        ("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09+00:00"),
        ("Mon, 06 May 2024 07:08:09 -0400", "2024-05-06T11:08:09+00:00"),
        ("6 May 2024 07:08:09 +0100", "2024-05-06T06:08:09+00:00"),
        ("6 May 2024", "2024-05-06T00:00:00+00:00"),
        ("May 6, 2024", "2024-05-06T00:00:00+00:00"),
        ("6 September 2024", "2024-09-06T00:00:00+00:00"),
        ("Sep 6, 2024", "2024-09-06T00:00:00+00:00"),
        (1_714_979_289, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289_000, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289.5, "2024-05-06T07:08:09.500000+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
        ("1600-01-01", "1600-01-01T00:00:00+00:00"),
        (date(2024, 5, 6), "2024-05-06T00:00:00+00:00"),
        (datetime(2024, 5, 6, 7, tzinfo=UTC), "2024-05-06T07:00:00+00:00"),
    ],
)
def test_a_time_is_read_as_feeds_write_it_and_is_utc(value: object, expected: str) -> None:
    parsed = parse_published(value)
    assert parsed is not None
    assert parsed.isoformat() == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "the other day",
        "1500-01-01",
        "2024-13-01",
        "2024-02-30",
        "31 June 2024",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        True,
        [],
        {"year": 2024},
        float("nan"),
        float("inf"),
        -1e30,
        pytest.param(10**400, id="an integer too large for a float"),
        -(10**11),
    ],
)
def test_what_is_no_time_or_lies_before_1600_is_none(value: object) -> None:
    assert parse_published(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Ann Roe and Bo Lund", ["Ann Roe", "Bo Lund"]),
        ("BY ANN ROE", ["ANN ROE"]),
        ("Ann Roe; Bo  Lund | Cy Moss, Di Nash", ["Ann Roe", "Bo Lund", "Cy Moss", "Di Nash"]),
        ("Ann Roe, Bo Lund and Cy Moss", ["Ann Roe", "Bo Lund", "Cy Moss"]),
        ("Ann Roe, Bo Lund, and Cy Moss", ["Ann Roe", "Bo Lund", "Cy Moss"]),
        ("Sammy Hall, Jr", ["Sammy Hall, Jr"]),
        ("Byron Anderson", ["Byron Anderson"]),
        (["Ann Roe", "Bo Lund", "Ann Roe"], ["Ann Roe", "Bo Lund"]),
        ({"name": "Ann Roe"}, ["Ann Roe"]),
        ([{"name": "Ann Roe"}, {"id": 3}, None], ["Ann Roe"]),
        ("", None),
        ([], None),
        (None, None),
        (7, None),
    ],
)
def test_bylines_become_single_names(value: object, expected: list[str] | None) -> None:
    assert parse_authors(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("HTTPS://News.Example/A/b", "https://news.example/A/b"),
        ("http://news.example", "http://news.example/"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=z", "https://news.example/a"),
        ("https://news.example/a?id=7&utm_campaign=x&page=", "https://news.example/a?id=7&page="),
        ("  https://news.example/a  ", "https://news.example/a"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://news.example:port/a", None),
        ("https://[broken/a", None),
        ("ftp://news.example/a", None),
        ("news.example/a", None),
        ("https:///a", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_loses_what_does_not_tell_articles_apart(value: str | None, expected: str | None) -> None:
    assert canonical_url(value) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" en-US ", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("es-419", "es"),
        ("English", None),
        ("e", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_its_two_letter_code(value: str | None, expected: str | None) -> None:
    assert parse_language(value) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "a", "body": "b"}, "a"),
        ({"text": "", "body": None, "content": [], "maintext": "d"}, "d"),
        ({"headline": "x"}, None),
    ],
)
def test_the_first_name_that_is_not_empty_counts(fields: dict[str, Any], expected: str | None) -> None:
    assert take_field(fields, "text") == expected


def test_a_text_field_is_one_line_and_never_empty() -> None:
    assert take_text({"title": " Rain \n and\tsun "}, "title") == "Rain and sun"
    assert take_text({"title": "  "}, "title") is None
    assert take_text({"id": 17}, "id") == "17"
    assert take_text({"section": ["a"]}, "section") is None


def test_what_has_no_column_is_kept_as_json_without_what_cannot_be_stored() -> None:
    kept = other_fields({"text": "a", "desk": "city\0", "none": None, "half": "\ud800"}, {"more": 1})
    assert kept is not None
    assert json.loads(kept) == {"desk": "city", "half": "?", "more": 1}
    assert other_fields({"text": "a", "none": None}, {}) is None
    assert encodable("a\0\udc00") == "a?"
