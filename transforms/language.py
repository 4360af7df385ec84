"""The language stage: runs a spaCy pipeline once over each text.

Comes in: cleaned texts, in which a line break always ends a sentence. Goes out: parsed Docs, one after the other,
inside a memory zone of spaCy's, so a Doc must not outlive the function it is handed to.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.tokens import Doc

from transforms.models import DEFAULT_MODEL, find_model
from transforms.pipeline import load_pipeline

BATCH_WORDS = 6_000
"""Words a batch, whatever the length of its texts: each word of it takes some 10 kB of memory while it is parsed."""

FAMILIAR_WORDS = 15_000
"""Words that are known for good before there are memory zones: in a zone spaCy's tokenizer learns no new ones."""

WORD_CHARS = 6
"""Characters a word, with the blank behind it, of English news."""

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
    docs = _parse_batches(nlp, (piece for group in pieces for piece in group))
    for group in pieces:
        parsed = [next(docs) for _ in group]
        yield parsed[0] if len(parsed) == 1 else Doc.from_docs(parsed, ensure_whitespace=False)


def _parse_batches(nlp: Language, texts: Iterable[str]) -> Iterator[Doc]:
    for batch in batch_by_words(texts):
        # The parser takes a quarter of its batch at a time.
        yield from nlp.pipe(batch, batch_size=4 * len(batch))


def batch_by_words(texts: Iterable[str], words: int = BATCH_WORDS) -> Iterator[list[str]]:
    """The texts in order, in batches of at most so many words, counted by their characters; a longer text is alone."""
    batch: list[str] = []
    chars = 0
    for text in texts:
        if batch and chars + len(text) > words * WORD_CHARS:
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += len(text)
    if batch:
        yield batch


def memory_zone(nlp: Language) -> AbstractContextManager[Any]:
    """spaCy's memory zone, once the pipeline knows the common words; before that, none, so that it learns them."""
    return nlp.memory_zone() if len(nlp.vocab) >= FAMILIAR_WORDS else nullcontext()


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
    nlp = load_pipeline(find_model(name).location)
    if BOUNDARIES not in nlp.pipe_names:
        nlp.add_pipe(BOUNDARIES, first=True)
    return nlp
