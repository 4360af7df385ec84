"""The words of time in English news, from `seeds/time_words.csv` and `seeds/calendar_words.csv`.

Comes in: seeds. Goes out: lookups by kind of word, and the alternations that the patterns of this package are made of.
"""

import re
from collections.abc import Iterable
from functools import cache

from transforms.lexicon import read_seed
from transforms.stated_dates import english_months, english_weekdays

PRESENT, PAST, FUTURE = "PRESENT_REF", "PAST_REF", "FUTURE_REF"


@cache
def words_of(kind: str) -> dict[str, str]:
    """The words of one kind to their values."""
    return {row["word"]: row["value"] for row in read_seed("time_words") if row["kind"] == kind}


@cache
def words_to_find() -> tuple[str, ...]:
    """References to now, before and later that are mentions wherever they stand."""
    return tuple(row["word"] for row in read_seed("time_words") if row["note"] == "find")


@cache
def season_months() -> dict[str, int]:
    """Code of a season to the month it begins in, in the northern hemisphere."""
    return {row["value"]: int(row["note"]) for row in read_seed("time_words") if row["kind"] == "season"}


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


MONTH = one_of(english_months())
WEEKDAY = one_of(english_weekdays())
UNIT = one_of(words_of("unit"))
SEASON = one_of(words_of("season"))
DAY_PART = one_of(words_of("day_part"))
HOLIDAY = one_of(words_of("holiday"))
DIRECTION = one_of(words_of("direction"))
