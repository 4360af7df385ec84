"""Commits one finished shard: all its rows, what they replace, its files and rejects, in one DuckLake transaction.

Comes in: a shard whose files `staging.py` names have all been written. Goes out: the warehouse with it, or unchanged.
Rows of articles are written here, and where articles are extracted again or a run is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

import schemas
from warehouse.catalog import retry_locked
from warehouse.ledger import FileRecord, record_files
from warehouse.rejects import FailedText, collect_rejects, drop_failed_duplicates, still_failed, store_rejects
from warehouse.snapshots import RUN, sign_commit
from warehouse.staging import StagedShard


@dataclass(slots=True)
class ShardCounts:
    """Rows that one commit wrote. `articles` are those that the shard brought; `replaced` others that it took away."""

    articles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    replaced: int = 0
    entities: int = 0
    quotes: int = 0
    events: int = 0
    words: int = 0
    by_file: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By how much the articles and quarantined records of each file have grown."""


def publish_shard(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed: Sequence[FailedText] = (),
) -> ShardCounts:
    """Commits the shard. `failed` are the texts of this run, up to this shard, that the language stage could not take.

    Raises duckdb.Error where the transaction fails for another reason than a lock; nothing of it stands then.
    """
    return retry_locked(lambda: _publish(connection, shard, files, run_id, failed))


def _publish(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed: Sequence[FailedText],
) -> ShardCounts:
    now = datetime.now(UTC)
    connection.execute("BEGIN")
    try:
        sign_commit(connection, RUN, f"shard {shard.number}", run_id)
        counts = ShardCounts()
        failed = still_failed(connection, shard, failed)
        collect_rejects(connection, shard, failed)
        counts.replaced = _delete_removed(connection, shard)
        drop_failed_duplicates(connection, failed)
        _insert_rows(connection, shard, run_id, now, failed, counts)
        _settle_duplicates(connection, shard)
        counts.quarantined = store_rejects(connection, files, run_id, now)
        counts.by_file = _count_by_file(connection, shard)
        record_files(connection, shard.completes, files, run_id, now, counts.by_file)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return counts


def _delete_removed(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> int:
    removed = connection.execute(
        "SELECT count(*), min(published_date), max(published_date), count_if(NOT is_promoted) FROM read_parquet(?)",
        [shard.path("removed")],
    ).fetchone()
    assert removed is not None
    count, first_day, last_day, replaced = removed
    if not count:
        return 0
    for table in (*schemas.CHILD_TABLES, "articles"):
        # The range of days lets DuckLake pass over the files of other months.
        connection.execute(
            f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM read_parquet(?))"
            " AND (published_date IS NULL OR published_date BETWEEN ? AND ?)",
            [shard.path("removed"), first_day, last_day],
        )
    return int(replaced)


def _insert_rows(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    run_id: str,
    now: datetime,
    failed: Sequence[FailedText],
    counts: ShardCounts,
) -> None:
    columns = ", ".join(f'"{name}"' for name in schemas.ARTICLES.names)
    kept = "(duplicate_of IS NULL OR content_sha256 NOT IN (SELECT unnest(?::VARCHAR[])))"
    texts = [text.content_sha256 for text in failed]
    # A stored duplicate that is an original from now on is still of the run that brought it.
    connection.execute(
        f"INSERT INTO articles BY NAME SELECT {columns} FROM (SELECT * REPLACE ("
        " coalesce(ingested_at, ?::TIMESTAMPTZ) AS ingested_at, coalesce(run_id, ?) AS run_id) FROM read_parquet(?))"
        f" WHERE {kept}",
        [now, run_id, shard.path("enriched"), texts],
    )
    totals = connection.execute(
        "SELECT count(*), count(duplicate_of), coalesce(sum(word_count), 0) FROM read_parquet(?)"
        f" WHERE run_id IS NULL AND {kept}",
        [shard.path("enriched"), texts],
    ).fetchone()
    assert totals is not None
    counts.articles, counts.duplicates, counts.words = totals
    for table in schemas.CHILD_TABLES:
        inserted = connection.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)", [shard.path(table)]
        ).fetchone()
        setattr(counts, table, inserted[0] if inserted else 0)


def _settle_duplicates(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> None:
    """Points the duplicates of texts whose original goes in this wave to the one that stands after this commit."""
    wrong = connection.execute(
        "SELECT duplicate.article_id, original.article_id"
        " FROM (SELECT article_id, content_sha256, duplicate_of FROM articles WHERE duplicate_of IS NOT NULL)"
        " AS duplicate"
        " JOIN (SELECT article_id, content_sha256 FROM articles WHERE duplicate_of IS NULL) AS original"
        " USING (content_sha256)"
        " WHERE content_sha256 IN (SELECT content_sha256 FROM read_parquet(?))"
        " QUALIFY count_if(duplicate.duplicate_of = original.article_id) OVER (PARTITION BY duplicate.article_id) = 0",
        [shard.path("unsettled")],
    ).fetchall()
    for article_id, original in wrong:
        connection.execute("UPDATE articles SET duplicate_of = ? WHERE article_id = ?", [original, article_id])


def _count_by_file(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> dict[str, tuple[int, int]]:
    """By how much articles and rejects of each file grow: fewer articles, where stored ones are rejected."""
    rows = connection.execute(
        "WITH staged AS (SELECT file_uri, record_no FROM read_parquet($articles)),"
        " rejected AS (SELECT DISTINCT file_uri, record_no FROM shard_rejects WHERE had_article)"
        " SELECT file_uri, sum(articles)::BIGINT, sum(rejects)::BIGINT FROM ("
        "  SELECT file_uri, 1 AS articles, 0 AS rejects FROM read_parquet($enriched)"
        "  SEMI JOIN staged USING (file_uri, record_no) ANTI JOIN rejected USING (file_uri, record_no)"
        " UNION ALL"
        "  SELECT file_uri, 1, 0 FROM read_parquet($standing) ANTI JOIN rejected USING (file_uri, record_no)"
        " UNION ALL"
        "  SELECT file_uri, -1, 0 FROM rejected ANTI JOIN staged USING (file_uri, record_no)"
        " UNION ALL SELECT file_uri, 0, 1 FROM shard_rejects"
        ") GROUP BY file_uri",
        {name: shard.path(name) for name in ("articles", "enriched", "standing")},
    ).fetchall()
    return {file_uri: (articles, rejects) for file_uri, articles, rejects in rows}
