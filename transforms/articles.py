"""One record to one article: its identity, cleaned text and metadata, or the reason why it is none.

Comes in: a `Record` and where it stands. Goes out: an `Article` or a `Rejection`, and what is worth counting of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from transforms.bylines import parse_authors
from transforms.cleaning import Cleaned, clean_line, clean_text
from transforms.dates import DateOrder, Publication, date_article
from transforms.fields import FieldMap, describe_unmapped, encodable, other_fields, take_field, take_text
from transforms.languages import detect_language, parse_language
from transforms.layout import find_title
from transforms.outlets import name_publisher
from transforms.readers.record import PARSE, BadRecord, Record, sample_of
from transforms.rows import Article, Rejection
from transforms.sections import find_section
from transforms.urls import canonical_url

UNPARSED_DATE = "published_at_unparsed"

DATED_BY = "dated_by_"
"""Prefix of the notes that say where a date comes from: dated_by_metadata, _path, _dateline, _option."""

DATE_PROBLEM = "date_"
"""Prefix of the notes that say why a stated date was not taken: date_unreadable, _ambiguous, _future, _too_early."""


@dataclass(slots=True, frozen=True)
class RecordOptions:
    """What the user said of all records of a run, and what the other records of a corpus have shown.

    `date_orders`: the order of day and month in numeric dates by file_uri, or by corpus, as other dates prove it.
    """

    publisher: str | None = None
    published: date | None = None
    field_map: FieldMap | None = None
    date_order: DateOrder | None = None
    date_orders: Mapping[str, DateOrder] = field(default_factory=dict)

    def order_in(self, place: "Place") -> DateOrder | None:
        """The order of day and month that holds for records of that file."""
        return self.date_order or self.date_orders.get(place.file_uri) or self.date_orders.get(place.corpus)


@dataclass(slots=True, frozen=True)
class Place:
    """Where a record stands: in which file and member, under which number of the whole file."""

    corpus: str
    file_uri: str
    record_no: int
    holds_many: bool
    member: str | None = None

    @property
    def path(self) -> str:
        """The file, and the member in it."""
        return f"{self.file_uri}!/{self.member}" if self.member else self.file_uri


@dataclass(slots=True, frozen=True)
class Built:
    """What became of a record. `notes` are names of repairs, and of what was seen of its date."""

    row: Article | Rejection
    notes: tuple[str, ...] = ()


def build_article(record: Record, place: Place, options: RecordOptions) -> Built:
    """The record as an article; a rejection where it has no text."""
    fields, names = record.fields, options.field_map
    url = canonical_url(take_text(fields, "url", names))
    source_uri = _identify(record, place, url, names)
    raw = take_field(fields, "text", names)
    cleaned = _clean(raw, record)
    if not cleaned.text:
        return Built(_reject_empty(record, place, source_uri, raw))
    text = cleaned.text
    dated = date_article(
        take_field(fields, "published_at", names), place.path, url, text, options.published, options.order_in(place)
    )
    stated_title = take_text(fields, "title", names)
    stated_language = parse_language(take_text(fields, "language", names))
    language, score = (stated_language, None) if stated_language else detect_language(text)
    article = Article(
        article_id=hashlib.sha256(source_uri.encode()).hexdigest()[:32],
        source_uri=source_uri,
        corpus=place.corpus,
        file_uri=place.file_uri,
        member=place.member,
        record_no=place.record_no,
        text=text,
        char_count=len(text),
        word_count=len(text.split()),
        content_sha256=hash_content(text),
        publisher=name_publisher(take_text(fields, "publisher", names), url) or options.publisher,
        url=url,
        title=(clean_line(stated_title) if stated_title else None) or find_title(text),
        authors=parse_authors(take_field(fields, "authors", names)),
        section=find_section(take_field(fields, "section", names), url, place.path),
        language=language,
        language_score=score,
        published_at=dated.published_at,
        published_date=dated.published_at.date() if dated.published_at else None,
        published_source=dated.source,
        dateline_place=dated.dateline_place,
        metadata=other_fields(fields, {UNPARSED_DATE: dated.unparsed} if dated.unparsed else {}, names),
    )
    return Built(article, (*record.repairs, *cleaned.repairs, *_notes_of(dated)))


def reject_record(bad: BadRecord, place: Place) -> Rejection:
    """The rejection of a record that the reader could not read."""
    return Rejection(
        place.file_uri, place.record_no, None, bad.stage, bad.error_type, bad.message, bad.sample, place.member
    )


def hash_content(text: str) -> str:
    """sha256 of the text with every run of white space as one blank: the same words in another layout are the same."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _identify(record: Record, place: Place, url: str | None, names: FieldMap | None) -> str:
    if url:
        return url
    record_id = take_text(record.fields, "id", names)
    if record_id:
        return f"{place.corpus}/{record_id}"
    return f"{place.path}#{record.record_no}" if place.holds_many else place.path


def _clean(raw: Any, record: Record) -> Cleaned:
    if isinstance(raw, str):
        return clean_text(encodable(raw), is_laid_out=record.is_laid_out)
    if _is_paragraphs(raw):
        return clean_text(encodable("\n".join(raw)), is_laid_out=True)
    return Cleaned("")


def _is_paragraphs(raw: Any) -> bool:
    """Whether it is a text as some dumps have it: a list of its paragraphs."""
    return isinstance(raw, list) and all(isinstance(part, str) for part in raw)


def _notes_of(dated: Publication) -> tuple[str, ...]:
    source = (f"{DATED_BY}{dated.source}",) if dated.source else ("undated",)
    return (*source, f"{DATE_PROBLEM}{dated.problem}") if dated.problem else source


def _reject_empty(record: Record, place: Place, source_uri: str, raw: Any) -> Rejection:
    kind = "no_text"
    if raw is None:
        kind, message = "unmapped", describe_unmapped(record.fields)
    elif isinstance(raw, str) or _is_paragraphs(raw):
        message = "no text: there is nothing but white space"
    else:
        message = f"no text: the field holds a {type(raw).__name__}"
    sample = sample_of(encodable(str(record.fields))) if record.fields else None
    return Rejection(place.file_uri, place.record_no, source_uri, PARSE, kind, message, sample, place.member)
