"""Passages: a quote or an event in its sentence, with what stands where in it.

Comes in: rows of queries/quotes_of_speakers.sql and queries/events_of.sql. Goes out: plain dicts for the script of the
page: `text`, `marks` (start, end, class; offsets into `text`), `note`, and the article's `title`, `outlet`, `day`,
`url` and `id`.
"""

import re
from typing import Any

from warehouse.pages.charts import shorten
from warehouse.pages.document import one_line, short_name, show_date, web_address, without_controls

MARGIN = 160
"""Characters of a long sentence that are shown on each side of a quote."""

NOT_STATED = "(outlet not stated)"
"""What queries/chosen_articles.sql says for an outlet that is NULL."""

_END_OF_SENTENCE = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])|\n+")

Row = dict[str, Any]


def quote_passage(row: Row) -> Row:
    """A quote with its sentence or the better part of it."""
    origin = row["around_start"]
    text, shift = _cut_around(row["around"], row["start_char"] - origin, row["end_char"] - origin)
    offset = shift - origin
    marks = [_mark(row, "", "quote", offset, len(text)), _mark(row, "speaker_", "speaker", offset, len(text))]
    words = [row["quote_type"], f"cue “{short_name(row['cue'])}”" if row["cue"] else None, _sureness(row)]
    if row["is_negated"]:
        words.append("said not to have been said")
    return _article(row) | {"text": text, "marks": _apart(marks), "note": " · ".join(filter(None, words))}


def event_passage(row: Row) -> Row:
    """An event with its sentence."""
    text = without_controls(row["sentence"] or "")
    offset = -(row["evidence_start"] or 0)
    marks = [_mark(row, f"{part}_", part, offset, len(text)) for part in ("trigger", "actor", "recipient")]
    words = [row["event_type"].replace("_", " ").lower()]
    if (row["modality"], row["polarity"]) != ("happened", "affirmed"):
        words.append(f"{row['modality']}, {row['polarity']}")
    words += [f"by {short_name(row['actor_name'])}"] if row["actor_name"] else []
    words += [f"to {short_name(row['recipient_name'])}"] if row["recipient_name"] else []
    words += [f"in {short_name(row['place_name'])}"] if row["place_name"] else []
    words += [f"on {show_date(row['event_date'])}"] if row["event_date"] else []
    note = " · ".join(filter(None, [*words, _sureness(row)]))
    return _article(row) | {"text": text + ("…" if row["is_cut"] else ""), "marks": _apart(marks), "note": note}


def _article(row: Row) -> Row:
    return {
        "title": shorten(one_line(row["title"]), 200),
        "outlet": "" if row["outlet"] == NOT_STATED else short_name(row["outlet"]),
        "day": show_date(row["day"]),
        "url": web_address(row["url"]) or "",
        "id": row["article_id"],
    }


def _sureness(row: Row) -> str | None:
    return f"confidence {row['confidence']:.2f}" if row["confidence"] is not None else None


def _cut_around(around: str, start: int, end: int) -> tuple[str, int]:
    """The sentences that hold around[start:end], and what to add to offsets into `around`."""
    around = without_controls(around)
    breaks = [found.end() for found in _END_OF_SENTENCE.finditer(around)]
    first = max((place for place in breaks if place <= start), default=0)
    last = min((place for place in breaks if place >= end), default=len(around))
    head = ""
    if start - first > MARGIN or (first == 0 and start > 0):
        first = max(first, _word_start(around, max(start - MARGIN, 0)))
        head = "… " if first > 0 else ""
    tail = ""
    if last - end > MARGIN:
        last, tail = _word_end(around, end + MARGIN), " …"
    text = around[first:last].rstrip()
    return head + text + tail, len(head) - first


def _word_start(text: str, place: int) -> int:
    blank = text.find(" ", place)
    return blank + 1 if 0 <= blank < place + 30 and place > 0 else place


def _word_end(text: str, place: int) -> int:
    blank = text.rfind(" ", 0, place)
    return blank if blank > place - 30 else place


def _mark(row: Row, prefix: str, css: str, offset: int, length: int) -> list[int | str] | None:
    start, end = (row["start_char"], row["end_char"]) if not prefix else (row[f"{prefix}start"], row[f"{prefix}end"])
    if start is None or end is None or start + offset < 0 or end + offset > length:
        return None
    return [start + offset, end + offset, css]


def _apart(marks: list[list[int | str] | None]) -> list[list[int | str]]:
    """The marks in order of text, without those that overlap an earlier one of the list."""
    kept: list[list[int | str]] = []
    for mark in marks:
        if mark and all(mark[1] <= other[0] or mark[0] >= other[1] for other in kept):  # type: ignore[operator]
            kept.append(mark)
    return sorted(kept, key=lambda mark: int(mark[0]))
