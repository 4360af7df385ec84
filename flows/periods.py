"""Stretches of days that an archive is cut into: a day, a month, a year.

Comes in: the path of a file, or what a user typed. Goes out: a `Period`, named as dates begin: 2015, 2015-03 or
2015-03-17.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flows.errors import InputError
from transforms.path_dates import find_path_date, find_path_month

_SPELLING = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Span(StrEnum):
    """By what an archive is cut into partitions."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    FOLDER = "folder"


@dataclass(slots=True, frozen=True)
class Period:
    """The days from `first` to `last`, both of them included."""

    first: date
    last: date
    name: str

    def overlaps(self, since: date | None, until: date | None) -> bool:
        """Whether any of its days lies between these two."""
        return (until is None or self.first <= until) and (since is None or self.last >= since)

    def lies_within(self, since: date | None, until: date | None) -> bool:
        """Whether all its days lie between these two."""
        return (since is None or self.first >= since) and (until is None or self.last <= until)

    def widened(self, span: Span) -> "Period":
        """The month or year that it lies in; itself where it is as long already, or the span is of another kind."""
        if span is Span.YEAR:
            return make_period(self.first.year)
        if span is Span.MONTH and self.first == self.last:
            return make_period(self.first.year, self.first.month)
        return self


def make_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    """The day, month or year. Raises ValueError where the calendar has none such."""
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31), f"{year:04}")
    if day is None:
        first = date(year, month, 1)
        return Period(first, first.replace(day=monthrange(year, month)[1]), f"{year:04}-{month:02}")
    only = date(year, month, day)
    return Period(only, only, only.isoformat())


def period_of_path(path: str) -> Period | None:
    """The day, month or year that a path tells, whichever is the shortest; None where it tells none."""
    if day := find_path_date(path):
        return make_period(day.year, day.month, day.day)
    month = find_path_month(path)
    return make_period(*month) if month else None


def parse_period(option: str, text: str) -> Period:
    """What a user typed: 2015, 2015-03 or 2015-03-17. Raises InputError, which names the option."""
    match = _SPELLING.fullmatch(text.strip())
    try:
        if match:
            return make_period(*(int(part) for part in match.groups() if part))
    except ValueError:
        pass
    raise InputError(f"{option} '{text}' is no date: write 2015, 2015-03 or 2015-03-17")


def check_range(since: date | None, until: date | None) -> None:
    """Raises InputError where no day lies between the two."""
    if since and until and since > until:
        raise InputError(f"there is no day from {since} to {until}: the range is reversed, give the earlier day first")
