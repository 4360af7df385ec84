"""Keeps a warehouse small and quick: merges small files, lets old snapshots go, and deletes files that nobody needs.

Comes in: the connection of the process that holds the writer's lock, and a policy. Goes out: one `Step` for each kind
of work, with what was done or would be. No query of the present sees a difference; the past begins with the first
snapshot that is kept.

    expire    snapshots older than `keep_snapshots` go; the latest stays
    flush     rows that DuckLake keeps in the catalog itself become Parquet
    rewrite   files of which much is deleted are written again without
    merge     small files of one table and partition become one
    delete    files that no snapshot needs since `grace` or longer leave the disk
    strays    so do files that the catalog does not know, left by a crash

Each call commits for itself, so that a crash in between costs nothing but the files it was writing, which are strays
then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from warehouse.catalog import CATALOG, TABLES_FOLDER, retry_locked
from warehouse.data_files import METADATA, STRAY_GRACE, known_data_files, stray_files
from warehouse.errors import WarehouseError
from warehouse.snapshots import MAINTENANCE, committing_as, latest_snapshot

MERGES_A_CALL = 16
EXPIRED_A_CALL = 1_000


class MaintenanceError(WarehouseError):
    """Maintenance would do harm, and has stopped before it."""


@dataclass(slots=True, frozen=True)
class Policy:
    """How long things are kept, and how much is done at a time."""

    keep_snapshots: timedelta = timedelta(days=30)
    grace: timedelta = STRAY_GRACE
    small_bytes: int = 32 * 1024**2
    """Files smaller than that are merged. None grows much beyond it, so that no byte is written again every night."""
    most_merges: int = 500
    """At most so many files are written by merging; the next call goes on."""
    deleted_share: float = 0.05
    """Files of which more than that share of rows is deleted are written again; until then they cannot be merged."""


@dataclass(slots=True, frozen=True)
class Step:
    """One kind of work: so many of `things` were or would be dealt with; `bytes_freed` on disk, where it is known."""

    name: str
    says: str
    count: int
    bytes_freed: int = 0


def maintain(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    policy: Policy | None = None,
    *,
    dry_run: bool = False,
    now: datetime | None = None,
) -> Iterator[Step]:
    """Does all the work in order, and answers each step as it is done.

    Raises MaintenanceError where a file would be deleted that the catalog knows; duckdb.Error.
    """
    policy = policy or Policy()
    now = now or datetime.now(UTC)
    yield _expire(connection, now - policy.keep_snapshots, dry_run=dry_run)
    yield _flush(connection, dry_run=dry_run)
    yield _rewrite(connection, policy, dry_run=dry_run)
    yield _merge(connection, policy, dry_run=dry_run)
    yield _delete_given_up(connection, folder, now - policy.grace, dry_run=dry_run)
    yield _delete_strays(connection, folder, now - policy.grace, dry_run=dry_run)


def _expire(connection: duckdb.DuckDBPyConnection, before: datetime, *, dry_run: bool) -> Step:
    """By id: on a SQLite catalog DuckLake compares times by their day only."""
    found = connection.execute(
        f"SELECT snapshot_id FROM ducklake_snapshots('{CATALOG}') WHERE snapshot_time < ? AND snapshot_id <> ?"
        " ORDER BY snapshot_id",
        [before, latest_snapshot(connection)],
    ).fetchall()
    expired = [snapshot for (snapshot,) in found]
    for first in range(0, len(expired), EXPIRED_A_CALL):
        if not dry_run:
            some = expired[first : first + EXPIRED_A_CALL]
            _call(connection, "ducklake_expire_snapshots", f"dry_run => false, versions => {some}")
    return Step("expire", f"snapshots from before {before:%Y-%m-%d %H:%M}Z", len(expired))


def _flush(connection: duckdb.DuckDBPyConnection, *, dry_run: bool) -> Step:
    held = connection.execute(f"SELECT table_name FROM {METADATA}.ducklake_inlined_data_tables").fetchall()
    rows = sum(_count(connection, f"SELECT count(*) FROM {METADATA}.{name}") for (name,) in held)
    if rows and not dry_run:
        with committing_as(connection, MAINTENANCE, "flush"):
            _call(connection, "ducklake_flush_inlined_data")
    return Step("flush", "rows kept in the catalog", rows)


def _rewrite(connection: duckdb.DuckDBPyConnection, policy: Policy, *, dry_run: bool) -> Step:
    files = _count(connection, _MUCH_DELETED.format(share=policy.deleted_share))
    if files and not dry_run:
        with committing_as(connection, MAINTENANCE, "rewrite"):
            _call(connection, "ducklake_rewrite_data_files", f"delete_threshold => {policy.deleted_share}")
    return Step("rewrite", f"files of which more than {policy.deleted_share:.0%} is deleted", files)


def _merge(connection: duckdb.DuckDBPyConnection, policy: Policy, *, dry_run: bool) -> Step:
    if dry_run:
        return Step("merge", "small files", _count(connection, _SMALL_FILES.format(small_bytes=policy.small_bytes)))
    merged = written = 0
    while written < policy.most_merges:
        limit = min(MERGES_A_CALL, policy.most_merges - written)
        with committing_as(connection, MAINTENANCE, "merge"):
            done = _call(
                connection,
                "ducklake_merge_adjacent_files",
                f"max_compacted_files => {limit}, max_file_size => {policy.small_bytes}",
            )
        merged += sum(row[2] for row in done)
        written += sum(row[3] for row in done)
        if len(done) < limit:
            break
    return Step("merge", f"small files, into {written:,}", merged)


def _delete_given_up(connection: duckdb.DuckDBPyConnection, folder: Path, before: datetime, *, dry_run: bool) -> Step:
    """Whole days only: on a SQLite catalog DuckLake takes a file of the day that is given for one from before it."""
    day = before.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    arguments = f"older_than => {_sql_time(day - timedelta(seconds=1))}"
    paths = [row[0] for row in _call(connection, "ducklake_cleanup_old_files", f"dry_run => true, {arguments}")]
    size = sum(_size_of(Path(path)) for path in paths)
    if paths and not dry_run:
        _call(connection, "ducklake_cleanup_old_files", f"dry_run => false, {arguments}")
        _remove_empty_folders(folder / TABLES_FOLDER)
    return Step("delete", f"files that nothing has needed since before {day:%Y-%m-%d}", len(paths), size)


def _delete_strays(connection: duckdb.DuckDBPyConnection, folder: Path, before: datetime, *, dry_run: bool) -> Step:
    """Deletes only after a look at what DuckLake would delete: all of it must be unknown to the catalog, and old."""
    strays = list(stray_files(connection, folder, before))
    arguments = f"older_than => {_sql_time(before)}"
    looked = _call(connection, "ducklake_delete_orphaned_files", f"dry_run => true, {arguments}")
    _refuse_known(connection, folder, [Path(row[0]) for row in looked])
    if looked and not dry_run:
        _call(connection, "ducklake_delete_orphaned_files", f"dry_run => false, {arguments}")
        _remove_empty_folders(folder / TABLES_FOLDER)
    size = sum(stray.size for stray in strays)
    return Step(
        "strays", f"files that the catalog does not know, from before {before:%Y-%m-%d %H:%M}Z", len(looked), size
    )


def _refuse_known(connection: duckdb.DuckDBPyConnection, folder: Path, paths: list[Path]) -> None:
    tables = (folder / TABLES_FOLDER).resolve()
    known = {tables / file.path for file in known_data_files(connection)}
    wrong = sorted(path for path in paths if path.resolve() in known or not path.resolve().is_relative_to(tables))
    if wrong:
        raise MaintenanceError(
            f"{len(wrong)} files of the warehouse at {folder} would be deleted although the catalog knows them, such as"
            f" {wrong[0]}: nothing was deleted; run 'newsmill verify' and report it"
        )


def _remove_empty_folders(tables: Path) -> None:
    """Partitions whose files have all gone leave their folder behind."""
    for path in sorted((path for path in tables.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def _call(connection: duckdb.DuckDBPyConnection, function: str, arguments: str = "") -> list[tuple[Any, ...]]:
    separator = ", " if arguments else ""
    statement = f"CALL {function}('{CATALOG}'{separator}{arguments})"
    return retry_locked(lambda: connection.execute(statement).fetchall())


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0] or 0) if row else 0


def _sql_time(moment: datetime) -> str:
    return f"'{moment.astimezone(UTC).isoformat()}'::TIMESTAMPTZ"


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


# Files of rows of the present of which much is deleted.
_MUCH_DELETED = f"""
SELECT count(*)
FROM {METADATA}.ducklake_data_file AS data
JOIN {METADATA}.ducklake_delete_file AS deletions USING (data_file_id)
WHERE data.end_snapshot IS NULL AND deletions.end_snapshot IS NULL
    AND deletions.delete_count > {{share}} * data.record_count
"""

# Small files of the present that have another beside them in the same table and partition.
_SMALL_FILES = f"""
SELECT sum(files)
FROM (
    SELECT count(*) AS files
    FROM {METADATA}.ducklake_data_file AS data
    LEFT JOIN (
        SELECT data_file_id, string_agg(partition_value, '/' ORDER BY partition_key_index) AS place
        FROM {METADATA}.ducklake_file_partition_value
        GROUP BY data_file_id
    ) USING (data_file_id)
    WHERE end_snapshot IS NULL AND file_size_bytes < {{small_bytes}}
        AND data_file_id NOT IN (
            SELECT data_file_id FROM {METADATA}.ducklake_delete_file WHERE end_snapshot IS NULL
        )
    GROUP BY table_id, place
    HAVING count(*) > 1
)
"""
