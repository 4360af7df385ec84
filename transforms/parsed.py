"""The tokens of one parsed article as plain lists, each read once, whoever asks.

Comes in: a parsed spaCy Doc. Goes out: `Parsed`, whose lists have a value a token. `extraction.extract` makes one of
each Doc and hands it to all that read the article:

    parsed = Parsed(doc)
    names = [index for index, tag in enumerate(parsed.tags) if tag == "NNP"]

Each list is made when it is asked for first, and kept; none may be changed. A question to every word of a text, or to
many, is put to a list; a walk through the parse from one word goes over `parsed.doc`, its Tokens and Spans.
"""

from functools import cached_property

import numpy as np
from spacy.attrs import DEP, HEAD, IDX, LEMMA, ORTH, POS, SENT_START, SPACY, TAG
from spacy.tokens import Doc

from transforms.columns import read_column, read_lower
from transforms.datelines import Dateline, find_dateline

_LABELS: dict[int, str] = {}
"""The tags, dependencies and parts of speech seen by this process, by spaCy's ids: some 120 in all."""


class Parsed:
    """One article, parsed: its text, and what is asked of its tokens."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc

    def __len__(self) -> int:
        return len(self.doc)

    @cached_property
    def text(self) -> str:
        """`doc.text`, which spaCy puts together anew, Token by Token, as often as it is asked."""
        spaces = self.doc.to_array(SPACY).tolist()
        return "".join([word + " " if space else word for word, space in zip(self.words, spaces, strict=True)])

    @cached_property
    def dateline(self) -> Dateline | None:
        """Where and when the article says that it was written."""
        return find_dateline(self.text)

    @cached_property
    def words(self) -> list[str]:
        """The tokens as written."""
        return read_column(self.doc, ORTH)

    @cached_property
    def lower(self) -> list[str]:
        """The tokens in lower case."""
        lower = {word: word.lower() for word in set(self.words)}
        return [lower[word] for word in self.words]

    @cached_property
    def lemmas(self) -> list[str]:
        """The lemmas in lower case."""
        return read_lower(self.doc, LEMMA)

    @cached_property
    def tags(self) -> list[str]:
        """Fine-grained tags, those of the Penn Treebank: 'NNP'."""
        return self._labels(TAG)

    @cached_property
    def parts_of_speech(self) -> list[str]:
        """Coarse tags, those of Universal Dependencies: 'PROPN'."""
        return self._labels(POS)

    @cached_property
    def deps(self) -> list[str]:
        """What each token is to its head: 'nsubj'."""
        return self._labels(DEP)

    @cached_property
    def heads(self) -> list[int]:
        """The token that each hangs on; the root of a sentence is its own."""
        heads: list[int] = (self.doc.to_array(HEAD).astype(np.int64) + np.arange(len(self.doc))).tolist()
        return heads

    @cached_property
    def starts(self) -> list[int]:
        """The characters of `text` at which the tokens begin."""
        starts: list[int] = self.doc.to_array(IDX).tolist()
        return starts

    @cached_property
    def sentence_starts(self) -> list[int]:
        """The tokens that begin a sentence, in order; of a Doc with tokens the first is one of them."""
        marks = self.doc.to_array(SENT_START)
        marks[:1] = 1
        starts: list[int] = np.flatnonzero(marks == 1).tolist()
        return starts

    def _labels(self, attribute: int) -> list[str]:
        ids = self.doc.to_array(attribute).tolist()
        try:
            return list(map(_LABELS.__getitem__, ids))
        except KeyError:
            strings = self.doc.vocab.strings
            _LABELS.update((label_id, strings[label_id]) for label_id in set(ids))
            return list(map(_LABELS.__getitem__, ids))
