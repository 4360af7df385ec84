"""Where the mentions of time are: corrects the model's and adds what it misses.

Comes in: a text and the model's entities of all labels. Goes out: the DATE and TIME mentions. What TIMEX3 counts as
one mention is one here: "the quarter ended Sept. 30" and "between 1985 and 1987" are two.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from transforms.times.missed import TimeSpan, find_missed, is_title, read_openings
from transforms.times.words import MONTH, UNIT, WEEKDAY, one_of, words_of

TIME_LABELS = frozenset({"DATE", "TIME"})

_LONGEST = 100
_AROUND = ',;:()[]"“”-–—'
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
_SAME_ENDS = ("quarter", "period", "month", "week", "time", "of", "in")
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


def find_dates(text: str, entities: Sequence[TimeSpan], openings: Sequence[int] | None = None) -> list[TimeSpan]:
    """The DATE and TIME mentions of the text, in order, none overlapping another.

    `entities` are the model's spans of any label, in order of text: those of other labels are left as they are and
    keep their place, so that no mention is found inside "Black Friday Inc.". `openings` are those of `find_openings`,
    where the tokens of the text are known.
    """
    mentions: list[TimeSpan] = []
    for start, end, label in entities:
        if label in TIME_LABELS:
            mentions.extend(_correct(text, start, end, label))
    taken = sorted([*mentions, *(span for span in entities if span[2] not in TIME_LABELS)])
    mentions.extend(find_missed(text, taken, read_openings(text) if openings is None else openings))
    return _without_overlaps(sorted(mentions))


def _correct(text: str, start: int, end: int, label: str) -> Iterator[TimeSpan]:
    """The mention or mentions that a span of the model holds, without junk at its ends; nothing where it names none."""
    if end - start > _LONGEST:
        yield start, end, label
        return
    first, last = _trim(text[start:end])
    start, end = start + first, start + last
    words = text[start:end]
    if not _has_time(words) or is_title(text, start, words):
        return
    start, end = _extend(text, start, end)
    for first, last in _split(text[start:end]):
        yield start + first, start + last, label


def _extend(text: str, start: int, end: int) -> tuple[int, int]:
    """With what belongs to it but stands beside it: "[this] quarter", "the 1988 [period]"."""
    before, words = text[max(0, start - 30) : start], text[start:end]
    found = _DETERMINER_BEFORE.search(before) if _STARTS_WITH_UNIT.match(words) else None
    if not found and before.rstrip().rstrip(",").lower().endswith(_SAME_ENDS):
        found = _SAME_BEFORE.search(before)
    if found:
        start -= len(before) - found.start()
    if (period := _PERIOD_AFTER.match(text, end)) and _YEAR_AT_END.search(words):
        end = period.end()
    return start, end


# The news has few mentions that it did not have before, and the patterns that read them are long.


@lru_cache(maxsize=10_000)
def _has_time(words: str) -> bool:
    """Whether the words name a time; "annual" and "quarterly" say how often, and name none."""
    return words.lower() not in words_of("set") and _HAS_TIME.search(words) is not None


@lru_cache(maxsize=10_000)
def _trim(words: str) -> tuple[int, int]:
    """The characters from which to which a mention goes, without what is no part of it."""
    start, end = 0, len(words)
    while start < end and (words[start].isspace() or words[start] in _AROUND):
        start += 1
    while start < end and (words[end - 1].isspace() or words[end - 1] in _AROUND):
        end -= 1
    if junk := _JUNK_BEFORE.match(words[start:end]):
        start += junk.end()
    if ago := _AGO.search(words[start:end]):
        # The model takes "seven a year ago" for one mention.
        start += ago.start() if words[start : start + ago.start()].strip().isalnum() else 0
    possessive = _POSSESSIVE.search(words[start:end])
    if possessive and possessive.start() and not words[start + possessive.start() - 1].isdigit():
        end = start + possessive.start()
    return start, end


@lru_cache(maxsize=10_000)
def _split(words: str) -> tuple[tuple[int, int], ...]:
    """The characters of the mentions in a span that holds two: "the quarter [ended] Sept. 30"."""
    found = _SPLITS.match(words)
    if not found:
        return ((0, len(words)),)
    parts = [found.span(name) for name in ("first", "second", "from", "until") if found[name]]
    trimmed = [(start, *_trim(words[start:end])) for start, end in parts]
    return tuple((start + first, start + last) for start, first, last in trimmed)


def _without_overlaps(spans: Iterable[TimeSpan]) -> list[TimeSpan]:
    kept: list[TimeSpan] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
