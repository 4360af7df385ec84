"""One record to one article: its identity, cleaned text and metadata, or the reason why it is none.

Comes in: a `Record` and where it stands. Goes out: an `Article` or a `Rejection`.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from transforms.layout import clean_text, find_title
from transforms.metadata import (
    UNPARSED_DATE,
    canonical_url,
    encodable,
    other_fields,
    parse_authors,
    parse_language,
    parse_published,
    take_field,
    take_text,
)
from transforms.readers import BadRecord, Record
from transforms.readers.record import PARSE, SAMPLE_CHARS
from transforms.rows import Article, Rejection


@dataclass(slots=True, frozen=True)
class Source:
    """Where a record stands, and what the user said of all records."""

    corpus: str
    file_uri: str
    is_multi_record: bool
    publisher: str | None = None
    published: date | None = None


def build_article(record: Record, source: Source) -> Article | Rejection:
    """The record as an article; a rejection where it has no text."""
    fields = record.fields
    url = canonical_url(take_text(fields, "url"))
    source_uri = _identify(record, source, url)
    raw = take_field(fields, "text")
    text = clean_text(encodable(raw)) if isinstance(raw, str) else ""
    if not text:
        return _reject_empty(record, source, source_uri, raw)
    published_at, published_source, unparsed = _date(fields, source)
    return Article(
        article_id=hashlib.sha256(source_uri.encode()).hexdigest()[:32],
        source_uri=source_uri,
        corpus=source.corpus,
        file_uri=source.file_uri,
        record_no=record.record_no,
        text=text,
        char_count=len(text),
        word_count=len(text.split()),
        content_sha256=hash_content(text),
        publisher=take_text(fields, "publisher") or source.publisher,
        url=url,
        title=take_text(fields, "title") or find_title(text),
        authors=parse_authors(take_field(fields, "authors")),
        section=take_text(fields, "section"),
        language=parse_language(take_text(fields, "language")),
        published_at=published_at,
        published_date=published_at.date() if published_at else None,
        published_source=published_source,
        metadata=other_fields(fields, unparsed),
    )


def reject_record(bad: BadRecord, source: Source) -> Rejection:
    """The rejection of a record that the reader could not read."""
    return Rejection(source.file_uri, bad.record_no, None, bad.stage, bad.error_type, bad.message, bad.sample)


def hash_content(text: str) -> str:
    """sha256 of the text with every run of white space as one blank: the same words in another layout are the same."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _identify(record: Record, source: Source, url: str | None) -> str:
    if url:
        return url
    record_id = take_text(record.fields, "id")
    if record_id:
        return f"{source.corpus}/{record_id}"
    return f"{source.file_uri}#{record.record_no}" if source.is_multi_record else source.file_uri


def _date(fields: dict[str, Any], source: Source) -> tuple[datetime | None, str | None, dict[str, str]]:
    """Time of publication, where it comes from, and the record's own words where they could not be read."""
    stated = take_field(fields, "published_at")
    parsed = parse_published(stated) if stated is not None else None
    if parsed is not None and parsed <= datetime.now(UTC):
        return parsed, "metadata", {}
    unparsed = {UNPARSED_DATE: str(stated)} if stated is not None else {}
    if source.published:
        return datetime.combine(source.published, time(), UTC), "option", unparsed
    return None, None, unparsed


def _reject_empty(record: Record, source: Source, source_uri: str, raw: Any) -> Rejection:
    if raw is None:
        names = " ".join(encodable(", ".join(list(record.fields)[:12])).split()) or "none"
        message = f"no text: a record needs text, body, content or maintext, and this one has the fields {names}"
    elif not isinstance(raw, str):
        message = f"no text: the field holds a {type(raw).__name__}"
    else:
        message = "no text: there is nothing but white space"
    sample = encodable(str(record.fields))[:SAMPLE_CHARS] if source.is_multi_record else None
    return Rejection(source.file_uri, record.record_no, source_uri, PARSE, "no_text", message, sample)
