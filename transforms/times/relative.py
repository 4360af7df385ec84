"""Periods counted from the day of publication or from the date named last.

Comes in: the parts of a mention such as "last month", "two weeks ago" or "that year". Goes out: its value.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from transforms.number_values import read_count, read_number
from transforms.times.context import (
    PERIODS,
    Anchors,
    Context,
    anchor_day,
    current_period,
    read_part,
    stated_end,
)
from transforms.times.durations import SEVERAL, amount_of_time, is_vague
from transforms.times.periods import duration, first_day, period_value, shifted, unit_of
from transforms.times.words import (
    FUTURE,
    PAST,
    words_of,
)


def read_directed_unit(found: re.Match[str], context: Context) -> str | None:
    """'last month', 'this week', 'the previous day', 'next year', 'the past five years', 'coming weeks'."""
    direction, unit = found["direction"], words_of("unit")[found["unit"]]
    if found["count"]:
        return amount_of_time(found["count"], unit)
    if found["plural"]:
        # "recent years", "the coming weeks"
        return FUTURE if int(words_of("direction")[direction]) > 0 else PAST
    if unit not in PERIODS:
        return duration("1", unit) if unit != "SEASON" and direction != "this" else None
    if direction in {"past", "this past"}:
        return duration("1", unit)
    start, count = _origin(direction, unit, context), int(words_of("direction")[direction])
    if start is None:
        return None
    if unit == "WE":
        return _weekend(start, count)
    return shifted(start, unit, count)


def _origin(direction: str, unit: str, context: Context) -> date | None:
    """Where counting begins: "the following month" at the last date named, "next month" at publication."""
    if direction in {"following", "previous", "preceding", "prior"} or (direction == "next" and unit == "D"):
        start = anchor_day(context, unit)
        return start or (context.published if direction in {"previous", "prior"} else None)
    return context.published


def _weekend(start: date, count: int) -> str | None:
    """On a Saturday or Sunday the last weekend is that of the week before, on other days it is the last one."""
    if count < 0 or count > 0:
        return shifted(start, "W", count, "WE")
    return period_value(start, "WE")


def read_definite_unit(found: re.Match[str], context: Context) -> str | None:
    """'the quarter', 'that year', 'the same day', 'the weekend', 'the period': the one named last, else the current."""
    which, unit = found["which"], words_of("unit").get(found["unit"])
    end = stated_end(context)
    if end and unit in PERIODS:
        # A quarter counts as that of the calendar which holds its middle: that to July 31 is the second.
        return period_value(end - timedelta(days=45) if unit == "Q" else end, unit)
    if unit is None or unit in {"Q", "H"}:
        return context.anchors.quarter or (_last_quarter(context) if which != "same" else None)
    if unit == "WE":
        if context.published is None:
            return None
        back = 0 if context.tense == "future" or context.published.isoweekday() > 5 else -1
        return shifted(context.published, "W", back, "WE")
    start = anchor_day(context, unit) if which != "the" and unit in PERIODS else None
    if start:
        return period_value(start, unit)
    return current_period(context, unit) if which == "the" and unit != "D" else None


def _last_quarter(context: Context) -> str | None:
    return shifted(context.published, "Q", -1) if context.published else None


def read_latest_period(found: re.Match[str], context: Context) -> str | None:
    """'the latest quarter', 'the most recent period': the one that the report is about."""
    return context.anchors.quarter or _last_quarter(context)


def read_year_ago_period(found: re.Match[str], context: Context) -> str | None:
    """'the year-ago quarter', 'the year-earlier period', 'a year-ago': the period of the report, a year before."""
    if found["number"]:
        value = read_part(f"{found['number']} quarter", context)
        return _shift_value(value, "Y", -1) if value else None
    return _year_before(context)


def read_same_period(found: re.Match[str], context: Context) -> str | None:
    """'the same period last year', 'the 1988 quarter', 'the corresponding month of 1997'."""
    year = read_part(found["year"], replace(context, anchors=Anchors()))
    quarter = context.anchors.quarter
    is_quarter = found["unit"] in {"quarter", "period"} and quarter
    if year and is_quarter and quarter and len(year) == 4:
        return f"{year}{quarter[4:]}"
    anchor = context.anchors.last
    if year and len(year) == 4 and anchor and found["unit"] == "month" and unit_of(anchor) in {"M", "D"}:
        return f"{year}{anchor[4:7]}"
    return year


def _year_before(context: Context, *, from_last: bool = False) -> str | None:
    """A year before the quarter or month that was named last, else before the year of publication.

    With `from_last` ("a year earlier", not "a year ago") a year named last counts as well.
    """
    anchors = context.anchors
    unit = unit_of(anchors.last) if anchors.last else None
    if unit == "M" or (unit == "Y" and from_last and not anchors.quarter):
        return _shift_value(anchors.last, "Y", -1)
    if anchors.quarter:
        return _shift_value(anchors.quarter, "Y", -1)
    return shifted(context.published, "Y", -1) if context.published else None


def _shift_value(value: str | None, unit: str, count: int) -> str | None:
    start = first_day(value) if value else None
    granularity = unit_of(value) if value else None
    return shifted(start, unit, count, granularity) if start and granularity else None


def read_counted(found: re.Match[str], context: Context) -> str | None:
    """'two weeks ago', 'three days later', 'a year earlier', 'five months from now'."""
    unit, side = words_of("unit")[found["unit"]], found["side"]
    if is_vague(found["count"]) or SEVERAL.search(found["count"]):
        return PAST if side in {"ago", "earlier", "before", "back", "previously"} else FUTURE
    count = read_count(found["count"])
    if unit not in PERIODS or count is None:
        return _part_of_unit(found["count"], unit, side, context)
    ahead = side not in {"ago", "earlier", "before", "back", "previously"}
    if side in {"ago", "earlier", "before", "previously"} and unit == "Y" and count == 1:
        return _year_before(context, from_last=side != "ago")
    looks_back = side in {"earlier", "before", "later", "after", "previously"}
    start = anchor_day(context, unit) if looks_back else None
    if start is None:
        start = None if side in {"later", "after"} else context.published
    return shifted(start, unit, count if ahead else -count) if start else None


def _part_of_unit(amount: str, unit: str, side: str, context: Context) -> str | None:
    """'two and a half years ago', counted in months; hours and minutes ago are of the day of publication."""
    if side != "ago" or context.published is None:
        return None
    if unit in {"TH", "TM", "TS"}:
        return context.published.isoformat() if read_count(amount) == 1 or unit != "TH" else None
    number = read_number(amount)
    if unit == "Y" and number is not None and number < 1000:
        return shifted(context.published, "M", -round(number * 12), "Y")
    return None
