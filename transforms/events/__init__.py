"""Extracts events from a parsed article: who did what to whom, when and where, and whether it happened.

Comes in: a parsed article, its mentions and quotes. Goes out: `Event` rows, sentence after sentence, the main event of
a sentence first. One trigger gives at most one row a taxonomy (plover, civic), and one for each of several names that
act or undergo it together. Words and types stand in `seeds/`. The way: `triggers` and `intents` find the words of an
event, `status` whether it happened, `participants` both sides (with `doers` and `recipients`), `actors` who they are,
`when` and `where` its date and place.

`rule` says how a row was found: its trigger (verb, noun, light_verb …), then "+date:tense" where the day of publication
was taken for want of a date, then where the place comes from ("+place:clause", see `where`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Span, Token

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.events.actors import ActorCoder
from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.intents import find_denied_or_due, find_intents
from transforms.events.participants import Participant, Participants, find_participants
from transforms.events.status import Status, find_status
from transforms.events.triggers import Trigger, event_types, find_candidates, find_triggers
from transforms.events.when import EventDater, When
from transforms.events.where import EventPlacer, Where
from transforms.events.words import Words, has_class, is_actor_word
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.rows import Event, Mention, Quote

_PLACE_LABELS = frozenset({"GPE", "LOC"})
_VERBAL_CONFLICT = 3
_BASE_CONFIDENCE = {
    "promise": 0.85,
    "refusal": 0.85,
    "demand": 0.85,
    "verb": 0.8,
    "light_verb": 0.8,
    "inverse_light_verb": 0.65,
    "occurring_noun": 0.65,
    "adj": 0.65,
    "noun": 0.4,
}
"""The share of rows of each rule that have type and sides right, where both sides are somebody and the clause is the
main one: measured on 1,000 sentences of news in which one event each is marked."""

_BASE_RANK = _BASE_CONFIDENCE | {"inverse_light_verb": 0.7, "occurring_noun": 0.6, "adj": 0.6, "noun": 0.45}

_VAGUE_SIDE = 0.15
"""Less for a side that is a thing or a pronoun, and for a recipient that is missing."""

_NO_ACTOR = 0.3
_EMBEDDED = 0.1
"""Less for each clause above the trigger's, twice at most."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An event before it becomes a row."""

    trigger: Trigger
    participants: Participants
    status: Status
    confidence: float
    rank: float


@dataclass(frozen=True, slots=True)
class _Article:
    """What is asked about all events of one article."""

    sentences: SentenceNumbers
    coder: ActorCoder
    dater: EventDater
    placer: EventPlacer


def extract_events(
    parsed: Parsed,
    mentions: MentionIndex,
    sentences: SentenceNumbers,
    quotes: Sequence[Quote],
    published: date | None,
    referents: Referents | None = None,
) -> list[Event]:
    """The events that the article reports.

    `quotes` must be in order of text. All offsets are characters into its text. `published` is the day on which news
    without a date happened. `referents` tells whom pronouns mean; the article is read for it where it is not given.
    """
    quote_starts = [quote.start_char for quote in quotes]
    words = Words(parsed)
    candidates, denied_or_due = find_candidates(words), find_denied_or_due(words)
    if not candidates and not denied_or_due:
        return []
    article: _Article | None = None
    events: list[Event] = []
    for sentence in _sentences_with([*candidates, *denied_or_due], parsed):
        tree = SentenceTree(sentence, words)
        triggers = find_triggers(_within(sentence, candidates), tree)
        stances = _within(sentence, denied_or_due)
        for found in _find_events([*triggers, *find_intents(stances, tree, triggers)], tree):
            if article is None:
                article = _read_article(parsed, mentions, sentences, quotes, published, referents)
            row = _row(found, len(events) + 1, sentence, tree, article)
            row.quote_no = _quote_at(row.trigger_start, row.trigger_end, quotes, quote_starts)
            events.append(row)
    return events


def _read_article(
    parsed: Parsed,
    mentions: MentionIndex,
    sentences: SentenceNumbers,
    quotes: Sequence[Quote],
    published: date | None,
    referents: Referents | None,
) -> _Article:
    dateline = parsed.dateline
    home: Mention | None = None
    if dateline is not None and dateline.place:
        found = mentions.within(dateline.start, dateline.start + len(dateline.place))
        home = next((mention for mention in found if mention.label in _PLACE_LABELS), None)
    if referents is None:
        spoken = [(quote.start_char, quote.end_char) for quote in quotes if quote.quote_type == "direct"]
        referents = Referents(parsed, mentions, spoken)
    return _Article(
        sentences,
        ActorCoder(parsed, mentions, referents, home.country if home is not None else None),
        EventDater(parsed, mentions, published),
        EventPlacer(mentions, home),
    )


def _sentences_with(tokens: Iterable[int], parsed: Parsed) -> Iterator[Span]:
    """The sentences in which the tokens stand, in order of text."""
    starts = parsed.sentence_starts
    for number in sorted({bisect_right(starts, token) for token in tokens}):
        yield parsed.doc[starts[number - 1] : starts[number] if number < len(starts) else len(parsed)]


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
        for participants in find_participants(trigger, tree):
            if not _is_reported(trigger, participants):
                continue
            confidence = _confidence(trigger, participants)
            rank = _rank(trigger, participants)
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
    """How sure it is that type, actor and recipient are right."""
    confidence = _BASE_CONFIDENCE.get(trigger.rule, 0.5)
    actor, recipient = participants.actor, participants.recipient
    if actor is None:
        # 'Cole died', 'was arrested': those whose frame has its recipient for a subject need none
        confidence -= _VAGUE_SIDE if trigger.frame.recipient[:1] == ("subject",) else _NO_ACTOR
    elif not actor.is_somebody:
        confidence -= _VAGUE_SIDE
    if recipient is None or not recipient.is_somebody:
        confidence -= _VAGUE_SIDE
    confidence -= _EMBEDDED * min(2, _depth(trigger.clause))
    return min(0.95, max(0.05, confidence))


def _rank(trigger: Trigger, participants: Participants) -> float:
    """What orders the events of a sentence, the main one highest."""
    rank = _BASE_RANK.get(trigger.rule, 0.5) - _EMBEDDED * _depth(trigger.clause)
    if participants.actor is None:
        rank -= 0.15
    elif participants.actor.is_somebody:
        rank += 0.1
    return rank - (0.1 if participants.recipient is None else 0.0)


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


def _row(found: _Found, event_no: int, sentence: Span, tree: SentenceTree, article: _Article) -> Event:
    trigger, frame, status = found.trigger, found.trigger.frame, found.status
    kind = event_types()[frame.event_type]
    span = trigger.span()
    start, end = _evidence(sentence)
    sentence_no = article.sentences.at(span.start_char)
    row = Event(
        event_no=event_no,
        sentence_no=sentence_no,
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
        modality=status.modality,
        polarity=status.polarity,
        evidence_start=start,
        evidence_end=end,
        confidence=found.confidence,
        rule=trigger.rule,
    )
    is_policy = kind.taxonomy == "plover"
    _set_actor(row, found.participants.actor, article.coder, tree, is_state=is_policy)
    is_verbal = is_policy and kind.quad_class is not None and kind.quad_class <= _VERBAL_CONFLICT
    _set_recipient(row, found.participants.recipient, article.coder, tree, is_state=is_verbal)
    when = article.dater.when(trigger, status, tree, sentence_no)
    where = article.placer.place(trigger, found.participants, tree)
    if where is None and status.modality == "happened" and trigger.rule != "noun":
        where = article.placer.from_dateline(row.actor_country, sentence_no)
    _set_date(row, when)
    _set_place(row, where)
    return row


def _evidence(sentence: Span) -> tuple[int, int]:
    """Where the sentence stands, without white space around it."""
    doc, first, last = sentence.doc, sentence.start, sentence.end - 1
    while first < last and doc[first].is_space:
        first += 1
    while first < last and doc[last].is_space:
        last -= 1
    return doc[first].idx, doc[last].idx + len(doc[last])


def _set_actor(
    row: Event, participant: Participant | None, coder: ActorCoder, tree: SentenceTree, *, is_state: bool
) -> None:
    if participant is None:
        return
    span, codes = participant.span, coder.code(participant, tree, is_state=is_state)
    row.actor_text, row.actor_start, row.actor_end = span.text, span.start_char, span.end_char
    row.actor_entity_id, row.actor_name = codes.entity_id, codes.name
    row.actor_country, row.actor_sector = codes.country, codes.sector


def _set_recipient(
    row: Event, participant: Participant | None, coder: ActorCoder, tree: SentenceTree, *, is_state: bool
) -> None:
    if participant is None:
        return
    span, codes = participant.span, coder.code(participant, tree, is_state=is_state)
    row.recipient_text, row.recipient_start, row.recipient_end = span.text, span.start_char, span.end_char
    row.recipient_entity_id, row.recipient_name = codes.entity_id, codes.name
    row.recipient_country, row.recipient_sector = codes.country, codes.sector


def _set_date(row: Event, when: When) -> None:
    row.event_date, row.event_date_end = when.first, when.last
    row.date_text, row.date_precision = when.text, when.precision
    if when.reason == "tense":
        row.rule += "+date:tense"


def _set_place(row: Event, where: Where | None) -> None:
    if where is None:
        return
    place = where.mention
    row.place_text, row.place_name, row.place_country = place.text, place.name, place.country
    row.place_geonames_id, row.latitude, row.longitude = place.geonames_id, place.latitude, place.longitude
    row.rule += f"+place:{where.reason}"


def _quote_at(start: int, end: int, quotes: Sequence[Quote], starts: Sequence[int]) -> int | None:
    """Number of the quote that covers the trigger."""
    index = bisect_right(starts, start) - 1
    if index >= 0 and quotes[index].end_char >= end:
        return quotes[index].quote_no
    return None
