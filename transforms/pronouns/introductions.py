"""The nouns that introduce a name: 'striker Bo Lund', 'Bo Lund, the transport minister,', 'Lund is a nurse'.

Comes in: where a name stands in a Doc, by tokens. Goes out: the nouns with what stands before them in their phrase.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from transforms.entities.lists import honorifics
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


def introductions(doc: Doc, start: int, end: int, head: Token) -> Iterator[Introduction]:
    """The introductions of the name in the tokens from `start` to `end` (exclusive), whose head word is `head`."""
    yield from _ahead(doc, start)
    yield from _behind(doc, end)
    if head.dep_ == "appos" and head.head.i < start:
        yield from _at(head.head)
    elif head.dep_ == "nsubj" and head.head.lemma_ in _COPULAS:
        yield from (found for child in rights(head.head) if child.dep_ == "attr" for found in _at(child))


def _ahead(doc: Doc, start: int) -> Iterator[Introduction]:
    """'the former [Danish prime minister] Bo Lund', '[Sen]. Ada Cole'."""
    if start and doc[start - 1].lower_.rstrip(".") in honorifics() and noun_at(doc[start - 1]) is None:
        # 'the club's manager, [Sir] Bo Lund'
        start -= 1
    if start and (noun := noun_at(doc[start - 1])) is not None:
        yield Introduction(noun, doc[start - 1].lower_, modifiers_ahead(doc, start - 1))


def _behind(doc: Doc, end: int) -> Iterator[Introduction]:
    """'Bo Lund, 34, a former [transport minister] of Oakham'."""
    index = end
    if index >= len(doc) or doc[index].text != ",":
        return
    index += 1
    if index + 1 < len(doc) and doc[index].like_num and doc[index + 1].text == ",":
        index += 2
    for word in doc[index : index + _REACH_BEHIND]:
        if word.pos_ not in _INSIDE_PHRASE and word.text not in _HYPHENS:
            return
        follows = doc[word.i + 1] if word.i + 1 < len(doc) else None
        if follows is None or (follows.pos_ not in _INSIDE_PHRASE and follows.text not in _HYPHENS):
            noun = noun_at(word)
            if noun is not None and (follows is None or follows.pos_ not in _VERBS):
                # A verb behind it makes it another phrase: 'After meeting Lund, the minister said'.
                yield Introduction(noun, word.lower_, modifiers_ahead(doc, word.i))
            return


def _at(word: Token) -> Iterator[Introduction]:
    noun = noun_at(word)
    if noun is not None:
        yield Introduction(noun, word.lower_, modifiers_ahead(word.doc, word.i))


def noun_at(word: Token) -> Noun | None:
    """What a word stands for, if it is a noun of the seed."""
    lower = word.lower_.rstrip(".")
    return nouns().get(lower) or nouns().get(word.lemma_.lower())


def modifiers_ahead(doc: Doc, index: int) -> frozenset[str]:
    """The words of the phrase ahead of its noun, in lower case: 'finance' of 'the finance minister'."""
    found: list[str] = []
    while index > 0 and len(found) < _REACH:
        index -= 1
        word = doc[index]
        if word.pos_ not in _PHRASE_WORDS and word.text not in _HYPHENS:
            break
        found.append(word.lower_)
    return frozenset(found)
