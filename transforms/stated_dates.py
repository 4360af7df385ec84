"""Dates as feeds, archives and people write them, read without guessing.

Comes in: any value of a record's date field. Goes out: a moment in UTC, or the reason why there is none.

A time without a zone is UTC, and a day is its midnight UTC. A month or a year alone is no day and is not read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from transforms.lexicon import read_seed

UNREADABLE, AMBIGUOUS, FUTURE, TOO_EARLY = "unreadable", "ambiguous", "future", "too_early"

EARLIEST_YEAR = 1600
SLACK = timedelta(days=1)
"""How far behind now a date may lie: a day begins up to 14 hours before UTC's, and print carries tomorrow's date."""

# POSIX's reading of two digits: 69 is 1969, 68 is 2068.
_PIVOT = 69
_LONGEST = 150
# Smaller numbers are years, ids or counters of days; 10**8 seconds are March 1973.
_SMALLEST_EPOCH = 10**8

_NOTHING = frozenset({"", "-", "n/a", "na", "none", "null", "nan", "nat", "unknown", "undefined"})
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?"
    r"|\d{4}-?W\d\d-?\d(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?"
    r"|\d{8}[T ]\d{4}(?:\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?"
)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
# XML gives days a zone; a day is a day there too.
_DAY_WITH_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)")
# Java's name of a zone behind its distance, and the colon behind the day in logs of web servers.
_ZONE_NAME = re.compile(r"\[[A-Za-z_/+-]+\]$")
_LOG_DAY = re.compile(r"(?<=\w/\d{4}):(?=\d\d:\d\d)")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_HALF_DAY = r"\s?(?P<half>[ap])\.?\s?m\b\.?"
_CLOCK = re.compile(
    rf"(?<![\d.:])(?P<hour>\d{{1,2}})(?:[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,:](?P<part>\d{{1,9}}))?)?"
    rf"(?![\d:])(?:{_HALF_DAY})?|{_HALF_DAY.replace('half', 'half_too')})"
)
# "2025 at 10.15": a time with a point is told by its place, behind the year.
_POINTED_CLOCK = re.compile(
    rf"(?<=\d{{4}})[\s,]+\D{{0,6}}?(?P<hour>\d{{1,2}})\.(?P<minute>\d\d)(?:{_HALF_DAY}|\s?uhr|\s?h)?$"
)
_ZONE = re.compile(
    r"\s?\(?(?:(?:utc|gmt|z)?\s?(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?![\d./-])"
    r"|(?P<name>[a-z]{1,4})\b)"
    r"\)?(?:\s?\([^)]*\))?"
)
_STATED_LATER = re.compile(r"\b(?:last\s|also\s)?(?:updated|modified|revised|edited)\b")
_STATED_FIRST = re.compile(r"\b(?:published|posted|created|issued)\b")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_SEPARATOR = re.compile(r"\s?([-/.]|[年月년월])\s?|(\s)")


class DateOrder(StrEnum):
    """The order of day, month and year in dates that are written in numbers."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(slots=True, frozen=True)
class DateReading:
    """What a date says: a moment in UTC, or its problem; neither where nothing is stated.

    `problem` is `unreadable`, `ambiguous` (03/04/2021 in a corpus that does not show its order), `future` or
    `too_early` (before 1600).
    """

    moment: datetime | None = None
    problem: str | None = None


def read_date(value: Any, order: DateOrder | None = None, now: datetime | None = None) -> DateReading:
    """The moment that a record states: text, number since 1970, date, list of numbers or database object.

    `order` decides where a date in numbers can be read in two ways. `now` (UTC) is the time against which future dates
    are told. Zones of several meanings, such as IST, are taken as UTC.
    """
    try:
        moment = _read_value(value, order)
    except _NotReadError as problem:
        return DateReading(problem=problem.args[0])
    except (ValueError, OverflowError, OSError, RecursionError):
        return DateReading(problem=UNREADABLE)
    if moment is None:
        return DateReading()
    problem_of_time = check_moment(moment, now)
    return DateReading(problem=problem_of_time) if problem_of_time else DateReading(moment)


def check_moment(moment: datetime, now: datetime | None = None) -> str | None:
    """`future` or `too_early` for a moment at which no news can have been published, else None."""
    if moment.year < EARLIEST_YEAR:
        return TOO_EARLY
    return FUTURE if moment > (now or datetime.now(UTC)) + SLACK else None


def order_shown(value: Any) -> DateOrder | None:
    """The order that a date in numbers proves: 25/04/2021 is DMY, 04/25/2021 is MDY. None where it proves none."""
    if not isinstance(value, str) or not 6 <= len(value) <= _LONGEST:
        return None
    try:
        _, rest = _take_clock(_stated_part(value))
        months, numbers, separators = _take_words(rest)
    except _NotReadError:
        return None
    if months or len(numbers) != 3 or len(numbers[0]) == 4:
        return None
    readings = _readings(numbers, separators)
    return next(iter(readings)) if len(readings) == 1 else None


@cache
def month_words() -> dict[str, int]:
    """Names of months and their short forms, in small letters, to the number of the month."""
    return {row["word"]: int(row["value"]) for row in read_seed("calendar_words") if row["kind"] == "month"}


@cache
def english_months() -> dict[str, int]:
    """The same for English alone."""
    rows = read_seed("calendar_words")
    return {row["word"]: int(row["value"]) for row in rows if row["kind"] == "month" and row["note"] == "en"}


@cache
def english_weekdays() -> dict[str, int]:
    """English names of days and their short forms to the number of the day, Monday is 1."""
    rows = read_seed("calendar_words")
    return {row["word"]: int(row["value"]) for row in rows if row["kind"] == "weekday" and row["note"] == "en"}


class _NotReadError(Exception):
    """The text is no date; the argument is the problem."""


@dataclass(slots=True, frozen=True)
class _Clock:
    """A time of day, and its distance from UTC where it states one; `in_america`: in summer an hour less."""

    time: time
    offset: timedelta = timedelta()
    in_america: bool = False
    next_day: bool = False

    def on(self, day: date) -> datetime:
        local = datetime.combine(day, self.time, UTC) + timedelta(days=self.next_day)
        summer = timedelta(hours=self.in_america and _is_american_summer(local))
        return local - self.offset - summer


# -- values -----------------------------------------------------------------------------------------------------------


def _read_value(value: Any, order: DateOrder | None) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _read_text(value, order)
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, bool):
        raise _NotReadError(UNREADABLE)
    if isinstance(value, int | float):
        return _read_number(value)
    if isinstance(value, Mapping):
        return _read_mapping(value, order)
    if isinstance(value, Sequence):
        return _read_sequence(value, order)
    return _read_text(str(value), order)


def _in_utc(moment: datetime) -> datetime:
    # pandas has a time that is none, and says so by not being equal to itself.
    if moment != moment:
        raise _NotReadError(UNREADABLE)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_mapping(value: Mapping[Any, Any], order: DateOrder | None) -> datetime | None:
    """As databases export it: {"$date": ...}, {"$numberLong": "..."}, {"seconds": ...}, {"@value": ...}."""
    for name in ("$date", "$numberLong", "@value", "value", "seconds", "_seconds"):
        if name in value:
            return _read_value(value[name], order)
    if all(isinstance(value.get(name), int) for name in ("year", "month", "day")):
        return datetime(value["year"], value["month"], value["day"], tzinfo=UTC)
    raise _NotReadError(UNREADABLE)


def _read_sequence(value: Sequence[Any], order: DateOrder | None) -> datetime | None:
    """One date in a list, or year, month, day and time as numbers: [2025, 2, 12, 10, 15]."""
    if not value:
        return None
    if len(value) == 1:
        return _read_value(value[0], order)
    if len(value) < 3 or not all(isinstance(part, int) for part in value):
        raise _NotReadError(UNREADABLE)
    year, month, day, hour, minute, second = (*value[:6], 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _read_number(value: float) -> datetime:
    """Seconds since 1970, or thousandths, millionths or billionths; or 20250212 and 20250212101500."""
    if value != value or abs(value) == float("inf"):
        raise _NotReadError(UNREADABLE)
    if value == int(value) and (moment := _read_compact(str(int(value)))):
        return moment
    if not _SMALLEST_EPOCH <= abs(value) < 10**20:
        raise _NotReadError(UNREADABLE)
    scale = next((10**power for power in (9, 6, 3) if abs(value) >= 10 ** (8 + power)), 1)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value / scale)


def _read_compact(digits: str) -> datetime | None:
    """20250212, 202502121015 or 20250212101500; None where the digits are no time of the years 1600 to 2099."""
    if len(digits) not in {8, 12, 14} or not "1600" <= digits[:4] < "2100":
        return None
    try:
        moment = datetime(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), tzinfo=UTC)
        hour, minute, second = (int(digits[at : at + 2] or 0) for at in (8, 10, 12))
        return moment.replace(hour=hour, minute=minute, second=second)
    except ValueError:
        return None


# -- text -------------------------------------------------------------------------------------------------------------


def _read_text(raw: str, order: DateOrder | None) -> datetime | None:
    text = _ZONE_NAME.sub("", raw.strip())
    if _ISO.fullmatch(text):
        try:
            return _in_utc(datetime.fromisoformat(text.replace(",", ".")))
        except ValueError:
            # 24:00 is the midnight that ends the day; the rest is told by its parts.
            pass
    if text.lower() in _NOTHING:
        return None
    if len(text) > _LONGEST:
        raise _NotReadError(UNREADABLE)
    if _NUMBER.fullmatch(text):
        return _read_digits(text)
    if ordinal := _ORDINAL.fullmatch(text):
        return _read_ordinal(int(ordinal[1]), int(ordinal[2]))
    if day_with_zone := _DAY_WITH_ZONE.fullmatch(text):
        text = day_with_zone[1]
    clock, rest = _take_clock(_stated_part(_LOG_DAY.sub(" ", text)))
    day = _read_day(rest, order)
    return clock.on(day) if clock else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _read_digits(text: str) -> datetime:
    digits = text.partition(".")[0]
    if len(digits) in {8, 10, 12, 13, 14, 16, 19} and digits[0] not in "+-0":
        return _read_number(float(text) if "." in text else int(text))
    raise _NotReadError(UNREADABLE)


def _read_ordinal(year: int, number: int) -> datetime:
    moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)
    if moment.year != year:
        raise _NotReadError(UNREADABLE)
    return moment


def _stated_part(raw: str) -> str:
    """In small letters and single blanks, the date of publication where the text states a later one too."""
    text = " ".join(raw.split()).lower()
    first = _STATED_FIRST.search(text)
    if first and any(mark.isdigit() for mark in text[first.end() :]):
        text = text[first.end() :]
    later = _STATED_LATER.search(text)
    if later and any(mark.isdigit() for mark in text[: later.start()]):
        text = text[: later.start()]
    return text


def _take_clock(text: str) -> tuple[_Clock | None, str]:
    """The time of day in the text, and the text without it."""
    found = _CLOCK.search(text) or _POINTED_CLOCK.search(text)
    if not found:
        return None, text
    parts = found.groupdict()
    offset, in_america, end = _take_zone(text, found.end())
    clock = _clock_of(parts, offset, in_america)
    rest = f"{text[: found.start()]} {text[end:]}"
    if _CLOCK.search(rest):
        raise _NotReadError(UNREADABLE)
    return clock, rest


def _clock_of(parts: dict[str, Any], offset: timedelta, in_america: bool) -> _Clock:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = parts.get("half") or parts.get("half_too")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = int((parts.get("part") or "0").ljust(6, "0")[:6])
    ends_day = (hour, minute, second) == (24, 0, 0)
    try:
        # A leap second is the last of its minute.
        stated = time(0 if ends_day else hour, minute, min(second, 59) if second == 60 else second, fraction)
    except ValueError:
        raise _NotReadError(UNREADABLE) from None
    return _Clock(stated, offset, in_america, ends_day)


def _take_zone(text: str, start: int) -> tuple[timedelta, bool, int]:
    found = _ZONE.match(text, start)
    if not found:
        return timedelta(), False, start
    if found["sign"]:
        distance = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if distance > timedelta(hours=15):
            raise _NotReadError(UNREADABLE)
        return (-distance if found["sign"] == "-" else distance), False, found.end()
    zone = _zones().get(found["name"])
    return (*zone, found.end()) if zone else (timedelta(), False, start)


@cache
def _zones() -> dict[str, tuple[timedelta, bool]]:
    """Abbreviation to its distance from UTC (none where several zones share it), and whether it has two, by season."""
    return {
        row["word"]: (timedelta(minutes=int(row["value"] or 0)), row["kind"] == "us_zone")
        for row in read_seed("calendar_words")
        if row["kind"] in {"zone", "us_zone"}
    }


def _is_american_summer(local: datetime) -> bool:
    """Whether "ET" is EDT then: by the Uniform Time Act as amended for 1987 and 2007."""
    year = local.year
    first, last = ((3, 8), (11, 1)) if year >= 2007 else ((4, 1), (10, 25)) if year >= 1987 else ((4, 24), (10, 25))
    begin, end = (_sunday_from(date(year, *day)) for day in (first, last))
    return begin <= local.date() < end


def _sunday_from(day: date) -> date:
    return day + timedelta(days=(6 - day.weekday()) % 7)


@cache
def _passed_over() -> frozenset[str]:
    kinds = {"weekday", "filler", "zone", "us_zone"}
    return frozenset(row["word"] for row in read_seed("calendar_words") if row["kind"] in kinds)


def _take_words(text: str) -> tuple[list[int], list[str], list[str]]:
    """Months named in the text, its numbers, and what stands between them. Raises _NotReadError at any other word."""
    months, numbers, separators = list[int](), list[str](), list[str]()
    last_end = 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word.isdecimal():
            if numbers:
                separators.append(text[last_end : token.start()])
            numbers.append(word)
            last_end = token.end()
        elif word in month_words():
            months.append(month_words()[word])
        elif word not in _passed_over():
            raise _NotReadError(UNREADABLE)
    return months, numbers, separators


def _read_day(text: str, order: DateOrder | None) -> date:
    months, numbers, separators = _take_words(text)
    if len(months) == 1:
        return _read_spelled(months[0], numbers)
    if months or len(numbers) != 3:
        raise _NotReadError(UNREADABLE)
    readings = _readings(numbers, separators)
    if order in readings:
        return readings[order]
    days = set(readings.values())
    if len(days) != 1:
        raise _NotReadError(AMBIGUOUS if days else UNREADABLE)
    return days.pop()


def _read_spelled(month: int, numbers: list[str]) -> date:
    """'12 February 2025', 'Feb 12, 2025', '2025 Feb 12', '12-Feb-98'."""
    if len(numbers) != 2:
        raise _NotReadError(UNREADABLE)
    first, second = numbers
    year, day = (first, second) if len(first) == 4 or (len(first) == 2 and int(first) > 31) else (second, first)
    if len(day) > 2 or len(year) not in {2, 4}:
        raise _NotReadError(UNREADABLE)
    return date(_full_year(year), month, int(day))


def _readings(numbers: list[str], separators: list[str]) -> dict[DateOrder, date]:
    """The days that three numbers can be, by order. Two digits are a year only behind slashes, points and hyphens."""
    marks = {(found[1] or found[2]) if (found := _SEPARATOR.fullmatch(text)) else None for text in separators}
    if None in marks or (len(marks) > 1 and not marks <= set("年月년월")):
        return {}
    first, _, third = map(len, numbers)
    possible: tuple[DateOrder, ...]
    if first == 4:
        possible = (DateOrder.YMD,)
    elif third == 4:
        possible = (DateOrder.DMY, DateOrder.MDY)
    elif third == 2 and not marks & {" "}:
        # Years of two digits come first behind hyphens only, or where no day is so high: 99/12/31.
        comes_first = marks == {"-"} or int(numbers[0]) > 31
        possible = (DateOrder.DMY, DateOrder.MDY, *((DateOrder.YMD,) if comes_first else ()))
    else:
        return {}
    return {order: day for order in possible if (day := _arrange(numbers, order))}


def _arrange(numbers: list[str], order: DateOrder) -> date | None:
    parts = dict(zip(order.value, numbers, strict=True))
    if len(parts["m"]) > 2 or len(parts["d"]) > 2 or len(parts["y"]) not in {2, 4}:
        return None
    try:
        return date(_full_year(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _PIVOT else 2000)
