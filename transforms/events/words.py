"""What single words mean to event extraction: classes of verbs and nouns, sectors, countries.

Comes in: tokens and spans. Goes out: answers from seeds/event_words.csv (lemma, class), seeds/sectors.csv (lemma,
sector) and seeds/countries.csv (country, name, other_names, demonyms; '|' separates).

Classes of seeds/event_words.csv:
    light_verb, light_verb_with_preposition, occurs    carry an event noun: 'launched', 'went (on)', 'hit'
    inverse_light_verb, inverse_preposition            its subject undergoes it: 'faced', '(came) under'
    container, effort, instrument                      stand for what they hold: 'wave (of)', 'campaign', 'decision'
    plans, wishes, supposes, requests                  what is under them is to come, may be, is asked for
    denies, denies_out ('ruled out'), negates          what is under them did not happen
    alleges, asserts                                   somebody says it without and with the text's trust
    able, attitude, habitual, generic_subject          it happened; nothing is told: 'is keen to', 'usually', 'you'
    condition, factual_preposition                     'if'; 'since', under which things are done
    future_, reported_future_, modal_, duty_auxiliary  'will', 'would', 'may', 'must'
    state_verb, travels                                no verbs of refusal; no promises
    contacts                                           an infinitive under them is the subject's: 'called her to ask'
    force_of_nature, weapon, vehicle, document         kinds of things
    body_part, place_word, private_person              kinds of nouns, see transforms/events/kinds.py
    sport_topic, arts_topic, technology_topic          see transforms/events/topics.py
"""

from collections.abc import Sequence
from functools import cache

from spacy.tokens import Token

from transforms.events.topics import find_topics
from transforms.lexicon import read_seed
from transforms.parsed import Parsed

ACTOR_LABELS = frozenset({"PERSON", "ORG", "GPE", "NORP", "LOC", "FAC"})
_NO_ACTOR_LABELS = frozenset(
    {"DATE", "TIME", "MONEY", "PERCENT", "LAW", "EVENT", "WORK_OF_ART", "QUANTITY", "ORDINAL", "PRODUCT", "LANGUAGE"}
)
_SHORTEST_ABBREVIATION = 2
_MAX_CHILDREN = 64
"""Dependents of one word that are kept; more of them are no sentence but a list or a table."""


@cache
def _classes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in read_seed("event_words"):
        found.setdefault(row["lemma"], set()).add(row["class"])
    return {lemma: frozenset(classes) for lemma, classes in found.items()}


@cache
def sectors_by_lemma() -> dict[str, str]:
    """The sectors of seeds/sectors.csv, strong and weak ones, by lemma."""
    return {row["lemma"]: row["sector"] for row in read_seed("sectors")}


class Words:
    """What is asked of every word of an article; each list has a value a token.

    `children` are the direct dependents of a token, in order of text.
    """

    __slots__ = ("_topics", "children", "deps", "heads", "lemmas", "parts_of_speech", "texts")

    def __init__(self, parsed: Parsed) -> None:
        self.texts = parsed.words
        self.lemmas = parsed.lemmas
        self.parts_of_speech = parsed.parts_of_speech
        self.deps = parsed.deps
        self.heads = parsed.heads
        self.children = _children(self.heads)
        self._topics: frozenset[str] | None = None

    @property
    def topics(self) -> frozenset[str]:
        """What the article is about, where that changes what its words mean: 'sport', 'arts', 'technology'."""
        if self._topics is None:
            self._topics = find_topics(self.lemmas)
        return self._topics


def _children(heads: Sequence[int]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in heads]
    for index, head in enumerate(heads):
        siblings = children[head]
        if head != index and len(siblings) < _MAX_CHILDREN:
            siblings.append(index)
    return children


def has_class(token: Token, *classes: str) -> bool:
    """Whether seeds/event_words.csv lists the token's lemma under one of `classes`."""
    found = _classes().get(token.lemma_.lower())
    return found is not None and not found.isdisjoint(classes)


def is_in_class(lemma: str, *classes: str) -> bool:
    """Whether seeds/event_words.csv lists the lemma, which is in lower case, under one of `classes`."""
    found = _classes().get(lemma)
    return found is not None and not found.isdisjoint(classes)


def is_actor_word(token: Token) -> bool:
    """Whether the token can head somebody who acts: a name, a person or a group ('troops', 'minister')."""
    if token.ent_type_ in ACTOR_LABELS:
        return True
    if sector_of_word(token) is not None:
        return True
    if token.is_upper and len(token) > _SHORTEST_ABBREVIATION and token.pos_ == "NOUN" and not token.ent_type_:
        # an abbreviation that the tagger did not know for a name: 'NORAD'
        return True
    return token.pos_ == "PROPN" and token.ent_type_ not in _NO_ACTOR_LABELS


def sector_of_word(token: Token) -> str | None:
    """The sector of one word, looked up by lemma, and as written where the tagger took a capital ('Guerrillas')
    for a name.
    """
    if token.pos_ == "ADJ":
        # 'a general strike'
        return None
    sectors, word = sectors_by_lemma(), token.lower_
    found = sectors.get(token.lemma_.lower()) or sectors.get(word)
    return found or (sectors.get(word.removesuffix("s")) if not token.ent_type_ else None)
