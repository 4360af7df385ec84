"""How a warehouse is doing: runs, rows, quarantine, last snapshot, the run in progress.

Comes in: a read-only connection, and the folder. Goes out: dataclasses of small pyarrow tables and numbers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from filelock import FileLock, Timeout

import schemas
from warehouse.catalog import CATALOG, LOCK_FILE
from warehouse.runs import CRASHED, RUNNING

LAST_RUNS = 5
_COUNTED = ("files", "articles", "entities", "quotes", "events", "quarantine")


@dataclass(slots=True, frozen=True)
class Status:
    """A look at the warehouse at one moment."""

    rows: pa.Table
    runs: pa.Table
    quarantine: pa.Table
    snapshot_id: int
    snapshot_at: datetime
    is_writing: bool
    """Whether a process holds the writer's lock."""


@dataclass(slots=True, frozen=True)
class Progress:
    """A run, and how many rows of it each table holds by now. What its earlier attempts wrote counts."""

    run_id: str
    flow: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    rows: dict[str, int]

    def seconds(self) -> float:
        """Since it started, to its end where it has ended."""
        return ((self.finished_at or datetime.now(UTC)) - self.started_at).total_seconds()


def is_writing(folder: Path) -> bool:
    """Whether a process holds the writer's lock. It is taken for an instant; where that may not be, nobody can tell."""
    if not (folder / LOCK_FILE).exists():
        return False
    try:
        with FileLock(folder / LOCK_FILE, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def read_progress(connection: duckdb.DuckDBPyConnection, folder: Path) -> Progress | None:
    """The last run, with what it has committed by now; None before the first. One that nobody runs is 'crashed'."""
    writing = is_writing(folder)
    run = connection.execute(
        "SELECT run_id, flow, status, started_at, finished_at FROM runs ORDER BY started_at DESC, run_id LIMIT 1"
    ).fetchone()
    if run is None:
        return None
    counts = ", ".join(f"({_rows_of_run(table)})" for table in _COUNTED)
    rows = connection.execute(f"SELECT {counts}", [run[0]] * len(_COUNTED)).fetchone()
    assert rows is not None
    status = CRASHED if run[2] == RUNNING and not writing else run[2]
    return Progress(run[0], run[1], status, run[3], run[4], dict(zip(_COUNTED, rows, strict=True)))


def _rows_of_run(table: str) -> str:
    if "run_id" in schemas.TABLES[table].names:
        return f"SELECT count(*) FROM {table} WHERE run_id = ?"
    return f"SELECT count(*) FROM {table} SEMI JOIN (FROM articles WHERE run_id = ?) USING (article_id)"


def read_throughput(connection: duckdb.DuckDBPyConnection, limit: int = 20) -> pa.Table:
    """Articles and words a second of the last runs that analysed any, the newest first.

    Columns: run_id, flow, started_at (text, UTC), articles, words, seconds, articles_per_second, words_per_second. The
    seconds are those of the whole run.
    """
    return connection.execute(
        """
        WITH counted AS (
            SELECT run_id, flow, started_at, (counts->>'articles')::BIGINT AS articles,
                (counts->>'words')::BIGINT AS words, (counts->>'seconds')::DOUBLE AS seconds
            FROM runs WHERE status = 'completed'
        )
        SELECT run_id, flow, started_at::TIMESTAMP(0)::VARCHAR || 'Z' AS started_at, articles, words, seconds,
            round(articles / seconds, 1) AS articles_per_second, round(words / seconds, 1) AS words_per_second
        FROM counted WHERE articles > 0 AND seconds > 0 ORDER BY counted.started_at DESC, run_id LIMIT ?
        """,
        [limit],
    ).to_arrow_table()


def read_status(connection: duckdb.DuckDBPyConnection, folder: Path | None = None) -> Status:
    """Row counts of all tables, the last runs, what stands in quarantine by kind of error, and the last snapshot.

    With the folder, a run that says 'running', but that nobody runs, is shown as 'crashed'.
    """
    writing = folder is None or is_writing(folder)
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
            SELECT run_id, flow,
                {"status" if writing else f"if(status = '{RUNNING}', '{CRASHED}', status) AS status"},
                started_at::TIMESTAMP(0)::VARCHAR || 'Z' AS started_at,
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
        is_writing=writing,
    )
