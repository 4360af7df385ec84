"""Dates in the paths of files and addresses: `2025/02/12/`, `2025-02-12_a.txt`, `news-20250212-001.txt`, `2024/feb/24`.

Comes in: a path with slashes. Goes out: the day it names, or the year and month; None where it names none. Numbers that
only look like dates, such as ids, name none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from transforms.stated_dates import english_months

_YEAR = r"(?P<year>1[6-9]\d\d|20\d\d)"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
# Also as data lakes name their folders: year=2025/month=02/day=12.
_DATE = re.compile(
    rf"(?<!\d){_YEAR}(?P<first>[-_./ ]?(?:m(?:onth)?=?)?){_MONTH}(?P<second>[-_./ ]?(?:d(?:ay)?=?)?){_DAY}"
    r"(?P<clock>[T_]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?![-\d]))?(?!\d)"
)
_YEAR_MONTH = re.compile(rf"(?<![\d=]){_YEAR}(?P<first>[-_./ ]?(?:m(?:onth)?=?)?){_MONTH}(?![\d])(?!-\d{{4}})")
_LONE_YEAR = re.compile(rf"(?:^|[/_-]|(?<=/)y(?:ear)?=?){_YEAR}(?=$|[/_.-])")
_ARCHIVE_COPY = re.compile(r"web/\d{4,14}[a-z_]{0,4}/(?=https?:)")
# A slug of so many words may name a day that the article is about.
_SLUG_WORDS = 3


@dataclass(slots=True, frozen=True)
class _PathDate:
    """A date in a path: where it ends, the segment it ends in, and whether it stands in a slug of words."""

    day: date
    end: int
    segment: int
    in_slug: bool


def find_path_date(path: str) -> date | None:
    """The day that a path names: of several the deepest, but none that ends a slug of words where a folder names one.

    A segment that names two days, such as `2020-01-01_2020-12-31.jsonl`, is a period and names none.
    """
    path = _ARCHIVE_COPY.sub("", path)
    by_segment: dict[int, list[_PathDate]] = {}
    for found in (*_numeric_dates(path), *_spelled_dates(path)):
        by_segment.setdefault(found.segment, []).append(found)
    single = [found[-1] for found in by_segment.values() if len({each.day for each in found}) == 1]
    best = max(single, key=lambda found: (not found.in_slug, found.end), default=None)
    return best.day if best else None


def find_path_month(path: str) -> tuple[int, int | None] | None:
    """Year and month that a path names, or the year alone: what is known where a date lacks its year."""
    path = _ARCHIVE_COPY.sub("", path)
    if day := find_path_date(path):
        return day.year, day.month
    months = [found for found in _YEAR_MONTH.finditer(path) if _is_whole(found["first"], found["month"])]
    if months:
        deepest = path.count("/", 0, months[-1].end())
        named = {(int(m["year"]), int(m["month"])) for m in months if path.count("/", 0, m.end()) == deepest}
        years = {year for year, _ in named}
        # Several months in one name are a period.
        return named.pop() if len(named) == 1 else (years.pop(), None) if len(years) == 1 else None
    if spelled := list(_month_pattern().finditer(path.lower())):
        return int(spelled[-1]["year"]), english_months()[spelled[-1]["name"]]
    lone = [int(found["year"]) for found in _LONE_YEAR.finditer(path)]
    return (lone[-1], None) if lone else None


def _numeric_dates(path: str) -> Iterator[_PathDate]:
    for found in _DATE.finditer(path):
        parts = found["first"], found["second"]
        if not _is_whole(min(parts), found["month"]) or not _is_whole(parts[1], found["day"]):
            continue
        if parts[0] != parts[1] and "/" not in "".join(parts):
            continue
        is_compact = not any(parts)
        if found["clock"] and not found["clock"].startswith(("T", "_")) and not is_compact:
            continue
        if is_compact and _is_part_of_id(path, found.start(), found.end()):
            continue
        if _is_listicle(path, found.end(), parts[1], found["day"]):
            continue
        day = _as_day(int(found["year"]), int(found["month"]), int(found["day"]))
        if day:
            yield _place(path, day, found.start(), found.end())


def _is_whole(separator: str, number: str) -> bool:
    """Numbers of one digit need marks around them."""
    return bool(separator) or len(number) == 2


def _is_part_of_id(path: str, start: int, end: int) -> bool:
    """Whether eight digits belong to an id: in a run of letters and digits, or as the last word of a slug."""
    head = start
    while head and path[head - 1].isalpha():
        head -= 1
    if head and path[head - 1].isdigit():
        return True
    if end < len(path) and path[end].isalpha() and path[end] not in "TZ":
        return True
    # Addresses of the BBC end in numbers of eight digits: world-europe-20101231
    return end == len(path.rstrip("/")) and path[start - 1 : start] == "-" and "/" in path[:start]


def _is_listicle(path: str, end: int, separator: str, day: str) -> bool:
    """Whether the number begins a slug in the folder of a month, as in `2020/03/10-best-films`."""
    return separator == "/" and day[0] != "0" and path[end : end + 1] == "-" and path[end + 1 : end + 2].isalpha()


def _spelled_dates(path: str) -> Iterator[_PathDate]:
    for found in _spelled_pattern().finditer(path.lower()):
        parts = {name[0]: text for name, text in found.groupdict().items() if text}
        day = _as_day(int(parts["y"]), english_months()[parts["m"]], int(parts["d"]))
        placed = _place(path, day, found.start(), found.end()) if day else None
        if placed and not placed.in_slug:
            yield placed


def _as_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _place(path: str, day: date, start: int, end: int) -> _PathDate:
    before = path[path.rfind("/", 0, start) + 1 : start]
    words = [word for word in re.split(r"[^A-Za-z]+", before) if len(word) > 1]
    return _PathDate(day, end, path.count("/", 0, end), len(words) >= _SLUG_WORDS)


@cache
def _spelled_pattern() -> re.Pattern[str]:
    """2024/feb/24, 24-feb-2024 and february-24-2024, in small letters."""
    names = "|".join(sorted(english_months(), key=len, reverse=True))
    year, day = r"(?:1[6-9]\d\d|20\d\d)", r"(?:0?[1-9]|[12]\d|3[01])"
    return re.compile(
        rf"(?<!\d)(?P<y1>{year})[-_./ ]?(?P<m1>{names})[-_./ ]?(?P<d1>{day})(?!\d)"
        rf"|(?<!\d)(?P<d2>{day})[-_. ]?(?P<m2>{names})[-_,. ]*(?P<y2>{year})(?!\d)"
        rf"|(?<![a-z])(?P<m3>{names})[-_. ](?P<d3>{day})[-_,. ]+(?P<y3>{year})(?!\d)"
    )


@cache
def _month_pattern() -> re.Pattern[str]:
    """2024/feb, 2024-february."""
    names = "|".join(sorted(english_months(), key=len, reverse=True))
    return re.compile(rf"(?<!\d)(?P<year>1[6-9]\d\d|20\d\d)[-_./ ]?(?P<name>{names})(?![a-z0-9])")
