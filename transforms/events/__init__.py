"""Extracts events from a parsed article: who did what to whom, where, and whether it happened.

Comes in: a spaCy Doc, its mentions and quotes. Goes out: `Event` rows, sentence after sentence, the main event of a
sentence first. One trigger gives at most one row a taxonomy (plover, civic). Words and types stand in `seeds/`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Span, Token

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.intents import find_denied_or_due, find_intents
from transforms.events.participants import Participant, Participants, find_participants
from transforms.events.status import Status, find_status
from transforms.events.triggers import Trigger, event_types, find_candidates, find_triggers
from transforms.events.words import ACTOR_LABELS, Words, country_of, has_class, is_actor_word, sector_of
from transforms.rows import Event, Mention, Quote

_PLACE_PREPOSITIONS = ("in", "at", "near", "from", "outside", "inside", "across")
_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_BASE_CONFIDENCE = {
    "promise": 0.85,
    "refusal": 0.85,
    "demand": 0.85,
    "verb": 0.8,
    "light_verb": 0.8,
    "inverse_light_verb": 0.7,
    "occurring_noun": 0.6,
    "adj": 0.6,
    "noun": 0.45,
}
"""How sure each rule is, before what it found of the participants is weighed."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An event before it becomes a row."""

    trigger: Trigger
    participants: Participants
    status: Status
    confidence: float
    rank: float


def extract_events(
    doc: Doc,
    mentions: MentionIndex,
    sentences: SentenceNumbers,
    quotes: Sequence[Quote],
    published: date | None,
) -> list[Event]:
    """The events that `doc` reports.

    `quotes` must be in order of text. All offsets are characters into `doc.text`. `published` is the day that relative
    dates count from; event dates are left NULL until they are resolved.
    """
    quote_starts = [quote.start_char for quote in quotes]
    words = Words(doc)
    candidates, denied_or_due = find_candidates(words), find_denied_or_due(words)
    events: list[Event] = []
    for sentence in doc.sents:
        in_lexicon, stances = _within(sentence, candidates), _within(sentence, denied_or_due)
        if not in_lexicon and not stances:
            continue
        tree = SentenceTree(sentence, words)
        triggers = find_triggers(in_lexicon, tree)
        for found in _find_events([*triggers, *find_intents(stances, tree, triggers)], tree):
            row = _row(found, len(events) + 1, sentence, tree, mentions, sentences)
            row.quote_no = _quote_at(row.trigger_start, row.trigger_end, quotes, quote_starts)
            events.append(row)
    return events


def _within(sentence: Span, tokens: Sequence[int]) -> Sequence[int]:
    """Those of the tokens, which are in order of text, that stand in the sentence."""
    return tokens[bisect_left(tokens, sentence.start) : bisect_left(tokens, sentence.end)]


def _find_events(triggers: Sequence[Trigger], tree: SentenceTree) -> list[_Found]:
    """The events that the triggers of one sentence tell of, the main one first."""
    found: list[_Found] = []
    for trigger in triggers:
        status = find_status(trigger, tree)
        if status.is_attitude:
            # 'They hope that the sides will meet' reports no meeting.
            continue
        participants = find_participants(trigger, tree)
        if not _is_reported(trigger, participants):
            continue
        confidence = _confidence(trigger, participants)
        rank = confidence - 0.1 * _depth(trigger.clause)
        found.append(_Found(trigger, participants, status, round(confidence, 3), rank))
    return sorted(found, key=lambda event: (-event.rank, event.trigger.token.i))


def _is_reported(trigger: Trigger, participants: Participants) -> bool:
    """Whether enough of an event is told: a noun alone ('the attack') names one that was reported elsewhere.

    What nature and things do is no act of PLOVER: 'the flood killed five', 'an adapter allows you to play music'.
    """
    actor = participants.actor
    is_act = event_types()[trigger.frame.event_type].taxonomy == "plover"
    if is_act and actor is not None and (has_class(actor.head, "force_of_nature") or _is_thing(actor)):
        return False
    sides = [side for side in (participants.actor, participants.recipient) if side is not None]
    if trigger.rule == "noun":
        return any(is_actor_word(side.head) for side in sides)
    return bool(sides)


def _is_thing(actor: Participant) -> bool:
    """Whether the actor is a common noun with nobody in its phrase; 'a report of the council' may accuse."""
    if actor.head.pos_ != "NOUN" or has_class(actor.head, "instrument", "container"):
        return False
    return not any(is_actor_word(token) for token in actor.span)


def _confidence(trigger: Trigger, participants: Participants) -> float:
    confidence = _BASE_CONFIDENCE.get(trigger.rule, 0.5)
    if participants.actor is not None:
        confidence += 0.1 if is_actor_word(participants.actor.head) else 0.0
    else:
        confidence -= 0.15
    if participants.recipient is None:
        confidence -= 0.1
    return min(0.95, max(0.05, confidence))


def _depth(token: Token) -> int:
    """Clauses above the token; verbs of saying do not count, as what was said is the news."""
    depth = 0
    for _ in range(4 * MAX_CLIMB):
        if token.head.i == token.i:
            break
        if not (token.dep_ == "ccomp" and has_class(token.head, "asserts")):
            depth += 1
        token = token.head
    return depth


def _row(
    found: _Found,
    event_no: int,
    sentence: Span,
    tree: SentenceTree,
    mentions: MentionIndex,
    sentences: SentenceNumbers,
) -> Event:
    trigger, frame = found.trigger, found.trigger.frame
    kind = event_types()[frame.event_type]
    span = trigger.span()
    start, end = _evidence(sentence)
    row = Event(
        event_no=event_no,
        sentence_no=sentences.at(span.start_char),
        event_type=kind.event_type,
        taxonomy=kind.taxonomy,
        event_mode=frame.mode,
        cameo_root=kind.cameo_root,
        quad_class=kind.quad_class,
        goldstein=kind.goldstein,
        trigger_text=span.text,
        trigger_start=span.start_char,
        trigger_end=span.end_char,
        trigger_lemma=frame.lemma,
        is_reciprocal=found.participants.is_reciprocal,
        modality=found.status.modality,
        polarity=found.status.polarity,
        evidence_start=start,
        evidence_end=end,
        confidence=found.confidence,
        rule=trigger.rule,
    )
    _set_actor(row, found.participants.actor, mentions)
    _set_recipient(row, found.participants.recipient, mentions)
    _set_place(row, trigger, tree, mentions)
    row.date_text = _date_text(trigger, sentence, tree, mentions)
    return row


def _evidence(sentence: Span) -> tuple[int, int]:
    """Where the sentence stands, without white space around it."""
    doc, first, last = sentence.doc, sentence.start, sentence.end - 1
    while first < last and doc[first].is_space:
        first += 1
    while first < last and doc[last].is_space:
        last -= 1
    return doc[first].idx, doc[last].idx + len(doc[last])


def _set_actor(row: Event, participant: Participant | None, mentions: MentionIndex) -> None:
    if participant is None:
        return
    span = participant.span
    row.actor_text, row.actor_start, row.actor_end = span.text, span.start_char, span.end_char
    mention = _mention_of(participant, mentions)
    if mention is not None:
        row.actor_entity_id, row.actor_name = mention.entity_id, mention.name
    row.actor_country = _country(mention, span)
    row.actor_sector = sector_of(participant.head, span)


def _set_recipient(row: Event, participant: Participant | None, mentions: MentionIndex) -> None:
    if participant is None:
        return
    span = participant.span
    row.recipient_text, row.recipient_start, row.recipient_end = span.text, span.start_char, span.end_char
    mention = _mention_of(participant, mentions)
    if mention is not None:
        row.recipient_entity_id, row.recipient_name = mention.entity_id, mention.name
    row.recipient_country = _country(mention, span)
    row.recipient_sector = sector_of(participant.head, span)


def _mention_of(participant: Participant, mentions: MentionIndex) -> Mention | None:
    """The named mention in the phrase that stands nearest to its head."""
    head = participant.head.idx
    span = participant.span
    named = [found for found in mentions.within(span.start_char, span.end_char) if found.label in ACTOR_LABELS]
    return min(named, key=lambda found: _distance(found, head), default=None)


def _distance(mention: Mention, char: int) -> int:
    if mention.start_char <= char < mention.end_char:
        return 0
    return min(abs(mention.start_char - char), abs(mention.end_char - char))


def _country(mention: Mention | None, span: Span) -> str | None:
    return mention.country if mention is not None and mention.country else country_of(span)


def _set_place(row: Event, trigger: Trigger, tree: SentenceTree, mentions: MentionIndex) -> None:
    """'in Basra' under the trigger, its light verb or its object."""
    under = [trigger.token, trigger.clause]
    affected = tree.undergoer(trigger.clause)
    if affected is not None:
        under.append(affected)
    for token in dict.fromkeys(under):
        for word, place in tree.prepositional(token):
            if word not in _PLACE_PREPOSITIONS:
                continue
            for mention in mentions.within(place.idx, place.idx + len(place)):
                if mention.label in _PLACE_LABELS:
                    row.place_text, row.place_name, row.place_country = mention.text, mention.name, mention.country
                    row.place_geonames_id = mention.geonames_id
                    row.latitude, row.longitude = mention.latitude, mention.longitude
                    return


def _date_text(trigger: Trigger, sentence: Span, tree: SentenceTree, mentions: MentionIndex) -> str | None:
    """The DATE mention under the trigger, else the one of the sentence that stands nearest to it."""
    dates = [mention for mention in mentions.within(sentence.start_char, sentence.end_char) if mention.label == "DATE"]
    if not dates:
        return None
    below = {token.idx for token in tree.below(trigger.clause)}
    at = trigger.token.idx
    nearest = min(dates, key=lambda date_: (date_.start_char not in below, abs(date_.start_char - at)))
    return nearest.text


def _quote_at(start: int, end: int, quotes: Sequence[Quote], starts: Sequence[int]) -> int | None:
    """Number of the quote that covers the trigger."""
    index = bisect_right(starts, start) - 1
    if index >= 0 and quotes[index].end_char >= end:
        return quotes[index].quote_no
    return None
