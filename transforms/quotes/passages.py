"""The passages in quotation marks of an article, placed among its tokens.

Comes in: a `Parsed` article. Goes out: `Passages`, which answers what stands where; `Attribution` is what a passage or
a reported clause hangs on.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.parsed import Parsed
from transforms.quotes.cues import Cue
from transforms.quotes.marks import MarkedText, find_marked_text
from transforms.quotes.speakers import Speaker, speaker_head
from transforms.quotes.tree import rights

WORDS_OF_SPEECH = 4
"""Marked passages with fewer words are titles or scare quotes, unless a reporting word stands beside them."""

WINDOW = 50
"""Tokens looked at on each side of a passage, so that time stays linear in any text."""

_SHORT_WORD = 4
_INNER_MARKS = "'\"’” "
_LONGEST_TITLE = 10
_ENDS_STATEMENT = frozenset({".", "!", "?", ";"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a quote hangs on: the reporting word, the speaker, and the rule that joined them."""

    rule: str
    confidence: float
    cue: Cue | None = None
    speaker: Speaker | None = None


@dataclass(slots=True)
class Passage:
    """A marked passage among the tokens: `first` is its first token, `after` the first one behind its closing mark."""

    marked: MarkedText
    opening: int
    first: int
    after: int
    words: int
    attribution: Attribution | None = None
    is_absorbed: bool = False

    @property
    def is_speech_by_length(self) -> bool:
        """Whether it is too long for a title or a scare quote."""
        return self.words >= WORDS_OF_SPEECH


class Passages:
    """The marked passages of a text, in order, and what can be asked of them by token."""

    def __init__(self, parsed: Parsed, passages: list[Passage]) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.text = parsed.text
        self.passages = passages
        self._openings = [passage.opening for passage in passages]
        ends = {word for word in set(parsed.words) if word in _ENDS_STATEMENT or "\n" in word}
        boundaries = [index for index, word in enumerate(parsed.words) if word in ends]
        long = [passage for passage in passages if passage.is_speech_by_length]
        self._statement_starts = sorted([index + 1 for index in boundaries] + [passage.after for passage in long])
        self._statement_ends = sorted(boundaries + [passage.opening for passage in long])
        self._speaker_heads: dict[int, Token | None] = {}
        self._complement_starts: dict[int, int | None] = {}

    def at(self, token: int) -> Passage | None:
        """The passage that holds the token, its marks included."""
        index = bisect_right(self._openings, token) - 1
        return self.passages[index] if index >= 0 and token < self.passages[index].after else None

    def between(self, start: int, end: int) -> list[Passage]:
        """The passages that open at or after the token `start` and before `end`."""
        return self.passages[bisect_left(self._openings, start) : bisect_left(self._openings, end)]

    def hides(self, token: int) -> bool:
        """Whether the token is part of what was said, so that a reporting word there is not the reporter's."""
        passage = self.at(token)
        return passage is not None and passage.is_speech_by_length

    def speech(self) -> Iterator[tuple[int, int]]:
        """The characters, marks included, of the passages that are too long for titles and scare quotes."""
        for passage in self.passages:
            if passage.is_speech_by_length:
                yield passage.marked.opening, passage.marked.closing

    def statement_around(self, passage: Passage) -> tuple[int, int]:
        """Where the words ahead of a passage begin and those behind it end: at the next sentence or other speech."""
        lead = self.lead_end(passage)
        left, right = max(0, lead - WINDOW), min(len(self.doc), passage.after + WINDOW)
        start = bisect_right(self._statement_starts, lead) - 1
        end = bisect_left(self._statement_ends, passage.after)
        if start >= 0:
            left = max(left, self._statement_starts[start])
        if end < len(self._statement_ends):
            right = min(right, self._statement_ends[end])
        return left, right

    def lead_end(self, passage: Passage) -> int:
        """Where the words ahead of a passage end, end exclusive: with a colon in the line above: Lund said:⏎"Go." """
        end = passage.opening
        while end > 0 and self.doc[end - 1].is_space:
            end -= 1
        return end if end > 0 and self.doc[end - 1].text == ":" else passage.opening

    def speaker_head(self, cue: Cue) -> Token | None:
        """`speaker_head` of a cue, worked out once, however many passages stand beside it."""
        if cue.start not in self._speaker_heads:
            self._speaker_heads[cue.start] = speaker_head(cue)
        return self._speaker_heads[cue.start]

    def complement_start(self, cue: Cue) -> int | None:
        """The first word of the clause that a cue reports, without 'that' and punctuation, worked out once."""
        if cue.start not in self._complement_starts:
            self._complement_starts[cue.start] = _complement_start(cue)
        return self._complement_starts[cue.start]


def _complement_start(cue: Cue) -> int | None:
    doc = cue.head.doc
    starts = []
    for child in rights(cue.head):
        if child.dep_ in ("ccomp", "xcomp", "oprd"):
            start = child.left_edge.i
            while start < child.i and (doc[start].dep_ == "mark" or doc[start].is_punct):
                start += 1
            starts.append(start)
    return min(starts, default=None)


def place_passages(parsed: Parsed) -> Passages:
    """The marked passages of an article, with their tokens."""
    text, starts = parsed.text, parsed.starts
    passages = []
    for marked in find_marked_text(text):
        opening = max(0, bisect_right(starts, marked.opening) - 1)
        first = max(opening, bisect_right(starts, marked.start) - 1)
        after = bisect_left(starts, marked.closing)
        words = len(text[marked.start : marked.end].split())
        passages.append(Passage(marked, opening, first, after, words))
    return Passages(parsed, passages)


def is_title(passages: Passages, passage: Passage) -> bool:
    """'the author of "Rain and Wind"': every word of some length with a capital, and no end of a sentence."""
    text = passages.text[passage.marked.start : passage.marked.end].rstrip(",.")
    words = [word for word in text.split() if len(word) >= _SHORT_WORD]
    is_capital = all(word[0].isupper() or not word[0].isalpha() for word in words)
    return text[-1:] not in ("!", "?") and 0 < len(words) <= _LONGEST_TITLE and is_capital


def stands_alone(passages: Passages, passage: Passage) -> bool:
    """Whether the passage is a sentence of its own."""
    text = passages.text
    before = text[max(0, passage.marked.opening - 3) : passage.marked.opening].rstrip(" ")
    return not before or before[-1] in '\n.!?:”"’)'


def runs_on(passages: Passages, passage: Passage) -> bool:
    """Whether the reporter's words go on with the marked ones: "we do not know" how many came."""
    inside = passages.text[passage.marked.start : passage.marked.end].rstrip(_INNER_MARKS)
    behind = passages.text[passage.marked.closing : passage.marked.closing + 2].lstrip(_INNER_MARKS)
    return inside[-1:].isalnum() and behind[:1].isalnum()


def ends_sentence(passages: Passages, passage: Passage) -> bool:
    """Whether the marked words end as a sentence does."""
    return passages.text[passage.marked.start : passage.marked.end].rstrip(_INNER_MARKS)[-1:] in (".", "!", "?")
