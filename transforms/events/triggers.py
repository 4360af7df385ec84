"""Finds the words of a sentence that tell of an event, by the frames of `seeds/event_triggers.csv`.

Comes in: a SentenceTree. Goes out: triggers with the frame that matched. A trigger has at most one frame a taxonomy.

Columns of `seeds/event_triggers.csv` ('|' separates alternatives; an empty cell asks nothing):
    lemma        dictionary form of the trigger
    pos          VERB, NOUN, ADJ, or INTENT (see transforms/intents.py)
    event_type   a row of seeds/event_types.csv
    mode         mode of the type, where the trigger decides it
    particle     the verb must have one of these words: 'step' + 'down'; a noun must stand under it: 'on' + 'strike'
    preposition  one of these prepositions must follow: 'call' + 'for'
    object       what the object must be: lemmas, or @any, @none, @actor (a person, group or country), @clause,
                 @infinitive; for a noun the word in front: 'hunger' + 'strike'
    unless       negative evidence: no frame where one of these lemmas stands directly under the trigger
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
from transforms.events.words import Words, has_class, is_actor_word
from transforms.lexicon import read_seed

_POS_GROUPS = {"VERB": "VERB", "AUX": "VERB", "NOUN": "NOUN", "PROPN": "NOUN", "ADJ": "ADJ"}
_GAP = 5
"""Most tokens between a light verb and its noun for both to be one trigger text: 'launched a wave of attacks'."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One row of seeds/event_triggers.csv."""

    lemma: str
    pos: str
    event_type: str
    mode: str | None
    particle: frozenset[str]
    preposition: frozenset[str]
    object: frozenset[str]
    unless: frozenset[str]
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    is_reciprocal: bool

    @property
    def demands(self) -> int:
        """How many conditions the frame sets: the most demanding one that holds wins."""
        return sum(bool(part) for part in (self.particle, self.preposition, self.object))


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
            unless=frozenset(_split(row["unless"])),
            actor=_split(row["actor"]),
            recipient=_split(row["recipient"]),
            is_reciprocal=row["reciprocal"] == "yes",
        )
        frames.setdefault((frame.lemma, frame.pos), []).append(frame)
    return {key: tuple(sorted(found, key=lambda frame: -frame.demands)) for key, found in frames.items()}


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
    tokens = [tree.doc[index] for index in candidates]
    for token in tokens:
        if token.pos_ in ("VERB", "AUX"):
            for trigger in _match(token, tree):
                triggers.append(trigger)
                consumed |= _asked_objects(trigger, tree)
    for token in tokens:
        if token.pos_ not in ("VERB", "AUX") and token.i not in consumed:
            triggers.extend(_match(token, tree))
    return sorted(triggers, key=lambda trigger: trigger.token.i)


def _match(token: Token, tree: SentenceTree) -> list[Trigger]:
    """The first frame of each taxonomy that holds at the token."""
    group = _POS_GROUPS.get(token.pos_, "")
    found: dict[str, Trigger] = {}
    for frame in trigger_frames().get((token.lemma_.lower(), group), ()):
        taxonomy = event_types()[frame.event_type].taxonomy
        if taxonomy not in found and _holds(frame, token, tree):
            found[taxonomy] = _trigger(frame, token, tree)
    return list(found.values())


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
        governor = top.head.head
        return governor if has_class(governor, "light_verb_with_preposition") else None
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


def _holds(frame: Frame, token: Token, tree: SentenceTree) -> bool:
    if frame.particle and not frame.particle & _particles(token, tree):
        return False
    if frame.preposition and not frame.preposition & _prepositions(token, tree):
        return False
    if frame.object and not _has_object(frame, token, tree):
        return False
    return not (frame.unless and frame.unless & _near_lemmas(token, tree))


def _particles(token: Token, tree: SentenceTree) -> set[str]:
    """'down' in 'stepped down', 'guilty' in 'found him guilty', and for a noun the 'on' of 'on strike'."""
    if token.pos_ not in ("VERB", "AUX"):
        return {token.head.lower_} if token.dep_ == "pobj" else set()
    particles = tree.children(token, "prt", "advmod", "prep", "acomp", "oprd", "ccomp", "dobj", "attr")
    return {child.lower_ for child in particles}


def _prepositions(token: Token, tree: SentenceTree) -> set[str]:
    """Those under the trigger; for a noun also those under its light verb: 'launched strikes on Monday against'."""
    found = {word for word, _ in tree.prepositional(token)}
    verb = light_verb(token, tree) if token.pos_ not in ("VERB", "AUX") else None
    return found | {word for word, _ in tree.prepositional(verb)} if verb is not None else found


def _has_object(frame: Frame, token: Token, tree: SentenceTree) -> bool:
    wanted = frame.object
    if "@clause" in wanted and tree.child(token, "xcomp", "ccomp", "acl") is not None:
        return True
    if "@infinitive" in wanted and tree.child(token, "xcomp") is not None:
        return True
    if token.pos_ not in ("VERB", "AUX"):
        return any(word.lemma_.lower() in wanted for word in tree.modifiers(token))
    found = tree.undergoer(token)
    for word, governed in tree.prepositional(token):
        # 'took to the streets', 'put the army on alert'
        if word in frame.preposition and governed.lemma_.lower() in wanted:
            return True
    if found is None:
        return "@none" in wanted
    if "@any" in wanted or ("@actor" in wanted and is_actor_word(found)):
        return True
    return any(word.lemma_.lower() in wanted for word in object_words(found, tree))


def object_words(head: Token, tree: SentenceTree) -> list[Token]:
    """The nouns that say what an object is: 'wave', 'strikes', 'drone' in 'a wave of drone strikes'."""
    words = [head, *tree.children(head, "conj", "compound", "amod")]
    for inner in tree.objects_of(head, "of"):
        words += [inner, *tree.children(inner, "compound", "conj")]
    return words


def _asked_objects(trigger: Trigger, tree: SentenceTree) -> set[int]:
    found = tree.undergoer(trigger.token)
    if found is None or not trigger.frame.object:
        return set()
    return {word.i for word in object_words(found, tree) if word.lemma_.lower() in trigger.frame.object}


def _near_lemmas(token: Token, tree: SentenceTree) -> set[str]:
    """The lemmas directly under the trigger, those of its prepositions' objects, and the noun it stands before."""
    near = {child.lemma_.lower() for child in tree.children(token)}
    near |= {found.lemma_.lower() for _, found in tree.prepositional(token)}
    found = tree.undergoer(token) if token.pos_ == "VERB" else None
    if found is not None:
        near |= {word.lemma_.lower() for word in object_words(found, tree)}
    if token.dep_ in ("compound", "amod", "nmod"):
        near.add(token.head.lemma_.lower())
    return near
