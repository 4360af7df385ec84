"""The language stage: runs a spaCy pipeline once over each text.

Comes in: cleaned texts, in which a line break always ends a sentence. Goes out: parsed Docs, one after the other,
inside spaCy's memory zone, so a Doc must not outlive the function it is handed to.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import spacy
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.tokens import Doc

from transforms.models import DEFAULT_MODEL, find_model

BATCH_TEXTS = 16
"""Texts a batch: on a CPU small batches stay in the cache and are faster than spaCy's default of 128."""

LONGEST_PIECE = 50_000
"""Characters parsed in one go: the model's memory grows with the length of a text, about 1 GB for 100,000."""

BOUNDARIES = "line_boundaries"


@Language.component(BOUNDARIES)
def line_boundaries(doc: Doc) -> Doc:
    """Starts a sentence after every line break, so that no sentence or name runs from a headline into the text."""
    for index in np.flatnonzero(doc.to_array([IS_SPACE])[:-1]):
        if "\n" in doc[int(index)].text:
            doc[int(index) + 1].is_sent_start = True
    return doc


def parse_texts(nlp: Language, texts: Sequence[str]) -> Iterator[Doc]:
    """Parses the texts in order. Very long ones are parsed in pieces that end with a line, and put together again."""
    pieces = [split_long_text(text) for text in texts]
    docs = nlp.pipe((piece for group in pieces for piece in group), batch_size=BATCH_TEXTS)
    for group in pieces:
        parsed = [next(docs) for _ in group]
        yield parsed[0] if len(parsed) == 1 else Doc.from_docs(parsed, ensure_whitespace=False)


def split_long_text(text: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Pieces of at most `longest` characters that make up the text, cut behind a line break, else behind a blank."""
    pieces = []
    start = 0
    while len(text) - start > longest:
        window = text[start : start + longest]
        cut = max(window.rfind("\n"), 0) or max(window.rfind(" "), 0) or longest - 1
        pieces.append(text[start : start + cut + 1])
        start += cut + 1
    return [*pieces, text[start:]]


@cache
def load_model(name: str = DEFAULT_MODEL) -> Language:
    """The spaCy pipeline of that name, loaded once a process, with sentences bounded by line breaks."""
    nlp = spacy.load(find_model(name).location)
    if BOUNDARIES not in nlp.pipe_names:
        nlp.add_pipe(BOUNDARIES, first=True)
    return nlp
