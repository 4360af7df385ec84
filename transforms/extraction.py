"""The language stage as a whole: texts in, entities, quotes and events out, from one parse of each.

Comes in: pairs of text and day of publication. Goes out: for each, in order, its `Extraction` or the exception that
it raised. Memory stays flat: Docs live in a zone of spaCy's that is emptied every few thousand words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from transforms.entities import MentionIndex, SentenceNumbers
from transforms.events import extract_events
from transforms.language import WORD_CHARS, memory_zone, parse_texts
from transforms.mentions import read_mentions
from transforms.parsed import Parsed
from transforms.pronouns import Referents
from transforms.quotes import extract_quotes, place_passages
from transforms.rows import Event, Mention, Quote

ZONE_WORDS = 20_000
"""Words after which the strings and lexemes of a zone are dropped; smaller zones parse known words anew too often."""


@dataclass(slots=True, frozen=True)
class Extraction:
    """All rows of one article below it."""

    sentence_count: int
    mentions: list[Mention]
    quotes: list[Quote]
    events: list[Event]


def extract(doc: Doc, published: date | None) -> Extraction:
    """Entities, quotes and events of one parsed text."""
    parsed = Parsed(doc)
    sentences = SentenceNumbers(parsed)
    mentions = read_mentions(parsed, sentences, published)
    index = MentionIndex(mentions)
    passages = place_passages(parsed)
    referents = Referents(parsed, index, passages.speech())
    quotes = extract_quotes(passages, index, sentences, referents)
    events = extract_events(parsed, index, sentences, quotes, published, referents)
    return Extraction(len(sentences), mentions, quotes, events)


def extract_all(nlp: Language, articles: Iterable[tuple[str, date | None]]) -> Iterator[Extraction | Exception]:
    """The extraction of each article in order. One article that fails costs no other."""
    for zone in _zones(articles):
        yield from _extract_zone(nlp, zone)


def _extract_zone(nlp: Language, articles: Sequence[tuple[str, date | None]]) -> list[Extraction | Exception]:
    # No exception may pass out of a memory zone, and no Doc may outlive it.
    results: list[Extraction | Exception] = []
    with memory_zone(nlp):
        try:
            docs = parse_texts(nlp, [text for text, _ in articles])
            for doc, (_, published) in zip(docs, articles, strict=True):
                results.append(_try_extract(doc, published))
        except Exception as error:  # noqa: BLE001 - spaCy may raise anything; the article at fault is found below
            if len(articles) == 1:
                return [error]
            results = []
    if len(results) == len(articles):
        return results
    return [result for article in articles for result in _extract_zone(nlp, [article])]


def _try_extract(doc: Doc, published: date | None) -> Extraction | Exception:
    try:
        return extract(doc, published)
    except Exception as error:  # noqa: BLE001 - becomes a quarantine row with its reason
        return error


def _zones(articles: Iterable[tuple[str, date | None]]) -> Iterator[list[tuple[str, date | None]]]:
    zone: list[tuple[str, date | None]] = []
    chars = 0
    for article in articles:
        zone.append(article)
        chars += len(article[0])
        if chars >= ZONE_WORDS * WORD_CHARS:
            yield zone
            zone, chars = [], 0
    if zone:
        yield zone
