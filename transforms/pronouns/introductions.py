"""The nouns that introduce a name: 'striker Bo Lund', 'Bo Lund, the transport minister,', 'Lund is a nurse'.

Comes in: where a name stands in an article, by tokens. Goes out: the nouns with what stands before them in their
phrase.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.entities.lists import honorifics
from transforms.parsed import Parsed
from transforms.pronouns.syntax import rights
from transforms.pronouns.words import Noun, nouns

_REACH = 8
"""Words looked at ahead of a name."""
_REACH_BEHIND = 14
_PHRASE_WORDS = frozenset({"NOUN", "PROPN", "ADJ", "NUM"})
_INSIDE_PHRASE = _PHRASE_WORDS | {"DET", "PRON", "PART"}
_VERBS = frozenset({"VERB", "AUX"})
_HYPHENS = frozenset({"-", "–"})
_COPULAS = frozenset({"be", "become", "remain"})


@dataclass(frozen=True, slots=True)
class Introduction:
    """A noun that a name was introduced with, and the words before it: 'prime' in 'the prime minister, Bo Lund'."""

    noun: Noun
    word: str
    modifiers: frozenset[str]


def introductions(parsed: Parsed, start: int, end: int, head: Token) -> Iterator[Introduction]:
    """The introductions of the name in the tokens from `start` to `end` (exclusive), whose head word is `head`."""
    yield from _ahead(parsed, start)
    yield from _behind(parsed, end)
    if head.dep_ == "appos" and head.head.i < start:
        yield from _at(parsed, head.head.i)
    elif head.dep_ == "nsubj" and head.head.lemma_ in _COPULAS:
        yield from (found for child in rights(head.head) if child.dep_ == "attr" for found in _at(parsed, child.i))


def _ahead(parsed: Parsed, start: int) -> Iterator[Introduction]:
    """'the former [Danish prime minister] Bo Lund', '[Sen]. Ada Cole'."""
    if not start:
        return
    noun = _noun_in(parsed, start - 1)
    if noun is None and parsed.lower[start - 1].rstrip(".") in honorifics() and start > 1:
        # 'the club's manager, [Sir] Bo Lund'
        start -= 1
        noun = _noun_in(parsed, start - 1)
    if noun is not None:
        yield _introduction(parsed, start - 1, noun)


def _behind(parsed: Parsed, end: int) -> Iterator[Introduction]:
    """'Bo Lund, 34, a former [transport minister] of Oakham'."""
    words, index, last = parsed.words, end, len(parsed) - 1
    if index > last or words[index] != ",":
        return
    index += 1
    if index < last and words[index + 1] == "," and parsed.doc[index].like_num:
        index += 2
    for place in range(index, min(index + _REACH_BEHIND, last + 1)):
        if not _is_inside_phrase(parsed, place):
            return
        if place == last or not _is_inside_phrase(parsed, place + 1):
            noun = _noun_in(parsed, place)
            if noun is not None and (place == last or parsed.parts_of_speech[place + 1] not in _VERBS):
                # A verb behind it makes it another phrase: 'After meeting Lund, the minister said'.
                yield _introduction(parsed, place, noun)
            return


def _is_inside_phrase(parsed: Parsed, index: int) -> bool:
    return parsed.parts_of_speech[index] in _INSIDE_PHRASE or parsed.words[index] in _HYPHENS


def _at(parsed: Parsed, index: int) -> Iterator[Introduction]:
    noun = _noun_in(parsed, index)
    if noun is not None:
        yield _introduction(parsed, index, noun)


def _introduction(parsed: Parsed, index: int, noun: Noun) -> Introduction:
    return Introduction(noun, parsed.lower[index], modifiers_ahead(parsed, index))


def noun_at(word: Token) -> Noun | None:
    """What a word stands for, if it is a noun of the seed."""
    return _noun_of(word.lower_, word.lemma_.lower())


def _noun_in(parsed: Parsed, index: int) -> Noun | None:
    return _noun_of(parsed.lower[index], parsed.lemmas[index])


def _noun_of(lower: str, lemma: str) -> Noun | None:
    known = nouns()
    return known.get(lower.rstrip(".")) or known.get(lemma)


def modifiers_ahead(parsed: Parsed, index: int) -> frozenset[str]:
    """The words of the phrase ahead of its noun, in lower case: 'finance' of 'the finance minister'."""
    found: list[str] = []
    while index > 0 and len(found) < _REACH:
        index -= 1
        if parsed.parts_of_speech[index] not in _PHRASE_WORDS and parsed.words[index] not in _HYPHENS:
            break
        found.append(parsed.lower[index])
    return frozenset(found)
