"""What a mention of time is read against: the day of publication, the tense, and the dates named before it.

Comes in: a `Context` and a month, a day of a month or a year of two digits. Goes out: the one that is meant.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from transforms.times.periods import first_day, period_value, unit_of
from transforms.times.words import (
    MONTH,
    one_of,
    words_of,
)

YEARS = range(1000, 3000)
"""The years that are read; they leave room for counting within Python's calendar."""

_FAR, _NEAR = timedelta(days=300), timedelta(days=100)
# What is said to come in a quarter is mostly the report of one that is over.
_FAR_QUARTER = timedelta(days=180)
_SPILL = timedelta(days=8)
"""By how much a quarter of thirteen weeks may end behind that of the calendar: "the quarter ended Oct. 1"."""
_COMPARISON = re.compile(
    r"\byear[\s-](?:ago|earlier|before)\b|\b(?:same|corresponding|comparable)\b"
    r"|\blast\s+year's\b|\b\d{4}\s+(?:period|quarter)\b",
    re.IGNORECASE,
)
ENDS = r"(?:which |that )?end(?:ed|ing|s)?(?: on)?"
_ENDED = re.compile(rf"[ ,]*{ENDS} (?P<day>{MONTH}\.? \d\d?(?:, \d{{4}})?|\d\d? {MONTH})\b")
_FINENESS = ("D", "WE", "W", "M", "Q", "H", "Y", "DE", "CE")
PERIODS = frozenset({"D", "W", "WE", "M", "Q", "H", "Y", "DE", "CE"})


@dataclass(slots=True)
class Anchors:
    """The dates named so far in the article: what "that day", "the quarter" and "a year earlier" look back to."""

    last: str | None = None
    quarter: str | None = None
    """The quarter or half that a report of business is about: the last named of those that are over."""

    def remember(self, text: str, value: str | None, published: date | None = None) -> None:
        """Takes the mention just read. One made for comparison ("a year earlier") is looked back to by none."""
        unit = unit_of(value) if value else None
        if value is None or unit is None or _is_comparison(text):
            return
        self.last = value
        if unit in {"Q", "H"} and (published is None or value < period_value(published, unit)):
            self.quarter = value


@lru_cache(maxsize=10_000)
def _is_comparison(text: str) -> bool:
    return _COMPARISON.search(text) is not None


@dataclass(slots=True, frozen=True)
class Context:
    published: date | None
    tense: str | None
    before: str
    after: str
    anchors: Anchors
    read: Callable[[str, "Context"], str | None]
    """Reads a part of the mention by all rules."""
    is_over: bool = False
    """Whether it must lie before publication: "the year ended [Jan. 31]"."""
    year: int | None = None
    depth: int = 0


@lru_cache(maxsize=10_000)
def normalise(text: str) -> str:
    words = " ".join(text.lower().replace("’", "'").replace("‘", "'").split())
    words = re.sub(r"\s?[–—−]\s?", "-", words).strip(' ,;:"“”()[]-')
    words = words.removesuffix("'s") if not words.endswith("0's") else words
    return words.rstrip("'") if words.endswith("s'") else words


def read_part(words: str, context: Context, year: int | None = None) -> str | None:
    """The value of a part of the mention."""
    part = replace(context, depth=context.depth + 1, year=year or context.year)
    return context.read(words.strip(" ,"), part)


@cache
def filler_pattern() -> re.Pattern[str]:
    return re.compile(one_of(words_of("filler")) + r"(?:[ -]+|$)")


def choose(
    periods: Iterator[tuple[date, date]], context: Context, *, nearest: bool = False, far: timedelta = _FAR
) -> date | None:
    """The first day of the period meant, among those of last year, this and the next.

    Past: the last that has begun. Future: the next that is not over. Without tense the last that has begun, or, with
    `nearest` (days of a month), the nearest. A tense is overruled where it leads far away and the other way is near:
    "would be paid" in a report of what was.
    """
    published = context.published
    if published is None:
        return None
    choices = list(periods)
    earlier = max((start for start, _ in choices if start <= published), default=None)
    later = min((start for start, end in choices if end >= published), default=None)
    if earlier is None or later is None:
        return earlier or later
    # How long ago the earlier one ended counts, not when it began.
    ended = max(min(end, published) for start, end in choices if start == earlier)
    back, ahead = published - ended, later - published
    if context.tense == "future":
        return earlier if ahead > far and back < _NEAR else later
    if nearest:
        is_past = context.is_over or (context.tense == "past" and not (back > _FAR and ahead < _NEAR))
        return earlier if is_past or back <= ahead else later
    return earlier


def years_around(context: Context) -> tuple[int, ...]:
    if context.year:
        return (context.year,)
    if context.published is None:
        return ()
    year = context.published.year
    return (year - 1, year, year + 1) if 2 < year < 9998 else ()


def period_in(context: Context, unit: str, month: int) -> str | None:
    """A month, quarter, half or season that has no year: of the year that is fixed, else the one meant."""
    if context.year:
        return period_value(date(context.year, month, 1), unit)
    months = {"M": 1, "Q": 3, "H": 6}[unit]
    starts = [date(year, month, 1) for year in years_around(context)]
    ends = [date(start.year + (month + months > 12), (month + months - 1) % 12 + 1, 1) for start in starts]
    if unit != "M" and context.tense is None and context.published:
        # "the fourth quarter" in a report of September is the coming one.
        starts_soon = [start for start in starts if timedelta() < start - context.published < _NEAR]
        if starts_soon:
            return period_value(starts_soon[0], unit)
    periods = ((start, end - timedelta(days=1)) for start, end in zip(starts, ends, strict=True))
    day = choose(periods, context, far=_FAR if unit == "M" else _FAR_QUARTER)
    return period_value(day, unit) if day else None


def day_in(context: Context, month: int, day: int) -> str | None:
    """A day of a month without a year."""
    days = [found for year in years_around(context) if (found := real_day(year, month, day))]
    if context.year:
        return days[0].isoformat() if days else None
    chosen = choose(((found, found) for found in days), context, nearest=True)
    return chosen.isoformat() if chosen else None


def real_day(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(digits: str, context: Context) -> int | None:
    """'1998', or '98 as the year of that ending that is nearest to ten years before publication or later."""
    if len(digits) == 4:
        return int(digits) if int(digits) in YEARS else None
    if context.published is None:
        return None
    century = context.published.year // 100 * 100
    year = century + int(digits)
    return year - 100 if year > context.published.year + 10 else year


def directed_period(direction: str, context: Context, in_year: Callable[[int], date | None], unit: str) -> str | None:
    """'last May' is the last that is over, 'next May' the first to come, 'this May' that of the year."""
    if context.published is None:
        return None
    count = int(words_of("direction")[direction])
    starts = [day for year in years_around(context) if (day := in_year(year))]
    here = period_value(context.published, unit)
    if count < 0:
        days = [day for day in starts if period_value(day, unit) < here]
        return period_value(days[-1], unit) if days else None
    if count > 0:
        days = [day for day in starts if period_value(day, unit) > here]
        return period_value(days[0], unit) if days else None
    return next((period_value(day, unit) for day in starts if day.year == context.published.year), None)


def current_period(context: Context, unit: str) -> str | None:
    return period_value(context.published, unit) if context.published and unit in PERIODS else None


def anchor_day(context: Context, unit: str) -> date | None:
    """The first day of the date named last, if known as finely as the unit: no day is counted from a year."""
    last = context.anchors.last
    known = unit_of(last) if last else None
    if last is None or known is None or _FINENESS.index(known) > _FINENESS.index(unit):
        return None
    return first_day(last)


def stated_end(context: Context) -> date | None:
    """The day in "the quarter ended Sept. 30", which stands behind the mention."""
    found = _ENDED.match(context.after)
    if not found or context.depth:
        return None
    value = context.read(normalise(found["day"]), replace(context, depth=1, after=""))
    day = first_day(value) if value and unit_of(value) == "D" else None
    return day - _SPILL if day and day.day <= _SPILL.days else day
