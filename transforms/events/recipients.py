"""Finds to whom an event is done.

Comes in: a trigger, its actor, the tree of the sentence. Goes out: the head of a phrase. The slots of the trigger's
frame are asked first, then the usual ones; the first that holds somebody wins, else the first that holds anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Token

from transforms.entities.lists import words_about_places
from transforms.events.clauses import SentenceTree
from transforms.events.slots import (
    CONFLICT,
    PERSONS,
    PLACE_PREPOSITIONS,
    at_slot,
    clause_participants,
    doers_of,
    is_objective,
    is_pronoun,
    is_time,
    of_clause,
    places_and_sites,
)
from transforms.events.triggers import Trigger, event_types, trigger_frames
from transforms.events.words import has_class, is_actor_word

_VERB_RECIPIENTS = (
    "indirect", "object", "against", "to", "on", "with", "at", "from", "toward", "towards", "into", "over", "for",
    "of", "between", "among", "clause", "about",
)  # fmt: skip
_LATE = frozenset({*PLACE_PREPOSITIONS, "on", "at", "over", "of", "about"})
"""Slots that are asked only where no object stands: 'released the text on the eve of the vote'."""

_NOUN_RECIPIENTS = (
    "against", "on", "to", "with", "at", "into", "toward", "towards", "for", "of", "over", "from", "outside",
)  # fmt: skip
_INNER = ("by", "against", "on", "of", "to", "with", "into", "from", "for", "between", "among", "about")
_GRAMMATICAL = frozenset({"object", "indirect", "subject", "possessor", "modifier", "clause"})
_COUNTS = frozenset(
    {"couple", "dozen", "half", "handful", "hundred", "lot", "majority", "many", "million", "most", "number", "pair"}
    | {"quarter", "score", "several", "some", "third", "thousand"}
)
_GIVES = frozenset({"give", "grant", "offer", "deny", "promise"})
_TERRITORIAL_TYPES = frozenset({"COERCE", "SANCTION", "CONCEDE", "RETREAT", "AID", "MOBILIZE"})
"""What is done to all who live somewhere: 'declared a curfew in Oman'."""

_CONDITIONAL_TYPES = frozenset({"REJECT", "THREATEN"})
_UNTIL = frozenset({"if", "unless", "until", "till"})
_BLAMING_TYPES = frozenset({"ACCUSE", "PROTEST"})
"""Of an attack that is condemned, who committed it is asked, not its victims."""

_MAX_DEPTH = 3


def find_recipient(trigger: Trigger, tree: SentenceTree, actor: Token | None) -> Token | None:
    """The first slot that holds somebody, else the first that holds anything."""
    fallback: Token | None = None
    names = _names_in(actor, tree)
    is_denial = trigger.frame.lemma == "deny"
    for slot, candidate in _recipient_candidates(trigger, tree):
        if is_denial and slot == "clause":
            # 'denied hitting the boy': the boy is not whom he answers
            continue
        if candidate == actor or is_time(candidate) or candidate.pos_ == "VERB":
            continue
        if slot in ("subject", "whole") or (is_pronoun(candidate, PERSONS) and slot != "clause"):
            return candidate
        is_late = slot in _LATE or trigger.frame.pos == "NOUN"
        if is_late and fallback is not None and slot not in trigger.frame.recipient:
            # 'wounded three others in Mali': the others, not Mali
            return _territory(trigger, tree) or fallback
        inner = _Search(trigger, tree, actor, names).inside(candidate)
        if inner is not None:
            return inner
        if fallback is None and slot in ("object", "subject", "indirect", "clause", *trigger.frame.recipient):
            fallback = candidate
    return (_territory(trigger, tree) if fallback is None or fallback.pos_ == "NOUN" else None) or fallback


def _territory(trigger: Trigger, tree: SentenceTree) -> Token | None:
    """'Libya' in 'announced a ceasefire in Libya', where nobody else is named."""
    frame = trigger.frame
    if frame.event_type not in _TERRITORIAL_TYPES or "none" in frame.recipient or not frame.object:
        return None
    under = (trigger.token, trigger.clause, tree.undergoer(trigger.clause))
    places = (found for token in under if token is not None for found in tree.objects_of(token, "in"))
    return next((place for place in places if place.ent_type_ in ("GPE", "LOC")), None)


def _names_in(actor: Token | None, tree: SentenceTree) -> frozenset[str]:
    """The names in the actor's phrase: in 'Oman's envoy voiced Oman's support' Oman is not the recipient."""
    if actor is None:
        return frozenset()
    near = [actor, *tree.modifiers(actor), *tree.children(actor, "poss")]
    return frozenset(token.lower_ for token in near if token.pos_ == "PROPN")


def _recipient_candidates(trigger: Trigger, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    """Each word that may head the recipient, with the slot it stands in, the likeliest first."""
    if "none" in trigger.frame.recipient:
        return
    if trigger.rule == "inverse_light_verb":
        # 'came under attack': the subject is the one to whom it is done
        subject = tree.subject(trigger.clause)
        if subject is not None:
            yield "subject", subject
        return
    yield from _before_slots(trigger, tree)
    yield from _in_slots(trigger, tree)
    yield from _after_slots(trigger, tree)


def _before_slots(trigger: Trigger, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    """Who is meant whatever stands in the slots."""
    frame, token, verb = trigger.frame, trigger.token, trigger.verb
    if "subject" in frame.recipient and token.pos_ in ("VERB", "AUX"):
        subject = tree.subject(token)
        if subject is not None:
            yield "subject", subject
    if verb is not None and verb.lemma_ in _GIVES:
        # 'gave the ministry permission', which the parser may take for a permission of the ministry
        given = (*at_slot("indirect", verb, tree), *at_slot("modifier", token, tree))
        yield from (("indirect", found) for found in given)
    if frame.pos == "NOUN" and is_objective(trigger):
        # 'ordered Cole's release'
        yield from (("possessor", found) for found in tree.children(token, "poss") if not is_pronoun(found))
    affected = tree.undergoer(token) if frame.pos != "NOUN" else None
    if affected is not None:
        yield from _first_asked(trigger, affected, tree)
    if token.dep_ in ("xcomp", "advcl") and has_class(token.head, "contacts"):
        # 'called Oman's minister to discuss the oil': with whom it is discussed
        yield from (("object", found) for found in tree.children(token.head, "dobj", "oprd") if is_actor_word(found))
    if frame.event_type == "MOBILIZE":
        # 'mobilised troops for a battle against rebels'
        purposes = tree.objects_of(token, "for")
        yield from (("against", found) for purpose in purposes for found in tree.objects_of(purpose, "against"))


def _in_slots(trigger: Trigger, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    """The slots of the frame, then the usual ones, under the trigger, its object and its light verb."""
    frame, token, verb = trigger.frame, trigger.token, trigger.verb
    is_noun = frame.pos == "NOUN"
    affected = tree.undergoer(token) if not is_noun else None
    filled = _filled_slots(trigger, tree)
    for slot in dict.fromkeys((*frame.recipient, *(_NOUN_RECIPIENTS if is_noun else _VERB_RECIPIENTS))):
        if slot not in filled:
            continue
        yield from ((slot, found) for found in at_slot(slot, token, tree))
        if affected is not None and slot in frame.recipient:
            # 'sought refuge in Chad', whichever of the two the parser hangs 'in' under
            yield from ((slot, found) for found in tree.objects_of(affected, slot))
        if is_noun and token.dep_ == "compound" and has_class(token.head, "effort"):
            # 'a mediation effort between Oman and Chad'
            yield from ((slot, found) for found in tree.objects_of(token.head, slot))
        if verb is not None and slot not in ("object", "possessor", "modifier", "of"):
            # 'launched an attack on Kyiv', whichever of the two the parser hangs 'on' under
            yield from ((slot, found) for found in at_slot(slot, verb, tree) if found.i != token.i)


def _filled_slots(trigger: Trigger, tree: SentenceTree) -> frozenset[str]:
    """The slots that are no preposition, and the prepositions that stand under the words which are asked for slots."""
    token = trigger.token
    asked = (token, token.head, trigger.verb, tree.undergoer(token) if trigger.frame.pos != "NOUN" else None)
    return _GRAMMATICAL.union(word for under in asked if under is not None for word, _ in tree.prepositional(under))


def _after_slots(trigger: Trigger, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    """Who else the sentence names, where the slots hold nobody."""
    frame, token = trigger.frame, trigger.token
    if trigger.rule == "occurring_noun":
        # 'A flood hit the town'
        yield from (("object", found) for found in at_slot("object", trigger.clause, tree))
    if frame.pos == "NOUN":
        # 'launched an effort to settle the rift between Oman and Qatar', 'an inquiry into claims that troops fled'
        yield from (("clause", found) for found in clause_participants(token, tree))
    elif frame.event_type == "AID":
        # 'spent 3 million euros to support refugees'
        clauses = tree.children(token, "advcl", "xcomp")
        purposes = [clause for clause in clauses if tree.child(clause, "aux") is not None]
        yield from (("clause", found) for clause in purposes for found in of_clause(clause, tree))
    if frame.event_type in _CONDITIONAL_TYPES:
        # 'will not lift the embargo unless Oman frees them'
        yield from (("condition", found) for found in _condition_subjects(trigger.clause, tree))


def _first_asked(trigger: Trigger, affected: Token, tree: SentenceTree) -> Iterator[tuple[str, Token]]:
    """Who comes before the object itself, by what kind of event it is."""
    if trigger.frame.event_type == "REQUEST":
        # 'demanded Cole's release by the army', 'demanded the withdrawal of all troops from Oman': who is to do it
        yield from (("object", found) for found in (*tree.objects_of(affected, "by"), *doers_of(affected, tree)))
    if affected.pos_ != "NOUN" or is_actor_word(affected):
        return
    inside = [word for word in tree.modifiers(affected) if is_actor_word(word)]
    if trigger.frame.lemma in _GIVES:
        # 'granted the ministry permission', which the parser may take for a permission of the ministry
        yield from (("indirect", word) for word in inside)
    if trigger.frame.event_type == "REJECT" and any(word.ent_type_ != "NORP" for word in inside):
        # 'rejected the union demand for the sacking of Cole', not Cole
        yield "whole", affected


def _condition_subjects(verb: Token, tree: SentenceTree) -> list[Token]:
    clauses = tree.children(verb, "advcl")
    asked = [clause for clause in clauses if any(mark.lower_ in _UNTIL for mark in tree.children(clause, "mark"))]
    subjects = [tree.subject(clause) for clause in asked]
    return [subject for subject in subjects if subject is not None and is_actor_word(subject)]


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for somebody in a phrase."""

    trigger: Trigger
    tree: SentenceTree
    actor: Token | None
    names: frozenset[str]

    def inside(self, head: Token, depth: int = 0) -> Token | None:
        """The phrase itself where it is somebody, else who stands inside it: 'Oman' in 'a decision of Oman'."""
        if head == self.actor or is_time(head) or head.pos_ == "VERB" or head.lower_ in self.names:
            return None
        if is_actor_word(head) or self._is_target(head) or any(map(is_actor_word, self.tree.children(head, "appos"))):
            return head
        if self._counts_somebody(head):
            return head
        if depth >= _MAX_DEPTH:
            return None
        if depth == 0 and self._is_owned(head):
            # 'condemned a court decision to free Cole': not Cole
            return head
        is_blamed = self.trigger.frame.event_type in _BLAMING_TYPES and _is_conflict(head)
        for candidate in self._candidates(head, is_blamed=is_blamed):
            found = self.inside(candidate, depth + 1)
            if found is not None and not is_pronoun(found):
                return found
        for candidate in self.tree.children(head, "conj"):
            # 'condemned the raid and the threats made by Oman'
            found = self.inside(candidate, depth + 1)
            if found is not None and not is_pronoun(found):
                return found
        if is_blamed:
            # 'condemned the attack on a church': the church is not whom they condemn
            return head if depth == 0 else None
        # 'a police station', 'a rally in Rome': the whole phrase stands for somebody
        beside = [
            *self.tree.modifiers(head),
            *(found for slot in PLACE_PREPOSITIONS for found in self.tree.objects_of(head, slot)),
        ]
        return head if any(is_actor_word(word) for word in beside) else None

    def _counts_somebody(self, head: Token) -> bool:
        """'dozens of protesters', 'two of the soldiers'"""
        is_count = head.pos_ == "NUM" or head.lemma_.lower() in _COUNTS
        return is_count and any(is_actor_word(found) for found in self.tree.objects_of(head, "of"))

    def _is_owned(self, head: Token) -> bool:
        """Whether a body stands before the noun, and only a clause behind it."""
        if self.tree.child(head, "acl") is None or self.tree.child(head, "prep", "poss") is not None:
            return False
        return any(is_actor_word(word) and word.ent_type_ != "NORP" for word in self.tree.modifiers(head))

    def _is_target(self, head: Token) -> bool:
        """'shelled the enclave of Tarn': the enclave, not Tarn; nobody attacks 'its base' of his own."""
        owner = self.tree.child(head, "poss")
        if owner is not None and is_pronoun(owner):
            return False
        is_conflict = event_types()[self.trigger.frame.event_type].quad_class == CONFLICT
        return head.lemma_.lower() in (places_and_sites() if is_conflict else words_about_places())

    def _candidates(self, head: Token, *, is_blamed: bool) -> Iterator[Token]:
        tree = self.tree
        yield from tree.children(head, "poss")
        for clause in tree.children(head, "acl"):
            # 'an offer made by Oman'
            yield from tree.objects_of(clause, "by")
        for slot in ("by",) if is_blamed else _INNER:
            yield from tree.objects_of(head, slot)
        if is_blamed:
            # 'the raid on a camp by troops', whichever of the two the parser hangs 'by' under
            hit = [found for slot in ("on", "against", "of") for found in tree.objects_of(head, slot)]
            yield from (found for noun in hit for found in tree.objects_of(noun, "by"))
        if not is_blamed:
            for clause in tree.children(head, "acl"):
                if clause.tag_ not in ("VBG", "VBN"):
                    # 'claims that troops looted it', 'a decision to expel the envoys'
                    yield from of_clause(clause, tree)


def _is_conflict(noun: Token) -> bool:
    """Whether the noun names an act of violence or force: 'attack', 'killing'."""
    return noun.pos_ == "NOUN" and noun.lemma_.lower() in _conflict_nouns()


@cache
def _conflict_nouns() -> frozenset[str]:
    types = event_types()
    return frozenset(
        lemma
        for (lemma, pos), frames in trigger_frames().items()
        if pos == "NOUN" and any(types[frame.event_type].quad_class == CONFLICT for frame in frames)
    )
