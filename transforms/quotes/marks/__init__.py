"""Pairs the quotation marks of a text.

Comes in: a cleaned text whose paragraphs are separated by line breaks. Goes out: the outermost marked passages in order
of text, without their marks. Works on characters alone, in two steps a paragraph:

1. `shapes`: what each mark looks like, by its form and by what stands on each side of it;
2. `pairing`: which of the marks open, close or are none, decided together at the least cost.

A paragraph looks at no more than the one before it and the one behind it, so that damage stays local.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.quotes.marks.pairing import Neighbours, Pair, pair_marks
from transforms.quotes.marks.shapes import SENTENCE_ENDS, Kind, Mark, read_marks

__all__ = ["Kind", "MarkedText", "find_marked_text"]

_PARAGRAPH = re.compile(r"[^\n]+")


@dataclass(slots=True)
class MarkedText:
    """A passage in quotation marks: `start` and `end` are inside the marks, `opening` and `closing` hold them.

    `is_closed` is false where the mark that ends it is missing. `continues` is true where the passage goes on with the
    speech of the one before it, in the paragraph before or, where it was opened again without being closed, in the
    same one. `kind` is the kind of the mark that opens it: 'double' (straight, curly or low), 'single', 'guillemet' or
    'bracket' (the corner and angle brackets of Chinese and Japanese).
    """

    start: int
    end: int
    opening: int
    closing: int
    is_closed: bool = True
    continues: bool = False
    kind: Kind = "double"


@dataclass(slots=True)
class _Paragraph:
    start: int
    end: int
    marks: list[Mark]


def find_marked_text(text: str) -> list[MarkedText]:
    """The outermost passages in quotation marks, in order of text; offsets are characters of `text`.

    A mark that is never closed reaches no further than its paragraph, unless the next paragraph goes on with the
    speech: with an opening mark of its own, or with a closing mark before any opening one.
    """
    found: list[MarkedText] = []
    unclosed: MarkedText | None = None
    paragraphs = _read_paragraphs(text)
    paragraph = next(paragraphs, None)
    while paragraph is not None:
        following = next(paragraphs, None)
        passages = _pair_in_paragraph(text, paragraph, unclosed, following)
        if unclosed is not None and passages and _goes_on(passages[0], paragraph, unclosed):
            passages[0].continues = True
            unclosed.is_closed = True
        unclosed = passages[-1] if passages and not passages[-1].is_closed else None
        found.extend(passages)
        paragraph = following
    return found


def _read_paragraphs(text: str) -> Iterator[_Paragraph]:
    for match in _PARAGRAPH.finditer(text):
        if not match.group().isspace():
            yield _Paragraph(match.start(), match.end(), read_marks(text, match.start(), match.end()))


def _pair_in_paragraph(
    text: str, paragraph: _Paragraph, unclosed: MarkedText | None, following: _Paragraph | None
) -> list[MarkedText]:
    if not paragraph.marks:
        return []
    first = following.marks[0] if following is not None and following.marks else None
    neighbours = Neighbours(unclosed.kind if unclosed is not None else None, first)
    pairs = pair_marks(paragraph.marks, paragraph.start, paragraph.end, neighbours)
    passages = [_to_passage(text, pair) for pair in pairs]
    return [passage for passage in passages if passage.start < passage.end]


def _to_passage(text: str, pair: Pair) -> MarkedText:
    start, end = pair.opening.end, pair.closing
    is_closed = pair.end is not None or (pair.is_reopened and not pair.is_introduction)
    if pair.is_introduction:
        end = _before_introduction(text, start, end)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    closing = pair.end if pair.end is not None else end
    return MarkedText(start, end, pair.opening.start, closing, is_closed, pair.continues, pair.opening.kind)


def _before_introduction(text: str, start: int, end: int) -> int:
    """Where speech that was never closed ends, when the reporter's words lead on to the next mark.

    "I was there. He added: "It was cold." Without a full stop the last comma is taken: They were "cold and wet, but
    had never been "afraid". Without either, nothing is sure.
    """
    for ends in (SENTENCE_ENDS, ","):
        for position in range(end - 1, start, -1):
            if text[position].isspace() and text[position - 1] in ends and not text[position:end].isspace():
                return position
    return start


def _goes_on(passage: MarkedText, paragraph: _Paragraph, unclosed: MarkedText) -> bool:
    first = paragraph.marks[0]
    return passage.kind == unclosed.kind and (passage.continues or (first.is_first and passage.opening <= first.start))
