"""The fields of a record, under whatever names feeds give them, as the columns of an article.

Comes in: a dict as a reader found it. Goes out: cleaned values, NULL (None) where a field is missing or empty.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from transforms.lexicon import read_seed

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "url": ("url",),
    "title": ("title",),
    "text": ("text", "body", "content", "maintext"),
    "published_at": ("published_at", "date", "date_publish"),
    "authors": ("authors", "author", "byline"),
    "publisher": ("publisher", "source", "domain", "source_domain"),
    "section": ("section", "category"),
    "language": ("language",),
}
"""Column (and 'id') to the names under which records carry it; the first that is not empty counts."""

UNPARSED_DATE = "published_at_unparsed"
EARLIEST_YEAR = 1600
_DATE_FORMATS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y%m%d", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S")
_BYLINE_START = re.compile(r"^\s*by[\s:]+", re.IGNORECASE)
_AUTHOR_BREAK = re.compile(r"\s*[;|]\s*|\s+and\s+|\s*,(?!\s*(?:Jr|Sr|II|III|IV)\b)\s*(?:and\s+)?")
_LANGUAGE_CODE = re.compile(r"^([a-z]{2})(?:[-_][a-z0-9]+)*$", re.IGNORECASE)


def take_field(fields: Mapping[str, Any], column: str) -> Any:
    """The record's value for that column under any of its names; None where it has none or an empty one."""
    for name in FIELD_NAMES[column]:
        value = fields.get(name)
        if value is not None and value != "" and value != []:
            return value
    return None


def take_text(fields: Mapping[str, Any], column: str) -> str | None:
    """The same as one line of text."""
    value = take_field(fields, column)
    if isinstance(value, Mapping | list):
        return None
    return " ".join(encodable(str(value)).split()) or None if value is not None else None


def encodable(text: str) -> str:
    """The text without what cannot be stored: halves of surrogate pairs, which JSON can spell, and NULs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def other_fields(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> str | None:
    """What has no column of its own, as JSON; None where there is nothing."""
    known = {name for names in FIELD_NAMES.values() for name in names}
    rest = {name: value for name, value in fields.items() if name not in known and value is not None} | dict(extra)
    return encodable(json.dumps(rest, ensure_ascii=False, default=str)).replace("\\u0000", "") if rest else None


def parse_published(value: Any) -> datetime | None:
    """A date or time as feeds write it, in UTC; a time without a zone is taken as UTC, a day as its midnight.

    None where it cannot be read, or lies before 1600 or in the future.
    """
    parsed = _parse_time(value)
    if parsed is None:
        return None
    try:
        moment = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError:
        # The zone moves the first or last days of the calendar out of it.
        return None
    return moment if moment.year >= EARLIEST_YEAR else None


def parse_authors(value: Any) -> list[str] | None:
    """Bylines as single names: 'By Ann Roe and Bo Lund' is ['Ann Roe', 'Bo Lund']."""
    names = [
        name
        for text in _author_texts(value)
        for part in _AUTHOR_BREAK.split(_BYLINE_START.sub("", encodable(text)))
        if (name := " ".join(part.split()))
    ]
    return list(dict.fromkeys(names)) or None


def parse_language(value: str | None) -> str | None:
    """'en-US' and 'EN' are 'en'; None for what is no code."""
    match = _LANGUAGE_CODE.match(value.strip()) if value else None
    return match[1].lower() if match else None


def canonical_url(value: str | None) -> str | None:
    """The address without fragment and tracking parameters, scheme and host in lower case; None for what is none."""
    if not value:
        return None
    try:
        parts = urlsplit(value.strip())
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return None
        port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    except ValueError:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    query = [(name, text) for name, text in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(name)]
    return urlunsplit((parts.scheme.lower(), f"{host}{port}", parts.path or "/", urlencode(query), ""))


def _is_tracking(name: str) -> bool:
    return any(
        name.lower().startswith(row["parameter"][:-1]) if row["parameter"].endswith("*") else name == row["parameter"]
        for row in read_seed("tracking_parameters")
    )


def _author_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield str(value.get("name") or "")
    elif isinstance(value, Iterable):
        for item in value:
            yield from _author_texts(item)


def _parse_time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _parse_epoch(value)
    text = " ".join(str(value).split())
    for parse in (datetime.fromisoformat, parsedate_to_datetime, _parse_spelled):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _parse_spelled(text: str) -> datetime:
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(text)


def _parse_epoch(seconds: float) -> datetime | None:
    # Feeds write seconds or milliseconds since 1970; the smallest millisecond value taken is 1973.
    try:
        if seconds > 1e11:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
