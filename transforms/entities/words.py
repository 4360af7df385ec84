"""The words of an article as plain lists, and the names found among them.

Comes in: a parsed article. Goes out: `Words`, one value a token in every list, and `Name`, a stretch of tokens with a
label.
"""

from bisect import bisect_left
from dataclasses import dataclass

from spacy.attrs import IDX, LENGTH

from transforms.parsed import Parsed

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
    """The tokens of an article: texts, casefolded texts, tags, and where they start and end in the text.

    `entities` are those of the model, in order of text: first token, end (exclusive), label. `capitals` are the tokens
    that are not written in small letters.
    """

    __slots__ = ("_phrases", "_texts", "capitals", "ends", "entities", "lowers", "starts", "tags", "text", "texts")

    def __init__(self, parsed: Parsed) -> None:
        doc = parsed.doc
        self.text = parsed.text
        self.texts = parsed.words
        # What is ASCII has the same small letters either way.
        self.lowers = parsed.lower if self.text.isascii() else [text.casefold() for text in self.texts]
        pairs = enumerate(zip(self.texts, self.lowers, strict=True))
        self.capitals = [index for index, (text, lower) in pairs if text != lower]
        self._texts = frozenset(self.texts)
        self._phrases: dict[tuple[int, int], str] = {}
        self.tags = parsed.tags
        self.starts = parsed.starts
        self.ends: list[int] = (doc.to_array(IDX) + doc.to_array(LENGTH)).tolist()
        self.entities = [(entity.start, entity.end, entity.label_) for entity in doc.ents]

    def __len__(self) -> int:
        return len(self.texts)

    def phrase(self, start: int, end: int) -> str:
        """The characters from token `start` to token `end` (exclusive), with single blanks."""
        phrase = self._phrases.get((start, end))
        if phrase is None:
            phrase = " ".join(self.text[self.starts[start] : self.ends[end - 1]].split())
            self._phrases[start, end] = phrase
        return phrase

    def key(self, start: int, end: int) -> str:
        """The tokens in lower case: the same for all mentions of a name that are spelled alike."""
        return " ".join(self.lowers[start:end]) if end - start > 1 else self.lowers[start]

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
        return word in self._texts and word == word.casefold()

    def token_at(self, char: int) -> int:
        """The first token that starts at or after the character at offset `char`."""
        return bisect_left(self.starts, char)


class NameBoard:
    """The names of one article by token; no two of them overlap."""

    __slots__ = ("_names", "_owners")

    def __init__(self, length: int) -> None:
        self._owners: list[Name | None] = [None] * length
        self._names: dict[int, Name] = {}

    def at(self, index: int) -> Name | None:
        """The name that the token belongs to."""
        return self._owners[index] if 0 <= index < len(self._owners) else None

    def is_free(self, start: int, end: int) -> bool:
        """Whether no name holds any of the tokens."""
        return not any(self._owners[start:end])

    def put(self, name: Name) -> None:
        """Adds NAME, of at least one token, in place of all names that it overlaps."""
        for old in self._owners[name.start : name.end]:
            if old is not None and self._names.get(old.start) is old:
                self.drop(old)
        for index in range(name.start, name.end):
            self._owners[index] = name
        self._names[name.start] = name

    def drop(self, name: Name) -> None:
        """Takes NAME away."""
        for index in range(name.start, name.end):
            self._owners[index] = None
        del self._names[name.start]

    def in_order(self) -> list[Name]:
        """All names in order of text."""
        return [self._names[start] for start in sorted(self._names)]
