"""Says when an event was: the date phrase that belongs to its trigger, else what the tense tells.

Comes in: a trigger with its status, the times of the article, the day of publication. Goes out: a `When`. A date
belongs to the verb, or the noun of an event, that it hangs under in the parse: of "officials said on Monday that rebels
had shelled the town in May" Monday dates the saying, May the shelling. Without a date, news that is just in ("has
resigned", at the top of an article) counts for the day of publication, anything else is not dated.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Token

from transforms.entities import MentionIndex
from transforms.events.clauses import MAX_CLIMB, SentenceTree
from transforms.events.status import Status
from transforms.events.triggers import Trigger, trigger_frames
from transforms.events.words import has_class
from transforms.parsed import Parsed
from transforms.rows import Mention
from transforms.times.periods import first_day, shift_day, unit_of

_TIME_LABELS = frozenset({"DATE", "TIME"})
_PRECISION = {"D": "day", "WE": "week", "W": "week", "M": "month", "Q": "month", "H": "month", "Y": "year"}
_LENGTH = {"D": ("D", 1), "WE": ("D", 2), "W": ("W", 1), "M": ("M", 1), "Q": ("Q", 1), "H": ("H", 1), "Y": ("Y", 1)}
_SPOKEN_RULES = frozenset({"promise", "refusal", "demand"})
_LAST_SENTENCE_OF_NEWS = 3
"""Sentences at the top of an article, headline included, whose present perfect tells what is new."""

_LENGTH_OF_TIME = re.compile(r"PT?[\dX.]")
_OPEN_PREPOSITIONS = frozenset({"since", "until", "till", "before", "after", "by", "from", "beyond", "ahead"})
"""What lies on one side of a day is not on it: 'since Monday'."""

_PHASES = frozenset({"begin", "start", "open", "resume", "continue", "end", "conclude", "finish", "close", "collapse"})
_TEMPORAL = frozenset({"since", "until", "till", "before", "after", "during", "following", "amid", "despite"})
"""Prepositions below which a date tells of another time: 'met after the offer in May'."""

_MAX_TIMES = 12
"""Times of one sentence that are looked at."""


@dataclass(frozen=True, slots=True)
class When:
    """First and last day of an event, None where unknown; `text` is the date phrase; `reason` is phrase or tense."""

    first: date | None = None
    last: date | None = None
    precision: str | None = None
    text: str | None = None
    reason: str | None = None


class EventDater:
    """Dates the events of one article."""

    __slots__ = ("_doc", "_mentions", "_published", "_starts")

    def __init__(self, parsed: Parsed, mentions: MentionIndex, published: date | None) -> None:
        self._doc = parsed.doc
        self._starts = parsed.starts
        self._mentions = mentions
        self._published = published

    def when(self, trigger: Trigger, status: Status, tree: SentenceTree, sentence_no: int) -> When:
        """When the event was. `sentence_no` counts from 1."""
        mention = self._phrase(trigger, tree)
        if mention is not None:
            when = _period(mention) if not self._is_open(mention) else When(text=mention.text)
            if when.first is not None and status.modality == "happened" and self._is_to_come(when.first):
                # What happened cannot lie ahead: the value was misread.
                return When(text=mention.text)
            return when
        is_news = status.modality == "happened" and sentence_no <= _LAST_SENTENCE_OF_NEWS
        if (
            is_news
            and self._published is not None
            and (_is_news(trigger, tree) or _is_headline(trigger, tree, sentence_no))
        ):
            return When(self._published, self._published, "day", reason="tense")
        return When()

    def _is_open(self, mention: Mention) -> bool:
        first = bisect_left(self._starts, mention.start_char)
        return 0 < first < len(self._doc) and self._doc[first - 1].lower_ in _OPEN_PREPOSITIONS

    def _is_to_come(self, day: date) -> bool:
        return self._published is not None and day > self._published

    def _phrase(self, trigger: Trigger, tree: SentenceTree) -> Mention | None:
        """The time that hangs under the trigger, or under a verb that shares its time."""
        start, end = tree.bounds(trigger.token.idx)
        within = self._mentions.within(max(start, tree.doc[tree.text_start].idx), end)
        times = [mention for mention in within if mention.label in _TIME_LABELS and not _is_length(mention)][
            :_MAX_TIMES
        ]
        if not times:
            return None
        governed: dict[int, list[Mention]] = {}
        for mention in times:
            governor = self._governor(mention, trigger)
            if governor is not None:
                governed.setdefault(governor.i, []).append(mention)
        for token in _timed_with(trigger):
            if found := governed.get(token.i):
                at = token.idx
                # 'on Friday night': Friday
                return min(found, key=lambda time: (_is_vague(time), time.label == "TIME", abs(time.start_char - at)))
        return None

    def _governor(self, mention: Mention, trigger: Trigger) -> Token | None:
        """The verb or the noun of an event that a time belongs to; None where it only describes a thing."""
        first = bisect_left(self._starts, mention.start_char)
        last = bisect_left(self._starts, mention.end_char) - 1
        if not first <= last < len(self._doc):
            return None
        token = self._doc[first]
        for _ in range(MAX_CLIMB):
            if not first <= token.head.i <= last or token.head.i == token.i:
                break
            token = token.head
        steps_from = token
        for _ in range(MAX_CLIMB):
            head = token.head
            if head.i == token.i:
                return None
            if token.dep_ == "prep" and token.lower_ in _TEMPORAL and not first <= steps_from.i <= last:
                # 'met since the offer in May'
                return None
            if head.i in (trigger.token.i, trigger.clause.i) or head.pos_ in ("VERB", "AUX"):
                return head
            if head.pos_ == "NOUN" and (token.dep_ in ("poss", "compound", "nmod", "amod") or _names_event(head)):
                # 'last year's budget', 'Monday's attack'
                return head
            if token.dep_ == "prep" and token.lower_ == "of" and head.pos_ in ("NOUN", "PROPN"):
                # 'the treaty of 1995'
                return head
            steps_from, token = token, head
        return None


def _names_event(noun: Token) -> bool:
    return (noun.lemma_.lower(), "NOUN") in trigger_frames()


def _timed_with(trigger: Trigger) -> list[Token]:
    """The tokens whose time is the event's, the closest first."""
    if trigger.rule in _SPOKEN_RULES:
        # 'said on Monday that it will not withdraw in May': the refusal is Monday's
        head = trigger.token.head
        return [head] if trigger.token.dep_ == "ccomp" else []
    tokens = [trigger.token, trigger.clause]
    token = trigger.clause
    if trigger.frame.pos == "NOUN" and trigger.verb is None:
        return [trigger.token, *phase_of(trigger.token)]
    for _ in range(MAX_CLIMB):
        is_shared = token.dep_ == "conj" or (token.dep_ == "advcl" and token.tag_ == "VBG")
        if not is_shared or token.head.pos_ not in ("VERB", "AUX") or _has_mark(token):
            break
        # 'A bomb exploded on Monday, killing five', 'They arrested him on Monday and freed his wife'
        token = token.head
        tokens.append(token)
    return list(dict.fromkeys(tokens))


def phase_of(noun: Token) -> list[Token]:
    """'ended' in 'The talks ended on Friday'"""
    is_subject = noun.dep_ in ("nsubj", "nsubjpass") and noun.head.lemma_.lower() in _PHASES
    return [noun.head] if is_subject else []


def _has_mark(verb: Token) -> bool:
    return any(child.dep_ in ("mark", "prep") and child.i < verb.i for child in verb.lefts)


def _is_length(mention: Mention) -> bool:
    """'for three days', '18 months'"""
    return mention.value is not None and _LENGTH_OF_TIME.match(mention.value) is not None


def _is_vague(mention: Mention) -> bool:
    """Whether the mention names no day or period: 'now', 'for three days'."""
    return mention.value is None or unit_of(mention.value.partition("/")[0]) is None


def _period(mention: Mention) -> When:
    """The days of a time; only its text where it is a length of time, a repeated one, or none that is known."""
    value = mention.value
    if value is None:
        return When(text=mention.text)
    start, _, end = value.partition("/")
    unit, last_unit = unit_of(start), unit_of(end or start)
    first = first_day(start) if unit is not None else None
    last = _last_day(end or start, last_unit) if last_unit is not None else None
    precision = _PRECISION.get(unit or "")
    if first is None or last is None or precision is None or last < first:
        return When(text=mention.text)
    if end and unit == "D":
        precision = "day" if first == last else "week" if last - first <= timedelta(days=7) else "month"
    return When(first, last, precision, mention.text, "phrase")


def _last_day(value: str, unit: str) -> date | None:
    if unit not in _LENGTH:
        return None
    first = first_day(value)
    after = shift_day(first, *_LENGTH[unit]) if first is not None else None
    return after - timedelta(days=1) if after is not None else None


def _is_news(trigger: Trigger, tree: SentenceTree) -> bool:
    """Whether a main clause tells it as just done: 'The minister has resigned', 'says it will not sign'."""
    verb = trigger.clause
    if trigger.frame.pos == "NOUN" and trigger.verb is None:
        return False
    if verb.dep_ == "ccomp" and has_class(verb.head, "asserts"):
        if trigger.rule in _SPOKEN_RULES:
            verb = verb.head
        elif verb.head.tag_ != "VBZ" and not _is_perfect(verb, tree):
            return False
    if verb.dep_ not in ("ROOT", "ccomp", "conj"):
        return False
    main = verb.head if verb.dep_ == "conj" and tree.child(verb, "aux", "auxpass", "nsubj") is None else verb
    return _is_perfect(main, tree)


def _is_headline(trigger: Trigger, tree: SentenceTree, sentence_no: int) -> bool:
    """'Norway sacks minister': the present tense of a headline, which ends without a full stop, tells of the day."""
    verb = trigger.clause
    return sentence_no == 1 and verb.dep_ == "ROOT" and verb.tag_ in ("VBZ", "VBP") and not tree.last_word.is_punct


def _is_perfect(verb: Token, tree: SentenceTree) -> bool:
    """'has resigned', not 'had resigned' nor 'has often resigned since'."""
    auxiliaries = [child.lower_ for child in tree.children(verb, "aux")]
    if not any(word in ("has", "have", "'s", "'ve", "’s", "’ve") for word in auxiliaries) or verb.tag_ != "VBN":
        return False
    if any(word in ("will", "would", "may", "might", "could", "should", "must", "to") for word in auxiliaries):
        return False
    repeated = ("ever", "never", "always", "often", "long", "repeatedly", "previously", "once", "already", "so")
    return not any(child.lower_ in repeated for child in tree.children(verb, "advmod", "neg"))
