"""Remembers lemmas, and looks words up in sets where spaCy's rule lemmatizer searches through lists.

Comes in: a pipeline. It is changed in place: where its lemmatizer is spaCy's English one by rules, a component takes
its place that asks it only for words that it has not met yet.
"""

from typing import Any

import numpy as np
from spacy.attrs import LEMMA, MORPH, ORTH, POS
from spacy.lang.en.lemmatizer import EnglishLemmatizer
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc

FACTORY = "newsmill_lemma_memory"

MOST_WORDS = 50_000
"""Words remembered, some 15 MB of them; then it begins anew. A million articles have millions of distinct words."""

INDEX = "lemma_index"


class LemmaMemory:
    """Sets the lemma of each token that has none.

    It keeps strings, not their numbers: the string of a number is gone at the end of a memory zone.
    """

    def __init__(self, lemmatizer: EnglishLemmatizer) -> None:
        self._strings = lemmatizer.vocab.strings
        # Its own, so that the one in the pipeline stays as it was.
        self._lemmatizer = EnglishLemmatizer(
            lemmatizer.vocab, lemmatizer.model, mode=lemmatizer.mode, overwrite=lemmatizer.overwrite
        )
        self._lemmatizer.lookups = with_sets(lemmatizer.lookups)
        self._overwrite: bool = lemmatizer.overwrite
        self._lemmas: dict[tuple[int, int, int], str] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Sets the lemmas of the text's tokens."""
        lemmas = []
        for index, (orth, pos, morph, lemma) in enumerate(doc.to_array([ORTH, POS, MORPH, LEMMA]).tolist()):
            if lemma and not self._overwrite:
                lemmas.append(lemma)
                continue
            word = (orth, pos, morph)
            found = self._lemmas.get(word)
            if found is None:
                found = self._remember(word, self._lemmatizer.lemmatize(doc[index])[0])
            lemmas.append(self._strings.add(found))
        if lemmas:
            values: Any = np.array(lemmas, dtype=np.uint64)
            doc.from_array([LEMMA], values)
        return doc

    @property
    def size(self) -> int:
        """Words remembered."""
        return len(self._lemmas)

    def _remember(self, word: tuple[int, int, int], lemma: str) -> str:
        if len(self._lemmas) >= MOST_WORDS:
            self._lemmas.clear()
            # The lemmatizer's own memory has no bounds.
            self._lemmatizer.cache.clear()
        self._lemmas[word] = lemma
        return lemma


def remember_lemmas(nlp: Language) -> None:
    """Puts the memory in the place of the lemmatizer, which stays in the pipeline, disabled."""
    for name, component in list(nlp.pipeline):
        if type(component) is EnglishLemmatizer and component.mode == "rule":
            nlp.add_pipe(FACTORY, name=f"{name}_memory", after=name, config={"lemmatizer": name})
            nlp.disable_pipe(name)


@Language.factory(FACTORY)
def _make_memory(nlp: Language, name: str, lemmatizer: str) -> LemmaMemory:
    component: Any = nlp.get_pipe(lemmatizer)
    return LemmaMemory(component)


def with_sets(lookups: Lookups) -> Lookups:
    """The same tables, with sets of words in the one that is only asked whether it has a word."""
    copy = Lookups()
    for name in lookups.tables:
        table = lookups.get_table(name)
        copy.add_table(name, {key: frozenset(words) if name == INDEX else words for key, words in table.items()})
    return copy
