"""How a warehouse is doing: runs, rows, quarantine, last snapshot.

Comes in: a read-only connection. Goes out: one dataclass of small pyarrow tables.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import CATALOG

LAST_RUNS = 5


@dataclass(slots=True, frozen=True)
class Status:
    """A look at the warehouse at one moment."""

    rows: pa.Table
    runs: pa.Table
    quarantine: pa.Table
    snapshot_id: int
    snapshot_at: datetime


def read_status(connection: duckdb.DuckDBPyConnection) -> Status:
    """Row counts of all tables, the last runs, what stands in quarantine by kind of error, and the last snapshot."""
    counts = " UNION ALL ".join(
        f"SELECT '{table}' AS table_name, count(*) AS rows FROM {table}" for table in schemas.TABLES
    )
    snapshot = connection.execute(
        f"SELECT snapshot_id, snapshot_time FROM ducklake_snapshots('{CATALOG}') ORDER BY snapshot_id DESC LIMIT 1"
    ).fetchone()
    assert snapshot is not None
    return Status(
        rows=connection.sql(counts).to_arrow_table(),
        runs=connection.sql(
            f"""
            SELECT run_id, flow, status, started_at::TIMESTAMP(0)::VARCHAR || 'Z' AS started_at,
                (counts->>'seconds')::DOUBLE AS seconds, (counts->>'files')::BIGINT AS files,
                (counts->>'articles')::BIGINT AS articles, (counts->>'duplicates')::BIGINT AS duplicates,
                (counts->>'quarantined')::BIGINT AS quarantined
            FROM runs ORDER BY started_at DESC, run_id LIMIT {LAST_RUNS}
            """
        ).to_arrow_table(),
        quarantine=connection.sql(
            """
            SELECT stage, error_type, count(*) AS records, min(file_uri) AS first_file,
                arg_min(message, file_uri) AS first_message
            FROM quarantine GROUP BY ALL ORDER BY records DESC, stage, error_type
            """
        ).to_arrow_table(),
        snapshot_id=snapshot[0],
        snapshot_at=snapshot[1],
    )
