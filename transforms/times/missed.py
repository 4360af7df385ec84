"""Dates that need no context, and words for now, before and later, wherever a text has them.

Comes in: a text, and its tokens where it is parsed. Goes out: DATE spans. The pattern is long, and slow where it is
tried at every character: it is tried where a word stands that it may begin with.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from transforms.stated_dates import english_months, english_weekdays
from transforms.times.words import MONTH, UNIT, WEEKDAY, one_of, words_of, words_to_find

TimeSpan = tuple[int, int, str]
"""First character, end (exclusive) and label."""

_DAYS = ("today", "yesterday", "tomorrow", "tonight")
_DIRECTIONS = ("last", "next", "this")
_PERIODS = ("week", "month", "year", "quarter", "spring", "summer", "fall", "autumn", "winter", "weekend")
_NUMBERS = ("first", "second", "third", "fourth")
_DECADE_PARTS = ("the", "early", "mid", "late")
_AMBIGUOUS_MONTHS = frozenset({"march", "sept"})
# "Sunday Times", "April Lund"
_NAME_NEXT = re.compile(rf"\s(?!(?i:{WEEKDAY}|{MONTH})\b)[A-Z][a-z]")
_NOT_A_TIME = re.compile(r"(?:as|how|too|so|very|until|till|by|even|than|that|up)\s+$", re.IGNORECASE)
_UNITS_NEXT = re.compile(rf"\s+(?:[\w-]+\s+){{0,3}}(?:{UNIT})s?\b", re.IGNORECASE)
_NOUN_MODIFIERS = frozenset({"current", "recent"})
_WORD = re.compile(r"\w+")
_STRETCH = re.compile(r"\S+")


def find_missed(text: str, taken: Sequence[TimeSpan], openings: Sequence[int]) -> Iterator[TimeSpan]:
    """Mentions outside of the spans that are taken, which are in order of text; each begins at one of the openings."""
    starts = [start for start, _, _ in taken]
    for found in _matches(text, openings):
        at = bisect_left(starts, found.end())
        if at and taken[at - 1][1] > found.start():
            continue
        if found["reference"] and not _is_reference(text, found):
            continue
        if is_title(text, found.start(), found[0]):
            continue
        if found["month"] and _NAME_NEXT.match(text, found.end()):
            continue
        yield found.start(), found.end(), "DATE"


def find_openings(tokens: Sequence[str], lowers: Sequence[str], starts: Sequence[int]) -> list[int]:
    """The offsets at which a mention may begin: where a word stands that one begins with, before one that may follow.

    `tokens` begin at `starts`, and are casefolded in `lowers`; none of them ends inside of such a word.
    """
    openers = _openers()
    # "mid-1990s" and "now-famous" hold one too.
    asked = {
        lower
        for lower in set(lowers)
        if lower in openers or (not lower.isalnum() and not openers.keys().isdisjoint(_WORD.findall(lower)))
    }
    found: list[int] = []
    for index in [index for index, lower in enumerate(lowers) if lower in asked]:
        followers = openers.get(lowers[index])
        if followers is None:
            words = _WORD.finditer(tokens[index])
            found.extend(starts[index] + word.start() for word in words if word[0].casefold() in openers)
            continue
        following = lowers[index + 1] if index + 1 < len(lowers) else ""
        if not followers or not following.isalnum() or following in followers:
            found.append(starts[index])
    return found


def read_openings(text: str) -> list[int]:
    """The same of a text that is not parsed."""
    stretches = list(_STRETCH.finditer(text))
    tokens = [found[0] for found in stretches]
    return find_openings(tokens, [token.casefold() for token in tokens], [found.start() for found in stretches])


def _matches(text: str, openings: Sequence[int]) -> Iterator[re.Match[str]]:
    """As `finditer` of the pattern."""
    end = 0
    pattern = _pattern()
    for start in openings:
        if start >= end and (found := pattern.match(text, start)):
            end = found.end()
            yield found


@cache
def _pattern() -> re.Pattern[str]:
    words = one_of(words_to_find()).replace(r"\ ", r"\s+")
    day = rf"(?:{WEEKDAY}\.?,?\s+)?(?:{MONTH})\b\.?\s+\d\d?(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    # "may" and "march" are words of other senses too, and the short forms are left to dates with a day.
    months = "|".join(word.capitalize() for word in english_months() if len(word) > 3 and word not in _AMBIGUOUS_MONTHS)
    weekdays = "|".join(word.capitalize() for word in english_weekdays() if word.endswith("day"))
    return re.compile(
        rf"(?<![\w$£€-])(?:(?P<reference>(?i:{words}))"
        rf"|(?P<relative>(?i:{one_of(_DAYS)})"
        rf"|(?i:{one_of(_DIRECTIONS)})\s+(?i:{one_of(_PERIODS)}|{weekdays}|{months})"
        rf"|(?i:the)\s+(?i:latest|year-ago|year-earlier)\s+(?i:quarter|period)|(?i:year-(?:ago|earlier))"
        rf"(?:\s+(?i:quarter|period))?"
        rf"|(?i:fiscal[ -])?(?i:{one_of(_NUMBERS)})-quarter)"
        rf"|(?P<day>{_capitalised(day)})"
        rf"|(?P<month>(?:{months})(?:\s+(?:of\s+)?\d{{4}})?|(?:{weekdays}))"
        rf"|(?P<decade>(?:(?i:{one_of(_DECADE_PARTS)})[\s-]+){{0,3}}(?:1[5-9]|20)\d0s))"
        rf"(?![\w]|-\w)"
    )


def _capitalised(pattern: str) -> str:
    """The same where it begins with a capital: "May 3" and "Sept. 3", not "may 3"."""
    return rf"(?=[A-Z])(?i:{pattern})"


@cache
def _openers() -> dict[str, frozenset[str]]:
    """The words that `_pattern` may begin with, and for each those of which one must follow; none where any may."""
    decades = {f"{decade}0s" for decade in (*range(150, 200), *range(200, 210))}
    calendar = {*english_months(), *english_weekdays()}
    alone = [(word,) for word in (*_DAYS, *decades, *calendar)]
    pairs = [
        *((word, after) for word in _DIRECTIONS for after in {*_PERIODS, *calendar}),
        *((word, after) for word in _DECADE_PARTS for after in {*_DECADE_PARTS, *decades}),
        *((word, "quarter") for word in _NUMBERS),
        *(("fiscal", word) for word in _NUMBERS),
        *(("the", word) for word in ("latest", "year")),
        *(("year", word) for word in ("ago", "earlier")),
    ]
    phrases = [tuple(_WORD.findall(phrase)) for phrase in words_to_find()]
    followers: dict[str, set[str]] = {}
    for first, *rest in (*alone, *pairs, *phrases):
        followers.setdefault(first, set()).update(rest[:1])
    for first in (phrase[0] for phrase in (*alone, *phrases) if len(phrase) == 1):
        followers[first] = set()
    return {first: frozenset(words) for first, words in followers.items()}


def is_title(text: str, start: int, words: str) -> bool:
    """Whether "Today" or "Now" with a capital stands inside of a sentence, as in "Radio 4's Today programme"."""
    if not words[:1].isupper() or (words.lower() not in words_of("day") and words.lower() not in words_of("reference")):
        return False
    before = text[max(0, start - 2) : start]
    return before[-1:] == " " and before[:1].isalpha() and before[:1].islower()


def _is_reference(text: str, found: re.Match[str]) -> bool:
    """Not "as soon as", "electric current" or "past" as a preposition."""
    word = found[0].lower()
    before = text[max(0, found.start() - 8) : found.start()]
    if word == "soon":
        return not _NOT_A_TIME.search(before)
    if word in _NOUN_MODIFIERS:
        return text[found.end() : found.end() + 2].strip().isalpha()
    if word == "the past":
        return not _UNITS_NEXT.match(text, found.end())
    return True
