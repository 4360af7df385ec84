"""The words of a Doc as plain lists, and the names found among them.

Comes in: a spaCy Doc. Goes out: `Words`, one value a token in every list, and `Name`, a stretch of tokens with a label.
"""

from bisect import bisect_left
from dataclasses import dataclass

from spacy.attrs import IDX, LENGTH, ORTH, TAG
from spacy.tokens import Doc

from transforms.entities.positions import read_column

NAME_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"})
"""Labels of names whose spans and labels are put right; the others are left as the model has them."""


@dataclass(slots=True)
class Name:
    """The tokens from `start` to `end` (exclusive), what they name, and who found them.

    `is_settled`: the place it stands in says what it is (a dateline, a table of results), whatever the same word is
    elsewhere in the article.
    """

    start: int
    end: int
    label: str
    recognizer: str = "model"
    is_settled: bool = False


class Words:
    """The tokens of a Doc: texts, casefolded texts, tags, and where they start and end in the text."""

    __slots__ = ("_common", "ends", "lowers", "starts", "tags", "text", "texts")

    def __init__(self, doc: Doc) -> None:
        self.text: str = doc.text
        self.texts = read_column(doc, ORTH)
        folded = {text: text.casefold() for text in set(self.texts)}
        self.lowers = [folded[text] for text in self.texts]
        self._common = frozenset(text for text, lower in folded.items() if text == lower)
        self.tags = read_column(doc, TAG)
        places = doc.to_array([IDX, LENGTH])
        self.starts: list[int] = places[:, 0].tolist()
        self.ends: list[int] = (places[:, 0] + places[:, 1]).tolist()

    def __len__(self) -> int:
        return len(self.texts)

    def phrase(self, start: int, end: int) -> str:
        """The characters from token `start` to token `end` (exclusive), with single blanks."""
        return " ".join(self.text[self.starts[start] : self.ends[end - 1]].split())

    def key(self, start: int, end: int) -> str:
        """The tokens in lower case: the same for all mentions of a name that are spelled alike."""
        return " ".join(self.lowers[start:end])

    def before(self, index: int) -> str:
        """The token before `index` in lower case; '' at the start of the text."""
        return self.lowers[index - 1] if 0 < index <= len(self.lowers) else ""

    def after(self, index: int) -> str:
        """The token at `index` in lower case; '' at the end of the text."""
        return self.lowers[index] if index < len(self.lowers) else ""

    def is_glued(self, index: int) -> bool:
        """Whether no blank stands before the token at `index`."""
        return 0 < index < len(self.starts) and self.starts[index] == self.ends[index - 1]

    def is_common(self, word: str) -> bool:
        """Whether the article has this word in lower case too."""
        return word in self._common

    def token_at(self, char: int) -> int:
        """The first token that starts at or after the character at offset `char`."""
        return bisect_left(self.starts, char)


class NameBoard:
    """The names of one article by token; no two of them overlap."""

    __slots__ = ("_owners",)

    def __init__(self, length: int) -> None:
        self._owners: list[Name | None] = [None] * length

    def at(self, index: int) -> Name | None:
        """The name that the token belongs to."""
        return self._owners[index] if 0 <= index < len(self._owners) else None

    def is_free(self, start: int, end: int) -> bool:
        """Whether no name holds any of the tokens."""
        return not any(self._owners[start:end])

    def put(self, name: Name) -> None:
        """Adds NAME in place of all names that it overlaps."""
        for index in range(name.start, name.end):
            old = self._owners[index]
            if old is not None:
                self.drop(old)
        for index in range(name.start, name.end):
            self._owners[index] = name

    def drop(self, name: Name) -> None:
        """Takes NAME away."""
        for index in range(name.start, name.end):
            self._owners[index] = None

    def in_order(self) -> list[Name]:
        """All names in order of text."""
        found: list[Name] = []
        for owner in self._owners:
            if owner is not None and not (found and found[-1] is owner):
                found.append(owner)
        return found
