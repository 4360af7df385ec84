"""Tells whether an event happened, is planned, supposed or asked for, and whether the text denies it.

Comes in: the trigger and the tree of its sentence. Goes out: modality and polarity. The words that decide it stand in
seeds/event_words.csv under the classes plans, supposes, requests, denies, asserts and attitude.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.triggers import Trigger
from transforms.events.words import has_class

_TRANSPARENT = frozenset(
    {"xcomp", "ccomp", "pcomp", "acl", "dobj", "pobj", "prep", "attr", "conj", "advcl", "nsubjpass"}
)
"""Dependencies across which the word above decides whether the word below happened."""


@dataclass(frozen=True, slots=True)
class Status:
    """How sure the text is of an event; `is_attitude` where it only says what somebody hopes or weighs."""

    modality: str
    polarity: str
    is_attitude: bool = False


def find_status(trigger: Trigger, tree: SentenceTree) -> Status:
    """The status that the trigger's clause and the words above it give the event."""
    if trigger.frame.pos == "INTENT":
        # A promise or a refusal is made by the words themselves.
        return Status("happened", "affirmed", _is_attitude(trigger.token))
    negations = _negations(trigger.clause, tree)
    if trigger.verb is not None:
        negations += _negations(trigger.token, tree)
    modality = _own_modality(trigger, tree)
    is_attitude = False
    token = trigger.clause
    for _ in range(MAX_CLIMB):
        head = token.head
        if head.i == token.i or token.dep_ not in _TRANSPARENT:
            break
        if token.dep_ == "advcl":
            modality = modality or _condition(token, tree)
            break
        if token.dep_ == "conj":
            modality = modality or _auxiliary_modality(head, tree)
            token = head
            continue
        is_attitude = is_attitude or has_class(head, "attitude")
        modality = modality or _modality_below(head, token, tree)
        if has_class(head, "denies"):
            negations += 1
        if has_class(head, "asserts"):
            break
        if token.dep_ != "acl":
            negations += _negations(head, tree)
            modality = modality or _auxiliary_modality(head, tree)
        token = head
    polarity = "denied" if negations % 2 else "affirmed"
    return Status(modality or "happened", polarity, is_attitude)


def _is_attitude(token: Token) -> bool:
    return token.dep_ in _TRANSPARENT and has_class(token.head, "attitude")


def _negations(token: Token, tree: SentenceTree) -> int:
    return sum(child.dep_ == "neg" or has_class(child, "negates") for child in tree.children(token))


def _own_modality(trigger: Trigger, tree: SentenceTree) -> str | None:
    found = _auxiliary_modality(trigger.clause, tree) or _condition(trigger.clause, tree)
    if trigger.verb is not None:
        # 'planned an attack', 'called for a strike'
        below = trigger.token if trigger.token.dep_ != "pobj" else trigger.token.head
        found = found or _modality_below(trigger.verb, below, tree)
    for word in tree.children(trigger.token, "amod", "advmod"):
        # 'planned strikes', 'a possible attack'
        found = found or _modality_of(word)
    return found


def _modality_of(word: Token) -> str | None:
    if has_class(word, "plans"):
        return "planned"
    return "hypothetical" if has_class(word, "supposes") else None


def _auxiliary_modality(verb: Token, tree: SentenceTree) -> str | None:
    """'will attack' is planned, 'could attack' hypothetical; 'said it would attack' is a plan told in the past."""
    for auxiliary in tree.children(verb, "aux"):
        if has_class(auxiliary, "future_auxiliary"):
            return "planned"
        if has_class(auxiliary, "reported_future_auxiliary"):
            is_reported = verb.dep_ == "ccomp" and has_class(verb.head, "asserts")
            return "planned" if is_reported and _condition(verb, tree) is None else "hypothetical"
        if has_class(auxiliary, "modal_auxiliary"):
            return "hypothetical"
    return None


def _condition(verb: Token, tree: SentenceTree) -> str | None:
    """'if rebels attack'"""
    markers = tree.children(verb, "mark")
    return "hypothetical" if any(has_class(marker, "condition") for marker in markers) else None


def _modality_below(head: Token, child: Token, tree: SentenceTree) -> str | None:
    """What the word above says of the event under it: 'plans to', 'urged them to', 'a call for', 'risk of'."""
    if has_class(head, "requests") and child.dep_ in ("xcomp", "ccomp", "acl", "dobj", "prep", "advcl", "nsubjpass"):
        return "requested"
    if has_class(head, "plans") and child.dep_ in ("xcomp", "ccomp", "acl", "prep", "dobj"):
        return "planned"
    if has_class(head, "supposes") and child.dep_ in ("xcomp", "ccomp", "acl", "prep", "dobj", "nsubjpass"):
        return "hypothetical"
    if head.lower_ == "going" and tree.child(head, "aux") is not None and child.dep_ == "xcomp":
        return "planned"
    return None
