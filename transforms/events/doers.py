"""Finds who does an event.

Comes in: a trigger and the tree of its sentence. Goes out: the head of a phrase: the doer of the verb, own or handed on
from clause to clause, or who stands beside an event's noun. A pronoun gives way to the noun of its sentence it means.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.slots import NOUN_ACTORS, at_slot, is_objective, is_pronoun
from transforms.events.triggers import Trigger, trigger_frames
from transforms.events.words import has_class, is_actor_word
from transforms.pronouns.words import nouns, pronouns

_BODIES = frozenset({"ORG", "GPE", "NORP", "LOC", "FAC"})


def find_actor(trigger: Trigger, tree: SentenceTree) -> Token | None:
    """The head of who does it; None where nobody is named."""
    for candidate in _actor_candidates(trigger, tree):
        actor = _resolve(candidate, trigger.clause, tree)
        return _behind_event_noun(actor, tree)
    return None


def _actor_candidates(trigger: Trigger, tree: SentenceTree) -> Iterator[Token]:
    frame, token = trigger.frame, trigger.token
    if trigger.rule == "demand":
        # 'Oman said that Qatar must leave': who says it demands
        yield from at_slot("subject", token.head, tree)
        return
    if trigger.rule in ("noun", "occurring_noun"):
        slots = frame.actor or NOUN_ACTORS
        if is_objective(trigger) and not tree.objects_of(token, "of"):
            # 'Cole's release by the rebels'
            slots = tuple(slot for slot in slots if slot != "possessor")
        for slot in slots:
            yield from at_slot(slot, token, tree)
        yield from _traveller(trigger, tree)
        return
    if trigger.rule == "inverse_light_verb":
        # 'The town came under attack from rebels': the subject is the one to whom it is done.
        for slot in ("by", "from", "possessor", "modifier"):
            yield from at_slot(slot, token, tree)
            yield from at_slot(slot, trigger.clause, tree)
        return
    if "subject" in frame.recipient and not frame.actor:
        # 'Cole died': the subject undergoes it.
        return
    doer = tree.doer(trigger.clause)
    if doer is not None:
        yield doer
    slots = frame.actor or (NOUN_ACTORS if trigger.rule == "light_verb" else ())
    yield from (found for slot in slots for found in at_slot(slot, token, tree))


def _traveller(trigger: Trigger, tree: SentenceTree) -> Iterator[Token]:
    """'On a visit to Chile, Cole said that ...', 'Cole led a delegation on a visit to Chile': Cole visits."""
    preposition = trigger.token.head
    if trigger.frame.mode != "visit" or trigger.token.dep_ != "pobj" or preposition.lower_ not in ("on", "during"):
        return
    governor = preposition.head
    doer = tree.doer(governor) if governor.pos_ in ("VERB", "AUX") else None
    if doer is not None and is_actor_word(doer):
        yield doer


def _behind_event_noun(actor: Token, tree: SentenceTree) -> Token:
    """'An attack by rebels killed five', 'Oman's refusal angered Chad': the rebels, not the attack, killed."""
    is_event = (actor.lemma_.lower(), "NOUN") in trigger_frames()
    if is_actor_word(actor) or not (is_event or has_class(actor, "instrument")):
        return actor
    for slot in NOUN_ACTORS if has_class(actor, "instrument") else ("possessor", "by"):
        found = at_slot(slot, actor, tree)
        if found:
            return found[0]
    return actor


def _resolve(token: Token, clause: Token, tree: SentenceTree) -> Token:
    """The noun in the same sentence that a pronoun stands for: 'Oman said it would withdraw' gives 'Oman'."""
    if not is_pronoun(token):
        return token
    climbing = clause
    for _ in range(MAX_CLIMB):
        is_told = has_class(climbing, "asserts", "requests") and tree.is_passive(climbing)
        if climbing.pos_ in ("VERB", "AUX") and not is_told:
            subject = tree.subject(climbing)
            is_noun = subject is not None and not is_pronoun(subject) and subject.pos_ != "PRON"
            if subject is not None and is_noun and _can_mean(token.lower_, subject, tree):
                return subject
            # 'Peru honoured Cole for his help'
            others = (tree.undergoer(climbing), *(found for _, found in tree.prepositional(climbing)))
            for other in others:
                is_before = other is not None and other.i < token.i and other.ent_type_ == "PERSON"
                if other is not None and is_before and _can_mean(token.lower_, other, tree):
                    return other
        if climbing.head.i == climbing.i:
            break
        climbing = climbing.head
    return token


def _can_mean(pronoun: str, noun: Token, tree: SentenceTree) -> bool:
    """Whether number and kind agree: 'he' is no newspaper, 'it' no minister; who says 'they' may speak for many."""
    known = pronouns().get(pronoun)
    listed = nouns().get(noun.lemma_.lower())
    is_joined = tree.child(noun, "conj") is not None
    is_plural = noun.tag_ in ("NNS", "NNPS") or is_joined
    is_person = noun.ent_type_ == "PERSON" or (listed is not None and listed.is_person and not noun.ent_type_)
    is_body = noun.ent_type_ in _BODIES or (listed is not None and not listed.is_person and not is_person)
    if known is not None and known.means == "person":
        return not is_plural and not is_body
    return known is None or known.means != "body" or not (is_plural or is_person)
