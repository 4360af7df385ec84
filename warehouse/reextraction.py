"""Commits what the language stage has found anew in stored articles: one DuckLake transaction a shard.

Comes in: a shard with `enriched`, `entities`, `quotes` and `events` (see `staging.py`). Goes out: the warehouse, in
which these are the rows of its articles, or unchanged. Only rows of articles of which something differs are written, so
that a change that touches few articles leaves the files of all others alone, and the past stays small.

The articles themselves stay as they are, but for `sentence_count`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

import schemas
from warehouse.catalog import retry_locked
from warehouse.snapshots import RUN, sign_commit
from warehouse.staging import StagedShard


@dataclass(slots=True, frozen=True)
class Changes:
    """Articles of a shard by child table of which the rows differ, those whose count of sentences does, and of which
    days the shard is, as a condition in SQL."""

    rows: Mapping[str, list[str]]
    sentences: list[str]
    days: str

    @property
    def articles(self) -> int:
        """How many articles differ at all."""
        return len(set(self.sentences).union(*self.rows.values()))


def find_changes(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> Changes:
    """Compares what was found with what is stored, row by row and with all columns."""
    days = _days(connection, shard)
    rows = {table: _changed_articles(connection, shard, table, days) for table in schemas.CHILD_TABLES}
    sentences = connection.execute(
        "SELECT article_id FROM articles JOIN (SELECT article_id, sentence_count AS found FROM read_parquet(?))"
        f" USING (article_id) WHERE sentence_count IS DISTINCT FROM found AND {days} ORDER BY article_id",
        [shard.path("enriched")],
    ).fetchall()
    return Changes(rows, [article_id for (article_id,) in sentences], days)


def publish_changes(
    connection: duckdb.DuckDBPyConnection, shard: StagedShard, changes: Changes, run_id: str, counts: Mapping[str, Any]
) -> None:
    """Commits the shard, and with it what the run has `counts` of now, its position among it.

    Raises duckdb.Error where the transaction fails for another reason than a lock; nothing of it stands then.
    """
    retry_locked(lambda: _publish(connection, shard, changes, run_id, counts))


def find_failures(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> dict[str, str]:
    """The articles of the shard on which the language stage failed, and the kind of error of each."""
    rows = connection.execute(
        "SELECT article_id, error_type FROM read_parquet(?) JOIN (SELECT article_id, source_uri FROM read_parquet(?))"
        " USING (source_uri) ORDER BY article_id",
        [shard.path("failed"), shard.path("accepted")],
    ).fetchall()
    return dict(rows)


def _publish(
    connection: duckdb.DuckDBPyConnection, shard: StagedShard, changes: Changes, run_id: str, counts: Mapping[str, Any]
) -> None:
    connection.execute("BEGIN")
    try:
        sign_commit(connection, RUN, f"reextract shard {shard.number}", run_id)
        for table, article_ids in changes.rows.items():
            if article_ids:
                _delete_rows(connection, table, article_ids, changes.days)
                _insert_rows(connection, table, article_ids, shard)
        if changes.sentences:
            _count_sentences(connection, shard, changes)
        _note_counts(connection, run_id, counts)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _delete_rows(connection: duckdb.DuckDBPyConnection, table: str, article_ids: list[str], days: str) -> None:
    connection.execute(f"DELETE FROM {table} WHERE article_id IN (SELECT unnest(?)) AND {days}", [article_ids])


def _insert_rows(connection: duckdb.DuckDBPyConnection, table: str, article_ids: list[str], shard: StagedShard) -> None:
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?) WHERE article_id IN (SELECT unnest(?))",
        [shard.path(table), article_ids],
    )


def _count_sentences(connection: duckdb.DuckDBPyConnection, shard: StagedShard, changes: Changes) -> None:
    connection.execute(
        "UPDATE articles SET sentence_count = found.sentence_count"
        " FROM (SELECT article_id, sentence_count FROM read_parquet(?)) AS found"
        f" WHERE articles.article_id = found.article_id AND found.article_id IN (SELECT unnest(?)) AND {changes.days}",
        [shard.path("enriched"), changes.sentences],
    )


def _note_counts(connection: duckdb.DuckDBPyConnection, run_id: str, counts: Mapping[str, Any]) -> None:
    connection.execute("UPDATE runs SET counts = ? WHERE run_id = ?", [json.dumps(counts), run_id])


def _changed_articles(connection: duckdb.DuckDBPyConnection, shard: StagedShard, table: str, days: str) -> list[str]:
    columns = ", ".join(f'"{name}"' for name in schemas.TABLES[table].names)
    rows = connection.execute(
        f"WITH found AS MATERIALIZED (SELECT {columns} FROM read_parquet($found)), stored AS MATERIALIZED"
        f" (SELECT {columns} FROM {table}"
        f" WHERE article_id IN (SELECT article_id FROM read_parquet($articles)) AND {days})"
        " SELECT DISTINCT article_id FROM ((FROM found EXCEPT ALL FROM stored)"
        " UNION ALL (FROM stored EXCEPT ALL FROM found)) ORDER BY article_id",
        {"found": shard.path(table), "articles": shard.path("enriched")},
    ).fetchall()
    return [article_id for (article_id,) in rows]


def _days(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> str:
    """A condition on published_date, by which DuckLake passes over the files of other months."""
    row = connection.execute(
        "SELECT min(published_date), max(published_date), count_if(published_date IS NULL) FROM read_parquet(?)",
        [shard.path("enriched")],
    ).fetchone()
    assert row is not None
    first, last, undated = row
    dated = f"published_date BETWEEN '{first}' AND '{last}'" if first else "false"
    return f"({dated} OR published_date IS NULL)" if undated else dated
