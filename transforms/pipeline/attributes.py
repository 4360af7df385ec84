"""Looks up what spaCy's attribute ruler would answer, instead of trying each of its 180 patterns on each token.

Comes in: a pipeline. It is changed in place: where all patterns of its ruler look at nothing but a token's tag, lower
case form, dependency and whether it is blank, a component that remembers the ruler's answers takes its place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, IS_SPACE, LOWER, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc, Token

from transforms.pipeline.patterns import WRITTEN, Pattern, expressions_in, read_patterns, words_in

FACTORY = "newsmill_attribute_lookup"

MOST_WORDS = 50_000
"""Words remembered, some 5 MB of them; then it begins anew."""


@dataclass(slots=True, frozen=True)
class Answer:
    """What holds of a token: the rules that match it by itself, and the long patterns that it may be the pivot of.

    `values` are those that the rules set of `WRITTEN`, where `is_set`.
    """

    rules: tuple[int, ...]
    long_patterns: tuple[int, ...]
    values: NDArray[np.uint64]
    is_set: NDArray[np.bool_]


class AttributeLookup:
    """Sets on each token what the ruler sets. It remembers an answer for each kind of token that the rules tell apart.

    There are at most as many as tags, dependencies and words of the rules: some thousands.
    """

    def __init__(self, ruler: AttributeRuler, patterns: Sequence[Pattern]) -> None:
        self._vocab = ruler.vocab
        self._attributes: list[dict[int, int]] = ruler.attrs
        self._short, self._pivots, self._long = (Matcher(self._vocab) for _ in range(3))
        self._long_patterns = [pattern for pattern in patterns if len(pattern.specs) > 1]
        for pattern in patterns:
            if len(pattern.specs) == 1:
                self._short.add(str(pattern.rule), [[dict(pattern.specs[0])]])
        for number, pattern in enumerate(self._long_patterns):
            self._pivots.add(str(number), [[dict(pattern.specs[pattern.pivot])]])
            self._long.add(str(number), [[dict(spec) for spec in pattern.specs]])
        specs = [spec for pattern in patterns for spec in pattern.specs]
        self._words = {word for spec in specs for word in words_in(spec)}
        self._expressions = [re.compile(text) for text in {text for spec in specs for text in expressions_in(spec)}]
        self._told_apart: dict[int, int] = {}
        self._answers: dict[tuple[int, ...], Answer] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Sets the attributes of the text's tokens."""
        if not len(doc):
            return doc
        answers = []
        for index, (tag, lower, dependency, blank) in enumerate(doc.to_array([TAG, LOWER, DEP, IS_SPACE]).tolist()):
            word = self._told_apart.get(lower)
            if word is None:
                word = self._tell_apart(lower)
            kind = (tag, word, dependency, blank)
            answers.append(self._answers.get(kind) or self._ask(kind, doc[index]))
        for index, rules in self._match_long(doc, answers).items():
            answers[index] = self._answer((*answers[index].rules, *rules), ())
        values = np.array([answer.values for answer in answers])
        is_set = np.array([answer.is_set for answer in answers])
        changed: Any = np.where(is_set, values, doc.to_array(WRITTEN))
        return doc.from_array(WRITTEN, changed)

    @property
    def size(self) -> int:
        """Words remembered."""
        return len(self._told_apart)

    def _tell_apart(self, lower: int) -> int:
        """The word, or 0 where no rule tells it from others."""
        text = self._vocab.strings[lower]
        is_named = text in self._words or any(expression.search(text) for expression in self._expressions)
        if len(self._told_apart) >= MOST_WORDS:
            self._told_apart.clear()
        self._told_apart[lower] = lower if is_named else 0
        return self._told_apart[lower]

    def _ask(self, kind: tuple[int, ...], token: Token) -> Answer:
        # A text of that one word: what patterns look at is there, and they cannot tell it from this one.
        alone = Doc(self._vocab, words=[token.text], tags=[token.tag_], deps=[token.dep_], heads=[0])
        answer = self._answer(self._match(self._short, alone), self._match(self._pivots, alone))
        self._answers[kind] = answer
        return answer

    def _match(self, matcher: Matcher, doc: Doc) -> tuple[int, ...]:
        return tuple({int(self._vocab.strings[match]) for match, _, _ in matcher(doc, allow_missing=True)})

    def _match_long(self, doc: Doc, answers: Sequence[Answer]) -> dict[int, set[int]]:
        """The rules over several tokens that set attributes of a token, by its index."""
        found: dict[int, set[int]] = defaultdict(set)
        for index, answer in enumerate(answers):
            for number in answer.long_patterns:
                pattern = self._long_patterns[number]
                start = index - pattern.pivot
                stop = start + len(pattern.specs)
                if start < 0 or stop > len(doc):
                    continue
                span = doc[start:stop]
                matches = self._long(span, allow_missing=True)
                # Other patterns may match a part of the span: their turn comes at their own pivot.
                if any(self._vocab.strings[name] == str(number) and begin == 0 for name, begin, _ in matches):
                    found[start + pattern.place].add(pattern.rule)
        return found

    def _answer(self, rules: Iterable[int], long_patterns: tuple[int, ...]) -> Answer:
        """What the rules set together: of two that set the same attribute the later counts."""
        merged: dict[int, int] = {}
        for rule in sorted(rules):
            merged.update(self._attributes[rule])
        values = np.array([merged.get(name, 0) for name in WRITTEN], dtype=np.uint64)
        return Answer(tuple(rules), long_patterns, values, np.array([name in merged for name in WRITTEN]))


def look_attributes_up(nlp: Language) -> None:
    """Puts the look-up in the place of the attribute ruler, which stays in the pipeline, disabled."""
    for name, component in list(nlp.pipeline):
        if type(component) is AttributeRuler and read_patterns(component) is not None:
            nlp.add_pipe(FACTORY, name=f"{name}_lookup", after=name, config={"ruler": name})
            nlp.disable_pipe(name)


@Language.factory(FACTORY)
def _make_lookup(nlp: Language, name: str, ruler: str) -> AttributeLookup:
    component: Any = nlp.get_pipe(ruler)
    patterns = read_patterns(component)
    if patterns is None:
        raise ValueError(f"{name}: the rules of {ruler} cannot be looked up")
    return AttributeLookup(component, patterns)
