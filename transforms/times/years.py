"""Years, decades and centuries, and the parts of a year: quarters, halves, seasons, holidays.

Comes in: the parts of a mention such as "the third quarter of 1990" or "the '90s". Goes out: its value.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from transforms.number_values import read_count, read_ordinal
from transforms.times.context import (
    Context,
    choose,
    current_period,
    directed_period,
    full_year,
    period_in,
    read_part,
    stated_end,
    years_around,
)
from transforms.times.periods import first_day, holiday, period_value, shift_day, unit_of
from transforms.times.words import (
    UNIT,
    season_months,
    words_of,
)


def read_year(found: re.Match[str], context: Context) -> str | None:
    digits = found["year"].lstrip("'")
    year = full_year(digits, context)
    return f"{year:04}" if year and 1000 <= year < 2200 else None


def read_spelled_year(found: re.Match[str], context: Context) -> str | None:
    """'nineteen ninety-six', 'two thousand and five', as broadcasts transcribe them."""
    if found["thousands"]:
        count = read_count(found[0])
        return f"{count:04}" if count and 2000 <= count < 2100 else None
    high, low = read_count(found["high"]), read_count(found["low"].removeprefix("oh "))
    return f"{high:02}{low:02}" if high and low and low < 100 else None


def read_decade(found: re.Match[str], context: Context) -> str | None:
    """'1990s', "the '90s", 'the nineties'."""
    if digits := found["full"]:
        return digits[:2] if digits.endswith("00") and digits != "2000" else digits[:3]
    tens = found["tens"] or str(read_count(f"{found['word'].removesuffix('ies')}y") or "")
    if len(tens) != 2 or context.published is None:
        return None
    year = full_year(tens, context)
    return str(year)[:3] if year else None


def read_century(found: re.Match[str], context: Context) -> str | None:
    number = read_ordinal(found["number"])
    return f"{number - 1:02}" if number and 1 <= number <= 22 else None


def read_years_between(found: re.Match[str], context: Context) -> str | None:
    """'1997-98', '1990-1995'."""
    first, second = found["first"], found["second"]
    second = first[: 4 - len(second)] + second
    if second <= first and len(found["second"]) == 2:
        second = str(int(second) + 100)
    return f"{first}/{second}" if second > first else None


def read_quarter(found: re.Match[str], context: Context) -> str | None:
    """'the third quarter', 'Q3', 'third-quarter', 'the second half', by order in the year."""
    is_half = "half" in found[0]
    number = {"final": 2 if is_half else 4, "last": 2 if is_half else 4, "opening": 1}.get(found["number"] or "")
    number = number or (int(found["digit"]) if found["digit"] else read_ordinal(found["number"]))
    unit, months = ("H", 6) if is_half else ("Q", 3)
    if not number or number > 12 // months or (found["number"] == "last" and not context.year):
        return None
    year = _fiscal_year(context)
    if year:
        return f"{year:04}-{unit}{number}"
    return period_in(context, unit, (number - 1) * months + 1)


def _fiscal_year(context: Context) -> int | None:
    """The year stated with the quarter, or that of its end: "the first quarter ended Sept. 30"."""
    if context.year:
        return context.year
    end = stated_end(context)
    return end.year if end else None


def read_week_of(found: re.Match[str], context: Context) -> str | None:
    """'the week ended May 5', 'the week of March 3'."""
    value = read_part(found["day"], context)
    start = first_day(value) if value and unit_of(value) == "D" else None
    return period_value(start, "W") if start else None


def read_ended(found: re.Match[str], context: Context) -> str | None:
    """'the year ended June 30', 'the three months to September': the value of what ended, a period or a length."""
    if not re.search(rf"(?:{UNIT})s?$", found["rest"]):
        return None
    rest = found["rest"] if " " in found["rest"] else f"the {found['rest']}"
    return context.read(rest, replace(context, after=f" ended {found['day']}"))


def read_first_months(found: re.Match[str], context: Context) -> str | None:
    """'the first two quarters of 1990' is a half, 'the first nine months' a length of time."""
    if found["unit"] != "quarter":
        return None
    halves = {("first", 2): "H1", ("last", 2): "H2"}
    half = halves.get((found["side"], read_count(found["count"]) or 0))
    year = context.year or (context.published.year if context.published else None)
    return f"{year:04}-{half}" if half and year else None


def read_season(found: re.Match[str], context: Context) -> str | None:
    """'last summer', 'this fall', 'the winter of 1998'."""
    code = words_of("season")[found["season"]]
    month = season_months()[code]
    if context.year:
        return f"{context.year:04}-{code}"
    published = context.published
    if published is None or not years_around(context):
        return None
    seasons = [(date(year, month, 1), _end_of_season(year, month)) for year in years_around(context)]
    count = int(words_of("direction")[found["direction"]]) if found["direction"] else None
    if count is not None and count < 0:
        days = [start for start, end in seasons if end < published]
        chosen = days[-1] if days else date(published.year - 2, month, 1)
    elif count is not None and count > 0:
        chosen = next((start for start, _ in seasons if start > published), date(published.year + 1, month, 1))
    elif count == 0:
        # "this summer" is that of the year, but "this winter" of February began in December.
        chosen = next((start for start, end in seasons if start <= published <= end), date(published.year, month, 1))
    else:
        chosen = choose(iter(seasons), context) or published
    return f"{chosen.year:04}-{code}"


def _end_of_season(year: int, month: int) -> date:
    after = shift_day(date(year, month, 1), "Q", 1)
    return (after or date(year, month, 1)) + timedelta(days=19)


def read_holiday(found: re.Match[str], context: Context) -> str | None:
    rule = words_of("holiday")[found["holiday"]]
    if found["year"]:
        context = replace(context, year=full_year(found["year"].lstrip("'"), context))
    if found["direction"]:
        return directed_period(found["direction"], context, lambda year: holiday(rule, year), "D")
    days = [day for year in years_around(context) if (day := holiday(rule, year))]
    chosen = days[0] if context.year and days else choose(((day, day) for day in days), context, nearest=True)
    return chosen.isoformat() if chosen else None


def read_end_of(found: re.Match[str], context: Context) -> str | None:
    """'year-end', "the year's end", 'month-end'."""
    if found["year"]:
        return found["year"]
    return current_period(context, words_of("unit")[found["unit"]])


def read_in_year(found: re.Match[str], context: Context) -> str | None:
    """A part of a year with its year: 'third quarter of 1990', "last year's third quarter", 'December last year'."""
    if context.year:
        return None
    value = read_part(found["year"], context)
    year = int(value) if value and re.fullmatch(r"\d{4}", value) else None
    part = read_part(found["rest"], context, year) if year else None
    return part if part and part.startswith(f"{year:04}") else None
