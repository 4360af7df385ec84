"""Times of day, beside the day they belong to.

Comes in: the parts of a mention such as "10 p.m. Wednesday" or "yesterday morning". Goes out: its value.
"""

import re

from transforms.times.context import (
    Context,
    read_part,
)
from transforms.times.periods import shifted, unit_of
from transforms.times.words import (
    WEEKDAY,
    words_of,
)

_DAY_BEFORE = re.compile(rf"\b(?:{WEEKDAY}|yesterday|tomorrow)$")


def read_day_part(found: re.Match[str], context: Context) -> str | None:
    """'this morning', 'last night', 'Friday evening', 'the afternoon of March 3'."""
    part = words_of("day_part")[found["part"]]
    named = found["day"] or ""
    if not named and (beside := _DAY_BEFORE.search(context.before)):
        # The model makes two mentions of "Saturday" and "afternoon".
        named = beside[0]
    day = _day_named(named, context)
    if day is None:
        return None
    if found["day"] == "last" and part == "NI":
        day = shifted(context.published, "D", -1) if context.published else None
    return f"{day}T{part}" if day else None


def read_clock(found: re.Match[str], context: Context) -> str | None:
    """'3 p.m.', '10:30 a.m. EST Wednesday', 'noon Thursday', '15:00 on May 3'."""
    day = _day_named(found["day"] or "", context)
    time = words_of("clock").get(found["word"] or "") or _time_of_day(found)
    return f"{day}{time}" if day and time else None


def _day_named(words: str, context: Context) -> str | None:
    """The day beside a time of day; the day of publication where none is named."""
    words = re.sub(r"^(?:on|of|,|at|in the|the)\s+", "", words.strip(" ,"))
    if words in {"", "this", "last", "the", "in", "that"}:
        return context.published.isoformat() if context.published else None
    value = read_part(words, context)
    return value.partition("T")[0] if value and unit_of(value) == "D" else None


def _time_of_day(found: re.Match[str]) -> str | None:
    if not found["hour"]:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    elif not found["minute"] and not found["oclock"]:
        return None
    return f"T{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
