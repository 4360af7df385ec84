"""Asks the search index.

Comes in: words, names, outlet and days. Goes out: pyarrow tables, the best first (BM25, a word in the title counting
five times as much as one in the text), or the newest where no words are given or these are asked for.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from warehouse.search.contents import fold
from warehouse.search.words import Words

TITLE_WEIGHT = 5.0
SNIPPET_WORDS = 30
_START_CHARACTERS = 180

Marks = tuple[str, str]
"""What stands before and behind a word that was looked for."""

ARTICLES = pa.schema(
    [("day", pa.date32()), ("outlet", pa.string()), ("title", pa.string()), ("snippet", pa.string()),
     ("score", pa.float64()), ("article_id", pa.string())]
)  # fmt: skip
QUOTES = pa.schema(
    [("day", pa.date32()), ("outlet", pa.string()), ("speaker", pa.string()), ("quote", pa.string()),
     ("title", pa.string()), ("score", pa.float64()), ("article_id", pa.string()), ("quote_no", pa.int64())]
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class Wanted:
    """What is asked for. All that is given must hold; days are inclusive."""

    words: Words = field(default_factory=Words)
    speakers: Sequence[str] = ()
    entities: Sequence[str] = ()
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    newest_first: bool = False
    limit: int = 10


@dataclass(slots=True, frozen=True)
class Found:
    """The rows, and how many there are without the limit."""

    rows: pa.Table
    total: int


# Names that are asked for are words of a name, as in reports.
_NAMED = "(SELECT name_id FROM names WHERE instr(folded, ?))"
_QUOTED_IN = f"doc IN (SELECT doc FROM quotes WHERE speaker_id IN {_NAMED})"
_NAMED_IN = f"doc IN (SELECT doc FROM article_names WHERE name_id IN {_NAMED})"
_SAID_BY = f"speaker_id IN {_NAMED}"
_ABOUT = f"quote IN (SELECT quote FROM quote_names WHERE name_id IN {_NAMED})"

WORD_TABLES = {"articles": "article_words", "quotes": "quote_words"}
_RANK = {"articles": f"bm25(article_words, {TITLE_WEIGHT}, 1.0)", "quotes": "bm25(quote_words)"}
_ROWID = {"articles": "articles.doc", "quotes": "quote"}
_FROM = {"articles": "articles", "quotes": "quotes JOIN articles USING (doc)"}

_ARTICLE = """
SELECT day, outlet, {title}, {text}, :score, article_id
FROM article_words JOIN articles ON doc = article_words.rowid
"""
_QUOTE = """
SELECT day, outlet, names.name, {text}, article_words.title, :score, article_id, quote_no
FROM quote_words JOIN quotes ON quote = quote_words.rowid
JOIN articles USING (doc) JOIN article_words ON article_words.rowid = doc
LEFT JOIN names ON name_id = speaker_id
"""
_BEGINNING = f"""
rtrim(substr(text, 1, {_START_CHARACTERS})) || CASE WHEN length(text) > {_START_CHARACTERS} THEN '…' ELSE '' END
"""


def ask_articles(index: sqlite3.Connection, wanted: Wanted, marks: Marks) -> Found:
    """Articles that have the words, quote the speakers and name the entities. Columns: ARTICLES."""
    title = "highlight(article_words, 0, :before, :behind)"
    text = f"snippet(article_words, 1, :before, :behind, '…', {SNIPPET_WORDS})"
    if not wanted.words.groups:
        title, text = "title", _BEGINNING
    return _ask(index, wanted, marks, "articles", _ARTICLE.format(title=title, text=text), ARTICLES)


def ask_quotes(index: sqlite3.Connection, wanted: Wanted, marks: Marks) -> Found:
    """Quotes that have the words, by the speakers, in which the entities are named. Columns: QUOTES."""
    text = "highlight(quote_words, 0, :before, :behind)" if wanted.words.groups else "quote_words.text"
    return _ask(index, wanted, marks, "quotes", _QUOTE.format(text=text), QUOTES)


def _ask(index: sqlite3.Connection, wanted: Wanted, marks: Marks, kind: str, question: str, schema: pa.Schema) -> Found:
    index.create_function("casefold", 1, lambda text: text and text.casefold(), deterministic=True)
    given: dict[str, Any] = {"before": marks[0], "behind": marks[1]}
    question += f" WHERE {WORD_TABLES[kind]}.rowid = :rowid"
    if wanted.words.groups:
        question += f" AND {WORD_TABLES[kind]} MATCH :match"
        given["match"] = wanted.words.expression()
    rows = []
    for rowid, rank in _rank(index, wanted, kind):
        score = None if rank is None else round(-rank, 3)
        row = index.execute(question, {**given, "rowid": rowid, "score": score}).fetchone()
        rows.append((date.fromisoformat(row[0]) if row[0] else None, *row[1:]))
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return Found(pa.table(arrays, schema=schema), count(index, wanted, kind))


def count(index: sqlite3.Connection, wanted: Wanted, kind: str) -> int:
    """How many articles or quotes there are, whatever the limit."""
    matching, given = _matching(wanted, kind)
    return int(index.execute(f"SELECT count(*) {matching}", given).fetchone()[0])


def _rank(index: sqlite3.Connection, wanted: Wanted, kind: str) -> list[tuple[int, float | None]]:
    """Row ids with their ranks, the best first, up to the limit."""
    matching, given = _matching(wanted, kind)
    rank, order = "NULL", "day DESC, article_id, 1"
    if wanted.words.groups:
        rank = _RANK[kind]
        order = "day DESC, 2, article_id, 1" if wanted.newest_first else f"2, {order}"
    question = f"SELECT {_ROWID[kind]}, {rank} {matching} ORDER BY {order} LIMIT ?"
    return index.execute(question, [*given, wanted.limit]).fetchall()


def _matching(wanted: Wanted, kind: str) -> tuple[str, list[Any]]:
    """FROM and WHERE for what is asked for, and the values of their parameters."""
    words = WORD_TABLES[kind]
    conditions, given = _conditions(wanted, kind)
    source = _FROM[kind]
    if wanted.words.groups:
        # CROSS JOIN keeps the order of the join: words are looked up once, and not for each article.
        source = f"{words} CROSS JOIN {source}"
        conditions = [f"{words} MATCH ?", f"{words}.rowid = {_ROWID[kind]}", *conditions]
        given = [wanted.words.expression(), *given]
    return f"FROM {source}{' WHERE ' + ' AND '.join(conditions) if conditions else ''}", given


def _conditions(wanted: Wanted, kind: str) -> tuple[list[str], list[Any]]:
    """Conditions on articles or quotes, and the values of their parameters."""
    conditions: list[str] = []
    given: list[Any] = []
    speaker, entity = (_QUOTED_IN, _NAMED_IN) if kind == "articles" else (_SAID_BY, _ABOUT)
    for names, condition in ((wanted.speakers, speaker), (wanted.entities, entity)):
        for name in names:
            conditions.append(condition)
            given.append(fold(name))
    if wanted.outlet is not None:
        conditions.append("casefold(outlet) = casefold(?)")
        given.append(wanted.outlet.strip())
    for condition, day in (("day >= ?", wanted.since), ("day <= ?", wanted.until)):
        if day is not None:
            conditions.append(condition)
            given.append(day.isoformat())
    return conditions, given
