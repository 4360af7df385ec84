"""The page of one article: its text with names, quotes and events marked, and their rows beside it.

Comes in: a read-only connection and what names the article. Goes out: an HTML file. Of a very long text the beginning
is shown, with the rows that belong to it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import ArticleNotFoundError
from warehouse.pages.asking import Questions, Row, asking
from warehouse.pages.charts import shorten
from warehouse.pages.document import one_line, short_name, show_date, without_controls, write_page
from warehouse.pages.marks import Span, mark_text

CHARACTERS = 200_000
"""Characters of the text that are shown."""

ROWS = 10_000
"""Rows of a table that are read for one page."""

KINDS = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    **dict.fromkeys(["DATE", "TIME", "MONEY", "PERCENT", "CARDINAL", "ORDINAL", "QUANTITY"], "number"),
}
"""Label of an entity to the colour that it shares; other labels are "other"."""

LINKS = 12
"""Links from one row to its mentions."""


def write_article(connection: duckdb.DuckDBPyConnection, article_id: str, target: Path) -> Path:
    """Writes the page of the article with that article_id (or its beginning), source_uri or url; answers its path.

    Raises ArticleNotFoundError, PageNotWrittenError.
    """
    with asking(connection, characters=CHARACTERS, rows=ROWS) as questions:
        found = find_article(questions, article_id)
        article = questions.ask_one("article", article=found)
        tables = {name: questions.ask(f"article_{name}", article=found) for name in ("entities", "quotes", "events")}
    text = without_controls(article["text"] or "")
    return write_page(
        target,
        "article.html.j2",
        article=article,
        metadata=_metadata(article["metadata"]),
        text=mark_text(text, _spans(tables)),
        shown=len(text),
        links=LINKS,
        quotes=[row | {"words": shorten(one_line(row["text"]), 220)} for row in tables["quotes"]],
        events=[row | _event_words(row) for row in tables["events"]],
        names=_group([row for row in tables["entities"] if _kind(row) != "number"]),
        numbers=_group([row for row in tables["entities"] if _kind(row) == "number"]),
    )


def find_article(questions: Questions, wanted: str) -> str:
    """The article_id of the article that is meant. Raises ArticleNotFoundError."""
    rows = questions.ask("find_article", wanted=wanted.strip())
    exact = [row for row in rows if row["is_exact"]]
    chosen = exact or rows
    if len(chosen) != 1:
        raise ArticleNotFoundError(wanted, len(chosen))
    return str(chosen[0]["article_id"])


def _spans(tables: dict[str, list[Row]]) -> Iterator[Span]:
    """What is marked in the text, the widest kinds first: classes of later ones lie above those of earlier ones."""
    for row in tables["quotes"]:
        key = f"q{row['quote_no']}"
        yield from _span(row, "start_char", "end_char", key, "k-quote", is_target=True)
        yield from _span(row, "speaker_start", "speaker_end", key, "k-speaker")
        yield from _span(row, "cue_start", "cue_end", key, "k-cue")
    for row in tables["events"]:
        key = f"v{row['event_no']}"
        yield from _span(row, "actor_start", "actor_end", key, "k-actor")
        yield from _span(row, "recipient_start", "recipient_end", key, "k-recipient")
        chip = _words(row["event_type"]).upper()
        yield from _span(row, "trigger_start", "trigger_end", key, "k-trigger", chip=chip, is_target=True)
    for row in tables["entities"]:
        kind = _kind(row)
        css = "k-number" if kind == "number" else f"is-entity k-{kind}"
        yield from _span(
            row, "start_char", "end_char", f"e{row['mention_no']}", css, chip=row["label"] or "", is_target=True
        )


def _span(row: Row, start: str, end: str, key: str, css: str, **options: Any) -> Iterator[Span]:
    if row[start] is not None and row[end] is not None:
        yield Span(row[start], row[end], key, css, **options)


def _kind(row: Row) -> str:
    return KINDS.get(row["label"], "other")


def _group(mentions: Sequence[Row]) -> list[Row]:
    """A row an entity, or a value, with the keys of its mentions; the most mentioned first."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in mentions:
        meaning = row["entity_id"] or row["value"] or one_line(row["text"]).lower()
        groups[row["label"] or "", meaning].append(row)
    rows = [
        {
            "name": short_name(group[0]["name"] or group[0]["text"]),
            "label": label,
            "kind": _kind(group[0]),
            "value": group[0]["value"],
            "country": group[0]["country"],
            "forms": ", ".join(list(dict.fromkeys(short_name(row["text"]) for row in group))[:6]),
            "mentions": len(group),
            "keys": [f"e{row['mention_no']}" for row in group],
            "first": group[0]["mention_no"],
        }
        for (label, _), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["mentions"], row["first"]))


def _event_words(row: Row) -> Row:
    """What the columns of the table of events say."""
    day = show_date(row["event_date"])
    if row["event_date_end"] and row["event_date_end"] != row["event_date"]:
        day += f" to {show_date(row['event_date_end'])}"
    is_plain = (row["modality"], row["polarity"]) in {("happened", "affirmed"), (None, None)}
    return {
        "type": _words(row["event_type"]),
        "status": "" if is_plain else f"{row['modality']}, {row['polarity']}",
        "who": _participant(row, "actor"),
        "whom": _participant(row, "recipient"),
        "when": day or one_line(row["date_text"]),
        "where": short_name(row["place_name"] or row["place_text"]),
    }


def _participant(row: Row, role: str) -> Row:
    """The name of an actor or recipient, and what the text has where that is something else."""
    name, words = short_name(row[f"{role}_name"]), shorten(one_line(row[f"{role}_text"]), 160)
    codes = " ".join(code for code in (row[f"{role}_country"], row[f"{role}_sector"]) if code)
    return {"name": name or words, "as": words if name and words != name else "", "codes": codes}


def _words(event_type: str | None) -> str:
    return (event_type or "").replace("_", " ").lower()


def _metadata(text: str | None) -> list[tuple[str, str]]:
    """Fields of the record that have no column of their own, as far as they can be shown in a line."""
    found = json.loads(text) if text else {}
    if not isinstance(found, dict):
        return []
    shown = (
        (one_line(str(name)), value if isinstance(value, str) else json.dumps(value)) for name, value in found.items()
    )
    return [(name, shorten(one_line(value), 300)) for name, value in list(shown)[:40]]
