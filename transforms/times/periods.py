"""Periods of the calendar as TIMEX3 values: 1998-03-09, 1998-W11, 1998-03, 1998-Q1, 1998-H1, 1998-SU, 1998, 199, 19.

Comes in: a day and a unit of time (D, W, WE, M, Q, H, Y, DE, CE). Goes out: the value of the period that holds the
day, or the day so many units away.
"""

import calendar
import re
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache

from transforms.stated_dates import english_weekdays

MONTHS_OF = {"M": 1, "Q": 3, "H": 6, "Y": 12, "DE": 120, "CE": 1200}
DAYS_OF = {"D": 1, "W": 7, "WE": 7, "FN": 14}
_DURATIONS = {"DE": ("Y", 10), "CE": ("Y", 100), "Q": ("M", 3), "H": ("M", 6), "FN": ("W", 2), "WE": ("D", 2)}
_UNIT_OF_VALUE = (
    ("D", re.compile(r"\d{4}-\d\d-\d\d")),
    ("WE", re.compile(r"\d{4}-W\d\d-WE")),
    ("W", re.compile(r"\d{4}-W\d\d")),
    ("M", re.compile(r"\d{4}-\d\d")),
    ("Q", re.compile(r"\d{4}-Q[1-4]")),
    ("H", re.compile(r"\d{4}-H[12]")),
    ("Y", re.compile(r"\d{4}")),
    ("DE", re.compile(r"\d{3}")),
    ("CE", re.compile(r"\d\d")),
)


def shift_day(day: date, unit: str, count: int) -> date | None:
    """The day `count` units later; the last of its month where the month is shorter. None outside of the calendar."""
    try:
        if unit in DAYS_OF:
            return day + timedelta(days=DAYS_OF[unit] * count)
        months = day.year * 12 + day.month - 1 + MONTHS_OF[unit] * count
        year, month = months // 12, months % 12 + 1
        if not MINYEAR <= year <= MAXYEAR:
            return None
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except OverflowError:
        return None


def period_value(day: date, unit: str) -> str:
    """The value of the period of that unit that holds the day."""
    if unit in {"W", "WE", "FN"}:
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}" + ("-WE" if unit == "WE" else "")
    digits = f"{day.year:04}"
    return {
        "D": day.isoformat(),
        "M": f"{digits}-{day.month:02}",
        "Q": f"{digits}-Q{(day.month + 2) // 3}",
        "H": f"{digits}-H{(day.month + 5) // 6}",
        "Y": digits,
        "DE": digits[:3],
        "CE": digits[:2],
    }[unit]


def shifted(day: date, unit: str, count: int, granularity: str | None = None) -> str | None:
    """The value of the period `count` units away from the day."""
    there = shift_day(day, unit, count)
    return period_value(there, granularity or unit) if there else None


@lru_cache(maxsize=10_000)
def unit_of(value: str) -> str | None:
    """The unit of a calendar value; None for a duration, an interval, a season or a reference."""
    plain = value.partition("T")[0]
    return next((unit for unit, pattern in _UNIT_OF_VALUE if pattern.fullmatch(plain)), None)


def first_day(value: str) -> date | None:
    """The day that a calendar value begins with; None for other values."""
    plain = value.partition("T")[0]
    unit = unit_of(plain)
    if unit is None:
        return None
    try:
        if unit == "D":
            return date.fromisoformat(plain)
        if unit in {"W", "WE"}:
            return date.fromisocalendar(int(plain[:4]), int(plain[6:8]), 6 if unit == "WE" else 1)
        if unit in {"M", "Q", "H"}:
            number = int(plain[5:].lstrip("QH"))
            return date(int(plain[:4]), (number - 1) * MONTHS_OF[unit] + 1, 1)
        return date(max(1, int(plain.ljust(4, "0"))), 1, 1)
    except ValueError:
        return None


def duration(amount: str, unit: str) -> str:
    """An ISO 8601 duration; `amount` in digits or X. Decades, centuries, quarters become years and months."""
    if unit.startswith("T"):
        return f"PT{amount}{unit[1]}"
    unit, factor = _DURATIONS.get(unit, (unit, 1))
    if factor != 1 and amount != "X":
        amount = f"{float(amount) * factor:g}"
    return f"P{amount}{unit}"


def easter(year: int) -> date:
    """Easter Sunday of the Western churches, by the anonymous Gregorian computus (Nature, 20 April 1876)."""
    cycle, century, rest = year % 19, year // 100, year % 100
    epact = (19 * cycle + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    offset = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (cycle + 11 * epact + 22 * offset) // 451
    month, day = divmod(epact + offset - 7 * late + 114, 31)
    return date(year, month, day + 1)


def holiday(rule: str, year: int) -> date | None:
    """The day of a rule: '12-25', '11-TH4' (its fourth Thursday), '05-MO-1' (its last Monday), 'easter-2', '+1'."""
    if found := re.fullmatch(r"easter([+-]\d+)", rule):
        return easter(year) + timedelta(days=int(found[1]))
    if found := re.fullmatch(r"(\d\d)-(\d\d)", rule):
        return date(year, int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(\d\d)-([A-Z]{2})(-?\d)(\+\d)?", rule):
        return _nth_weekday(year, int(found[1]), found[2], int(found[3])) + timedelta(days=int(found[4] or 0))
    return None


def _nth_weekday(year: int, month: int, code: str, number: int) -> date:
    wanted = next(day for word, day in english_weekdays().items() if word.upper().startswith(code))
    days = [
        date(year, month, day)
        for day in range(1, calendar.monthrange(year, month)[1] + 1)
        if date(year, month, day).isoweekday() == wanted
    ]
    return days[number - 1 if number > 0 else number]
