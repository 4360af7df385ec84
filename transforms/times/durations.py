"""Lengths of time and what comes again.

Comes in: the parts of a mention such as "nearly two years" or "every Friday". Goes out: P2Y, XXXX-WXX-5.
"""

import re

from transforms.number_values import plain, read_count, read_number
from transforms.stated_dates import english_months, english_weekdays
from transforms.times.context import (
    Context,
    filler_pattern,
)
from transforms.times.periods import duration
from transforms.times.words import (
    UNIT,
    words_of,
)


def is_vague(words: str) -> bool:
    return not words or words in words_of("vague_count")


def amount_of_time(words: str, unit: str) -> str | None:
    """A length of time; "a few" and "two or three" are X of its units."""
    if unit == "SEASON":
        return None
    words = re.sub(r"^(?:about|nearly|almost|or so|more|first|last|next|past) ", "", words)
    if is_vague(words):
        return duration("X", unit)
    if filler_pattern().match(words):
        return None
    words = re.sub(r"^an? (?=\d)", "", words)
    if re.search(r"\b(?:or|to)\b|\d-\d", words):
        return duration("X", unit)
    if words in {"a couple", "a couple of", "couple of", "couple"}:
        return duration("2", unit)
    if words in {"half a", "half an", "a half"}:
        return _HALVES.get(unit)
    count = read_count(words)
    if count is not None:
        return duration(str(count), unit)
    number = read_number(words) if _AMOUNT.search(words) else None
    if number is None or not 0 < number < 10**11 or (number * 4 % 1 and "." not in words):
        return None
    return duration(plain(number), unit)


SEVERAL = re.compile(r"\b(?:or|to|couple)\b|\d-\d")
_AMOUNT = re.compile(r"^\d|\bhalf\b|\b(?:million|billion)$")
_HALVES = {"TH": "PT30M", "Y": "P6M", "DE": "P5Y", "CE": "P50Y", "D": "PT12H", "TM": "PT30S", "M": "P15D"}


def read_length(found: re.Match[str], context: Context) -> str | None:
    """'three days', 'two-year', 'a few weeks', 'decades', '55 years old', 'the six months'."""
    unit = words_of("unit")[found["unit"]]
    words = found["count"]
    if words and words.startswith("another"):
        words = words.removeprefix("another").strip() or "one"
    return amount_of_time((words or "").strip(" -"), unit)


def read_bare_unit(found: re.Match[str], context: Context) -> str | None:
    """'years', 'week': a length that is not told, or one."""
    unit = words_of("unit")[found["unit"]]
    return amount_of_time("" if found["plural"] else "one", unit)


def read_and_a_half(found: re.Match[str], context: Context) -> str | None:
    """'a year and a half'."""
    half = {"Y": ("M", 12), "TH": ("TM", 60), "D": ("TH", 24), "DE": ("Y", 10)}
    unit, count = words_of("unit")[found["unit"]], read_count(found["count"])
    if unit not in half or count is None:
        return None
    smaller, factor = half[unit]
    return duration(str(count * factor + factor // 2), smaller)


def read_every(found: re.Match[str], context: Context) -> str | None:
    """'every week', 'each July', 'every Friday', 'every two years', 'twice a month'."""
    rest = found["rest"]
    if unit := re.fullmatch(rf"(?:(?P<count>.+?) )?(?P<unit>{UNIT})s?", rest):
        return amount_of_time(
            {"other": "two"}.get(unit["count"] or "", unit["count"] or "one"), words_of("unit")[unit["unit"]]
        )
    if rest in english_weekdays():
        return f"XXXX-WXX-{english_weekdays()[rest]}"
    if rest in english_months():
        return f"XXXX-{english_months()[rest]:02}"
    if rest in words_of("season"):
        return f"XXXX-{words_of('season')[rest]}"
    if rest in words_of("day_part"):
        return f"XXXX-XX-XXT{words_of('day_part')[rest]}"
    return None


def read_plural_day(found: re.Match[str], context: Context) -> str | None:
    """'Mondays'."""
    return f"XXXX-WXX-{english_weekdays()[found['weekday']]}"
