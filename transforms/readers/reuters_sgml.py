"""SGML of the kind of Reuters-21578: each <REUTERS> is a record.

The body keeps the lines of the wire, and begins with its dateline, as it was sent. A brief, which is nothing but a
headline, has that for its text.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from transforms.encoding import UndecodableError, decode
from transforms.readers.blocks import text_of_head
from transforms.readers.elements import Cut, cut_elements, without_empty
from transforms.readers.record import (
    DECODE,
    PARSE,
    AnyRecord,
    BadRecord,
    PendingRecord,
    Record,
    sample_of,
    too_large,
)
from transforms.references import unescape

_NAME = "REUTERS"
_HEAD = re.compile(r"\s*(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+lewis\b|<REUTERS[\s>])", re.DOTALL)
_START = re.compile(r"<REUTERS\b([^>]*)>")
_ATTRIBUTE = re.compile(r"([A-Za-z]+)\s*=\s*[\"']?([^\"'\s>]*)")
_TEXT = re.compile(r"<TEXT\b([^>]*)>([^<]*(?:<(?!/(?:TEXT|REUTERS)>)[^<]*)*)")
_PART = {
    name: re.compile(
        rf"<{name}\b[^>]*>([^<]*(?:<(?!/?(?:DATE|TEXT|TITLE|DATELINE|BODY|AUTHOR|REUTERS)\b)[^<]*)*)(?:</{name}>)?"
    )
    for name in ("DATE", "TITLE", "AUTHOR", "DATELINE", "BODY")
}
_LISTS = {
    name: re.compile(rf"<{name}>(.*?)</{name}>", re.DOTALL)
    for name in ("TOPICS", "PLACES", "PEOPLE", "ORGS", "EXCHANGES", "COMPANIES")
}
_VALUE = re.compile(r"<D>(.*?)</D>", re.DOTALL)
_TAG = re.compile(r"</?[A-Z]+\b[^<>]*>")
_DATE = re.compile(r"\s*(\d{1,2}-[A-Z]{3}-\d{4})(?:\s+(\d\d?:\d\d:\d\d)(?:\.(\d{1,6}))?(?!\d))?", re.IGNORECASE)
_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What the service ends a report with.
_SIGN_OFF = re.compile(r"\n\s*reuters?\s*\Z", re.IGNORECASE)


def looks_like_reuters_sgml(head: bytes) -> bool:
    """Whether it begins with the document type 'lewis' or with <REUTERS>."""
    return _HEAD.match(text_of_head(head)) is not None


def read_reuters_sgml(stream: BinaryIO, first_record: int = 1) -> Iterator[AnyRecord]:
    """The <REUTERS> elements of the stream."""
    record_no = first_record - 1
    for record_no, cut in enumerate(cut_elements(stream, _NAME), start=first_record):
        yield _pend(record_no, cut)
    if record_no < first_record:
        message = f"the file has no element <{_NAME}>: is it cut off, or empty?"
        yield BadRecord(first_record, PARSE, "broken_xml", message)


def _pend(record_no: int, cut: Cut) -> BadRecord | PendingRecord:
    if cut.is_too_large:
        return too_large(record_no, cut.raw)
    if not cut.is_whole:
        message = f"<{_NAME}> of line {cut.line:,} has no end tag: is the file cut off? Get it again, or mend it"
        return BadRecord(record_no, PARSE, "broken_xml", message, sample_of(cut.raw))
    return PendingRecord(record_no, lambda: _parse(record_no, cut))


def _parse(record_no: int, cut: Cut) -> Record | BadRecord:
    try:
        decoded = decode(cut.raw, cut.declared or "latin-1")
    except UndecodableError as error:
        message = f"<{_NAME}> of line {cut.line:,} is text in no known encoding: {error}: save the file as UTF-8"
        return BadRecord(record_no, DECODE, "not_text", " ".join(message.split()), sample_of(cut.raw))
    text = _TEXT.search(decoded.text)
    if text is None:
        message = f"<{_NAME}> of line {cut.line:,} has no <TEXT>: mend it, or get the file again"
        return BadRecord(record_no, PARSE, "broken_xml", message, sample_of(cut.raw))
    return Record(record_no, {"text": ""} | without_empty(_fields(decoded.text, text)), repairs=decoded.repairs)


def _fields(raw: str, text: re.Match[str]) -> dict[str, Any]:
    start = _START.match(raw)
    attributes = dict(_ATTRIBUTE.findall(start[1])) if start else {}
    kind = dict(_ATTRIBUTE.findall(text[1])).get("TYPE", "NORM")
    title, dateline = _line(_take("TITLE", text[2])), _line(_take("DATELINE", text[2]))
    body = _take("BODY", text[2])
    # A brief has no body, but asterisks and a dummy.
    if body is None and not (kind == "BRIEF" and title):
        rest = _PART["TITLE"].sub("", _PART["AUTHOR"].sub("", _PART["DATELINE"].sub("", text[2])))
        body = rest if _shown(rest).strip() else None
    report = _SIGN_OFF.sub("", _shown(body or "").rstrip()).strip("\n")
    fields: dict[str, Any] = {
        "id": attributes.get("NEWID"),
        "title": title,
        "text": f"{dateline} {report.lstrip()}" if report.strip() and dateline else report.strip("\n") or title,
        "published_at": _parse_date(_take("DATE", raw[: text.start()])),
        "publisher": "Reuters",
        "authors": _line(_take("AUTHOR", text[2])),
        "dateline": dateline,
        "text_type": kind if kind != "NORM" else None,
        "old_id": attributes.get("OLDID"),
        "lewis_split": attributes.get("LEWISSPLIT"),
        "cgi_split": attributes.get("CGISPLIT"),
        "has_topics": attributes.get("TOPICS"),
    }
    for name, pattern in _LISTS.items():
        found = pattern.search(raw, 0, text.start())
        values = [value for each in _VALUE.findall(found[1]) if (value := _line(each))] if found else []
        fields[name.lower()] = values
    return fields


def _take(name: str, raw: str) -> str | None:
    found = _PART[name].search(raw)
    return found[1] if found else None


def _shown(raw: str) -> str:
    """The characters that are meant, without tags and control characters."""
    return _UNSEEN.sub("", unescape(_TAG.sub("", raw)))


def _line(raw: str | None) -> str | None:
    return " ".join(_shown(raw).split()) or None if raw else None


def _parse_date(raw: str | None) -> str | None:
    """'26-FEB-1987 15:01:01.79' in ISO 8601; only the day where the time is damaged; as it is where the day is."""
    line = _line(raw)
    found = _DATE.match(line) if line else None
    if found is None:
        return line
    try:
        day = datetime.strptime(found[1].title(), "%d-%b-%Y").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return line
    try:
        moment = datetime.fromisoformat(f"{day}T{found[2].zfill(8)}") if found[2] else None
    except ValueError:
        return day
    return f"{moment.isoformat()}.{(found[3] or '0').ljust(6, '0')}" if moment else day
