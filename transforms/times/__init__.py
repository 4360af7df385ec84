"""Mentions of time: where they stand, and which day, month, year or length of time they mean.

Comes in: a parsed Doc and the day of publication. Goes out: `TimeMention`s with TIMEX3 values, in order of text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc

from transforms.entities import Words
from transforms.times.context import Anchors
from transforms.times.missed import TimeSpan, find_openings
from transforms.times.spans import TIME_LABELS, find_dates
from transforms.times.tense import tense_of
from transforms.times.values import depends_on_tense, time_value

__all__ = [
    "TIME_LABELS",
    "Anchors",
    "TimeMention",
    "TimeSpan",
    "find_dates",
    "find_times",
    "resolve_times",
    "tense_of",
    "time_value",
]

_BESIDE = 40


@dataclass(slots=True, frozen=True)
class TimeMention:
    """A DATE or TIME mention: character offsets into the Doc's text, end exclusive, and its value where it has one."""

    start_char: int
    end_char: int
    label: str
    value: str | None


def find_times(doc: Doc, words: Words, published: date | None) -> list[TimeMention]:
    """The times of one article: the model's mentions corrected and completed, each with its value.

    `words` are those of the Doc.
    """
    entities = [(words.starts[start], words.ends[end - 1], label) for start, end, label in words.entities]
    spans = find_dates(words.text, entities, find_openings(words.texts, words.lowers, words.starts))

    def tense_at(start: int, end: int) -> str | None:
        span = doc.char_span(start, end, alignment_mode="expand")
        return tense_of(span) if span is not None and len(span) else None

    values = resolve_times(words.text, spans, published, tense_at)
    return [TimeMention(*span, value) for span, value in zip(spans, values, strict=True)]


def resolve_times(
    text: str,
    spans: Sequence[TimeSpan],
    published: date | None,
    tense_at: Callable[[int, int], str | None] | None = None,
) -> list[str | None]:
    """The value of each mention, in order of text: "a year earlier" looks back to the quarter named before it.

    `tense_at` tells the tense at the characters from start to end; it is asked only where that may matter.
    """
    anchors = Anchors()
    values: list[str | None] = []
    for start, end, _ in spans:
        words = text[start:end]
        tense = tense_at(start, end) if tense_at and published and depends_on_tense(words) else None
        before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
        value = time_value(words, published, tense=tense, before=before, after=after, anchors=anchors)
        anchors.remember(words, value, published)
        values.append(value)
    return values
