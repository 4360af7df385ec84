"""A small warehouse made by hand, whose rows can be counted on one's fingers, for tests of views and reports."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import open_for_writing
from warehouse.migrations import sql_type

Named = tuple[str, str, str, dict[str, Any]]
"""Label, id, name and further columns of an entity."""

ANN: Named = ("PERSON", "p1", "Ann Cole", {})
BO: Named = ("PERSON", "p2", "Bo Lund", {})
BOARD: Named = ("ORG", "o1", "Ferry Board", {})
OSLO_ID = 3143244
OSLO: Named = (
    "GPE", f"geonames:{OSLO_ID}", "Oslo",
    {"country": "NOR", "geonames_id": OSLO_ID, "latitude": 59.9, "longitude": 10.7},
)  # fmt: skip

# id, outlet, section, day, words, duplicate of
ARTICLES = [
    ("a1", "Herald", "News", "2026-03-30", 100, None),
    ("a2", "Herald", "News", "2026-03-30", 200, None),
    ("a3", "Post", "News", "2026-03-31", 100, "a1"),
    ("a4", "Post", "Sport", "2026-04-05", 400, None),
    ("a5", "Herald", None, "2026-04-06", 50, None),
    ("a6", None, None, None, 10, None),
]
DAYS = {row[0]: row[3] for row in ARTICLES}

# article, who, where the mention starts
MENTIONS: list[tuple[str, Named, int]] = [
    ("a1", ANN, 0), ("a1", ANN, 30), ("a1", BO, 60), ("a1", OSLO, 90),
    ("a2", ANN, 0), ("a2", BOARD, 40), ("a2", OSLO, 80), ("a2", OSLO, 95),
    ("a4", BO, 10), ("a4", BOARD, 25), ("a4", OSLO, 60),
    ("a5", BO, 5),
    ("a6", ANN, 5),
]  # fmt: skip

# article, number, start, end, type, speaker, cue, text
QUOTES: list[tuple[str, int, int, int, str, Named | None, str, str]] = [
    ("a1", 1, 20, 100, "direct", ANN, "say", "Ann and Bo go to Oslo"),
    ("a1", 2, 110, 120, "indirect", ANN, "warn", "it rains"),
    ("a2", 1, 35, 60, "direct", ANN, "say", "the board sleeps"),
    ("a4", 1, 20, 40, "indirect", BO, "say", "the board wakes"),
    ("a4", 2, 50, 70, "direct", None, "say", "Oslo"),
    ("a5", 1, 0, 4, "mixed", BO, "deny", "no"),
]

# article, number, type, taxonomy, quad class, goldstein, actor, trigger, recipient, place, modality, polarity
EVENTS: list[tuple[Any, ...]] = [
    ("a1", 1, "ACCUSE", "plover", 3, -2.0, ANN, "accuse", BO, OSLO, "happened", "affirmed"),
    ("a1", 2, "CONSULT", "plover", 1, 1.0, ANN, "meet", BO, None, "planned", "affirmed"),
    ("a2", 1, "ASSAULT", "plover", 4, -9.0, BO, "attack", ANN, OSLO, "happened", "affirmed"),
    ("a2", 2, "ELECT", "civic", None, None, BOARD, "elect", ANN, None, "happened", "affirmed"),
    ("a4", 1, "ACCUSE", "plover", 3, -2.0, ANN, "accuse", BO, OSLO, "happened", "affirmed"),
    ("a4", 2, "AID", "plover", 2, 7.0, BOARD, "help", None, OSLO, "happened", "denied"),
]


def make_counted(folder: Path) -> Path:
    """The warehouse in that folder: six articles of two outlets, one of them a copy, and one without day and outlet."""
    with open_for_writing(folder) as connection:
        _insert(connection, "articles", [_article(*row) for row in ARTICLES])
        _insert(connection, "entities", [_mention(number, *row) for number, row in enumerate(MENTIONS, start=1)])
        _insert(connection, "quotes", [_quote(*row) for row in QUOTES])
        _insert(connection, "events", [_event(*row) for row in EVENTS])
    return folder


def _article(
    article: str, outlet: str | None, section: str | None, day: str | None, words: int, original: str | None
) -> dict[str, Any]:
    return {
        "article_id": article,
        "publisher": outlet,
        "section": section,
        "published_date": day,
        "published_at": day,
        "word_count": words,
        "duplicate_of": original,
        "title": f"Title of {original or article}",
        "content_sha256": original or article,
        "text": f"This is the sentence of {article}.",
        "corpus": "c",
        "ingested_at": "2026-05-01",
    }


def _mention(number: int, article: str, who: Named, start: int) -> dict[str, Any]:
    label, entity_id, name, more = who
    return {
        "article_id": article,
        "mention_no": number,
        "published_date": DAYS[article],
        "text": name.split()[-1],
        "start_char": start,
        "end_char": start + 5,
        "label": label,
        "entity_id": entity_id,
        "name": name,
        **more,
    }


def _quote(
    article: str, number: int, start: int, end: int, kind: str, speaker: Named | None, cue: str, text: str
) -> dict[str, Any]:
    label, entity_id, name, _ = speaker or (None, None, None, {})
    return {
        "article_id": article,
        "quote_no": number,
        "published_date": DAYS[article],
        "text": text,
        "quote_type": kind,
        "start_char": start,
        "end_char": end,
        "cue_lemma": cue,
        "confidence": 0.9,
        "speaker_text": name,
        "speaker_name": name,
        "speaker_entity_id": entity_id,
        "speaker_label": label,
    }


def _event(*row: Any) -> dict[str, Any]:
    article, number, kind, taxonomy, quad, goldstein, actor, trigger, recipient, place, modality, polarity = row
    told = {
        "article_id": article,
        "event_no": number,
        "published_date": DAYS[article],
        "event_type": kind,
        "taxonomy": taxonomy,
        "quad_class": quad,
        "goldstein": goldstein,
        "trigger_text": trigger,
        "trigger_lemma": trigger,
        "modality": modality,
        "polarity": polarity,
        "evidence_start": 0,
        "evidence_end": 7,
        "confidence": 0.9,
    }
    for role, who in (("actor", actor), ("recipient", recipient)):
        if who:
            told |= {f"{role}_text": who[2], f"{role}_name": who[2], f"{role}_entity_id": who[1]}
    if place:
        told |= {"place_name": place[2], "place_geonames_id": place[3]["geonames_id"], "place_country": "NOR"}
    return told


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    fields = [field for field in schemas.TABLES[table] if any(field.name in row for row in rows)]
    columns = [[None if row.get(field.name) is None else str(row[field.name]) for row in rows] for field in fields]
    connection.register(
        "rows_to_insert", pa.table([pa.array(c, pa.string()) for c in columns], [f.name for f in fields])
    )
    casts = ", ".join(f'"{field.name}"::{sql_type(field)} AS "{field.name}"' for field in fields)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {casts} FROM rows_to_insert")
    connection.unregister("rows_to_insert")
