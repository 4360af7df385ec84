"""Says where an event was: the place that hangs under its trigger, or that of whom it was done to, else the dateline.

Comes in: a trigger, its participants and the places of the article. Goes out: a `Where` with its reason: `clause` ("met
in Oslo", "the raid in Tarn", "visited Oslo"), `object` ("shelled a market in Tarn"), `actor` ("protesters in Oslo
marched") or `dateline`. A country that takes part is not the place, and a place that the article only names is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.entities.lists import country_of_name
from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.participants import Participants
from transforms.events.slots import places_and_sites
from transforms.events.triggers import Trigger, event_types
from transforms.events.when import phase_of
from transforms.rows import Mention

_PREPOSITIONS = frozenset({"in", "at", "near", "outside", "inside", "across", "around", "off", "throughout"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_SPOKEN_RULES = frozenset({"promise", "refusal", "demand"})
_LAST_SENTENCE_OF_DATELINE = 5
"""Sentences for which the dateline tells the place."""

_PARTS = frozenset(
    {"capital", "centre", "center", "heart", "outskirts", "middle", "rest", "coast", "north", "south", "east", "west"}
    | {"northeast", "northwest", "southeast", "southwest", "edge", "border", "side", "whole", "much", "most"}
)
_MAX_STEPS = 12
_VERBAL = frozenset({1, 3})
_REMOTE = frozenset({"RULE", "LEGISLATE", "ACQUIRE", "REPORT_RESULTS"})
_CONFLICT = 4
"""The quad class of material conflict."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place and why it is the event's."""

    mention: Mention
    reason: str


class EventPlacer:
    """Places the events of one article."""

    __slots__ = ("_dateline", "_mentions")

    def __init__(self, mentions: MentionIndex, dateline: Mention | None) -> None:
        self._mentions = mentions
        self._dateline = dateline

    def place(self, trigger: Trigger, participants: Participants, tree: SentenceTree) -> Where | None:
        """The place that the sentence gives to the event."""
        for token in self._clause_tokens(trigger, tree):
            found = self._under(token, tree, trigger)
            if found is not None:
                return Where(found, "clause")
        if participants.recipient is not None and self._is_place_of(trigger, participants.recipient.head, tree):
            found = self._named(participants.recipient.head, tree)
            if found is not None and (trigger.frame.mode == "visit" or not _is_country(found)):
                return Where(found, "object")
        shared = tree.undergoer(trigger.clause.head) if _is_shared(trigger.clause) else None
        if shared is not None and self._is_hit(trigger):
            # 'shelled the town of Tarn, killing two': the undergoer is where it was
            found = self._named(shared, tree)
            if found is not None and not _is_country(found):
                return Where(found, "object")
        for side, reason in ((participants.recipient, "object"), (participants.actor, "actor")):
            if reason == "object" and _is_only_spoken_of(trigger):
                # 'called for the release of prisoners in Tarn'
                continue
            found = self._under(side.head, tree, trigger) if side is not None else None
            if found is not None:
                return Where(found, reason)
        return None

    @staticmethod
    def _is_place_of(trigger: Trigger, recipient: Token, tree: SentenceTree) -> bool:
        """'shelled Tarn', 'the siege of Tarn', 'visited Tarn'; not 'accused Tarn', 'barred from Tarn'."""
        is_hit = EventPlacer._is_hit(trigger)
        is_object = recipient == tree.undergoer(trigger.clause) or recipient.head.lower_ in ("of", "on", "to")
        return is_object and (is_hit or trigger.frame.mode == "visit")

    @staticmethod
    def _is_hit(trigger: Trigger) -> bool:
        kind = event_types()[trigger.frame.event_type]
        return kind.quad_class == _CONFLICT or kind.event_type in ("DISASTER", "ACCIDENT", "DIE", "INJURE", "ARREST")

    def from_dateline(self, actor_country: str | None, sentence_no: int) -> Where | None:
        """The dateline's place for an event at the top, where the actor is not of another country."""
        if self._dateline is None or sentence_no > _LAST_SENTENCE_OF_DATELINE:
            return None
        if actor_country is not None and actor_country != self._dateline.country:
            return None
        return Where(self._dateline, "dateline")

    def _clause_tokens(self, trigger: Trigger, tree: SentenceTree) -> list[Token]:
        """The trigger, its light verb and object, and verbs with which it shares its place."""
        if trigger.rule in _SPOKEN_RULES:
            # Where the deed is to be done is not where it was promised.
            return [trigger.token.head] if trigger.token.dep_ == "ccomp" else []
        tokens = [trigger.token, trigger.clause]
        if trigger.frame.pos == "NOUN" and trigger.verb is None:
            return [trigger.token, *phase_of(trigger.token)]
        token = trigger.clause
        for _ in range(MAX_CLIMB):
            if not _is_shared(token):
                break
            token = token.head
            tokens.append(token)
            shared = tree.undergoer(token)
            if shared is not None:
                # 'shelled a market in Tarn, killing five'
                tokens.append(shared)
        return list(dict.fromkeys(tokens))

    def _under(self, token: Token, tree: SentenceTree, trigger: Trigger) -> Mention | None:
        """The place in a phrase of place under the token; a town before its country."""
        found = [
            place
            for word, governed in tree.prepositional(token)
            if (place := self._behind(word, governed, tree)) is not None
        ]
        if token == trigger.token and trigger.frame.pos == "NOUN":
            # 'the Madrid bombings'; 'the Syrian bombings' and 'the Russia talks' tell another thing
            found += [place for word in tree.modifiers(token) if (place := self._town_at(word)) is not None]
        return next((place for place in found if not _is_country(place)), found[0] if found else None)

    def _behind(self, preposition: str, governed: Token, tree: SentenceTree) -> Mention | None:
        if preposition == "on":
            # 'on the Black Sea', not 'an attack on Tarn' nor 'on Tarn's schools'
            place = self._at(governed)
            return place if place is not None and place.label != "GPE" else None
        return self._named(governed, tree) if preposition in _PREPOSITIONS else None

    def _named(self, governed: Token, tree: SentenceTree) -> Mention | None:
        """The place that the object of a preposition names: 'Tarn', 'the town of Tarn', 'a market in Tarn'."""
        queue = [governed]
        unknown: Mention | None = None
        for steps, token in enumerate(queue):
            place = self._at(token)
            if place is not None and place.country is not None:
                return place
            # 'in the Grand Hall in Oslo': Oslo, of which more is known
            unknown = unknown or place
            if steps >= _MAX_STEPS:
                break
            queue += self._inner(token, tree)
        return unknown

    @staticmethod
    def _inner(token: Token, tree: SentenceTree) -> Iterator[Token]:
        if token.pos_ not in ("NOUN", "PROPN"):
            return
        for word in ("in", "near", "at"):
            yield from tree.objects_of(token, word)
        if token.lemma_.lower() in _PARTS or token.lemma_.lower() in places_and_sites():
            # 'in the town of Tarn', not 'at the hands of Tarn'
            yield from tree.objects_of(token, "of")
        yield from tree.children(token, "appos", "poss", "compound", "nmod")

    def _at(self, token: Token) -> Mention | None:
        found = self._mentions.within(token.idx, token.idx + len(token))
        return next((mention for mention in found if mention.label in _PLACES), None)

    def _town_at(self, token: Token) -> Mention | None:
        place = self._at(token)
        is_town = place is not None and place.geonames_id is not None and not _is_country(place)
        return place if is_town else None


def _is_only_spoken_of(trigger: Trigger) -> bool:
    """Whether the recipient may be anywhere: words and rulings reach the absent."""
    kind = event_types()[trigger.frame.event_type]
    return kind.quad_class in _VERBAL or kind.event_type in _REMOTE


def _is_shared(verb: Token) -> bool:
    """Whether the verb is where the verb above it is: 'met in Oslo and signed', 'shelled Tarn, killing two'."""
    is_joined = verb.dep_ == "conj" or (verb.dep_ == "advcl" and verb.tag_ == "VBG")
    return is_joined and verb.head.pos_ in ("VERB", "AUX")


def _is_country(place: Mention) -> bool:
    return country_of_name(place.name or place.text) is not None
