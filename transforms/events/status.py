"""Tells whether an event happened, is planned, supposed or asked for, and whether the text denies it.

Comes in: the trigger and the tree of its sentence. Goes out: modality and polarity, and whether no event is told at
all: a hope, a habit, a rule, an order to the reader. The words that decide it stand in seeds/event_words.csv under the
classes that transforms/events/words.py lists.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.triggers import Trigger
from transforms.events.words import ACTOR_LABELS, has_class

_TRANSPARENT = frozenset(
    {"xcomp", "ccomp", "pcomp", "acl", "acomp", "dobj", "pobj", "prep", "attr", "conj", "advcl", "nsubjpass"}
)
"""Dependencies across which the word above decides whether the word below happened."""

_SPEECH_TYPES = frozenset(
    {"ACCUSE", "REQUEST", "REJECT", "SUPPORT", "AGREE", "THREATEN", "CONCEDE", "RULE", "REPORT_RESULTS"}
)
"""Types that are done by saying so: 'the union rejects the offer' is news, 'the bus carries children' a habit."""

_OUTCOME_TYPES = frozenset({"WIN", "LOSE", "ELECT", "AWARD", "DIE"})
_OCCURRENCES = _OUTCOME_TYPES | {"DISASTER", "ACCIDENT", "INJURE"}
_OUTCOME_CLIMB = 2
"""Words that are climbed from a noun of these types: in 'will complain of the play in the defeat' it was lost."""

_PRESENT = frozenset({"VBZ", "VBP"})
_GOVERNED = frozenset({"xcomp", "ccomp", "acl", "prep", "dobj"})
_PARTICIPLES = frozenset({"VBN", "VBG"})
_ASKED_FOR = frozenset({"for", "to", "on", "upon", "of", "against"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_PAST = frozenset({"VBD", "VBN", "VBG"})
_QUESTION_TAGS = frozenset({"WDT", "WP", "WRB"})
_QUOTES = frozenset({'"', "'", "”", "’", "''", ")"})
_TAIL = 4
"""Tokens at the end of a sentence among which its full stop is looked for."""

_NEAR = 40
"""Words under a verb among which a date is looked for."""


@dataclass(frozen=True, slots=True)
class Status:
    """How sure the text is of an event; `is_attitude` where it tells of none: it hopes, weighs, or states a habit."""

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
    is_outcome = trigger.rule == "noun" and trigger.frame.event_type in _OCCURRENCES
    for _ in range(_OUTCOME_CLIMB if is_outcome else MAX_CLIMB):
        head = token.head
        if head.i == token.i or token.dep_ not in _TRANSPARENT or _is_factual(token, head):
            break
        if token.dep_ == "advcl":
            # 'ruled out sending troops', which the parser may take for an adverbial
            negations += token.tag_ == "VBG" and _is_denial(head, tree)
            modality = modality or _condition(token, tree) or _of_adverbial(trigger, token, tree)
            break
        if token.dep_ == "conj":
            if tree.child(token, "aux") is None:
                # 'will meet and sign', but 'will meet and have already signed'
                modality = modality or _auxiliary_modality(head, tree)
            token = head
            continue
        is_attitude = is_attitude or has_class(head, "attitude") or _is_mere_possibility(head, token, tree)
        modality = modality or _modality_below(head, token, tree)
        if _is_denial(head, tree):
            negations += 1
        if has_class(head, "asserts") and head.pos_ != "NOUN":
            break
        if token.dep_ == "acl" and token.tag_ in _PARTICIPLES and not _has_complementizer(token, tree):
            # 'told him at a dinner held in May': it was held
            break
        if token.dep_ != "acl":
            negations += _negations(head, tree)
            modality = _condition(head, tree) or modality or _auxiliary_modality(head, tree)
        token = head
    polarity = "denied" if negations % 2 else "affirmed"
    found = Status(modality or "happened", polarity, is_attitude)
    return found if not _is_generic(trigger, found, tree) else Status(found.modality, polarity, is_attitude=True)


def _is_attitude(token: Token) -> bool:
    return token.dep_ in _TRANSPARENT and has_class(token.head, "attitude")


def _is_factual(token: Token, head: Token) -> bool:
    """'has not sung since breaking her arm': she broke it, whatever the verb above says."""
    return token.dep_ in ("pcomp", "pobj") and has_class(head, "factual_preposition")


def _is_denial(head: Token, tree: SentenceTree) -> bool:
    """'denied attacking', 'ruled out sending', 'left without winning', 'talked instead of attacking'"""
    if has_class(head, "denies_out"):
        return any(particle.lower_ == "out" for particle in tree.children(head, "prt", "advmod"))
    is_instead = head.lower_ == "instead" or (head.dep_ == "prep" and head.lower_ in ("without", "than"))
    return is_instead or has_class(head, "denies")


def _negations(token: Token, tree: SentenceTree) -> int:
    """Words of denial under the token, and in its subject: 'nobody was hurt', 'no troops were sent'."""
    own = tree.children(token)
    subjects = [child for child in own if child.dep_ in ("nsubj", "nsubjpass")]
    below = [word for subject in subjects for word in tree.children(subject, "det", "neg")]
    if any(child.lower_ == "whether" for child in own):
        # 'whether or not they attacked' denies nothing
        return 0
    return sum(child.dep_ == "neg" or has_class(child, "negates") for child in [*own, *below])


def _own_modality(trigger: Trigger, tree: SentenceTree) -> str | None:
    found = _condition(trigger.clause, tree) or _auxiliary_modality(trigger.clause, tree)
    if trigger.verb is not None:
        # 'planned an attack', 'called for a strike'
        below = trigger.token if trigger.token.dep_ != "pobj" else trigger.token.head
        found = found or _modality_below(trigger.verb, below, tree)
    for word in (*tree.children(trigger.token, "amod", "advmod"), *tree.children(trigger.clause, "advmod")):
        # 'planned strikes', 'a possible attack', 'allegedly attacked'
        found = found or _modality_of(word)
    return found


def _modality_of(word: Token) -> str | None:
    if has_class(word, "plans"):
        return "planned"
    return "hypothetical" if has_class(word, "supposes", "alleges") else None


def _auxiliary_modality(verb: Token, tree: SentenceTree) -> str | None:
    """'will attack' is planned, 'could attack' hypothetical; 'said it would attack' is a plan told in the past."""
    for auxiliary in tree.children(verb, "aux"):
        if has_class(auxiliary, "future_auxiliary"):
            return "planned"
        if has_class(auxiliary, "reported_future_auxiliary"):
            is_reported = verb.dep_ == "ccomp" and has_class(verb.head, "asserts", "plans")
            return "planned" if is_reported and _condition(verb, tree) is None else "hypothetical"
        if has_class(auxiliary, "duty_auxiliary") and not _is_perfect(verb, tree):
            # 'Qatar must free them'; 'must have freed them' guesses
            return "requested"
        if has_class(auxiliary, "modal_auxiliary"):
            return "hypothetical"
    if verb.dep_ in ("ROOT", "conj", "ccomp") and tree.child(verb, "nsubj", "nsubjpass") is not None:
        # 'Soldiers to help flood victims': a headline's future
        first = tree.child(verb, "aux")
        if first is not None and first.lower_ == "to":
            return "planned"
    return None


def _is_perfect(verb: Token, tree: SentenceTree) -> bool:
    return any(auxiliary.lemma_.lower() == "have" for auxiliary in tree.children(verb, "aux"))


def _condition(verb: Token, tree: SentenceTree) -> str | None:
    """'if rebels attack'"""
    markers = tree.children(verb, "mark", "advmod")
    return "hypothetical" if any(has_class(marker, "condition") for marker in markers) else None


def _of_adverbial(trigger: Trigger, verb: Token, tree: SentenceTree) -> str | None:
    """'met to discuss aid' plans it, 'came from behind to beat Leeds' tells the outcome, 'will strike, killing' too."""
    if tree.child(verb, "nsubj", "nsubjpass") is not None:
        return None
    if not _is_to_infinitive(verb, tree):
        return _auxiliary_modality(verb.head, tree) if verb.tag_ == "VBG" else None
    if has_class(verb.head, "requests"):
        # 'called for him to resign'
        return "requested"
    is_continued = verb.head.lemma_ == "go" and any(word.lower_ == "on" for word in tree.children(verb.head, "prt"))
    # 'He went on to accuse them'
    is_outcome = (is_continued or trigger.frame.event_type in _OUTCOME_TYPES) and verb.head.tag_ in _PAST
    if is_outcome and not has_class(verb.head, "plans", "requests"):
        return None
    return _auxiliary_modality(verb.head, tree) or "planned"


def _is_to_infinitive(verb: Token, tree: SentenceTree) -> bool:
    return any(child.lower_ == "to" for child in tree.children(verb, "aux"))


def _modality_below(head: Token, child: Token, tree: SentenceTree) -> str | None:
    """What the word above says of the event under it: 'plans to', 'urged them to', 'a call for', 'risk of'."""
    if _is_intended(head, child, tree):
        return "planned"
    if has_class(head, "requests") and _is_asked_for(child, tree):
        return "requested"
    if head.lemma_ == "have" and child.dep_ == "xcomp" and _is_to_infinitive(child, tree):
        # 'will have to approve it'
        return "requested"
    is_participle = child.dep_ == "acl" and not _is_to_infinitive(child, tree)
    if has_class(head, "plans") and child.dep_ in _GOVERNED and not is_participle:
        # 'a law to ban it', not 'a law banning it'
        return "planned"
    if has_class(head, "supposes") and child.dep_ in _GOVERNED | {"nsubjpass"}:
        return "hypothetical"
    if child.dep_ == "acl" and head.pos_ == "NOUN" and has_class(head, "asserts") and _has_complementizer(child, tree):
        # 'dismissed claims that it had bombed a school'
        return "hypothetical"
    if has_class(head, "alleges") and child.dep_ in _GOVERNED - {"dobj"}:
        # 'accused of shelling the town', 'allegations that troops fled'
        return "hypothetical"
    return None


def _is_mere_possibility(head: Token, child: Token, tree: SentenceTree) -> bool:
    """'evidence to convict them', 'free to attack'; not 'able to free them', 'the first man to win', 'a plan to win'"""
    if child.dep_ not in ("xcomp", "acl") or head.pos_ not in ("ADJ", "NOUN") or not _is_to_infinitive(child, tree):
        return False
    is_done = has_class(head, "able") or head.tag_ == "JJS" or head.ent_type_ == "ORDINAL"
    return not is_done and _modality_below(head, child, tree) is None and not _is_denial(head, tree)


def _is_intended(head: Token, child: Token, tree: SentenceTree) -> bool:
    """'wants to buy the firm', 'is to resign', 'in order to free them', 'is going to leave', 'Court to hear appeal'"""
    if child.dep_ == "xcomp" and (has_class(head, "wishes") or head.lower_ == "about"):
        # 'wants Oman to sell it' asks for it
        return tree.child(child, "nsubj") is None
    if child.dep_ == "xcomp" and head.lower_ == "going" and tree.child(head, "aux") is not None:
        return True
    if head.lower_ == "order" and head.head.lower_ == "in":
        return True
    is_headline = head.dep_ == "ROOT" and child.dep_ == "acl" and _is_to_infinitive(child, tree)
    return is_headline or _is_future_of_be(head, child, tree)


def _is_asked_for(child: Token, tree: SentenceTree) -> bool:
    """What a word of asking governs: 'urged them to leave', 'called for talks'; not 'asked at the meeting'."""
    if child.dep_ == "prep":
        return child.lower_ in _ASKED_FOR
    return child.dep_ in ("xcomp", "ccomp", "acl", "dobj", "advcl", "nsubjpass") and not _is_finite(child, tree)


def _is_future_of_be(head: Token, child: Token, tree: SentenceTree) -> bool:
    if head.lemma_ != "be" or child.dep_ != "xcomp" or not _is_to_infinitive(child, tree):
        return False
    # 'the plan is to attack', 'Cole is to resign'
    return tree.child(head, "acomp", "attr") is None


def _has_complementizer(clause: Token, tree: SentenceTree) -> bool:
    return any(marker.lower_ == "that" for marker in tree.children(clause, "mark"))


def _is_finite(verb: Token, tree: SentenceTree) -> bool:
    """'asked whether they met', not 'asked them to meet' or 'asked that they meet'"""
    auxiliaries = tree.children(verb, "aux", "auxpass")
    first = auxiliaries[0] if auxiliaries else verb
    return verb.dep_ == "ccomp" and first.tag_ in _FINITE


def _is_generic(trigger: Trigger, found: Status, tree: SentenceTree) -> bool:
    """Whether the clause tells no single event: a habit, a rule, advice, a question, or an order to the reader."""
    verb = trigger.clause
    is_supposed = found.modality == "hypothetical" or (found.modality == "requested" and _has_duty(verb, tree))
    if is_supposed and "sport" in tree.topics:
        # what a team could or must win is no news
        return True
    if verb.pos_ not in ("VERB", "AUX"):
        # 'would need the support of the unions'; 'fears an attack by rebels' names who
        is_owned = any(word.dep_ == "poss" or word.lower_ == "by" for word in tree.children(verb))
        return trigger.rule == "noun" and found.modality in ("hypothetical", "requested") and not is_owned
    subject = tree.subject(verb)
    return (
        _is_judged(verb, tree)
        or _is_general(verb, subject, tree)
        or (found.modality == "hypothetical" and _is_asked(verb, tree))
        # 'Drivers should think before they sue', 'people can be detained'
        or (is_supposed and not _is_told(verb, tree) and (subject is None or not _is_specific(subject, tree)))
        or _is_habit(trigger, tree)
    )


def _is_judged(verb: Token, tree: SentenceTree) -> bool:
    """'closing the bridge would be wrong', 'it is wrong to attack them', 'no reason to negotiate', 'if found guilty'"""
    if verb.dep_ == "csubj" and verb.head.tag_ not in _PAST:
        return True
    is_condition = _condition(verb, tree) is not None and tree.child(verb, "nsubj", "nsubjpass") is None
    return is_condition or _is_extraposed(verb, tree)


def _is_general(verb: Token, subject: Token | None, tree: SentenceTree) -> bool:
    """'when you attack it', 'anyone can attack it', 'Visit our website'"""
    if subject is None:
        return verb.tag_ == "VB" and tree.child(verb, "aux", "auxpass") is None
    return has_class(subject, "generic_subject")


def _is_habit(trigger: Trigger, tree: SentenceTree) -> bool:
    """'usually meets the queen', 'The airline offers seats on the route'; in a headline 'Mayor visits market'"""
    verb = trigger.clause
    if verb.tag_ not in _PRESENT:
        return False
    if any(has_class(word, "habitual") for word in tree.children(verb, "advmod")):
        return True
    if trigger.frame.event_type in _SPEECH_TYPES or tree.child(verb, "aux", "auxpass") is not None:
        return False
    return not _is_headline(verb, tree)


def _is_extraposed(verb: Token, tree: SentenceTree) -> bool:
    if verb.head.lemma_ != "be" or not _is_to_infinitive(verb, tree):
        return False
    return any(word.lower_ in ("it", "there") for word in tree.children(verb.head, "nsubj", "expl"))


def _is_told(verb: Token, tree: SentenceTree) -> bool:
    """'allegations that soldiers had tortured them' tells of something done, true or not."""
    auxiliaries = tree.children(verb, "aux", "auxpass")
    first = auxiliaries[0] if auxiliaries else verb
    return first.tag_ == "VBD"


def _is_asked(verb: Token, tree: SentenceTree) -> bool:
    """'which plan they would support'"""
    if verb.dep_ == "relcl":
        return False
    return any(word.tag_ in _QUESTION_TAGS for word in tree.children(verb, "advmod", "dobj", "attr", "nsubj"))


def _has_duty(verb: Token, tree: SentenceTree) -> bool:
    return any(has_class(auxiliary, "duty_auxiliary") for auxiliary in tree.children(verb, "aux"))


def _is_specific(noun: Token, tree: SentenceTree) -> bool:
    """Whether the noun names somebody: 'Peru', 'the rebels', 'his brother'; not 'rebels', 'a firm', 'we'."""
    if noun.ent_type_ in ACTOR_LABELS or noun.pos_ == "PROPN":
        return True
    if noun.pos_ == "PRON":
        return noun.lower_ in ("he", "she", "it", "they")
    return any(
        child.lower_ in ("the", "this", "these", "his", "her", "their", "its") or child.ent_type_ in ACTOR_LABELS
        for child in tree.children(noun, "det", "poss", "amod", "compound")
    )


def _is_headline(verb: Token, tree: SentenceTree) -> bool:
    """Whether the present tense tells of the day: in a text's first sentence, without full stop, or with a date."""
    if tree.bounds(verb.idx)[0] == 0:
        return True
    if any(word.ent_type_ == "DATE" and word.tag_ == "NNP" for word in tree.below(verb, _NEAR)):
        # 'Ministers attend a summit in Oslo on 7 December 2018.'
        return True
    last = tree.last_word
    for word in reversed(tree.doc[max(last.i - _TAIL, 0) : last.i + 1]):
        if word.text not in _QUOTES:
            return not word.text.endswith((".", "!", "?", "…"))
    return True
