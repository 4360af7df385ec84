"""Days and months of the calendar, and stretches of them.

Comes in: the parts of a mention such as "Wednesday, March 3", "last May" or "Aug. 4-6". Goes out: its value.
"""

import re
from datetime import date, timedelta

from transforms.number_values import read_count
from transforms.stated_dates import english_months, english_weekdays
from transforms.times.context import (
    Context,
    choose,
    day_in,
    directed_period,
    full_year,
    period_in,
    read_part,
    real_day,
)
from transforms.times.periods import first_day, shift_day, shifted, unit_of
from transforms.times.words import (
    words_of,
)


def read_relative_day(found: re.Match[str], context: Context) -> str | None:
    if context.published is None:
        return None
    value = shifted(context.published, "D", int(words_of("day")[found["day"]]))
    return f"{value}TNI" if found["day"] == "tonight" and value else value


def read_calendar_day(found: re.Match[str], context: Context) -> str | None:
    """'Wednesday, March 3, 1998', '3rd of March', 'Feb. 12'."""
    month, day = english_months()[found["month"]], int(found["number"])
    if not found["year"]:
        return day_in(context, month, day)
    year = full_year(found["year"].lstrip("'"), context)
    stated = real_day(year, month, day) if year else None
    return stated.isoformat() if stated else None


def read_numeric_day(found: re.Match[str], context: Context) -> str | None:
    """3/9/98 is two days, and has no value; 3/29/98 is one."""
    first, second = int(found["first"]), int(found["second"])
    year = full_year(found["year"], context)
    if year is None or (first <= 12 and second <= 12 and first != second):
        return None
    day = real_day(year, *((second, first) if first > 12 else (first, second)))
    return day.isoformat() if day else None


def read_iso_day(found: re.Match[str], context: Context) -> str | None:
    day = real_day(*map(int, found["day"].split("-")))
    return found[0].upper() if day else None


def read_day_of_month(found: re.Match[str], context: Context) -> str | None:
    """'the 15th': of the month in which it is nearest, looking where the tense looks."""
    if context.published is None:
        return None
    months = [shift_day(context.published.replace(day=1), "M", count) for count in (-1, 0, 1)]
    days = [day for month in months if month and (day := real_day(month.year, month.month, int(found["number"])))]
    chosen = choose(((day, day) for day in days), context, nearest=True)
    return chosen.isoformat() if chosen else None


def read_month(found: re.Match[str], context: Context) -> str | None:
    """'March', 'March 1998', 'last May', 'next June'."""
    month = english_months()[found["month"]]
    if found["year"]:
        year = full_year(found["year"].lstrip("'"), context)
        return f"{year:04}-{month:02}" if year else None
    if not found["direction"]:
        return period_in(context, "M", month)
    return directed_period(found["direction"], context, lambda year: date(year, month, 1), "M")


def read_weekday(found: re.Match[str], context: Context) -> str | None:
    """'Friday': the last, or by the tense the next; the day of publication where it is one.

    'last Friday' lies before publication; 'next Friday' in the week after.
    """
    if context.published is None:
        return None
    wanted, here = english_weekdays()[found["weekday"]], context.published.isoweekday()
    back = (here - wanted) % 7
    direction = found["direction"]
    count = int(words_of("direction")[direction]) if direction else 0
    if count < 0:
        distance = -(back or 7)
    elif count > 0 and direction in {"coming", "this coming", "upcoming"}:
        distance = 7 - back
    elif count > 0:
        distance = 7 - here + wanted
    elif context.tense == "future" or (direction and context.tense is None):
        distance = (wanted - here) % 7
    else:
        distance = -back
    return shifted(context.published, "D", distance)


def read_weekday_and_week(found: re.Match[str], context: Context) -> str | None:
    """'Friday last week', 'Tuesday of next week', 'a week from Monday', 'Monday week'."""
    week = read_part(found["week"], context)
    start = first_day(week) if week and unit_of(week) == "W" else None
    return shifted(start, "D", english_weekdays()[found["weekday"]] - 1) if start else None


def read_beside_day(found: re.Match[str], context: Context) -> str | None:
    """'the day after Christmas', 'the week before Easter', 'two days after Thanksgiving'."""
    value = read_part(found["rest"], context)
    start = first_day(value) if value else None
    count = read_count(found["count"] or "one")
    if start is None or count is None:
        return None
    return shifted(start, words_of("unit")[found["unit"]], -count if found["side"] == "before" else count)


def read_days_of_month(found: re.Match[str], context: Context) -> str | None:
    """'Aug. 4-6', '4 to 6 August 1998'."""
    year = f", {found['year']}" if found["year"] else ""
    first = read_part(f"{found['month']} {found['first']}{year}", context)
    start = first_day(first) if first else None
    end = real_day(start.year, start.month, int(found["second"])) if start else None
    return f"{start.isoformat()}/{end.isoformat()}" if start and end and end > start else None


def read_interval(found: re.Match[str], context: Context) -> str | None:
    """'between 1990 and 1995', 'from March to May', 'Monday through Friday', 'July-September 1998'."""
    second = read_part(found["second"], context)
    start = first_day(second) if second else None
    if second is None or start is None:
        return None
    # The year of the end is that of the beginning: "January to March 1998".
    year = start.year if re.search(r"\d{4}", found["second"]) else None
    first = read_part(found["first"], context, year)
    begin = first_day(first) if first else None
    if first is None or begin is None:
        return None
    if begin > start and unit_of(first) == "D" and unit_of(second) == "D" and (begin - start).days < 7:
        begin -= timedelta(days=7)
        first = begin.isoformat()
    return f"{first}/{second}" if begin < start else None
