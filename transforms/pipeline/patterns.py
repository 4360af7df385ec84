"""The patterns of spaCy's attribute ruler, where they look at nothing but what `attributes` knows.

Comes in: an attribute ruler. Goes out: its patterns, or nothing where one of them is of another kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from spacy.attrs import DEP, LEMMA, MORPH, POS, TAG
from spacy.pipeline import AttributeRuler

WRITTEN = [TAG, POS, MORPH, LEMMA, DEP]
"""Attributes that rules may set."""

_SETS = {"IN", "NOT_IN"}
_READ = {"TAG": (str, _SETS), "LOWER": (str, {*_SETS, "REGEX"}), "DEP": (str, _SETS), "IS_SPACE": (bool, set[str]())}
"""Attributes that patterns may look at, and how: a value of that type, or words under one of those keys."""

_MANY = 1_000

Spec = Mapping[str, Any]
"""What a pattern asks of one token: attributes, and values or sets of them."""


@dataclass(slots=True, frozen=True)
class Pattern:
    """One pattern of the ruler's rule of that number. A later rule's attributes count before those of an earlier one.

    `pivot` is the token of it that stands in texts most rarely, `place` the one whose attributes it sets, from 0.
    """

    rule: int
    specs: Sequence[Spec]
    pivot: int
    place: int


def read_patterns(ruler: AttributeRuler) -> list[Pattern] | None:
    """All patterns, or None where some of them cannot be looked up."""
    if any(not set(attributes) <= set(WRITTEN) for attributes in ruler.attrs):
        return None
    patterns = []
    for rule, (entry, index) in enumerate(zip(ruler.patterns, ruler.indices, strict=True)):
        for specs in cast(Sequence[Sequence[Spec]], entry["patterns"]):
            if not all(map(_is_known, specs)) or not -len(specs) <= index < len(specs):
                return None
            pivot = min(range(len(specs)), key=lambda place: _breadth(specs[place]))
            patterns.append(Pattern(rule, specs, pivot, index % len(specs)))
    return patterns


def words_in(spec: Spec) -> set[str]:
    """The words in lower case that it names."""
    return set(_values(spec.get("LOWER", {})))


def expressions_in(spec: Spec) -> set[str]:
    """The regular expressions for words in lower case that it names."""
    value = spec.get("LOWER")
    return {value["REGEX"]} if isinstance(value, dict) and "REGEX" in value else set()


def _is_known(spec: Spec) -> bool:
    return bool(spec) and all(name in _READ and _is_known_value(*_READ[name], value) for name, value in spec.items())


def _is_known_value(plain: type, keys: set[str], value: Any) -> bool:
    return isinstance(value, plain) or (isinstance(value, dict) and bool(value) and set(value) <= keys)


def _breadth(spec: Spec) -> int:
    """How many values the attribute of the token may have of which it may have fewest."""
    return min(len(_values(value)) or _MANY for value in spec.values())


def _values(value: Any) -> list[str]:
    """The values that an attribute may have, or must not have; none where they cannot be told."""
    if not isinstance(value, dict):
        return [str(value)]
    return [word for words in value.values() if isinstance(words, list) for word in words]
