"""The past of a warehouse: what its snapshots are, and how one is found by number or time.

Comes in: a connection. Goes out: rows of snapshots, and the id of one. Every commit of newsmill carries in DuckLake's
commit message who made it: a run, maintenance, undo, or `newsmill sql --write`. Snapshots without a message, of older
versions of newsmill, are known by the times of the runs.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import CATALOG, connect
from warehouse.data_files import METADATA
from warehouse.errors import WarehouseError

RUN = "run"
MAINTENANCE = "maintain"
UNDO = "undo"
SQL = "sql"
LEDGER = "ledger"
"""Authors of commits."""


class SnapshotNotFoundError(WarehouseError):
    """The snapshot that was asked for is not there, or not any more."""


def sign_commit(connection: duckdb.DuckDBPyConnection, author: str, what: str, run_id: str | None = None) -> None:
    """Writes into the transaction that is open who commits, and for which run."""
    extra = json.dumps({"run_id": run_id}) if run_id else None
    connection.execute(
        f"CALL ducklake_set_commit_message('{CATALOG}', ?, ?, extra_info => ?)", [f"newsmill {author}", what, extra]
    )


@contextmanager
def committing_as(
    connection: duckdb.DuckDBPyConnection, author: str, what: str, run_id: str | None = None
) -> Iterator[None]:
    """A transaction that is signed; rolled back where anything goes wrong."""
    connection.execute("BEGIN")
    try:
        sign_commit(connection, author, what, run_id)
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def find_snapshot(connection: duckdb.DuckDBPyConnection, at: int | datetime) -> int:
    """The id of the snapshot with that number, or of the last one at that time (UTC where it names no zone).

    Raises SnapshotNotFoundError, which says from when on there are snapshots.
    """
    if isinstance(at, int):
        found = connection.execute(f"{_SNAPSHOTS} WHERE snapshot_id = ?", [at]).fetchone()
        asked = f"snapshot {at}"
    else:
        moment = at if at.tzinfo else at.replace(tzinfo=UTC)
        found = connection.execute(
            f"{_SNAPSHOTS} WHERE snapshot_time <= ? ORDER BY snapshot_id DESC LIMIT 1", [moment]
        ).fetchone()
        asked = f"snapshot of {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z or before"
    if found:
        return int(found[0])
    first = connection.execute(f"{_SNAPSHOTS} ORDER BY snapshot_id LIMIT 1").fetchone()
    assert first is not None
    raise SnapshotNotFoundError(
        f"there is no {asked}: the earliest that is kept is {first[0]}, of {first[1]:%Y-%m-%d %H:%M:%S}Z;"
        " 'newsmill snapshots' lists them"
    )


def latest_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The id of the last snapshot."""
    row = connection.execute(f"{_SNAPSHOTS} ORDER BY snapshot_id DESC LIMIT 1").fetchone()
    assert row is not None
    return int(row[0])


def connect_at(warehouse: str | Path, at: int | datetime) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the warehouse as it was. Raises SnapshotNotFoundError, and what `connect` raises."""
    with connect(warehouse) as connection:
        snapshot = find_snapshot(connection, at)
    return connect(warehouse, snapshot=snapshot)


def connect_now(warehouse: str | Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the warehouse as it is now, whatever is written to it later.

    Raises what `connect` raises.

    A transaction would not do: beside a merge of files DuckLake 1.0 loses rows for a reader inside BEGIN.
    """
    with connect(warehouse) as connection:
        snapshot = latest_snapshot(connection)
    return connect(warehouse, snapshot=snapshot)


def list_snapshots(connection: duckdb.DuckDBPyConnection, limit: int) -> pa.Table:
    """The newest snapshots, one row each: snapshot_id, time, what, run_id, rows_added, rows_removed.

    Rows are those of articles, entities, quotes and events; NULL where later merging of files has blurred them.
    """
    return connection.execute(_LISTED, {"limit": limit}).to_arrow_table()


def snapshots_of_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[int]:
    """The snapshots that the run has committed and that are kept, in order."""
    rows = connection.execute(f"SELECT snapshot_id FROM ({_MADE_BY}) WHERE run_id = ? ORDER BY ALL", [run_id])
    return [snapshot for (snapshot,) in rows.fetchall()]


_SNAPSHOTS = f"SELECT snapshot_id, snapshot_time FROM ducklake_snapshots('{CATALOG}')"

# Who made each snapshot. Without a message, a snapshot belongs to the run in whose time it falls: one process writes at
# a time, and a run that crashed ended at the latest when the next one started.
_MADE_BY = f"""
WITH snapshots AS (
    SELECT * EXCLUDE (commit_extra_info), commit_extra_info::JSON->>'run_id' AS signed_run_id
    FROM ducklake_snapshots('{CATALOG}')
),
times AS (
    SELECT run_id, flow, started_at,
        coalesce(finished_at, lead(started_at) OVER (ORDER BY started_at, run_id), 'infinity') AS ended_at
    FROM runs
)
SELECT snapshot_id, snapshot_time, changes, author, commit_message, coalesce(signed_run_id, times.run_id) AS run_id
FROM snapshots
LEFT JOIN times ON author IS NULL AND snapshot_time BETWEEN started_at AND ended_at
    AND map_contains(changes, 'tables_inserted_into')
"""

_LISTED = f"""
WITH made_by AS ({_MADE_BY}),
tables AS (
    SELECT DISTINCT table_id FROM {METADATA}.ducklake_table
    WHERE table_name IN {(*schemas.CHILD_TABLES, "articles")}
),
added AS (
    SELECT begin_snapshot AS snapshot_id, sum(record_count) AS rows
    FROM {METADATA}.ducklake_data_file SEMI JOIN tables USING (table_id)
    WHERE partial_max IS NULL
    GROUP BY ALL
),
removed AS (
    SELECT begin_snapshot AS snapshot_id, sum(delete_count) AS rows
    FROM {METADATA}.ducklake_delete_file SEMI JOIN tables USING (table_id)
    WHERE partial_max IS NULL
    GROUP BY ALL
)
SELECT
    snapshot_id,
    snapshot_time::TIMESTAMP(0)::VARCHAR || 'Z' AS time,
    coalesce(
        regexp_replace(author, '^newsmill ', '') || ': ' || commit_message,
        'run: ' || flow,
        replace(array_to_string(list_sort(map_keys(changes)), ', '), '_', ' ')
    ) AS what,
    made_by.run_id,
    CASE WHEN map_contains(changes, 'tables_inserted_into') THEN added.rows::BIGINT END AS rows_added,
    CASE WHEN map_contains(changes, 'tables_deleted_from') THEN removed.rows::BIGINT END AS rows_removed
FROM made_by
LEFT JOIN added USING (snapshot_id)
LEFT JOIN removed USING (snapshot_id)
LEFT JOIN (SELECT run_id, flow FROM runs) AS known ON known.run_id = made_by.run_id
ORDER BY snapshot_id DESC
LIMIT $limit
"""
