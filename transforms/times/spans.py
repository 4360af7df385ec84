"""Where the mentions of time are: corrects the model's and adds what it misses.

Comes in: a text and the model's entities of all labels. Goes out: the DATE and TIME mentions. What TIMEX3 counts as
one mention is one here: "the quarter ended Sept. 30" and "between 1985 and 1987" are two.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from transforms.stated_dates import english_months, english_weekdays
from transforms.times.words import MONTH, UNIT, WEEKDAY, one_of, words_of, words_to_find

TIME_LABELS = frozenset({"DATE", "TIME"})

TimeSpan = tuple[int, int, str]
"""First character, end (exclusive) and label."""

_LONGEST = 100
_POSSESSIVE = re.compile(r"\s*['’]s?$")
_NAMED = ("season", "holiday", "day_part", "clock", "day", "reference")
# "49" behind a name is an age, "99 cents" an amount, and "Olympic" the model's fancy.
_HAS_TIME = re.compile(
    rf"\b(?:{MONTH}|{WEEKDAY}|(?:{UNIT})s?|1\d{{3}}|20\d\d|\d\d?:\d\d|\d\d?(?:st|nd|rd|th)|[ap]\.?m\b\.?|period"
    rf"|era|time)\b"
    rf"|\d[/.-]\d|\d0'?s|'\d\d|q[1-4]|\w+ties\b|(?:nine|eigh)teen|two thousand|o'clock"
    rf"|\b{one_of(word for kind in _NAMED for word in words_of(kind))}",
    re.IGNORECASE,
)
_SAME_BEFORE = re.compile(
    r"(?:\bthe\s+)?\b(?:same|corresponding|comparable|like)[\s-](?:quarter|period|month|week|time)(?:\s+(?:of"
    r"|in))?,?\s+$",
    re.IGNORECASE,
)
_YEAR_AT_END = re.compile(r"(?:\b\d{4}|\byear-(?:ago|earlier)|\blatest)$", re.IGNORECASE)
_PERIOD_AFTER = re.compile(r"\s+(?:period|quarter|month)\b")
_JUNK_BEFORE = re.compile(
    r"(?:(?:the|just|only|even|as early as|as late as|as recently as|as soon as|at least|by|in|on|since|until"
    r"|from|during|for)\s+)+"
    r"(?=(?:the|this|last|next|early|late|mid|a|an|today|yesterday|tomorrow|" + WEEKDAY + "|" + MONTH + r"|\d)\b)",
    re.IGNORECASE,
)
_DAY = (
    rf"(?:(?:{WEEKDAY}|{MONTH})\b\.?[^–]*|today|yesterday|tomorrow|tonight|now|\d{{4}}|\d{{4}}s|noon"
    rf"|midnight|\d\d? {MONTH})"
)
_SPLITS = re.compile(
    rf"^(?P<first>.*?(?:{UNIT})s?)(?P<between>\s+(?:that\s+|which\s+)?(?:ended|ending|ends|starting"
    rf"|beginning)\s+(?:on\s+)?)(?P<second>{_DAY}.*)$"
    rf"|^(?:between\s+|from\s+|both\s+)?(?P<from>{_DAY})(?P<to>,?\s+(?:and|to|or|through|until|till)\s+)"
    rf"(?P<until>{_DAY}.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AGO = re.compile(rf"\ban?\s+(?:{UNIT})\s+(?:ago|earlier|before)$", re.IGNORECASE)
_DETERMINER_BEFORE = re.compile(r"\b(?:this|last|next|that|each|every)\s+$", re.IGNORECASE)
_STARTS_WITH_UNIT = re.compile(rf"(?:{UNIT}|{MONTH}|{WEEKDAY})\b", re.IGNORECASE)


def find_dates(text: str, entities: Sequence[TimeSpan]) -> list[TimeSpan]:
    """The DATE and TIME mentions of the text, in order, none overlapping another.

    `entities` are the model's spans of any label, in order of text: those of other labels are left as they are and
    keep their place, so that no mention is found inside "Black Friday Inc.".
    """
    mentions: list[TimeSpan] = []
    for start, end, label in entities:
        if label in TIME_LABELS:
            mentions.extend(_correct(text, start, end, label))
    taken = sorted([*mentions, *(span for span in entities if span[2] not in TIME_LABELS)])
    mentions.extend(_missed(text, taken))
    return _without_overlaps(sorted(mentions))


def _correct(text: str, start: int, end: int, label: str) -> Iterator[TimeSpan]:
    """The mention or mentions that a span of the model holds, without junk at its ends; nothing where it names none."""
    if end - start > _LONGEST:
        yield start, end, label
        return
    start, end = _trim(text, start, end)
    words = text[start:end]
    # "annual" and "quarterly" say how often, and name no time.
    if start >= end or words.lower() in words_of("set") or not _HAS_TIME.search(words):
        return
    if _is_title(text, start, words):
        return
    start, end = _extend(text, start, end)
    words = text[start:end]
    if split := _SPLITS.match(words):
        for name in ("first", "second", "from", "until"):
            if split[name]:
                yield (*_trim(text, start + split.start(name), start + split.end(name)), label)
        return
    yield start, end, label


def _extend(text: str, start: int, end: int) -> tuple[int, int]:
    """With what belongs to it but stands beside it: "[this] quarter", "the 1988 [period]"."""
    before, words = text[max(0, start - 30) : start], text[start:end]
    found = _DETERMINER_BEFORE.search(before) if _STARTS_WITH_UNIT.match(words) else None
    if found := found or _SAME_BEFORE.search(before):
        start -= len(before) - found.start()
    if _YEAR_AT_END.search(words) and (period := _PERIOD_AFTER.match(text, end)):
        end = period.end()
    return start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ',;:()[]"“”-–—'):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ',;:()[]"“”-–—'):
        end -= 1
    words = text[start:end]
    if junk := _JUNK_BEFORE.match(words):
        start += junk.end()
        words = text[start:end]
    if ago := _AGO.search(words):
        # The model takes "seven a year ago" for one mention.
        start += ago.start() if words[: ago.start()].strip().isalnum() else 0
        words = text[start:end]
    possessive = _POSSESSIVE.search(words)
    if possessive and possessive.start() and not words[possessive.start() - 1].isdigit():
        end = start + possessive.start()
    return start, end


@cache
def _to_find() -> re.Pattern[str]:
    """Dates that need no context, and words for now, before and later."""
    words = one_of(words_to_find()).replace(r"\ ", r"\s+")
    day = rf"(?:{WEEKDAY}\.?,?\s+)?(?:{MONTH})\b\.?\s+\d\d?(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    # "may" and "march" are words of other senses too, and the short forms are left to dates with a day.
    months = "|".join(word.capitalize() for word in english_months() if len(word) > 3 and word not in _AMBIGUOUS_MONTHS)
    weekdays = "|".join(word.capitalize() for word in english_weekdays() if word.endswith("day"))
    return re.compile(
        rf"(?<![\w$£€-])(?:(?P<reference>(?i:{words}))"
        rf"|(?P<relative>(?i:today|yesterday|tomorrow|tonight)"
        rf"|(?i:last|next|this)\s+(?i:week|month|year|quarter|spring|summer|fall|autumn|winter|weekend"
        rf"|{weekdays}|{months})"
        rf"|(?i:the)\s+(?i:latest|year-ago|year-earlier)\s+(?i:quarter|period)|(?i:year-(?:ago|earlier))"
        rf"(?:\s+(?i:quarter|period))?"
        rf"|(?i:fiscal[ -])?(?i:first|second|third|fourth)-quarter)"
        rf"|(?P<day>{_capitalised(day)})"
        rf"|(?P<month>(?:{months})(?:\s+(?:of\s+)?\d{{4}})?|(?:{weekdays}))"
        rf"|(?P<decade>(?:(?i:the|early|mid|late)[\s-]+){{0,3}}(?:1[5-9]|20)\d0s))"
        rf"(?![\w]|-\w)"
    )


def _capitalised(pattern: str) -> str:
    """The same where it begins with a capital: "May 3" and "Sept. 3", not "may 3"."""
    return rf"(?=[A-Z])(?i:{pattern})"


_NOT_A_TIME = re.compile(r"(?:as|how|too|so|very|until|till|by|even|than|that|up)\s+$", re.IGNORECASE)
# "Sunday Times", "April Lund"
_NAME_NEXT = re.compile(rf"\s(?!(?i:{WEEKDAY}|{MONTH})\b)[A-Z][a-z]")
_UNITS_NEXT = re.compile(rf"\s+(?:[\w-]+\s+){{0,3}}(?:{UNIT})s?\b", re.IGNORECASE)
_AMBIGUOUS_MONTHS = frozenset({"march", "sept"})
_NOUN_MODIFIERS = frozenset({"current", "recent"})


def _missed(text: str, taken: Sequence[TimeSpan]) -> Iterator[TimeSpan]:
    """Mentions outside of the spans that are taken."""
    starts = [start for start, _, _ in taken]
    for found in _to_find().finditer(text):
        at = bisect_left(starts, found.end())
        if at and taken[at - 1][1] > found.start():
            continue
        if found["reference"] and not _is_reference(text, found):
            continue
        if _is_title(text, found.start(), found[0]):
            continue
        if found["month"] and _NAME_NEXT.match(text, found.end()):
            continue
        yield found.start(), found.end(), "DATE"


def _is_title(text: str, start: int, words: str) -> bool:
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


def _without_overlaps(spans: Iterable[TimeSpan]) -> list[TimeSpan]:
    kept: list[TimeSpan] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
