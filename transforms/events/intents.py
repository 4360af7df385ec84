"""Finds events that lie in the words of a statement: a promise, a refusal, a demand.

PLOVER codes 'Oman said it will free them' as an agreement and 'will not free them' as a rejection, made now, whatever
comes of the deed. Comes in: the triggers of a sentence. Goes out: more triggers, whose frames are the rows with pos
INTENT in seeds/event_triggers.csv (lemma: promise, refusal or demand).
"""

from collections.abc import Sequence

from spacy.tokens import Token

from transforms.events.clauses import SentenceTree
from transforms.events.triggers import Trigger, event_types, trigger_frames
from transforms.events.words import Words, has_class, is_actor_word, is_in_class

_COOPERATIVE = frozenset({1, 2})
_DENIABLE = frozenset({"CONCEDE", "AGREE", "AID", "SUPPORT"})
_SPEAKERS = frozenset({"we", "i", "it", "they", "he", "she"})


def find_denied_or_due(words: Words) -> list[int]:
    """The tokens with a 'not' or a 'must' under them, in order of text: no other refuses or demands."""
    return sorted(
        {
            head
            for head, dep, lemma in zip(words.heads, words.deps, words.lemmas, strict=True)
            if dep == "neg" or (dep == "aux" and is_in_class(lemma, "duty_auxiliary"))
        }
    )


def find_intents(candidates: Sequence[int], tree: SentenceTree, triggers: list[Trigger]) -> list[Trigger]:
    """Promises, refusals and demands in the sentence, in order of text.

    `candidates` are the tokens of the sentence that are denied or due; promises are found by the `triggers`.
    """
    deeds: dict[int, list[Trigger]] = {}
    for trigger in triggers:
        deeds.setdefault(trigger.clause.i, []).append(trigger)
    intents: list[Trigger] = []
    for index in sorted({*candidates, *deeds}):
        verb = tree.doc[index]
        if verb.pos_ not in ("VERB", "AUX") or verb.dep_ == "aux":
            continue
        kind = _intent_of(verb, tree, deeds.get(index, []))
        if kind is not None:
            intents.append(Trigger(verb, trigger_frames()[kind, "INTENT"][0], rule=kind))
    return intents


def _intent_of(verb: Token, tree: SentenceTree, deeds: list[Trigger]) -> str | None:
    if any(has_class(marker, "condition") for marker in tree.children(verb, "mark")) or verb.dep_ == "relcl":
        return None
    if _is_demand(verb, tree):
        return "demand"
    doer = tree.doer(verb)
    if doer is None or not (is_actor_word(doer) or doer.lower_ in _SPEAKERS):
        return None
    is_negated = tree.child(verb, "neg") is not None
    types = {event_types()[trigger.frame.event_type] for trigger in deeds}
    if not _is_future(verb, tree):
        # 'The ministry did not give permission'
        is_withheld = is_negated and any(kind.event_type in _DENIABLE for kind in types)
        return "refusal" if is_withheld else None
    if is_negated:
        return None if has_class(verb, "state_verb") else "refusal"
    return "promise" if any(kind.quad_class in _COOPERATIVE for kind in types) else None


def _is_future(verb: Token, tree: SentenceTree) -> bool:
    """'will free', and 'would free' where it tells what somebody said."""
    for auxiliary in tree.children(verb, "aux"):
        if has_class(auxiliary, "future_auxiliary"):
            return True
        if has_class(auxiliary, "reported_future_auxiliary"):
            return verb.dep_ == "ccomp" and has_class(verb.head, "asserts")
    return False


def _is_demand(verb: Token, tree: SentenceTree) -> bool:
    """'Oman said that Qatar must leave'"""
    if verb.dep_ != "ccomp" or not has_class(verb.head, "asserts"):
        return False
    has_duty = any(has_class(auxiliary, "duty_auxiliary") for auxiliary in tree.children(verb, "aux"))
    speaker, subject = tree.doer(verb.head), tree.subject(verb)
    return has_duty and speaker is not None and subject is not None and subject.lower_ not in _SPEAKERS
