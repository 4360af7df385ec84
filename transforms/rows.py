"""The rows in flight: what the extractors return for one article.

Field names are the column names of `schemas.py`; `article_id` and `published_date` are added where rows become
tables. All offsets are characters into the article's text, end exclusive; numbers ending in `_no` count from 1.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True)
class Mention:
    """One mention of an entity."""

    mention_no: int
    sentence_no: int
    text: str
    start_char: int
    end_char: int
    label: str
    entity_id: str | None = None
    name: str | None = None
    country: str | None = None
    geonames_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    value: str | None = None
    recognizer: str = "model"


@dataclass(slots=True)
class Quote:
    """One stretch of reported speech and its speaker."""

    quote_no: int
    sentence_no: int
    text: str
    start_char: int
    end_char: int
    quote_type: str
    group_no: int
    rule: str
    confidence: float
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None
    cue_lemma: str | None = None
    speaker_text: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    speaker_entity_id: str | None = None
    speaker_name: str | None = None
    speaker_label: str | None = None
    is_negated: bool = False


@dataclass(slots=True)
class Event:
    """One reported event with its participants, time, place and status."""

    event_no: int
    sentence_no: int
    event_type: str
    taxonomy: str
    trigger_text: str
    trigger_start: int
    trigger_end: int
    trigger_lemma: str
    modality: str
    polarity: str
    evidence_start: int
    evidence_end: int
    confidence: float
    rule: str
    event_mode: str | None = None
    cameo_root: str | None = None
    quad_class: int | None = None
    goldstein: float | None = None
    actor_text: str | None = None
    actor_start: int | None = None
    actor_end: int | None = None
    actor_entity_id: str | None = None
    actor_name: str | None = None
    actor_country: str | None = None
    actor_sector: str | None = None
    recipient_text: str | None = None
    recipient_start: int | None = None
    recipient_end: int | None = None
    recipient_entity_id: str | None = None
    recipient_name: str | None = None
    recipient_country: str | None = None
    recipient_sector: str | None = None
    is_reciprocal: bool = False
    event_date: date | None = None
    event_date_end: date | None = None
    date_text: str | None = None
    date_precision: str | None = None
    place_text: str | None = None
    place_name: str | None = None
    place_geonames_id: int | None = None
    place_country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    quote_no: int | None = None


@dataclass(slots=True)
class Article:
    """One article as it was read, before the language stage."""

    article_id: str
    source_uri: str
    corpus: str
    file_uri: str
    record_no: int
    text: str
    char_count: int
    word_count: int
    content_sha256: str
    publisher: str | None = None
    url: str | None = None
    title: str | None = None
    authors: list[str] | None = None
    section: str | None = None
    language: str | None = None
    language_score: float | None = None
    published_at: datetime | None = None
    published_date: date | None = None
    published_source: str | None = None
    dateline_place: str | None = None
    member: str | None = None
    metadata: str | None = None


@dataclass(slots=True, frozen=True)
class Rejection:
    """A record that cannot be loaded: where it failed, why, and how it begins."""

    file_uri: str
    record_no: int | None
    source_uri: str | None
    stage: str
    error_type: str
    message: str
    sample: str | None = None
    member: str | None = None
