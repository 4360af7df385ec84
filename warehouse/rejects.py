"""The rejects of a shard on their way into quarantine, as part of the transaction that commits it.

Comes in: the staged rejects of every stage, and the texts that the language stage could not take. Goes out: rows of
`quarantine`. A text that failed once in a run is not stored for any article that says the same: each of these is
rejected for the same reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import duckdb
import pyarrow as pa

import schemas
from warehouse.ledger import FileRecord
from warehouse.staging import StagedShard

SAMPLE_CHARS = 1_000
LAST_RECORD = 2**31 - 1

_COLUMNS = ", ".join(schemas.QUARANTINE.names[:-2])
"""Without the run and the time."""


@dataclass(slots=True, frozen=True)
class FailedText:
    """A text, known by `articles.content_sha256`, on which the language stage failed, and why."""

    content_sha256: str
    error_type: str
    message: str


def still_failed(
    connection: duckdb.DuckDBPyConnection, shard: StagedShard, failed: Sequence[FailedText]
) -> list[FailedText]:
    """Those of the texts, each once, that no article stands for as the original when the shard has been committed.

    One that ran out of time may have been taken at the next try.
    """
    if not failed:
        return []
    taken = connection.execute(
        "SELECT content_sha256 FROM read_parquet($enriched) WHERE duplicate_of IS NULL UNION ALL"
        " SELECT content_sha256 FROM articles WHERE duplicate_of IS NULL"
        " AND article_id NOT IN (SELECT article_id FROM read_parquet($removed))",
        {name: shard.path(name) for name in ("enriched", "removed")},
    ).fetchall()
    found = {text.content_sha256: text for text in reversed(failed)}
    for (content_sha256,) in taken:
        found.pop(content_sha256, None)
    return list(found.values())


def collect_rejects(connection: duckdb.DuckDBPyConnection, shard: StagedShard, failed: Sequence[FailedText]) -> None:
    """Gathers the rejects in the temporary table `shard_rejects`, before anything of the shard is written.

    `had_article`: the record was an article before, stored or about to be.
    """
    same_text = (
        "SELECT file_uri, member, record_no, source_uri, 'enrich' AS stage, error_type, message,"
        f" left(text, {SAMPLE_CHARS}) AS sample, true AS had_article"
    )
    sources = [
        f"SELECT {_COLUMNS}, {had_article} AS had_article FROM read_parquet('{_escape(shard.path(name))}')"
        for name, had_article in (("rejected", False), ("superseded", True), ("failed", True))
    ]
    connection.register("failed_texts", _table_of(failed))
    try:
        enriched = f"read_parquet('{_escape(shard.path('enriched'))}')"
        sources.append(
            f"{same_text} FROM {enriched} JOIN failed_texts USING (content_sha256) WHERE duplicate_of IS NOT NULL"
        )
        if failed:
            # What is about to leave with this shard is not rejected, and what comes again stands above.
            sources.append(
                f"{same_text} FROM articles JOIN failed_texts USING (content_sha256)"
                " WHERE duplicate_of IS NOT NULL"
                f" AND article_id NOT IN (SELECT article_id FROM read_parquet('{_escape(shard.path('removed'))}'))"
            )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE shard_rejects AS {' UNION ALL '.join(sources)}")
    finally:
        connection.unregister("failed_texts")


def drop_failed_duplicates(connection: duckdb.DuckDBPyConnection, failed: Sequence[FailedText]) -> None:
    """Removes stored duplicates whose original would have to be a text that failed."""
    if failed:
        connection.execute(
            "DELETE FROM articles WHERE duplicate_of IS NOT NULL AND content_sha256 IN (SELECT unnest(?::VARCHAR[]))",
            [[text.content_sha256 for text in failed]],
        )


def store_rejects(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FileRecord], run_id: str, now: datetime
) -> int:
    """Puts the rejects into quarantine in place of what stands there of the records that were read. Says how many."""
    _forget_rejects(connection, files)
    inserted = connection.execute(
        f"INSERT INTO quarantine BY NAME SELECT {_COLUMNS}, ? AS run_id, ?::TIMESTAMPTZ AS quarantined_at"
        " FROM shard_rejects",
        [run_id, now],
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


def _table_of(failed: Sequence[FailedText]) -> pa.Table:
    names = [column.name for column in fields(FailedText)]
    return pa.table({name: pa.array([getattr(text, name) for text in failed], pa.string()) for name in names})


def _escape(text: str) -> str:
    return text.replace("'", "''")
