"""Finds both sides of an event.

Comes in: a trigger and the tree of its sentence. Goes out: participants, each a noun phrase of the text with its head;
a pair for each of several names that act or undergo it together ("Oman and Qatar condemned Chad"), and for each two
that do it with each other ("Oman and Qatar met"). `doers` finds who acts, `recipients` to whom.
"""

from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.events.clauses import SentenceTree
from transforms.events.doers import find_actor
from transforms.events.recipients import find_recipient
from transforms.events.slots import PLACE_PREPOSITIONS, is_time
from transforms.events.triggers import Trigger
from transforms.events.words import ACTOR_LABELS, has_class, is_actor_word

_JOINT_TYPES = frozenset({"CONSULT", "COOPERATE", "AGREE"})
"""Types that two sides do together even where no 'with' says so: 'Oman and Qatar attended a summit'."""

_BLAMES = frozenset({"accuse", "suspect", "convict", "acquit", "clear", "warn"})
_MAX_JOINED = 4
"""Names on one side of an event that get a row each; more are a list, which stays one phrase."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A noun phrase that takes part in an event; `noun` is what it is where the phrase has only its name.

    Of 'Omani and Qatari envoys met' one side is 'Omani', whose noun is 'envoys'.
    """

    head: Token
    span: Span
    noun: Token | None = None

    @property
    def is_somebody(self) -> bool:
        """Whether it names a person, a group or a body, also by their number: 'dozens of protesters'."""
        if is_actor_word(self.head):
            return True
        is_counted = self.head.pos_ == "NUM" or has_class(self.head, "container")
        return is_counted and any(is_actor_word(token) for token in self.span)


@dataclass(frozen=True, slots=True)
class Participants:
    """Both sides of an event."""

    actor: Participant | None
    recipient: Participant | None
    is_reciprocal: bool = False


def find_participants(trigger: Trigger, tree: SentenceTree) -> list[Participants]:
    """Who did it to whom: at least one pair, whose sides may be None."""
    actor = find_actor(trigger, tree)
    recipient = find_recipient(trigger, tree, actor)
    sides = _joint_sides(trigger, tree, actor, recipient)
    if sides is not None:
        return [
            Participants(one, other, is_reciprocal=True)
            for number, one in enumerate(sides)
            for other in sides[number + 1 :]
        ]
    is_reciprocal = trigger.frame.is_reciprocal and _is_partner(recipient, trigger, tree)
    return [
        Participants(first, second, is_reciprocal and first is not None and second is not None)
        for first in _split(actor, trigger, tree)
        for second in _unlike(first, _split(recipient, trigger, tree), trigger, tree)
    ]


def _alone(head: Token, trigger: Trigger, tree: SentenceTree) -> Participant:
    return Participant(head, tree.phrase(head, alone=True, outside=_outside(head, trigger, tree)))


def _split(head: Token | None, trigger: Trigger, tree: SentenceTree) -> list[Participant | None]:
    """A participant for each of the names that `head` begins, else one for the whole phrase."""
    if head is None:
        return [None]
    names = _joined(head, tree)
    is_place = head.head.lower_ in PLACE_PREPOSITIONS
    if not is_place and 1 < len(names) <= _MAX_JOINED and all(name.ent_type_ in ACTOR_LABELS for name in names):
        return [_alone(name, trigger, tree) for name in names]
    return [Participant(head, tree.phrase(head, outside=_outside(head, trigger, tree)))]


def _outside(head: Token, trigger: Trigger, tree: SentenceTree) -> Token:
    """The word under which a phrase is cut: the trigger, or the 'of' that belongs to 'accused Oman of piracy'."""
    if trigger.frame.lemma in _BLAMES:
        for child in tree.children(head, "prep"):
            if child.lower_ == "of":
                return child
    return trigger.clause


def _unlike(
    first: Participant | None, seconds: list[Participant | None], trigger: Trigger, tree: SentenceTree
) -> list[Participant | None]:
    """The recipients without one that shares words with the actor."""
    found: list[Participant | None] = []
    for second in seconds:
        if first is not None and second is not None and _overlap(first.span, second.span):
            bare = _alone(second.head, trigger, tree)
            second = bare if not _overlap(first.span, bare.span) else None
        found.append(second)
    kept = [second for second in found if second is not None]
    return [*kept] or [None]


def _joined(head: Token, tree: SentenceTree) -> list[Token]:
    """The head and what 'and' joins to it, in order of text: 'Oman', 'Qatar' and 'Chad'."""
    found = [head]
    for token in found:
        if len(found) > _MAX_JOINED:
            break
        found += [child for child in tree.children(token, "conj") if child.pos_ not in ("VERB", "AUX")]
    return found


def _overlap(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end


def _joint_sides(
    trigger: Trigger, tree: SentenceTree, actor: Token | None, recipient: Token | None
) -> list[Participant] | None:
    """All sides where one phrase names them: 'Oman and Qatar met', 'talks between Oman and Qatar'."""
    if not (trigger.frame.is_reciprocal or trigger.frame.event_type in _JOINT_TYPES or _is_pact(trigger, tree)):
        return None
    for head in (*tree.objects_of(trigger.token, "between"), *tree.objects_of(trigger.clause, "between")):
        if sides := _sides(head, trigger, tree):
            return sides
    if actor is None or _is_partner(recipient, trigger, tree):
        return None
    is_place = recipient is not None and recipient.head.lower_ in PLACE_PREPOSITIONS
    if not trigger.frame.is_reciprocal and recipient is not None and is_actor_word(recipient) and not is_place:
        return None
    # 'Oman and Qatar met', 'the ministers of Oman and Qatar met', 'Omani and Qatari envoys met'
    for head in (actor, *tree.objects_of(actor, "of")):
        if sides := _sides(head, trigger, tree):
            return sides
    return _sides_in_front(actor, tree)


def _sides_in_front(noun: Token, tree: SentenceTree) -> list[Participant] | None:
    """'Omani and Qatari envoys', whichever word the parser hangs 'Qatari' under."""
    modifiers = tree.modifiers(noun)
    for number, modifier in enumerate(modifiers):
        partner = tree.child(modifier, "conj")
        if partner is None and tree.child(modifier, "cc") is not None and number + 1 < len(modifiers):
            partner = modifiers[number + 1]
        if partner is not None and partner.ent_type_ in ACTOR_LABELS and modifier.ent_type_ in ACTOR_LABELS:
            rest = tree.doc[partner.left_edge.i : tree.phrase(noun, alone=True).end]
            return [Participant(modifier, tree.phrase(modifier, alone=True), noun), Participant(noun, rest)]
    return None


def _is_pact(trigger: Trigger, tree: SentenceTree) -> bool:
    """'Oman and Qatar agreed a truce', 'failed to reach a deal'"""
    clause = tree.child(trigger.token, "xcomp")
    verbs = (trigger.frame.lemma, clause.lemma_.lower() if clause is not None else "")
    return "agree" in verbs or verbs == ("fail", "reach")


def _sides(head: Token, trigger: Trigger, tree: SentenceTree) -> list[Participant] | None:
    joined = _joined(head, tree)
    if not 1 < len(joined) <= _MAX_JOINED or any(is_time(side) or side.pos_ == "NUM" for side in joined):
        return None
    return [_alone(side, trigger, tree) for side in joined]


def _is_partner(recipient: Token | None, trigger: Trigger, tree: SentenceTree) -> bool:
    """Whether the recipient does the same as the actor: 'met Cole', 'agreed with Oman', 'signed a pact with Oman'."""
    if recipient is None:
        return False
    affected = tree.undergoer(trigger.clause)
    if recipient == affected:
        return is_actor_word(recipient)
    joined = [token for token in (trigger.token, trigger.clause, affected) if token is not None]
    return any(recipient in tree.objects_of(token, "with") for token in joined)
