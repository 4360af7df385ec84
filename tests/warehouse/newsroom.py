"""A small warehouse for pages: thirty articles of three outlets over six weeks, with names, quotes and events by hand.

One article is hostile: whatever of it reaches a page as markup would set `window.hacked`.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

import schemas

HOSTILE_TITLE = '<script>window.hacked=1</script><img src=x onerror=window.hacked=2> Tram & "Co" {{ 7*7 }}'
HOSTILE_NAME = '</script><script>window.hacked=3</script>" onmouseover="window.hacked=4" x=\''
HOSTILE_URL = "javascript:window.hacked=5"
HOSTILE_TEXT = "</div></script><svg onload=window.hacked=6>\x00\u2028 Mallory said the tram was late."

PEOPLE = [
    "Ada Berg",
    "Bo Carling",
    "Cleo Dorn",
    "Dag Ekman",
    "Eva Fors",
    "Finn Gade",
    "Gro Holm",
    "Ib Juhl",
    "Kaj Lind",
]
PLACES = [("Oslo", "NOR", 59.91, 10.75), ("Bergen", "NOR", 60.39, 5.32), ("Malmö", "SWE", 55.6, 13.0),
          ("Turku", "FIN", 60.45, 22.27), ("Lima", "PER", -12.05, -77.04)]  # fmt: skip
TYPES = ["ASSAULT", "CONSULT", "ACCUSE", "AID", "WIN"]
OUTLETS = ["Alpha Post", "Beta Wire", None]
FIRST_DAY = date(2026, 3, 2)

Row = dict[str, Any]


def article_id(number: int) -> str:
    """The id of the article with that number, from 0; the hostile one is "hostile"."""
    return hashlib.sha256(f"n/{number}".encode()).hexdigest()[:32]


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the rows."""
    tables: dict[str, list[Row]] = {"articles": [], "entities": [], "quotes": [], "events": []}
    for number in range(30):
        for table, row in _news(number):
            tables[table].append(row)
    for table, row in _hostile():
        tables[table].append(row)
    for table, rows in tables.items():
        insert(connection, table, rows)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Adds rows to the table; columns that they lack are NULL."""
    arrow = pa.Table.from_pylist(rows, schema=schemas.TABLES[table])
    connection.register("new_rows", arrow)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM new_rows")
    connection.unregister("new_rows")


def article(key: str, text: str, day: date | None, **columns: Any) -> Row:
    """A row of articles."""
    return {
        "article_id": key,
        "source_uri": f"n/{key[:6]}",
        "corpus": "n",
        "published_at": datetime(day.year, day.month, day.day, 8, tzinfo=UTC) if day else None,
        "published_date": day,
        "text": text,
        "char_count": len(text),
        "word_count": len(text.split()),
        "language": "en",
        "file_uri": "n/all.jsonl",
        "record_no": 1,
        "ingested_at": datetime(2026, 5, 1, tzinfo=UTC),
    } | columns


def _news(number: int) -> Iterator[tuple[str, Row]]:
    key, day = article_id(number), FIRST_DAY + timedelta(days=number * 41 // 29)
    who, whom = PEOPLE[number % 5], PEOPLE[(number * 3 + 1) % 9]
    place = PLACES[number % 5]
    # The flag is one sign of two characters of four bytes: offsets count characters.
    text = (
        f"🇳🇴 News of {place[0]}. “The tram number {number} will run,” {who} said. Then {who} met {whom} in {place[0]}."
    )
    yield "articles", article(
        key, text, day, title=f"Tram number {number} runs", publisher=OUTLETS[number % 3],
        url=f"https://news.example/{number}", section=["World", "sport"][number % 2],
    )  # fmt: skip
    for no, (name, label) in enumerate([(place[0], "GPE"), (who, "PERSON"), (whom, "PERSON")], start=1):
        is_place = label == "GPE"
        yield "entities", {
            "article_id": key, "mention_no": no, "published_date": day, "sentence_no": 1, "text": name, "label": label,
            "entity_id": f"{label}:{name}", "name": name, **_span(text, "start_char", "end_char", name),
            "country": place[1] if is_place else None, "latitude": place[2] if is_place else None,
            "longitude": place[3] if is_place else None,
        }  # fmt: skip
    words = f"The tram number {number} will run,"
    yield "quotes", {
        "article_id": key, "quote_no": 1, "published_date": day, "sentence_no": 2, "text": words,
        **_span(text, "start_char", "end_char", words), "quote_type": ["direct", "indirect", "mixed"][number % 3],
        "cue": "said", "cue_lemma": "say", **_span(text, "cue_start", "cue_end", "said"), "speaker_text": who,
        **_span(text, "speaker_start", "speaker_end", who), "speaker_entity_id": f"PERSON:{who}", "speaker_name": who,
        "speaker_label": "PERSON", "is_negated": False, "confidence": 0.9, "rule": "said_behind",
    }  # fmt: skip
    start = text.index("Then")
    yield "events", {
        "article_id": key, "event_no": 1, "published_date": day, "sentence_no": 3, "event_type": TYPES[number % 5],
        "taxonomy": "plover", "quad_class": number % 4 + 1, "goldstein": 1.0, "trigger_text": "met",
        **_span(text, "trigger_start", "trigger_end", "met"), "actor_text": who, "actor_name": who,
        "actor_start": start + 5, "actor_end": start + 5 + len(who), "recipient_text": whom, "recipient_name": whom,
        "recipient_start": text.rindex(whom), "recipient_end": text.rindex(whom) + len(whom), "place_name": place[0],
        "place_country": place[1], "latitude": place[2], "longitude": place[3],
        "modality": "planned" if number == 7 else "happened", "polarity": "affirmed", "evidence_start": start,
        "evidence_end": len(text), "confidence": 0.8, "rule": "verb",
    }  # fmt: skip


def _hostile() -> Iterator[tuple[str, Row]]:
    key, day, text = "hostile", FIRST_DAY + timedelta(days=40), HOSTILE_TEXT
    yield "articles", article(
        key, text, day, title=HOSTILE_TITLE, url=HOSTILE_URL, publisher=HOSTILE_NAME, section=HOSTILE_NAME,
        authors=[HOSTILE_NAME], source_uri=HOSTILE_NAME,
        metadata='{"</dl><script>window.hacked=7</script>": "<b onclick=window.hacked=8>"}',
    )  # fmt: skip
    for no in range(1, 9):
        yield "entities", {
            "article_id": key, "mention_no": no, "published_date": day, "sentence_no": 1, "text": "Mallory",
            "label": ["PERSON", "ORG", "GPE"][no % 3], "name": HOSTILE_NAME, "country": "NOR", "latitude": 60.0,
            "longitude": 10.0, **_span(text, "start_char", "end_char", "Mallory"),
        }  # fmt: skip
        yield "quotes", {
            "article_id": key, "quote_no": no, "published_date": day, "sentence_no": 1,
            "text": "the tram was late", **_span(text, "start_char", "end_char", "the tram was late"),
            "quote_type": "indirect", "cue": HOSTILE_NAME, "cue_lemma": HOSTILE_NAME, "speaker_text": HOSTILE_NAME,
            "speaker_name": HOSTILE_NAME, **_span(text, "speaker_start", "speaker_end", "Mallory"),
            "speaker_label": "PERSON", "confidence": 0.9, "rule": HOSTILE_NAME,
        }  # fmt: skip
        yield "events", {
            "article_id": key, "event_no": no, "published_date": day, "sentence_no": 1, "event_type": "ASSAULT",
            "taxonomy": "plover", "quad_class": 4, "trigger_text": "said", "actor_text": HOSTILE_NAME,
            **_span(text, "trigger_start", "trigger_end", "said"), "actor_name": HOSTILE_NAME,
            "recipient_name": HOSTILE_TITLE, "place_name": HOSTILE_NAME, "latitude": 60.0, "longitude": 10.0,
            "modality": "happened", "polarity": "affirmed", "evidence_start": 0, "evidence_end": len(text),
        }  # fmt: skip


def _span(text: str, start: str, end: str, words: str) -> Row:
    place = text.index(words)
    return {start: place, end: place + len(words)}
