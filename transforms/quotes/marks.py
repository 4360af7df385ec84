"""Pairs the quotation marks of a text.

Comes in: a cleaned text whose paragraphs are separated by line breaks. Goes out: the outermost marked passages in order
of text, without their marks. Works on characters alone, in one pass over each paragraph.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_OPENERS = frozenset("“„‟«〝")
_CLOSERS = frozenset("”»〞")
_DOUBLE = re.compile(r"[“”„‟«»〝〞\"]|``|''")
_SINGLE = re.compile(r"[‘’‹›']")
_STRAIGHT = frozenset({'"', "''"})
_PARAGRAPH = re.compile(r"[^\n]+")
_BEFORE_OPENING = frozenset(' \t\u00a0\u2009\u202f([{—–-:/"“')
_AFTER_WORD = frozenset(".,;:?!…—–-)]}")
_INTRODUCES_SPEECH = frozenset(",:")
_ELISION = re.compile(r"(?:em|tis|twas|til|cause|round|n|\d0s)\b", re.IGNORECASE)
_BLANKS = " \t\u00a0\u2009\u202f"
_SINGLES_LOOKED_AT = 8
"""Possessives passed over in search of the closing mark, so that the search stays short in any text."""


@dataclass(slots=True)
class MarkedText:
    """A passage in quotation marks: `start` and `end` are inside the marks, `opening` and `closing` hold them.

    `is_closed` is false where the mark that ends it is missing. `continues` is true where the passage goes on with the
    speech of the one before it, in the paragraph before.
    """

    start: int
    end: int
    opening: int
    closing: int
    is_closed: bool = True
    continues: bool = False


def find_marked_text(text: str) -> list[MarkedText]:
    """The outermost passages in quotation marks, in order of text; offsets are characters of `text`.

    A mark that is never closed reaches no further than its paragraph, unless the next paragraph goes on with the
    speech: with an opening mark of its own, or with a closing mark before any opening one.
    """
    found: list[MarkedText] = []
    unclosed: MarkedText | None = None
    for paragraph in _PARAGRAPH.finditer(text):
        if paragraph.group().isspace():
            continue
        passages = _pair_in_paragraph(text, paragraph.start(), paragraph.end(), goes_on=unclosed is not None)
        if unclosed is not None and passages and _opens_paragraph(text, passages[0], paragraph.start()):
            passages[0].continues = True
            unclosed.is_closed = True
        unclosed = None
        if passages and not passages[-1].is_closed:
            if _is_introduced(text, passages[-1]):
                unclosed = passages[-1]
            else:
                # 'The pipe of 6 " broke': a stray mark, nothing was said.
                passages.pop()
        found.extend(passages)
    return found


def _pair_in_paragraph(text: str, start: int, end: int, *, goes_on: bool) -> list[MarkedText]:
    doubles = list(_pair_doubles(text, start, end, goes_on=goes_on))
    singles = list(_pair_singles(text, start, end, doubles))
    # British: ‘He told me “go away” and left,’ she said. The inner passage is part of the outer one.
    outer = [passage for passage in doubles if not _lies_in_any(passage, singles)]
    trimmed = [_trim(text, passage) for passage in sorted(outer + singles, key=lambda passage: passage.opening)]
    return [passage for passage in trimmed if passage.start < passage.end]


def _pair_doubles(text: str, start: int, end: int, *, goes_on: bool) -> Iterator[MarkedText]:
    """Double marks of one paragraph. An opening mark inside an open passage is a nested or a stray one: passed over."""
    opening: tuple[int, int] | None = None
    is_first = True
    for mark in _DOUBLE.finditer(text, start, end):
        closes = _closes(text, mark, start, end)
        if opening is None and not closes:
            opening = mark.span()
        elif opening is None and is_first and goes_on and text[start : mark.start()].strip():
            # “One paragraph without its closing mark.⏎ Another that ends it.”
            yield MarkedText(start, mark.start(), start, mark.end(), continues=True)
        elif opening is not None and (closes or mark.group() in _STRAIGHT):
            yield MarkedText(opening[1], mark.start(), opening[0], mark.end())
            opening = None
        is_first = False
    if opening is not None:
        yield MarkedText(opening[1], end, opening[0], end, is_closed=False)


def _closes(text: str, mark: re.Match[str], start: int, end: int) -> bool:
    """Whether the mark can only close: by its form, or where it is straight by what stands around it."""
    form = mark.group()
    if form in _OPENERS or form == "``":
        # “They see that. “ is closed with the wrong mark.
        return mark.end() == end or text[mark.end()] in _BLANKS
    if form in _CLOSERS:
        return True
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    return before not in _BEFORE_OPENING and not after.isalnum()


def _pair_singles(text: str, start: int, end: int, doubles: list[MarkedText]) -> Iterator[MarkedText]:
    """Single marks of one paragraph that are no apostrophes and stand outside double ones."""
    marks = [match.start() for match in _SINGLE.finditer(text, start, end)]
    if not marks:
        return
    openings = [passage.opening for passage in doubles]

    def is_inside(position: int) -> bool:
        index = bisect_right(openings, position) - 1
        return index >= 0 and position < doubles[index].closing

    outside = [position for position in marks if not is_inside(position)]
    closings = [position for position in outside if _may_close_single(text, position, end)]
    done = start
    for opening in outside:
        if opening < done or not _may_open_single(text, opening, start, end):
            continue
        closing = _closing_single(text, opening, closings, end)
        if closing is None:
            return
        yield MarkedText(opening + 1, closing, opening, closing + 1)
        done = closing + 1


def _may_open_single(text: str, position: int, start: int, end: int) -> bool:
    if text[position] in "’›" or position + 1 >= end:
        return False
    if position > start and text[position - 1] not in _BEFORE_OPENING:
        return False
    after = text[position + 1]
    # "rock 'n' roll", "'Tis", "the '90s" begin with an apostrophe.
    return (after.isalnum() or after in '[$£€…“"') and not _ELISION.match(text, position + 1)


def _may_close_single(text: str, position: int, end: int) -> bool:
    if text[position] in "‘‹" or text[position - 1 : position] in ("", *_BLANKS):
        return False
    return position + 1 >= end or not text[position + 1].isalnum()


def _closing_single(text: str, opening: int, closings: list[int], end: int) -> int | None:
    """The mark that closes; "the workers' union" has a possessive, passed over where a better one follows."""
    fallback: int | None = None
    first = bisect_right(closings, opening + 1)
    for position in closings[first : first + _SINGLES_LOOKED_AT]:
        if text[position - 1] in _AFTER_WORD or position + 1 >= end or text[position + 1] in _AFTER_WORD:
            return position
        if text[position - 1] not in "sz":
            return position
        fallback = position if fallback is None else fallback
    return fallback


def _lies_in_any(passage: MarkedText, singles: list[MarkedText]) -> bool:
    index = bisect_right(singles, passage.opening, key=lambda single: single.opening) - 1
    return index >= 0 and passage.closing <= singles[index].closing


def _trim(text: str, passage: MarkedText) -> MarkedText:
    while passage.start < passage.end and text[passage.start].isspace():
        passage.start += 1
    while passage.start < passage.end and text[passage.end - 1].isspace():
        passage.end -= 1
    return passage


def _opens_paragraph(text: str, passage: MarkedText, start: int) -> bool:
    return passage.continues or not text[start : passage.opening].strip()


def _is_introduced(text: str, passage: MarkedText) -> bool:
    """Whether a passage without closing mark still reads as speech: at the paragraph's start, or after , or :."""
    before = passage.opening - 1
    while before >= 0 and text[before] in _BLANKS:
        before -= 1
    return before < 0 or text[before] == "\n" or text[before] in _INTRODUCES_SPEECH
