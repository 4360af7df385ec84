"""The slots of an event's frame: where in the grammar around a word somebody may stand.

Comes in: a word, the name of a slot as seeds/event_triggers.csv writes it (subject, object, indirect, possessor,
modifier, clause, or a preposition), the tree of the sentence. Goes out: the heads of the phrases that stand there.
"""

from functools import cache

from spacy.tokens import Token

from transforms.entities.lists import country_of_name, words_about_places
from transforms.events.clauses import SentenceTree
from transforms.events.triggers import Trigger, event_types, trigger_frames
from transforms.events.words import is_actor_word
from transforms.lexicon import read_seed

PLACE_PREPOSITIONS = ("in", "near", "at")
NOUN_ACTORS = ("possessor", "by", "modifier", "from")
"""Where the actor of a noun stands whose frame does not say it."""

PERSONS = frozenset({"him", "her", "them", "us", "me"})
PRONOUNS = PERSONS | frozenset({"it", "they", "he", "she", "we", "i", "its", "their", "his", "our", "my"})
CONFLICT = 4
"""The quad class of material conflict."""

_MAX_DEPTH = 3
_MOST_CLAUSES = 6
"""Clauses under one verb that are searched for participants."""


def at_slot(slot: str, token: Token, tree: SentenceTree) -> list[Token]:
    """The heads that stand in a slot of the token."""
    if slot == "object":
        found = tree.undergoer(token)
        return [found] if found is not None else []
    if slot == "indirect":
        return [child for child in tree.children(token, "dative") if child.pos_ != "ADP"]
    if slot == "subject":
        found = tree.subject(token)
        return [found] if found is not None else []
    if slot == "possessor":
        return tree.children(token, "poss")
    if slot == "modifier":
        return [word for word in tree.modifiers(token) if is_actor_word(word) and not _is_scene(word, token)]
    if slot == "clause":
        return clause_participants(token, tree)
    return tree.objects_of(token, slot)


def clause_participants(verb: Token, tree: SentenceTree, depth: int = 0) -> list[Token]:
    """Who stands in the clause that completes a verb: 'demanded that Cole resign', 'agreed to send Oman grain'."""
    found: list[Token] = []
    clauses = [*tree.children(verb, "ccomp", "xcomp", "pcomp", "acl"), *_prepositional_clauses(verb, tree)]
    for clause in clauses[:_MOST_CLAUSES]:
        found += of_clause(clause, tree)
        if depth < _MAX_DEPTH:
            found += clause_participants(clause, tree, depth + 1)
    return found


def of_clause(clause: Token, tree: SentenceTree) -> list[Token]:
    """Who takes part in what one clause tells."""
    found: list[Token] = []
    own = tree.child(clause, "nsubj", "nsubjpass")
    if own is not None and own.pos_ != "PRON":
        found.append(own)
    for slot in ("indirect", "object", "against", "to", "with", "on", "from", "into", "for", "at", "in"):
        found += at_slot(slot, clause, tree)
    return found


def _prepositional_clauses(verb: Token, tree: SentenceTree) -> list[Token]:
    return [found for _, found in tree.prepositional(verb) if found.pos_ == "VERB"]


def doers_of(noun: Token, tree: SentenceTree) -> list[Token]:
    """Who does what a noun of the lexicon names, by the slots of its frames."""
    frames = trigger_frames().get((noun.lemma_.lower(), "NOUN"), ())
    slots = dict.fromkeys(slot for frame in frames for slot in frame.actor if slot != "modifier")
    return [found for slot in slots for found in at_slot(slot, noun, tree) if not is_pronoun(found)]


def _is_scene(word: Token, noun: Token) -> bool:
    """'Madrid' in 'the Madrid bombings', 'Africa' in 'his Africa trip'; a 'Russia' or a 'London court' does it."""
    is_place = word.ent_type_ in ("GPE", "LOC", "FAC") and country_of_name(word.text) is None
    return is_place and (noun.lemma_.lower(), "NOUN") in trigger_frames()


def is_objective(trigger: Trigger) -> bool:
    """Whether whose event it is may be the one to whom it is done: 'Cole's release', but 'Oman's visit'."""
    frame = trigger.frame
    kind = event_types()[frame.event_type]
    is_done_to = kind.quad_class == CONFLICT or kind.taxonomy == "civic" or frame.event_type == "RETREAT"
    return frame.pos == "NOUN" and frame.recipient[:1] == ("of",) and not frame.actor and is_done_to


def is_pronoun(token: Token, words: frozenset[str] = PRONOUNS) -> bool:
    """Whether the token is one of those pronouns: 'us', not 'US'."""
    return token.lower_ in words and token.text != "US"


def is_time(token: Token) -> bool:
    """Whether the model took the word for a part of a date or time."""
    return token.ent_type_ in ("DATE", "TIME")


@cache
def places_and_sites() -> frozenset[str]:
    """Nouns for places and buildings, which stand for those in them: 'shelled the enclave of Tarn'."""
    return frozenset(row["lemma"] for row in read_seed("sites")) | frozenset(words_about_places())
