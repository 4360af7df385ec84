"""An article is dated by its record, its path, its dateline or the user, and never by guessing."""

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import (
    DateOrder,
    DateReading,
    Publication,
    date_article,
    find_path_date,
    find_path_month,
    order_shown,
    read_date,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# -- stated dates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-06T07:08:09", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06t07:08:09z", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06 07:08:09.25+00:00", "2024-05-06T07:08:09.250000+00:00"),
        ("2024-05-06T07:08:09,123456789Z", "2024-05-06T07:08:09.123456+00:00"),
        ("2024-05-06T01:08:09+02:00", "2024-05-05T23:08:09+00:00"),
        ("2024-05-06T20:08:09-0500", "2024-05-07T01:08:09+00:00"),
        ("2024-05-06 07:08:09+00", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06 07:08:09 +0200", "2024-05-06T05:08:09+00:00"),
        ("2024-05-06 07:08:09 UTC", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06T07:08", "2024-05-06T07:08:00+00:00"),
        ("2024-05-06T24:00:00Z", "2024-05-07T00:00:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2024-05-06T07:08:09+02:00[Europe/Berlin]", "2024-05-06T05:08:09+00:00"),
        ("2024-05-06", "2024-05-06T00:00:00+00:00"),
        (" 2024-05-06 ", "2024-05-06T00:00:00+00:00"),
        ("2024-5-6", "2024-05-06T00:00:00+00:00"),
        ("2024-05-06+02:00", "2024-05-06T00:00:00+00:00"),
        ("2025-W07-3", "2025-02-12T00:00:00+00:00"),
        ("2025-043", "2025-02-12T00:00:00+00:00"),
        ("20250212T101500Z", "2025-02-12T10:15:00+00:00"),
        ("20250212 101500", "2025-02-12T10:15:00+00:00"),
        ("20240506", "2024-05-06T00:00:00+00:00"),
        ("20250212101500", "2025-02-12T10:15:00+00:00"),
        ("202502121015", "2025-02-12T10:15:00+00:00"),
        ("2024/05/06", "2024-05-06T00:00:00+00:00"),
        ("2024.05.06", "2024-05-06T00:00:00+00:00"),
        ("2024/05/06 07:08:09", "2024-05-06T07:08:09+00:00"),
        ("1600-01-01", "1600-01-01T00:00:00+00:00"),
    ],
)
def test_iso_dates_and_their_kin_are_read(value: str, expected: str) -> None:
    assert read_date(value, now=NOW) == DateReading(datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09+00:00"),
        ("Mon, 06 May 2024 07:08:09 -0400", "2024-05-06T11:08:09+00:00"),
        ("Mon, 06 May 2024 07:08:09 -0400 (EDT)", "2024-05-06T11:08:09+00:00"),
        ("6 May 2024 07:08:09 +0100", "2024-05-06T06:08:09+00:00"),
        ("20 Apr 93 15:38:29 GMT", "1993-04-20T15:38:29+00:00"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37+00:00"),
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01.790000+00:00"),
        ("Wed Feb 12 10:15:00 2025", "2025-02-12T10:15:00+00:00"),
        ("Wed Feb 12 10:15:00 +0000 2025", "2025-02-12T10:15:00+00:00"),
        ("Wed Feb 12 10:15:00 EST 2025", "2025-02-12T15:15:00+00:00"),
        ("Wed Feb 12 2025 10:15:00 GMT+0100 (Central European Standard Time)", "2025-02-12T09:15:00+00:00"),
        ("12/Feb/2025:10:15:00 +0000", "2025-02-12T10:15:00+00:00"),
    ],
)
def test_dates_of_mails_logs_and_programs_are_read(value: str, expected: str) -> None:
    assert read_date(value, now=NOW) == DateReading(datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6 May 2024", "2024-05-06T00:00:00+00:00"),
        ("May 6, 2024", "2024-05-06T00:00:00+00:00"),
        ("Sept. 6th, 2024", "2024-09-06T00:00:00+00:00"),
        ("3rd of May, 2024", "2024-05-03T00:00:00+00:00"),
        ("Wed, 12 Feb 2025", "2025-02-12T00:00:00+00:00"),
        ("12-Feb-98", "1998-02-12T00:00:00+00:00"),
        ("Feb 12 '98", "1998-02-12T00:00:00+00:00"),
        ("Wednesday 12 February 2025 at 10.15", "2025-02-12T10:15:00+00:00"),
        ("February 12, 2025 10:15 AM EST", "2025-02-12T15:15:00+00:00"),
        ("Feb 12, 2025 12:05 a.m.", "2025-02-12T00:05:00+00:00"),
        ("Feb 12, 2025, 12 p.m.", "2025-02-12T12:00:00+00:00"),
        ("Published 2:23 PM ET, Fri April 28, 2023", "2023-04-28T18:23:00+00:00"),
        ("Jan. 5, 2023 at 2:23 PM ET", "2023-01-05T19:23:00+00:00"),
        ("12 Aug 2024 10:15 BST", "2024-08-12T09:15:00+00:00"),
        ("12 Aug 2024 10:15 AEST", "2024-08-12T00:15:00+00:00"),
        ("12 Aug 2024 10:15 IST", "2024-08-12T10:15:00+00:00"),
        ("Published: 12 Feb 2025", "2025-02-12T00:00:00+00:00"),
        ("Published: 12 Feb 2025 | Updated: 13 Feb 2025", "2025-02-12T00:00:00+00:00"),
        ("Updated: 13 Feb 2025 | Published: 12 Feb 2025", "2025-02-12T00:00:00+00:00"),
        ("Updated 13 Feb 2025 10:15", "2025-02-13T10:15:00+00:00"),
        ("12 février 2025 à 10h15", "2025-02-12T10:15:00+00:00"),
        ("12. Februar 2025, 10:15 Uhr", "2025-02-12T10:15:00+00:00"),
        ("12 de febrero de 2025", "2025-02-12T00:00:00+00:00"),
        ("2025年2月12日", "2025-02-12T00:00:00+00:00"),
    ],
)
def test_dates_as_people_write_them_are_read(value: str, expected: str) -> None:
    assert read_date(value, now=NOW) == DateReading(datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_714_979_289, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289_000, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289_000_000, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289_000_000_000, "2024-05-06T07:08:09+00:00"),
        (1_714_979_289.5, "2024-05-06T07:08:09.500000+00:00"),
        ("1714979289", "2024-05-06T07:08:09+00:00"),
        ("1714979289000", "2024-05-06T07:08:09+00:00"),
        ("1714979289.0", "2024-05-06T07:08:09+00:00"),
        (20250212, "2025-02-12T00:00:00+00:00"),
        (20250212.0, "2025-02-12T00:00:00+00:00"),
        (20250212101500, "2025-02-12T10:15:00+00:00"),
        (-1_000_000_000, "1938-04-24T22:13:20+00:00"),
        (date(2024, 5, 6), "2024-05-06T00:00:00+00:00"),
        (at(2024, 5, 6, 7), "2024-05-06T07:00:00+00:00"),
        (datetime(2024, 5, 6, 7), "2024-05-06T07:00:00+00:00"),  # noqa: DTZ001
        ({"$date": "2024-05-06T07:08:09Z"}, "2024-05-06T07:08:09+00:00"),
        ({"$date": {"$numberLong": "1714979289000"}}, "2024-05-06T07:08:09+00:00"),
        ({"_seconds": 1_714_979_289, "_nanoseconds": 0}, "2024-05-06T07:08:09+00:00"),
        ({"year": 2024, "month": 5, "day": 6}, "2024-05-06T00:00:00+00:00"),
        ([2024, 5, 6], "2024-05-06T00:00:00+00:00"),
        ((2024, 5, 6, 7, 8, 9, 0, 127, 0), "2024-05-06T07:08:09+00:00"),
        (["2024-05-06"], "2024-05-06T00:00:00+00:00"),
    ],
)
def test_numbers_and_objects_of_databases_are_read(value: object, expected: str) -> None:
    assert read_date(value, now=NOW) == DateReading(datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    "value",
    [
        "the other day", "2 hours ago", "2024", 2024, "May 2024", "2024-05", "2025-W07", "2024-13-01", "2024-02-30",
        "31 June 2024", "2021/25/04", "0000-00-00 00:00:00", "12 Feb", "12 Feb 2025 and 13 Feb 2025",
        "May 6 or 7, 2024", "10:15", "2024-05-06 25:00", "0", 0, True, 12345, "id 20240506", "1714979289 x",
        {"published": "2024-05-06"},
        {}, ["2024-05-06", "2024-05-07"], [2024, 5], [2024, 13, 1], float("nan"), float("inf"), -1e30, "x" * 10_000,
        "9" * 500, pytest.param(10**400, id="an integer too large for a float"), SimpleNamespace(),
        "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "2024-05-06T07:08:09+25:00", b"2024-05-06",
    ],
)  # fmt: skip
def test_what_names_no_day_is_unreadable(value: object) -> None:
    assert read_date(value, now=NOW) == DateReading(problem="unreadable")


@pytest.mark.parametrize("value", [None, "", "  ", "N/A", "null", "NaN", "None", []])
def test_nothing_stated_is_no_problem(value: object) -> None:
    assert read_date(value) == DateReading()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("1599-12-31", "too_early"),
        ("1500-01-01", "too_early"),
        ("2026-03-02T12:00:01Z", "future"),
        ("2026-03-03", "future"),
        ("2031-01-01", "future"),
        (4_000_000_000, "future"),
    ],
)
def test_times_at_which_nothing_was_published_are_problems(value: object, problem: str) -> None:
    assert read_date(value, now=NOW) == DateReading(problem=problem)


def test_a_day_ahead_of_utc_is_no_future() -> None:
    assert read_date("2026-03-02", now=NOW).moment == at(2026, 3, 2)


@pytest.mark.parametrize("value", ["03/04/2021", "3.4.2021", "03-04-2021", "3/4/21", "03-04-21 10:15", "03 04 2021"])
def test_a_date_with_two_readings_is_ambiguous_until_the_order_is_known(value: str) -> None:
    assert read_date(value) == DateReading(problem="ambiguous")
    dmy, mdy = read_date(value, DateOrder.DMY).moment, read_date(value, DateOrder.MDY).moment
    assert dmy
    assert mdy
    assert (dmy.date(), mdy.date()) == (date(2021, 4, 3), date(2021, 3, 4))


@pytest.mark.parametrize(
    ("value", "expected", "shown"),
    [
        ("25/04/2021", date(2021, 4, 25), DateOrder.DMY),
        ("04/25/2021", date(2021, 4, 25), DateOrder.MDY),
        ("25.4.21", date(2021, 4, 25), DateOrder.DMY),
        ("4/25/21 5:00 PM", date(2021, 4, 25), DateOrder.MDY),
        ("Published: 25/04/2021", date(2021, 4, 25), DateOrder.DMY),
        ("99-12-31", date(1999, 12, 31), DateOrder.YMD),
        ("03/03/2021", date(2021, 3, 3), None),
        ("2021-04-25", date(2021, 4, 25), None),
        ("25 April 2021", date(2021, 4, 25), None),
    ],
)
def test_a_number_above_twelve_proves_the_order(value: str, expected: date, shown: DateOrder | None) -> None:
    moment = read_date(value).moment
    assert moment
    assert moment.date() == expected
    assert order_shown(value) == shown


@pytest.mark.parametrize("value", ["04/25/2021", "25/04/2021"])
def test_what_a_date_proves_outweighs_the_order_that_is_given(value: str) -> None:
    for order in DateOrder:
        assert read_date(value, order).moment == at(2021, 4, 25)


@pytest.mark.parametrize("value", [None, 7, "03/04/2021", "25-04-21", "tomorrow", "32/13/2021", {"a": "25/04/2021"}])
def test_most_values_show_no_order(value: object) -> None:
    assert order_shown(value) is None


def test_two_hyphens_and_two_digits_may_begin_with_the_year() -> None:
    assert read_date("21-04-03").problem == "ambiguous"
    assert read_date("21-04-03", DateOrder.YMD).moment == at(2021, 4, 3)


@given(st.datetimes(datetime(1600, 1, 2), datetime(2025, 12, 31)))  # noqa: DTZ001
def test_every_way_to_write_a_time_is_read_as_that_time(moment: datetime) -> None:
    second = moment.replace(microsecond=0)
    for pattern in ("%Y-%m-%dT%H:%M:%S", "%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT", "%B %d, %Y %I:%M:%S %p"):
        # strftime leaves out the zeros of early years on some systems
        text = second.strftime(pattern.replace("%Y", f"{second.year:04}"))
        assert read_date(text).moment == second.replace(tzinfo=UTC)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


@given(_JSON)
def test_no_value_raises(value: Any) -> None:
    reading = read_date(value)
    assert reading.moment is None or reading.problem is None
    order_shown(value)


@given(st.text(alphabet="0123456789/-.: TZ+,apmJanFeb年月日", max_size=30))
def test_no_text_that_resembles_a_date_raises(text: str) -> None:
    for order in (None, *DateOrder):
        reading = read_date(text, order)
        assert reading.moment is None or reading.moment.tzinfo is UTC


# -- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "wire/2025/02/12/a.txt", "wire/2025/2/12/a.txt", "2025-02-12_a.txt", "2025_02_12.txt", "2025.02.12.txt",
        "20250212.jsonl", "news-20250212-001.txt", "20250212101500.export.csv", "20250212T101500Z.json",
        "20250212_101500.json", "NYT20250212.0466", "202502/12/a.txt", "2025/0212/a.txt", "2025/02-12/a.txt",
        "year=2025/month=02/day=12/part-0.parquet", "y2025/m02/d12/a.txt", "date=2025-02-12/a.txt",
        "2025-02-12T10:15:00.json", "12-feb-2025.txt", "february-12-2025/a.txt", "/world/2025/feb/12/the-bridge",
        "/2025/02/12/the-bridge-of-2019-01-01", "dump-2019-01-01/2025-02-12.txt", "/the-old-bridge-20250212.html",
        "wire.tar!/2025/02/12.txt", "2025/02/03/2025-02-12.txt", "2025/02/12_bridge.txt",
        "web/20260101000000/https://a.example/2025/02/12/the-bridge",
    ],
)  # fmt: skip
def test_a_path_names_its_day(path: str) -> None:
    assert find_path_date(path) == date(2025, 2, 12)
    assert find_path_month(path) == (2025, 2)


@pytest.mark.parametrize(
    "path",
    [
        "", "a.txt", "id20001345.txt", "19990101123.txt", "1234520250212.txt", "a3f20200101bc.txt", "2025-13-01.txt",
        "2025-02-30.txt", "2025/02/a.txt", "2025/a.txt", "+1-202-555-0101.txt", "tel/2020121234.txt",
        "2020-01-01_2020-12-31.jsonl", "/news/world-europe-20101231", "/2025/02/12-ways-to-cross-a-bridge", "v1.20.3.4",
        "/a-look-back-at-september-11-2001", "web/20260101000000/https://a.example/a",
        "2025-2-121.txt", "20250212000.txt", "1234/56/78.txt", "99/12/31.txt",
    ],
)  # fmt: skip
def test_numbers_that_name_no_day_are_no_dates(path: str) -> None:
    assert find_path_date(path) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2025/02/a.txt", (2025, 2)),
        ("2025-02.jsonl", (2025, 2)),
        ("202502.zip", (2025, 2)),
        ("2025/feb/a.txt", (2025, 2)),
        ("wire_2025.csv", (2025, None)),
        ("2025/a.txt", (2025, None)),
        ("2025-01-01_2025-12-31.jsonl", (2025, None)),
        ("2024-01_2025-12.jsonl", None),
        ("a.txt", None),
        ("12345.txt", None),
    ],
)
def test_a_path_may_name_a_month_or_a_year(path: str, expected: tuple[int, int | None] | None) -> None:
    assert find_path_month(path) == expected


@given(st.text(alphabet="0123456789/-_.aTfeb=!", max_size=40))
def test_no_path_raises(path: str) -> None:
    find_path_date(path)
    find_path_month(path)


@given(st.dates(date(1600, 1, 1), date(2099, 12, 31)), st.sampled_from(["{:%Y/%m/%d}/a.txt", "{:%Y-%m-%d}_a.txt"]))
def test_every_day_in_a_path_is_found(day: date, pattern: str) -> None:
    assert find_path_date(pattern.format(day)) == day


# -- articles ---------------------------------------------------------------------------------------------------------

TEXT = "LONDON, Feb 12 (Reuters) - The bridge over the river was opened again on Wednesday, the city said."


def test_the_record_comes_first() -> None:
    dated = date_article("2025-02-11T10:15:00Z", "2025/02/12/a.txt", "https://a.example/2025/02/13/a", TEXT, now=NOW)
    assert dated == Publication(at(2025, 2, 11, 10, 15), "metadata", dateline_place="LONDON")


def test_then_the_path_of_the_file_and_then_that_of_the_address() -> None:
    url = "https://a.example/2025/02/13/a"
    assert date_article(None, "2025/02/12/a.txt", url, TEXT, now=NOW).published_at == at(2025, 2, 12)
    dated = date_article(None, "a.txt", url, TEXT, now=NOW)
    assert (dated.published_at, dated.source) == (at(2025, 2, 13), "path")


def test_then_the_dateline_with_the_year_of_the_path_or_the_option() -> None:
    by_path = date_article(None, "2025/02/a.txt", None, TEXT, now=NOW)
    by_option = date_article(None, "a.txt", None, TEXT, date(2025, 3, 1), now=NOW)
    assert by_path == by_option == Publication(at(2025, 2, 12), "dateline", dateline_place="LONDON")


def test_then_the_option() -> None:
    dated = date_article(None, "a.txt", None, "The bridge was opened again.", date(2025, 3, 1), now=NOW)
    assert dated == Publication(at(2025, 3, 1), "option")


def test_a_dateline_without_a_year_gives_its_place_alone() -> None:
    assert date_article(None, "a.txt", None, TEXT, now=NOW) == Publication(dateline_place="LONDON")


def test_nothing_that_names_a_day_is_no_date() -> None:
    assert date_article(None, "a.txt", "https://[broken", "The bridge was opened.") == Publication()


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("early in spring", "unreadable"),
        ("03/04/2021", "ambiguous"),
        ("2031-01-01", "future"),
        ("1500-01-01", "too_early"),
    ],
)
def test_a_date_that_is_not_taken_is_kept_as_text_and_the_next_source_decides(stated: str, problem: str) -> None:
    dated = date_article(stated, "2025/02/12/a.txt", None, "The bridge was opened.", now=NOW)
    assert dated == Publication(at(2025, 2, 12), "path", unparsed=stated, problem=problem)


def test_a_path_in_the_future_dates_nothing() -> None:
    assert date_article(None, "2031/02/12/a.txt", None, "The bridge was opened.", now=NOW) == Publication()


def test_the_order_of_the_corpus_reaches_the_date() -> None:
    dated = date_article("03/04/2021", "a.txt", None, "The bridge.", order=DateOrder.DMY, now=NOW)
    assert (dated.published_at, dated.problem) == (at(2021, 4, 3), None)


def test_what_is_kept_of_a_stated_date_is_short_text() -> None:
    unparsed = date_article({"when": ["x" * 500]}, "a.txt", None, "").unparsed
    assert unparsed
    assert len(unparsed) == 200
    assert json.dumps(unparsed)


def test_the_years_of_two_digits_are_those_of_posix() -> None:
    assert [read_date(f"25/04/{year}").moment for year in ("69", "87", "21")] == [
        at(1969, 4, 25), at(1987, 4, 25), at(2021, 4, 25)
    ]  # fmt: skip
    assert read_date("25/04/68", now=NOW).problem == "future"


def test_american_zones_without_a_season_follow_the_law_of_their_year() -> None:
    hours = [
        (read_date(f"{day}, 12:00 ET").moment or NOW).hour
        for day in ("March 9, 2024", "March 10, 2024", "Nov 2, 2024", "Nov 3, 2024", "April 1, 2006", "April 2, 2006")
    ]
    assert hours == [17, 16, 16, 17, 17, 16]


def test_a_date_that_lies_a_day_ahead_is_taken_from_a_path_too() -> None:
    tomorrow = (NOW + timedelta(days=1)).date()
    assert date_article(None, f"{tomorrow:%Y/%m/%d}/a.txt", None, "", now=NOW).source == "path"
