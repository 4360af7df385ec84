"""What the search index holds, and how it comes there from the tables.

Comes in: a connection to one snapshot of the warehouse, and SQLite's to the index. Goes out: rows of the index: the
words of articles (but duplicates) and of quotes, the pieces of an interrupted one together, and the names of who is
quoted or mentioned. Texts are stored on one line, without control and format characters.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import pyarrow as pa

FORMAT = 1
"""Raised whenever what is below changes: an index of another format is made again."""

WORD_TABLES = ("article_words", "quote_words")
_BATCH = 2000

# Porter's stemmer finds 'elections' for 'election'; diacritics that can be taken off a letter are.
_TOKENIZER = "tokenize = 'porter unicode61 remove_diacritics 2'"

CREATE = f"""
CREATE TABLE facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE articles (doc INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, day TEXT, outlet TEXT, state INTEGER);
CREATE VIRTUAL TABLE article_words USING fts5(title, text, {_TOKENIZER});
CREATE TABLE names (name_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
CREATE TABLE article_names (doc INTEGER, name_id INTEGER, PRIMARY KEY (doc, name_id)) WITHOUT ROWID;
CREATE TABLE quotes (quote INTEGER PRIMARY KEY, doc INTEGER NOT NULL, quote_no INTEGER NOT NULL, speaker_id INTEGER);
CREATE VIRTUAL TABLE quote_words USING fts5(text, {_TOKENIZER});
CREATE TABLE quote_names (quote INTEGER, name_id INTEGER, PRIMARY KEY (quote, name_id)) WITHOUT ROWID;
"""

CREATE_LOOKUPS = """
CREATE INDEX docs_of_names ON article_names (name_id);
CREATE INDEX quotes_of_docs ON quotes (doc);
CREATE INDEX quotes_of_speakers ON quotes (speaker_id);
CREATE INDEX quotes_of_names ON quote_names (name_id);
"""

# An article's state is all that the index has of it, in one number.
_STATES = """
SELECT
    articles.article_id,
    (hash(title, publisher, published_date, content_sha256, said.digest, named.digest) >> 1)::BIGINT AS state
FROM articles
LEFT JOIN (
    SELECT article_id, sum(hash(
        quote_no, group_no, text, speaker_name, speaker_text, start_char, end_char)::HUGEINT) AS digest
    FROM quotes GROUP BY article_id
) AS said USING (article_id)
LEFT JOIN (
    SELECT article_id, sum(hash(name, start_char, end_char)::HUGEINT) AS digest
    FROM entities WHERE entity_id IS NOT NULL GROUP BY article_id
) AS named USING (article_id)
WHERE duplicate_of IS NULL
"""

_PREPARE = """
CREATE OR REPLACE TEMP MACRO clean(words) AS nullif(trim(
    regexp_replace(regexp_replace(words, '\\p{Cf}+', '', 'g'), '[\\p{Cc}\\p{Z}]+', ' ', 'g')), '');
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT article_id, state, $doc + row_number() OVER (ORDER BY article_id) AS doc
FROM temp.states SEMI JOIN wanted USING (article_id);
CREATE OR REPLACE TEMP TABLE pieces AS
SELECT
    $quote + dense_rank() OVER (ORDER BY doc, coalesce(group_no, -quote_no)) AS quote, doc, article_id, quote_no,
    coalesce(speaker_name, speaker_text) AS speaker, clean(text) AS text, start_char, end_char
FROM quotes JOIN chosen USING (article_id);
"""

_NAMES = """
SELECT written, clean(written) FROM (
    SELECT name AS written FROM entities SEMI JOIN chosen USING (article_id) WHERE entity_id IS NOT NULL
    UNION SELECT speaker FROM pieces
)
"""

# Each with the statement that takes its rows.
_ROWS = [
    (
        "SELECT doc, article_id, published_date::VARCHAR, clean(publisher), state FROM chosen"
        " JOIN articles USING (article_id)",
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
    ),
    (
        # A headline that stands in the text, too, would be all that a snippet of the beginning shows.
        "SELECT doc, clean(title), clean(CASE WHEN starts_with(text, title || chr(10))"
        " THEN substr(text, length(title) + 1) ELSE text END)"
        " FROM chosen JOIN articles USING (article_id) ORDER BY doc",
        "INSERT INTO article_words (rowid, title, text) VALUES (?, ?, ?)",
    ),
    (
        "SELECT DISTINCT doc, name_id FROM entities JOIN chosen USING (article_id)"
        " JOIN known ON written = entities.name WHERE entity_id IS NOT NULL ORDER BY ALL",
        "INSERT INTO article_names VALUES (?, ?)",
    ),
    (
        "SELECT quote, any_value(doc), min(quote_no), arg_min(name_id, quote_no) FROM pieces"
        " LEFT JOIN known ON written = speaker GROUP BY quote ORDER BY quote",
        "INSERT INTO quotes VALUES (?, ?, ?, ?)",
    ),
    (
        "SELECT quote, string_agg(text, ' … ' ORDER BY quote_no) FROM pieces GROUP BY quote ORDER BY quote",
        "INSERT INTO quote_words (rowid, text) VALUES (?, ?)",
    ),
    (
        "SELECT DISTINCT quote, name_id FROM pieces JOIN entities ON entities.article_id = pieces.article_id"
        " AND entities.start_char >= pieces.start_char AND entities.end_char <= pieces.end_char"
        " JOIN known ON written = entities.name WHERE entity_id IS NOT NULL ORDER BY ALL",
        "INSERT INTO quote_names VALUES (?, ?)",
    ),
]

_REMOVE = """
DELETE FROM article_words WHERE rowid IN (SELECT doc FROM gone);
DELETE FROM article_names WHERE doc IN (SELECT doc FROM gone);
DELETE FROM quote_words WHERE rowid IN (SELECT quote FROM quotes WHERE doc IN (SELECT doc FROM gone));
DELETE FROM quote_names WHERE quote IN (SELECT quote FROM quotes WHERE doc IN (SELECT doc FROM gone));
DELETE FROM quotes WHERE doc IN (SELECT doc FROM gone);
DELETE FROM articles WHERE doc IN (SELECT doc FROM gone);
DROP TABLE gone;
"""


def read_states(lake: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The state of every article that is no duplicate, by article_id; they also stand in `temp.states` then."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE states AS {_STATES}")
    return dict(lake.execute("SELECT article_id, state FROM temp.states").fetchall())


def indexed_states(index: sqlite3.Connection) -> dict[str, int]:
    """The same of the articles in the index, as they were when it took them."""
    return dict(index.execute("SELECT article_id, state FROM articles").fetchall())


def add_articles(lake: duckdb.DuckDBPyConnection, index: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Adds those articles with their quotes and names. `read_states` has been asked before on the same connection."""
    wanted = pa.table({"article_id": pa.array(article_ids, pa.string())})
    lake.register("wanted", wanted)
    last = {table: _last(index, table, column) for table, column in (("articles", "doc"), ("quotes", "quote"))}
    for statement in duckdb.extract_statements(_PREPARE):
        given = {"doc": last["articles"], "quote": last["quotes"]}
        lake.execute(statement, {name: given[name] for name in statement.named_parameters})
    lake.register("known", _number_names(lake, index))
    for question, insertion in _ROWS:
        for rows in _batches(lake, question):
            index.executemany(insertion, rows)
    lake.unregister("wanted")
    lake.unregister("known")


def remove_articles(index: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Takes those articles out, with their quotes and names."""
    index.execute("CREATE TEMP TABLE gone (doc INTEGER PRIMARY KEY)")
    index.executemany(
        "INSERT INTO gone SELECT doc FROM articles WHERE article_id = ?", ((article_id,) for article_id in article_ids)
    )
    for statement in _REMOVE.strip().split("\n"):
        index.execute(statement)


def fold(name: str) -> str:
    """The words of a name in small letters without diacritics, between blanks: ' sao paulo '."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    letters = (char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    return f" {' '.join(''.join(letters).split())} "


def _number_names(lake: duckdb.DuckDBPyConnection, index: sqlite3.Connection) -> pa.Table:
    """The names of the chosen articles, as written, with their numbers in the index, which gets those that it lacks."""
    names = [(written, name) for written, name in lake.execute(_NAMES).fetchall() if name]
    new = ((name, fold(name)) for name in sorted({name for _, name in names}))
    index.executemany("INSERT OR IGNORE INTO names (name, folded) VALUES (?, ?)", new)
    find = "SELECT name_id FROM names WHERE name = ?"
    numbers = [index.execute(find, [name]).fetchone()[0] for _, name in names]
    written = [written for written, _ in names]
    return pa.table({"written": pa.array(written, pa.string()), "name_id": pa.array(numbers, pa.int64())})


def _batches(lake: duckdb.DuckDBPyConnection, question: str) -> Iterator[list[tuple[Any, ...]]]:
    answer = lake.execute(question)
    while rows := answer.fetchmany(_BATCH):
        yield rows


def _last(index: sqlite3.Connection, table: str, column: str) -> int:
    return int(index.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0])
