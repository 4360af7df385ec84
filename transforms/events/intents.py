"""Finds events that lie in the words of a statement: a promise, a refusal, a demand.

PLOVER codes 'Oman said it will free them' as an agreement and 'will not free them' as a rejection, made now, whatever
comes of the deed. Comes in: the triggers of a sentence. Goes out: more triggers, whose frames are the rows with pos
INTENT in seeds/event_triggers.csv (lemma: promise, refusal or demand).
"""

from collections.abc import Sequence

from spacy.tokens import Token

from transforms.events.clauses import SentenceTree
from transforms.events.kinds import Topics, is_kind
from transforms.events.triggers import Trigger, event_types, trigger_frames
from transforms.events.words import Words, has_class, is_in_class

_COOPERATIVE = frozenset({1, 2})
_DENIABLE = frozenset({"CONCEDE", "AGREE", "AID", "SUPPORT"})
_SPEAKERS = frozenset({"we", "i", "it", "they", "he", "she"})
_FIRST_PERSONS = frozenset({"i", "we"})
_QUESTION_WORDS = frozenset({"how", "what", "when", "where", "why", "which", "who"})


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
    if verb.dep_ == "relcl" or _is_open(verb, tree):
        return None
    topics = tree.topics
    if _is_demand(verb, tree, topics):
        return "demand"
    kind = _promise_or_refusal(verb, tree, deeds)
    doer = tree.doer(verb) if kind is not None else None
    return kind if doer is not None and _can_commit(doer, verb, tree, topics) else None


def _promise_or_refusal(verb: Token, tree: SentenceTree, deeds: list[Trigger]) -> str | None:
    """What the form of the verb makes it, if its doer can commit himself."""
    is_negated = tree.child(verb, "neg") is not None
    if not _is_future(verb, tree):
        # 'The ministry did not give permission'
        is_withheld = is_negated and tree.child(verb, "aux") is not None and verb.tag_ != "VBG"
        return "refusal" if is_withheld and any(deed.frame.event_type in _DENIABLE for deed in deeds) else None
    if is_negated:
        return None if has_class(verb, "state_verb") else "refusal"
    # Who will travel somewhere has planned it, not promised.
    kept = (event_types()[deed.frame.event_type] for deed in deeds if not is_in_class(deed.frame.lemma, "travels"))
    return "promise" if any(kind.quad_class in _COOPERATIVE for kind in kept) else None


def _is_open(verb: Token, tree: SentenceTree) -> bool:
    """'if they free him', 'how they would fund it'"""
    if any(has_class(marker, "condition") for marker in tree.children(verb, "mark")):
        return True
    return any(word.lower_ in _QUESTION_WORDS for word in tree.children(verb, "advmod", "dobj", "pobj", "attr"))


def _can_commit(doer: Token, verb: Token, tree: SentenceTree, topics: Topics) -> bool:
    """Whether the doer speaks for somebody: 'Oman will not free them', 'it said it would', not 'the drug will not'."""
    if not is_kind("@public", doer, tree, topics):
        return False
    is_told = verb.dep_ == "ccomp" and has_class(verb.head, "asserts")
    if doer.lower_ not in _SPEAKERS:
        # 'The minister said Oman would not leave', not 'said the farmers would not notice'
        return not is_told or is_kind("@authority", doer, tree, topics)
    return is_told or (doer.lower_ in _FIRST_PERSONS and not _is_reported_future(verb, tree))


def _is_reported_future(verb: Token, tree: SentenceTree) -> bool:
    """'I would not go there' supposes; 'we will not go there' refuses."""
    return any(has_class(word, "reported_future_auxiliary") for word in tree.children(verb, "aux"))


def _is_future(verb: Token, tree: SentenceTree) -> bool:
    """'will free', and 'would free' where it tells what somebody said."""
    for auxiliary in tree.children(verb, "aux"):
        if has_class(auxiliary, "future_auxiliary"):
            return True
        if has_class(auxiliary, "reported_future_auxiliary"):
            return verb.dep_ == "ccomp" and has_class(verb.head, "asserts")
    return False


def _is_demand(verb: Token, tree: SentenceTree, topics: Topics) -> bool:
    """'Oman said that Qatar must leave'; 'should have left' comes too late to ask for."""
    if verb.dep_ != "ccomp" or not has_class(verb.head, "asserts"):
        return False
    auxiliaries = tree.children(verb, "aux")
    has_duty = any(has_class(word, "duty_auxiliary") for word in auxiliaries)
    if not has_duty or any(word.lemma_.lower() == "have" for word in auxiliaries):
        return False
    speaker, subject = tree.doer(verb.head), tree.subject(verb)
    if speaker is None or subject is None or subject.lower_ in _SPEAKERS:
        return False
    if any(word.lower_ == "must" for word in auxiliaries):
        return is_kind("@authority", speaker, tree, topics)
    # 'prices should fall' expects, 'Qatar should leave' asks
    is_asked = is_kind("@public", subject, tree, topics) and not has_class(verb, "state_verb")
    return is_asked and is_kind("@public", speaker, tree, topics)
