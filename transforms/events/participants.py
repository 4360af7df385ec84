"""Finds who acts and to whom in an event.

Comes in: a trigger and the tree of its sentence. Goes out: participants, each a noun phrase of the text with its head.
The slots of seeds/event_triggers.csv are tried in their order, then the usual ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.triggers import Trigger
from transforms.events.words import has_class, is_actor_word

_VERB_RECIPIENTS = (
    "indirect", "object", "against", "to", "on", "with", "at", "from", "toward", "towards", "into", "over", "for",
    "of", "between", "among", "clause", "about", "in", "near",
)  # fmt: skip
_PLACES = ("in", "near", "at")
_NOUN_ACTORS = ("possessor", "by", "modifier", "from")
_NOUN_RECIPIENTS = ("against", "on", "to", "with", "at", "into", "toward", "towards", "for", "of", "over", "from", "in")
_INNER = ("by", "against", "on", "to", "with", "into", "from", "of", "for", "between", "among", "about")
_PRONOUNS = frozenset({"it", "they", "he", "she", "we", "i", "its", "their", "his", "her", "our", "my"})
_MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Participant:
    """A noun phrase that takes part in an event."""

    head: Token
    span: Span


@dataclass(frozen=True, slots=True)
class Participants:
    """Both sides of an event."""

    actor: Participant | None
    recipient: Participant | None
    is_reciprocal: bool = False


def find_participants(trigger: Trigger, tree: SentenceTree) -> Participants:
    """Who did it and to whom."""
    actor = _find_actor(trigger, tree)
    recipient = _find_recipient(trigger, tree, actor)
    if trigger.frame.is_reciprocal:
        sides = _joint_sides(trigger, tree, actor, recipient)
        if sides is not None:
            one, other = (Participant(head, tree.phrase(head, alone=True)) for head in sides)
            return Participants(one, other, is_reciprocal=True)
    first = _participant(actor, tree)
    second = _participant(recipient, tree)
    if first is not None and second is not None and _overlap(first.span, second.span):
        second = None
    is_reciprocal = trigger.frame.is_reciprocal and _is_partner(recipient, trigger, tree)
    return Participants(first, second, is_reciprocal and first is not None and second is not None)


def _participant(head: Token | None, tree: SentenceTree) -> Participant | None:
    return Participant(head, tree.phrase(head)) if head is not None else None


def _overlap(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end


def _find_actor(trigger: Trigger, tree: SentenceTree) -> Token | None:
    for candidate in _actor_candidates(trigger, tree):
        actor = _resolve(candidate, trigger.clause, tree)
        return _behind_event_noun(actor, tree)
    return None


def _actor_candidates(trigger: Trigger, tree: SentenceTree) -> Iterator[Token]:
    frame, token = trigger.frame, trigger.token
    if trigger.rule == "demand":
        # 'Oman said that Qatar must leave': who says it demands
        yield from _at("subject", token.head, tree)
        return
    if trigger.rule in ("noun", "occurring_noun"):
        for slot in frame.actor or _NOUN_ACTORS:
            yield from _at(slot, token, tree)
        return
    if trigger.rule == "inverse_light_verb":
        # 'The town came under attack from rebels': the subject is the one to whom it is done.
        for slot in ("by", "from", "possessor", "modifier"):
            yield from _at(slot, token, tree)
            yield from _at(slot, trigger.clause, tree)
        return
    if "subject" in frame.recipient and not frame.actor:
        # 'Cole died': the subject undergoes it.
        return
    doer = tree.doer(trigger.clause)
    if doer is not None:
        yield doer
    slots = frame.actor or (_NOUN_ACTORS if trigger.rule == "light_verb" else ())
    yield from (found for slot in slots for found in _at(slot, token, tree))


def _find_recipient(trigger: Trigger, tree: SentenceTree, actor: Token | None) -> Token | None:
    """The first slot that holds somebody, else the first that holds anything."""
    fallback: Token | None = None
    for slot, candidate in _recipient_candidates(trigger, tree):
        if candidate == actor or _is_time(candidate) or candidate.pos_ == "VERB":
            continue
        if slot == "subject":
            return candidate
        is_late = slot in _PLACES or (trigger.frame.pos == "NOUN" and slot not in trigger.frame.recipient)
        if is_late and fallback is not None:
            # 'wounded three others in Mali': the others, not Mali
            break
        inner = _actor_inside(candidate, tree, actor)
        if inner is not None:
            return inner
        if fallback is None and slot in ("object", "subject", "indirect", "clause", *trigger.frame.recipient):
            fallback = candidate
    return fallback


def _recipient_candidates(trigger: Trigger, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    frame, token = trigger.frame, trigger.token
    if "none" in frame.recipient:
        return
    if trigger.rule == "inverse_light_verb":
        subject = tree.subject(trigger.clause)
        if subject is not None:
            yield "subject", subject
        return
    if "subject" in frame.recipient:
        subject = tree.subject(token) if token.pos_ in ("VERB", "AUX") else None
        if subject is not None:
            yield "subject", subject
    is_noun = frame.pos == "NOUN"
    slots = dict.fromkeys((*frame.recipient, *(_NOUN_RECIPIENTS if is_noun else _VERB_RECIPIENTS)))
    slots_end = next(reversed(slots))
    for slot in slots:
        for candidate in _at(slot, token, tree):
            yield slot, candidate
        if trigger.rule == "occurring_noun" and slot == slots_end:
            # 'A flood hit the town'
            yield from (("object", found) for found in _at("object", trigger.clause, tree))
        if trigger.verb is not None and slot not in ("object", "possessor", "modifier", "of"):
            # 'launched an attack on Kyiv', whichever of the two the parser hangs 'on' under
            for candidate in _at(slot, trigger.verb, tree):
                if candidate.i != token.i:
                    yield slot, candidate


def _at(slot: str, token: Token, tree: SentenceTree) -> list[Token]:
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
        return [word for word in tree.modifiers(token) if is_actor_word(word)]
    if slot == "clause":
        return _clause_participants(token, tree)
    return tree.objects_of(token, slot)


def _clause_participants(verb: Token, tree: SentenceTree, depth: int = 0) -> list[Token]:
    """Who stands in the clause that completes a verb: 'demanded that Cole resign', 'agreed to send Oman grain'."""
    found: list[Token] = []
    for clause in (*tree.children(verb, "ccomp", "xcomp", "pcomp"), *_prepositional_clauses(verb, tree)):
        own = tree.child(clause, "nsubj", "nsubjpass")
        if own is not None and own.pos_ != "PRON":
            found.append(own)
        for slot in ("indirect", "object", "against", "to", "with", "on", "from", "into", "for", "at", "in"):
            found += _at(slot, clause, tree)
        if depth < _MAX_DEPTH:
            found += _clause_participants(clause, tree, depth + 1)
    return found


def _prepositional_clauses(verb: Token, tree: SentenceTree) -> list[Token]:
    return [found for _, found in tree.prepositional(verb) if found.pos_ == "VERB"]


def _actor_inside(head: Token, tree: SentenceTree, actor: Token | None, depth: int = 0) -> Token | None:
    """The phrase itself where it is somebody, else who stands inside it: 'Oman' in 'a decision of Oman'."""
    if head == actor or _is_time(head):
        return None
    if is_actor_word(head):
        return head
    if depth >= _MAX_DEPTH:
        return None
    inside = [*tree.children(head, "poss"), *(found for slot in _INNER for found in tree.objects_of(head, slot))]
    for candidate in inside:
        found = _actor_inside(candidate, tree, actor, depth + 1)
        if found is not None:
            return found
    # 'a police station', 'a rally in Rome': the whole phrase stands for somebody
    beside = [*tree.modifiers(head), *(found for slot in _PLACES for found in tree.objects_of(head, slot))]
    return head if any(is_actor_word(word) for word in beside) else None


def _is_time(token: Token) -> bool:
    return token.ent_type_ in ("DATE", "TIME")


def _behind_event_noun(actor: Token, tree: SentenceTree) -> Token:
    """'An attack by rebels killed five': the rebels, not the attack, killed."""
    if is_actor_word(actor) or not has_class(actor, "instrument"):
        return actor
    for slot in _NOUN_ACTORS:
        found = _at(slot, actor, tree)
        if found:
            return found[0]
    return actor


def _resolve(token: Token, clause: Token, tree: SentenceTree) -> Token:
    """The noun in the same sentence that a pronoun stands for: 'Oman said it would withdraw' gives 'Oman'."""
    if token.lower_ not in _PRONOUNS:
        return token
    climbing = clause
    for _ in range(MAX_CLIMB):
        if climbing.pos_ in ("VERB", "AUX"):
            subject = tree.subject(climbing)
            if subject is not None and subject.lower_ not in _PRONOUNS and subject.pos_ != "PRON":
                return subject
        if climbing.head.i == climbing.i:
            break
        climbing = climbing.head
    return token


def _joint_sides(
    trigger: Trigger, tree: SentenceTree, actor: Token | None, recipient: Token | None
) -> tuple[Token, Token] | None:
    """Both sides where one phrase names them: 'Oman and Qatar met', 'talks between Oman and Qatar'."""
    between = [*tree.objects_of(trigger.token, "between"), *tree.objects_of(trigger.clause, "between")]
    for head in between:
        partner = tree.child(head, "conj")
        if partner is not None:
            return head, partner
    if actor is None or _is_partner(recipient, trigger, tree):
        return None
    # 'Oman and Qatar met', 'the ministers of Oman and Qatar met'
    for head in (actor, *tree.objects_of(actor, "of")):
        partner = tree.child(head, "conj")
        if partner is not None:
            return head, partner
    return None


def _is_partner(recipient: Token | None, trigger: Trigger, tree: SentenceTree) -> bool:
    """Whether the recipient does the same as the actor: 'met Cole', 'agreed with Oman', 'signed a pact with Oman'."""
    if recipient is None:
        return False
    affected = tree.undergoer(trigger.clause)
    if recipient == affected:
        return is_actor_word(recipient)
    joined = [token for token in (trigger.token, trigger.clause, affected) if token is not None]
    return any(recipient in tree.objects_of(token, word) for token in joined for word in ("with", "to"))
