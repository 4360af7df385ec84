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

from functools import cache

import numpy as np
from spacy.attrs import DEP, HEAD, LEMMA, POS
from spacy.tokens import Doc, Token

from transforms.entities import read_column, read_lower
from transforms.events.topics import find_topics
from transforms.lexicon import read_seed

ACTOR_LABELS = frozenset({"PERSON", "ORG", "GPE", "NORP", "LOC", "FAC"})
_NO_ACTOR_LABELS = frozenset(
    {"DATE", "TIME", "MONEY", "PERCENT", "LAW", "EVENT", "WORK_OF_ART", "QUANTITY", "ORDINAL", "PRODUCT", "LANGUAGE"}
)
_SHORTEST_ABBREVIATION = 2
_NO_CLASSES: frozenset[str] = frozenset()


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
    """What is asked of every word of a Doc, read at once: each list has a value a token."""

    __slots__ = ("_topics", "deps", "heads", "lemmas", "parts_of_speech")

    def __init__(self, doc: Doc) -> None:
        self.lemmas = read_lower(doc, LEMMA)
        self.parts_of_speech = read_column(doc, POS)
        self.deps = read_column(doc, DEP)
        self.heads: list[int] = (doc.to_array(HEAD).astype(np.int64) + np.arange(len(doc))).tolist()
        self._topics: frozenset[str] | None = None

    @property
    def topics(self) -> frozenset[str]:
        """What the article is about, where that changes what its words mean: 'sport', 'arts', 'technology'."""
        if self._topics is None:
            self._topics = find_topics(self.lemmas)
        return self._topics


def has_class(token: Token, *classes: str) -> bool:
    """Whether seeds/event_words.csv lists the token's lemma under one of `classes`."""
    return is_in_class(token.lemma_.lower(), *classes)


def is_in_class(lemma: str, *classes: str) -> bool:
    """Whether seeds/event_words.csv lists the lemma, which is in lower case, under one of `classes`."""
    return not _classes().get(lemma, _NO_CLASSES).isdisjoint(classes)


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
    sectors = sectors_by_lemma()
    if token.pos_ == "ADJ":
        # 'a general strike'
        return None
    words = [token.lemma_.lower(), token.lower_]
    if not token.ent_type_:
        words.append(token.lower_.removesuffix("s"))
    return next((sectors[word] for word in words if word in sectors), None)
