"""Commits one finished shard: all its rows, what they replace, its files and rejects, in one DuckLake transaction.

Comes in: a shard whose files `staging.py` names have all been written. Goes out: the warehouse with it, or unchanged.
Nothing else in newsmill writes rows of articles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import retry_locked
from warehouse.snapshots import RUN, sign_commit
from warehouse.staging import StagedShard

ORIGINAL_FAILED = "original_failed"
LAST_RECORD = 2**31 - 1
LOADED = "loaded"
FAILED = "failed"


@dataclass(slots=True, frozen=True)
class FileRecord:
    """What the ledger keeps of a file (see `schemas.FILES`), and which of its records the shard holds.

    `article_count` and `quarantined_count` are those of its records in earlier shards. `only`: no others of the records
    from `first_record` to `last_record` were read.
    """

    file_uri: str
    location: str
    size: int | None
    mtime: datetime | None
    sha256: str | None
    status: str
    etag: str | None = None
    article_count: int = 0
    quarantined_count: int = 0
    first_record: int = 1
    last_record: int | None = None
    only: frozenset[int] | None = None


@dataclass(slots=True)
class ShardCounts:
    """Rows that one commit wrote."""

    articles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    replaced: int = 0
    entities: int = 0
    quotes: int = 0
    events: int = 0
    words: int = 0
    by_file: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Articles and quarantined records of each file of the shard."""


def publish_shard(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed_originals: Sequence[str] = (),
) -> ShardCounts:
    """Commits the shard. `failed_originals` are articles of this run that the language stage could not take.

    Raises duckdb.Error where the transaction fails for another reason than a lock; nothing of it stands then.
    """
    return retry_locked(lambda: _publish(connection, shard, files, run_id, failed_originals))


def _publish(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed_originals: Sequence[str],
) -> ShardCounts:
    now = datetime.now(UTC)
    connection.execute("BEGIN")
    try:
        sign_commit(connection, RUN, f"shard {shard.number}", run_id)
        counts = ShardCounts()
        counts.replaced = _delete_removed(connection, shard)
        _repoint_duplicates(connection, shard)
        _insert_rows(connection, shard, run_id, now, failed_originals, counts)
        counts.quarantined = _quarantine(connection, shard, files, run_id, now, failed_originals)
        counts.by_file = _count_by_file(connection, shard)
        _record_files(connection, shard, files, run_id, now, counts)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return counts


def _delete_removed(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> int:
    removed = connection.execute(
        "SELECT count(*), min(published_date), max(published_date) FROM read_parquet(?)", [shard.path("removed")]
    ).fetchone()
    assert removed is not None
    count, first_day, last_day = removed
    if not count:
        return 0
    for table in (*schemas.CHILD_TABLES, "articles"):
        # The range of days lets DuckLake pass over the files of other months.
        connection.execute(
            f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM read_parquet(?))"
            " AND (published_date IS NULL OR published_date BETWEEN ? AND ?)",
            [shard.path("removed"), first_day, last_day],
        )
    return int(count)


def _repoint_duplicates(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> None:
    rows = connection.execute("SELECT article_id, duplicate_of FROM read_parquet(?)", [shard.path("repointed")])
    for article_id, duplicate_of in rows.fetchall():
        connection.execute("UPDATE articles SET duplicate_of = ? WHERE article_id = ?", [duplicate_of, article_id])


def _insert_rows(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    run_id: str,
    now: datetime,
    failed_originals: Sequence[str],
    counts: ShardCounts,
) -> None:
    columns = ", ".join(f'"{name}"' for name in schemas.ARTICLES.names)
    connection.execute(
        f"INSERT INTO articles BY NAME SELECT {columns} FROM ("
        " SELECT * REPLACE (?::TIMESTAMPTZ AS ingested_at, ? AS run_id) FROM read_parquet(?))"
        " WHERE duplicate_of IS NULL OR duplicate_of NOT IN (SELECT unnest(?::VARCHAR[]))",
        [now, run_id, shard.path("enriched"), list(failed_originals)],
    )
    totals = connection.execute(
        "SELECT count(*), count(duplicate_of), coalesce(sum(word_count), 0) FROM read_parquet(?)",
        [shard.path("enriched")],
    ).fetchone()
    assert totals is not None
    counts.articles, counts.duplicates, counts.words = totals
    for table in schemas.CHILD_TABLES:
        inserted = connection.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)", [shard.path(table)]
        ).fetchone()
        setattr(counts, table, inserted[0] if inserted else 0)


def _quarantine(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    now: datetime,
    failed_originals: Sequence[str],
) -> int:
    _forget_rejects(connection, files)
    inserted = connection.execute(
        "INSERT INTO quarantine BY NAME SELECT *, $run_id AS run_id, $now::TIMESTAMPTZ AS quarantined_at"
        f" FROM ({_rejects(shard)})",
        {"run_id": run_id, "now": now, "failed": list(failed_originals)},
    ).fetchone()
    return int(inserted[0]) if inserted else 0


def _forget_rejects(connection: duckdb.DuckDBPyConnection, files: Sequence[FileRecord]) -> None:
    """Drops what an earlier run, or this one before a crash, said of the records that have been read now."""
    ranges = [(file.file_uri, first, last, file.only is None) for file in files for first, last in _record_ranges(file)]
    columns = {"file_uri": pa.string(), "first_record": pa.int32(), "last_record": pa.int32(), "is_range": pa.bool_()}
    arrays = [pa.array([row[place] for row in ranges], type_) for place, type_ in enumerate(columns.values())]
    connection.register("slices", pa.table(arrays, names=list(columns)))
    try:
        # What has no number concerns the whole file, and goes with its first records.
        connection.execute(
            "DELETE FROM quarantine WHERE EXISTS (SELECT 1 FROM slices WHERE slices.file_uri = quarantine.file_uri"
            " AND CASE WHEN record_no IS NULL THEN is_range AND first_record = 1"
            " ELSE record_no BETWEEN first_record AND last_record END)"
        )
    finally:
        connection.unregister("slices")


def _record_ranges(file: FileRecord) -> list[tuple[int, int]]:
    """First and last number of the records that the shard holds of the file."""
    last = file.last_record or LAST_RECORD
    if file.only is None:
        return [(file.first_record, last)]
    return [(number, number) for number in file.only if file.first_record <= number <= last]


def _rejects(shard: StagedShard) -> str:
    """All rejects of the shard, of every stage. Takes the parameter `failed`: the originals that failed."""
    columns = ", ".join(schemas.QUARANTINE.names[:-2])
    rejects = [
        f"SELECT {columns} FROM read_parquet('{_escape(shard.path(name))}')"
        for name in ("rejected", "superseded", "failed")
    ]
    rejects.append(
        f"SELECT file_uri, member, record_no, source_uri, 'enrich' AS stage, '{ORIGINAL_FAILED}' AS error_type,"
        " 'its text is that of article ' || duplicate_of || ', on which the language stage failed' AS message,"
        f" left(text, 1000) AS sample FROM read_parquet('{_escape(shard.path('enriched'))}')"
        " WHERE duplicate_of IN (SELECT unnest($failed::VARCHAR[]))"
    )
    return " UNION ALL ".join(rejects)


def _count_by_file(connection: duckdb.DuckDBPyConnection, shard: StagedShard) -> dict[str, tuple[int, int]]:
    """By how much articles and rejects of each file grow: fewer articles, where stored ones are superseded."""
    rows = connection.execute(
        "WITH staged AS (SELECT file_uri, record_no FROM read_parquet($articles))"
        " SELECT file_uri, sum(articles)::BIGINT, sum(rejects)::BIGINT FROM ("
        "  SELECT file_uri, 1 AS articles, 0 AS rejects"
        "  FROM read_parquet($enriched) SEMI JOIN staged USING (file_uri, record_no)"
        " UNION ALL"
        "  SELECT file_uri, -1, 0 FROM read_parquet($superseded) ANTI JOIN staged USING (file_uri, record_no)"
        f" UNION ALL SELECT file_uri, 0, 1 FROM ({_rejects(shard)})"
        ") GROUP BY file_uri",
        {"failed": [], **{name: shard.path(name) for name in ("articles", "enriched", "superseded")}},
    ).fetchall()
    return {file_uri: (articles, rejects) for file_uri, articles, rejects in rows}


def _record_files(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    now: datetime,
    counts: ShardCounts,
) -> None:
    rows = []
    _count_superseded(connection, files, counts)
    for file in files:
        if file.only is not None:
            _count_retried(connection, file.file_uri, counts.by_file.get(file.file_uri, (0, 0))[0])
        if file.file_uri not in shard.completes and file.status != FAILED:
            continue
        articles, rejects = counts.by_file.get(file.file_uri, (0, 0))
        rows.append(
            {
                "file_uri": file.file_uri,
                "location": file.location,
                "size": file.size,
                "mtime": file.mtime,
                "etag": file.etag,
                "sha256": file.sha256,
                "status": file.status,
                "article_count": file.article_count + articles,
                "quarantined_count": file.quarantined_count + rejects,
                "run_id": run_id,
                "committed_at": now,
            }
        )
    if not rows:
        return
    connection.register("ledger_rows", pa.Table.from_pylist(rows, schema=schemas.FILES))
    try:
        connection.execute("DELETE FROM files WHERE file_uri IN (SELECT file_uri FROM ledger_rows)")
        connection.execute("INSERT INTO files BY NAME SELECT * FROM ledger_rows")
    finally:
        connection.unregister("ledger_rows")


def _count_superseded(connection: duckdb.DuckDBPyConnection, files: Sequence[FileRecord], counts: ShardCounts) -> None:
    """Brings the ledger's counts up to date where the shard supersedes records of files that it holds nothing of.

    Without that they would say how the input was cut into waves.
    """
    held = {file.file_uri for file in files}
    for file_uri, (articles, rejects) in counts.by_file.items():
        if file_uri not in held and (articles or rejects):
            connection.execute(
                "UPDATE files SET article_count = article_count + ?, quarantined_count = quarantined_count + ?"
                " WHERE file_uri = ?",
                [articles, rejects, file_uri],
            )


def _count_retried(connection: duckdb.DuckDBPyConnection, file_uri: str, articles: int) -> None:
    """Brings the ledger's counts up to date where single records of a file have been read again."""
    connection.execute(
        "UPDATE files SET article_count = article_count + ?, quarantined_count ="
        " (SELECT count(*) FROM quarantine WHERE quarantine.file_uri = files.file_uri) WHERE file_uri = ?",
        [articles, file_uri],
    )


def _escape(text: str) -> str:
    return text.replace("'", "''")
