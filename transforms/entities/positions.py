"""What stands where: sentences by character, mentions by character.

Comes in: a parsed article, or `Mention` rows in order of text. Goes out: look-ups by offset.
"""

from bisect import bisect_right
from collections.abc import Sequence

from transforms.parsed import Parsed
from transforms.rows import Mention


class SentenceNumbers:
    """Numbers the sentences of an article from 1 and finds the one a character stands in."""

    __slots__ = ("_starts",)

    def __init__(self, parsed: Parsed) -> None:
        self._starts = [parsed.starts[token] for token in parsed.sentence_starts]

    def __len__(self) -> int:
        return len(self._starts)

    def at(self, char: int) -> int:
        """Number of the sentence that holds the character at offset `char`."""
        return max(1, bisect_right(self._starts, char))


class MentionIndex:
    """Finds mentions by where they stand. The mentions must be in order of text and must not overlap."""

    __slots__ = ("_starts", "mentions")

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions
        self._starts = [mention.start_char for mention in mentions]

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that overlap the characters from `start` to `end` (exclusive), in order of text."""
        first = bisect_right(self._starts, start)
        while first and self.mentions[first - 1].end_char > start:
            first -= 1
        last = first
        while last < len(self.mentions) and self.mentions[last].start_char < end:
            last += 1
        return list(self.mentions[first:last])
