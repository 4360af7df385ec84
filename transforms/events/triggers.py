"""Finds the words of a sentence that tell of an event, by the frames of `seeds/event_triggers.csv`.

Comes in: a SentenceTree. Goes out: triggers with the frame that matched. A trigger has at most one frame a taxonomy.

Columns of `seeds/event_triggers.csv` ('|' separates alternatives; an empty cell asks nothing):
    lemma        dictionary form of the trigger
    pos          VERB, NOUN, ADJ, or INTENT (see transforms/intents.py)
    event_type   a row of seeds/event_types.csv
    mode         mode of the type, where the trigger decides it
    particle     the verb must have one of these words: 'step' + 'down'; a noun must stand under it: 'on' + 'strike'
    preposition  one of these prepositions must follow: 'call' + 'for'
    object       what the object must be: lemmas, words as written after '=' ('=demands'), kinds (see
                 transforms/events/kinds.py), or @any, @none, @clause, @infinitive, @gerund, @future ('that they
                 would'), @duty ('that they must', 'that he resign'); with a preposition, what it governs will do; for
                 a noun the word in front ('hunger' + 'strike'), or @plural
    subject      what the doer must be: lemmas or kinds. A passive without 'by' does not tell it and passes, unless the
                 cell has @told
    unless       negative evidence: no frame where one of these lemmas stands directly under the trigger, or above a
                 noun, or where the object is of one of these kinds; @clause where a clause completes the verb, @none
                 where it has no object, @any where it has one
    topic        what the article must be about, or with '!' must not: 'sport', '!arts' (transforms/events/topics.py)
    actor        where the actor stands, in order of preference; empty is the possessor, 'by' and the words in front
                 for a noun; a verb's doer comes before them: 'troops were deployed' has none, so its subject acts
    recipient    where the recipient stands: object, indirect, subject, clause, possessor, modifier, or a preposition
    reciprocal   'yes' where both sides do it: 'met', 'talks'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span, Token

from transforms.events.clauses import SentenceTree
from transforms.events.kinds import KINDS, Topics, is_kind
from transforms.events.words import Words, has_class
from transforms.lexicon import read_seed

_POS_GROUPS = {"VERB": "VERB", "AUX": "VERB", "NOUN": "NOUN", "PROPN": "NOUN", "ADJ": "ADJ"}
_NAME_LABELS = frozenset({"WORK_OF_ART", "EVENT", "PRODUCT", "FAC", "LAW", "ORG", "PERSON", "LOC"})
_TITLE_LABELS = frozenset({"WORK_OF_ART", "PERSON", "PRODUCT"})
"""Of 'released Band Aid' the word 'aid' says nothing."""

_CARRYING = frozenset({"in", "on", "under", "to", "into", "with", "at", "from", "by", "of"})
_IN_FRONT = frozenset({"compound", "nmod", "amod"})
_PLACES = frozenset({"in", "at", "near"})
_GAP = 5
"""Most tokens between a light verb and its noun for both to be one trigger text: 'launched a wave of attacks'."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One row of seeds/event_triggers.csv.

    One of the lemmas `asked` must stand in the sentence; there are none where the object may be told by something else.
    """

    lemma: str
    pos: str
    event_type: str
    mode: str | None
    particle: frozenset[str]
    preposition: frozenset[str]
    object: frozenset[str]
    subject: frozenset[str]
    unless: frozenset[str]
    topic: frozenset[str]
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    is_reciprocal: bool
    asked: frozenset[str]

    @property
    def demands(self) -> int:
        """How many conditions the frame sets: the most demanding one that holds wins."""
        return sum(bool(part) for part in (self.particle, self.preposition, self.object))

    def suits(self, topics: Topics) -> bool:
        """Whether the word has this sense in an article on `topics`."""
        if any(f"!{topic}" in self.topic for topic in topics):
            return False
        asked = {topic for topic in self.topic if not topic.startswith("!")}
        return not asked or not asked.isdisjoint(topics)


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of seeds/event_types.csv."""

    event_type: str
    taxonomy: str
    cameo_root: str | None
    quad_class: int | None
    goldstein: float | None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells of an event, its frame, and the light verb that carries a noun ('launched' + 'attack')."""

    token: Token
    frame: Frame
    rule: str
    verb: Token | None = None

    @property
    def clause(self) -> Token:
        """The token whose tense, negation and place in the sentence are the event's."""
        return self.verb if self.verb is not None else self.token

    def span(self) -> Span:
        """The words of the trigger: 'will not accept'; a light verb and its noun together where they stand close."""
        doc, token = self.token.doc, self.token
        if self.frame.pos == "INTENT":
            before = [child.i for child in token.lefts if child.dep_ in ("aux", "neg") and token.i - child.i <= _GAP]
            return doc[min([*before, token.i]) : token.i + 1]
        if self.verb is not None and 0 < token.i - self.verb.i <= _GAP:
            return doc[self.verb.i : token.i + 1]
        return doc[token.i : token.i + 1]


@cache
def event_types() -> dict[str, EventType]:
    """The types of seeds/event_types.csv by name."""
    return {
        row["event_type"]: EventType(
            event_type=row["event_type"],
            taxonomy=row["taxonomy"],
            cameo_root=row["cameo_root"] or None,
            quad_class=int(row["quad_class"]) if row["quad_class"] else None,
            goldstein=float(row["goldstein"]) if row["goldstein"] else None,
        )
        for row in read_seed("event_types")
    }


@cache
def trigger_frames() -> dict[tuple[str, str], tuple[Frame, ...]]:
    """The frames of seeds/event_triggers.csv by lemma and part of speech, the most demanding first."""
    frames: dict[tuple[str, str], list[Frame]] = {}
    for row in read_seed("event_triggers"):
        frame = Frame(
            lemma=row["lemma"],
            pos=row["pos"],
            event_type=row["event_type"],
            mode=row["mode"] or None,
            particle=frozenset(_split(row["particle"])),
            preposition=frozenset(_split(row["preposition"])),
            object=frozenset(_split(row["object"])),
            subject=frozenset(_split(row["subject"])),
            unless=frozenset(_split(row["unless"])),
            topic=frozenset(_split(row["topic"])),
            actor=_split(row["actor"]),
            recipient=_split(row["recipient"]),
            is_reciprocal=row["reciprocal"] == "yes",
            asked=_lemmas_asked(row["object"]),
        )
        frames.setdefault((frame.lemma, frame.pos), []).append(frame)
    return {key: tuple(sorted(found, key=lambda frame: -frame.demands)) for key, found in frames.items()}


def _lemmas_asked(cell: str) -> frozenset[str]:
    """The lemmas of a cell; none where it has kinds or words as written, too."""
    parts = frozenset(_split(cell))
    return frozenset() if any(part.startswith(("@", "=")) for part in parts) else parts


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def find_candidates(words: Words) -> list[int]:
    """The tokens that the lexicon has, in order of text: without looking at the grammar around them."""
    frames, lemmas = trigger_frames(), _trigger_lemmas()
    listed = [index for index, lemma in enumerate(words.lemmas) if lemma in lemmas]
    groups = words.parts_of_speech
    return [index for index in listed if (words.lemmas[index], _POS_GROUPS.get(groups[index], "")) in frames]


@cache
def _trigger_lemmas() -> frozenset[str]:
    return frozenset(lemma for lemma, _ in trigger_frames())


def find_triggers(candidates: Sequence[int], tree: SentenceTree) -> list[Trigger]:
    """The triggers among the `candidates` of the sentence, in order of text.

    A noun that a verb's frame asked for as its object is no trigger of its own: 'lifted the siege' is one event.
    """
    triggers: list[Trigger] = []
    consumed: set[int] = set()
    others: list[Token] = []
    for token in (tree.doc[index] for index in candidates):
        if token.pos_ not in ("VERB", "AUX"):
            others.append(token)
            continue
        for trigger in _match(token, tree, tree.topics):
            triggers.append(trigger)
            consumed |= _asked_objects(trigger, tree)
    for token in others:
        if token.i not in consumed:
            triggers.extend(_match(token, tree, tree.topics))
    return sorted(triggers, key=lambda trigger: trigger.token.i)


def _match(token: Token, tree: SentenceTree, topics: Topics) -> list[Trigger]:
    """The first frame of each taxonomy that holds at the token."""
    suitable = _frames_of(token.lemma_.lower(), _POS_GROUPS.get(token.pos_, ""), topics)
    lemmas = tree.lemmas
    frames = [frame for frame in suitable if not (frame.asked and frame.asked.isdisjoint(lemmas))]
    if not frames or _is_part_of_name(token) or _only_modifies(token):
        return []
    found: dict[str, Trigger] = {}
    for frame in frames:
        taxonomy = event_types()[frame.event_type].taxonomy
        if taxonomy not in found and _holds(frame, token, tree, topics):
            trigger = _trigger(frame, token, tree)
            if trigger.rule != "noun" or _has_sides(trigger, tree, topics):
                found[taxonomy] = trigger
    return list(found.values())


@cache
def _frames_of(lemma: str, group: str, topics: Topics) -> tuple[Frame, ...]:
    """The frames of a word in an article on these topics."""
    return tuple(frame for frame in trigger_frames().get((lemma, group), ()) if frame.suits(topics))


def _is_part_of_name(token: Token) -> bool:
    """'Harbour Assault' is a game, 'the Great War' a chapter of history."""
    if token.ent_type_ == "DATE":
        # 'in the year to March'
        return True
    if token.ent_type_ not in _NAME_LABELS or not token.text[:1].isupper():
        return False
    if token.pos_ == "PROPN":
        return True
    beside = [token.doc[index] for index in (token.i - 1, token.i + 1) if 0 <= index < len(token.doc)]
    return any(other.ent_type_ == token.ent_type_ and other.text[:1].isupper() for other in beside)


def _only_modifies(token: Token) -> bool:
    """'attack helicopters', 'a failed bid', 'peace talks deal': the phrase is about what its head names."""
    if token.dep_ not in _IN_FRONT or token.head.i < token.i:
        return False
    return not has_class(token.head, "effort", "instrument")


def _has_sides(trigger: Trigger, tree: SentenceTree, topics: Topics) -> bool:
    """Whether a noun without a verb says who did it or to whom: 'the raid on Basra', not 'the war in Mali'."""
    token, frame = trigger.token, trigger.frame
    if not frame.is_reciprocal and (
        tree.children(token, "poss") or any(word.ent_type_ for word in tree.modifiers(token))
    ):
        return True
    slots = {"by", "between", "with", "of", *frame.actor, *frame.recipient, *frame.preposition}
    if event_types()[frame.event_type].taxonomy == "plover" and not frame.preposition:
        # a place is no side; 'on' is the victim's slot of nouns of force
        slots -= _PLACES
    sides = [governed for word, governed in tree.prepositional(token) if word in slots]
    return bool(sides) and (not frame.is_reciprocal or any(is_kind("@actor", side, tree, topics) for side in sides))


def _trigger(frame: Frame, token: Token, tree: SentenceTree) -> Trigger:
    if frame.pos != "NOUN":
        return Trigger(token, frame, rule=frame.pos.lower())
    verb = light_verb(token, tree)
    if verb is None:
        return Trigger(token, frame, rule="noun")
    is_inverse = has_class(verb, "inverse_light_verb") or has_class(token.head, "inverse_preposition")
    rule = "inverse_light_verb" if is_inverse else "light_verb"
    if tree.child(verb, "nsubj") == token:
        rule = "occurring_noun"
    return Trigger(token, frame, rule=rule, verb=verb)


def light_verb(noun: Token, tree: SentenceTree) -> Token | None:
    """The verb that only carries the noun: 'launched' in 'launched a series of attacks', 'went' in 'went on strike'."""
    top = noun
    if top.dep_ == "compound" and has_class(top.head, "effort"):
        # 'launched a mediation effort'
        top = top.head
    if top.dep_ == "pobj" and has_class(top.head.head, "container"):
        top = top.head.head
    if top.dep_ == "conj" and top.head.pos_ == "NOUN":
        top = top.head
    governor = top.head
    if top.dep_ == "pobj" and top.head.dep_ in ("prep", "agent"):
        return top.head.head if _is_carried(top) else None
    if top.dep_ in ("dobj", "nsubjpass", "attr", "oprd") and has_class(governor, "light_verb", "inverse_light_verb"):
        return governor
    if top.dep_ == "nsubj" and has_class(governor, "occurs"):
        # 'an army raid killed five'
        return governor
    # 'an assault launched by rebels'
    carried = tree.child(top, "acl")
    if carried is not None and carried.tag_ == "VBN" and has_class(carried, "light_verb"):
        return carried
    return None


def _is_carried(noun: Token) -> bool:
    """'went on strike', 'came under attack'; not 'was below the promise', 'on the war there was no dispute'."""
    preposition = noun.head
    governor = preposition.head
    if not has_class(governor, "light_verb_with_preposition") or preposition.i < governor.i:
        return False
    return preposition.lower_ in _CARRYING or (preposition.lower_ == "for" and governor.lemma_ != "be")


def _holds(frame: Frame, token: Token, tree: SentenceTree, topics: Topics) -> bool:
    if frame.particle and not frame.particle & _particles(token, tree):
        return False
    if frame.preposition and not frame.preposition & _prepositions(token, tree):
        return False
    if frame.object and not _has_object(frame, token, tree, topics):
        return False
    if frame.subject and not _has_subject(frame, token, tree, topics):
        return False
    return not (frame.unless and _has_evidence_against(frame, token, tree, topics))


def _has_subject(frame: Frame, token: Token, tree: SentenceTree, topics: Topics) -> bool:
    """Whether the doer of the verb, or of the light verb that carries the noun, is what the frame asks for."""
    clause: Token | None = token
    if frame.pos == "NOUN":
        clause = light_verb(token, tree)
        if clause is not None and tree.child(clause, "nsubj") == token:
            clause = None
    if clause is None:
        return "@told" not in frame.subject
    doer = tree.doer(clause)
    if doer is None:
        return "@told" not in frame.subject and tree.is_passive(clause)
    return _is_one_of(frame.subject, doer, tree, topics)


def _has_evidence_against(frame: Frame, token: Token, tree: SentenceTree, topics: Topics) -> bool:
    if not frame.unless.isdisjoint(_near_lemmas(token, tree)):
        return True
    if "@clause" in frame.unless and tree.child(token, "ccomp", "xcomp") is not None:
        return True
    found = tree.undergoer(token)
    if ("@none" if found is None else "@any") in frame.unless:
        return True
    kinds = _kinds_in(frame.unless)
    if not kinds:
        return False
    affected = [found] if found is not None else [governed for _, governed in tree.prepositional(token)]
    return any(is_kind(kind, word, tree, topics) for word in affected for kind in kinds)


def _is_one_of(wanted: frozenset[str], token: Token, tree: SentenceTree, topics: Topics) -> bool:
    """Whether the word is among the lemmas or of one of the kinds."""
    if token.lemma_.lower() in wanted or f"={token.lower_}" in wanted:
        return True
    return any(is_kind(kind, token, tree, topics) for kind in _kinds_in(wanted))


@cache
def _kinds_in(wanted: frozenset[str]) -> tuple[str, ...]:
    """The kinds among what a frame asks for."""
    return tuple(sorted(wanted & KINDS))


def _particles(token: Token, tree: SentenceTree) -> set[str]:
    """'down' in 'stepped down', 'guilty' in 'found him guilty', and for a noun the 'on' of 'on strike'."""
    if token.pos_ not in ("VERB", "AUX"):
        return {token.head.lower_} if token.dep_ == "pobj" else set()
    particles = tree.children(token, "prt", "advmod", "prep", "acomp", "oprd", "ccomp", "dobj", "attr")
    return {child.lower_ for child in particles}


def _prepositions(token: Token, tree: SentenceTree) -> set[str]:
    """Those under the trigger, for a noun also those under its light verb."""
    if token.pos_ in ("VERB", "AUX"):
        # 'called on Friday' is no 'call on'
        return {word for word, governed in tree.prepositional(token) if governed.ent_type_ not in ("DATE", "TIME")}
    return {word for word, _ in _noun_prepositional(token, tree)}


def _noun_prepositional(noun: Token, tree: SentenceTree) -> list[tuple[str, Token]]:
    """Those under the noun and those under its light verb: 'launched strikes on Monday against the town'."""
    verb = light_verb(noun, tree)
    found = tree.prepositional(noun)
    return [*found, *tree.prepositional(verb)] if verb is not None else found


def _has_object(frame: Frame, token: Token, tree: SentenceTree, topics: Topics) -> bool:
    wanted = frame.object
    if _has_clause(wanted, token, tree):
        return True
    if token.pos_ not in ("VERB", "AUX"):
        if "@plural" in wanted and token.tag_ in ("NNS", "NNPS"):
            # 'clashes' are fought, a 'clash' may be of words
            return True
        # 'a hunger strike'; 'an attack on the policy'
        governed_words = [governed for word, governed in _noun_prepositional(token, tree) if word in frame.preposition]
        words = governed_words if frame.preposition else tree.modifiers(token)
        return any(_is_one_of(wanted, word, tree, topics) for word in words)
    found = _affected(token, tree)
    for word, governed in tree.prepositional(token):
        # 'took to the streets', 'put the army on alert', 'spoke to the minister'
        if word in frame.preposition and _is_one_of(wanted, governed, tree, topics):
            return True
    if found is None:
        return "@none" in wanted
    if "@any" in wanted or _is_one_of(wanted, found, tree, topics):
        return True
    if any(_is_one_of(wanted, other, tree, topics) for other in tree.children(token, "dobj", "oprd") if other != found):
        # 'granted the agency permission to search'
        return True
    return any(
        word.ent_type_ not in _TITLE_LABELS and (word.lemma_.lower() in wanted or f"={word.lower_}" in wanted)
        for word in object_words(found, tree)
    )


def _has_clause(wanted: frozenset[str], token: Token, tree: SentenceTree) -> bool:
    clauses = tree.children(token, "xcomp", "ccomp", "pcomp", "acl")
    if not clauses:
        return False
    if any(clause.dep_ == "xcomp" and clause.lemma_.lower() in wanted for clause in clauses):
        # 'failed to reach a deal', 'ready to help'
        return True
    if "@clause" in wanted and any(clause.dep_ != "pcomp" for clause in clauses):
        return True
    if "@gerund" in wanted and any(clause.tag_ == "VBG" and clause.dep_ != "acl" for clause in clauses):
        return True
    clauses = [clause for clause in clauses if clause.dep_ in ("xcomp", "ccomp")]
    if "@infinitive" in wanted and any(_is_infinitive(clause, tree) for clause in clauses):
        return True
    if "@future" in wanted and any(_is_future(clause, tree) for clause in clauses):
        return True
    return "@duty" in wanted and any(_is_due(clause, tree) for clause in clauses)


def _affected(verb: Token, tree: SentenceTree) -> Token | None:
    """The object, or who is to do something: 'Oman' in 'allowed Oman to sell it'."""
    found = tree.undergoer(verb)
    if found is not None:
        return found
    clause = tree.child(verb, "ccomp")
    return tree.child(clause, "nsubj", "nsubjpass") if clause is not None and _is_infinitive(clause, tree) else None


def _is_infinitive(clause: Token, tree: SentenceTree) -> bool:
    """'to free them' in 'agreed to free them', and in 'asked Oman to free them', whose object may be its subject."""
    return any(child.lower_ == "to" for child in tree.children(clause, "aux"))


def _is_future(clause: Token, tree: SentenceTree) -> bool:
    """'agreed that troops would leave', not 'agreed that it was late'"""
    auxiliaries = tree.children(clause, "aux")
    return any(has_class(word, "future_auxiliary", "reported_future_auxiliary") for word in auxiliaries)


def _is_due(clause: Token, tree: SentenceTree) -> bool:
    """'insisted that they must leave', 'demanded that he resign'"""
    auxiliaries = tree.children(clause, "aux", "auxpass")
    if any(has_class(word, "duty_auxiliary") for word in auxiliaries):
        return True
    finite = auxiliaries[0] if auxiliaries else clause
    return finite.tag_ == "VB" and tree.child(clause, "nsubj", "nsubjpass") is not None


def object_words(head: Token, tree: SentenceTree) -> list[Token]:
    """The nouns that say what an object is: 'wave', 'strikes', 'drone' in 'a wave of drone strikes'."""
    words = [head, *tree.children(head, "conj", "compound", "amod")]
    for inner in tree.objects_of(head, "of"):
        words += [inner, *tree.children(inner, "compound", "conj", "amod")]
    return words


def _asked_objects(trigger: Trigger, tree: SentenceTree) -> set[int]:
    """The words of the object, where the frame asked for one of them."""
    found = tree.undergoer(trigger.token)
    if found is None or not trigger.frame.object:
        return set()
    words = object_words(found, tree)
    is_asked = any(word.lemma_.lower() in trigger.frame.object for word in words)
    return {word.i for word in words} if is_asked else set()


def _near_lemmas(token: Token, tree: SentenceTree) -> set[str]:
    """The lemmas directly under the trigger, those of its prepositions' objects, and the word it stands under."""
    # Of 'a planned attack' the lemma is 'plan', which it is not about.
    near = {child.lemma_.lower() for child in tree.children(token) if child.pos_ != "VERB" or child.dep_ != "amod"}
    near |= {found.lemma_.lower() for _, found in tree.prepositional(token)}
    found = tree.undergoer(token) if token.pos_ == "VERB" else None
    if found is not None:
        near |= {word.lemma_.lower() for word in object_words(found, tree)}
    if token.dep_ in ("compound", "amod", "nmod", "dobj"):
        near.add(token.head.lemma_.lower())
    if token.dep_ == "pobj":
        # 'went on the offensive'
        near.add(token.head.head.lemma_.lower())
    return near
