"""All mentions of one parsed article: names, times and numbers, with what each of them means.

Comes in: a parsed article with entities and sentences, and the day of publication. Goes out: `Mention` rows in order of
text, none of which overlaps another. Names come from `entities`, times from `times`, numbers from `number_values`, and
what the names of places mean from `places`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers, Words, find_mentions
from transforms.number_values import NUMBER_LABELS, number_value
from transforms.parsed import Parsed
from transforms.places import PlaceMention, resolve_places
from transforms.rows import Mention
from transforms.times import TIME_LABELS, find_times

LONGEST_MENTION = 200
"""Characters. What the model finds beyond is a list without commas, or no name at all."""

_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_EVIDENCE_OF_PLACES = _PLACE_LABELS | {"NORP", "PERSON"}
_BESIDE = 30
_BEHIND_NUMBER = 12


def read_mentions(parsed: Parsed, sentences: SentenceNumbers, published: date | None) -> list[Mention]:
    """The mentions of the article, numbered from 1."""
    words = Words(parsed)
    text = words.text
    found = find_mentions(words, sentences)
    others = [mention for mention in found if mention.label not in TIME_LABELS and len(mention.text) <= LONGEST_MENTION]
    mentions = sorted(
        [*others, *_times(parsed.doc, words, others, sentences, published)], key=lambda mention: mention.start_char
    )
    for number, mention in enumerate(mentions, start=1):
        mention.mention_no = number
        if mention.label in NUMBER_LABELS:
            after = text[mention.end_char : mention.end_char + _BEHIND_NUMBER]
            mention.value = number_value(mention.text, mention.label, after=after)
    _place(mentions, parsed)
    return mentions


def _times(
    doc: Doc, words: Words, others: Sequence[Mention], sentences: SentenceNumbers, published: date | None
) -> Iterator[Mention]:
    """The times that no name or number overlaps."""
    index = MentionIndex(others)
    spans = [(words.starts[start], words.ends[end - 1]) for start, end, label in words.entities if label in TIME_LABELS]
    for time in find_times(doc, words, published):
        if not index.within(time.start_char, time.end_char):
            yield Mention(
                mention_no=0,
                sentence_no=sentences.at(time.start_char),
                text=words.text[time.start_char : time.end_char],
                start_char=time.start_char,
                end_char=time.end_char,
                label=time.label,
                value=time.value,
                recognizer="model" if _overlaps(spans, time.start_char, time.end_char) else "gazetteer",
            )


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans, which are in order and apart from each other, has a character between start and end."""
    at = bisect_left(spans, (end,)) - 1
    return at >= 0 and spans[at][1] > start


def _place(mentions: Iterable[Mention], parsed: Parsed) -> None:
    """Says which place each name of one means, and gives it that place's id."""
    text = parsed.text
    telling = [mention for mention in mentions if mention.label in _EVIDENCE_OF_PLACES]
    asked = [
        PlaceMention(
            mention.text,
            mention.label,
            text[max(0, mention.start_char - _BESIDE) : mention.start_char],
            text[mention.end_char : mention.end_char + _BESIDE],
        )
        for mention in telling
    ]
    places = resolve_places(asked, home=parsed.dateline.place if parsed.dateline else None)
    for mention, place in zip(telling, places, strict=True):
        if place is None or mention.label not in _PLACE_LABELS:
            continue
        mention.name, mention.country = place.name, place.country
        mention.geonames_id, mention.latitude, mention.longitude = place.geonames_id, place.latitude, place.longitude
        # A country keeps its ISO code, which demonyms and metonyms share with it.
        if place.geonames_id is not None and mention.entity_id != place.country:
            mention.entity_id = f"geonames:{place.geonames_id}"
