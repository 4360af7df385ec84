"""The diary of runs: each starts, ends, and is found again where it crashed.

Comes in: what a run was started with and what it counted. Goes out: rows of `runs`. Only the process that holds the
writer's lock calls this, so a run that still says 'running' when another starts is one that crashed.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from warehouse.catalog import retry_locked
from warehouse.snapshots import RUN, committing_as, sign_commit

RUNNING = "running"
COMPLETED = "completed"
FAILED = "failed"
CRASHED = "crashed"
UNDONE = "undone"
UNFINISHED = frozenset({RUNNING, FAILED, CRASHED})


@dataclass(slots=True, frozen=True)
class RunInfo:
    """What is known of a run when it starts."""

    flow: str
    parameters: dict[str, Any]
    prefect_run_id: str | None
    newsmill_version: str
    model: str
    model_version: str
    seeds_sha256: str


@dataclass(slots=True, frozen=True)
class PastRun:
    """A run as it was written down."""

    run_id: str
    status: str
    parameters: dict[str, Any]
    counts: dict[str, Any]


def start_run(connection: duckdb.DuckDBPyConnection, info: RunInfo) -> str:
    """Opens a run and answers its id.

    The last run, where it did not complete and had the same flow, parameters and versions, goes on under its old id, so
    that what it had committed counts as of this run; what it had counted stands until it counts anew. Any other that
    still says 'running' is marked as crashed.
    """
    parameters = json.dumps(info.parameters, sort_keys=True, default=str)
    last = connection.execute(
        "SELECT run_id, started_at, flow, parameters::VARCHAR, status, counts::VARCHAR, newsmill_version, model,"
        " model_version, seeds_sha256 FROM runs ORDER BY started_at DESC, run_id LIMIT 1"
    ).fetchone()
    run_id = new_run_id()
    started_at = datetime.now(UTC)
    counts = None
    if last:
        # Where the clock has gone back this run is still the later one.
        started_at = max(started_at, last[1] + timedelta(microseconds=1))
    versions = (info.newsmill_version, info.model, info.model_version, info.seeds_sha256)
    if last and last[2:4] == (info.flow, parameters) and last[4] in UNFINISHED and last[6:] == versions:
        run_id, started_at, counts = last[0], last[1], last[5]

    def write() -> None:
        connection.execute("BEGIN")
        try:
            sign_commit(connection, RUN, f"{info.flow} starts", run_id)
            connection.execute(f"UPDATE runs SET status = '{CRASHED}' WHERE status = '{RUNNING}'")
            connection.execute("DELETE FROM runs WHERE run_id = ?", [run_id])
            connection.execute(
                "INSERT INTO runs (run_id, flow, prefect_run_id, parameters, started_at, status, counts,"
                " newsmill_version, model, model_version, seeds_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    run_id,
                    info.flow,
                    info.prefect_run_id,
                    parameters,
                    started_at,
                    RUNNING,
                    counts,
                    info.newsmill_version,
                    info.model,
                    info.model_version,
                    info.seeds_sha256,
                ],
            )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    retry_locked(write)
    return run_id


def last_runs(connection: duckdb.DuckDBPyConnection, flow: str) -> Iterator[PastRun]:
    """The runs of a flow, the newest first."""
    rows = connection.execute(
        "SELECT run_id, status, parameters::VARCHAR, counts::VARCHAR FROM runs"
        " WHERE flow = ? ORDER BY started_at DESC, run_id",
        [flow],
    ).fetchall()
    for run_id, status, parameters, counts in rows:
        yield PastRun(run_id, status, json.loads(parameters or "{}"), json.loads(counts or "{}"))


def counts_of(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    """What a run has counted, as it was written down."""
    row = connection.execute("SELECT counts::VARCHAR FROM runs WHERE run_id = ?", [run_id]).fetchone()
    return dict(json.loads(row[0])) if row and row[0] else {}


def finish_run(connection: duckdb.DuckDBPyConnection, run_id: str, status: str, counts: dict[str, Any]) -> None:
    """Closes a run with its status and counts."""

    def write() -> None:
        with committing_as(connection, RUN, f"ends: {status}", run_id):
            connection.execute(
                "UPDATE runs SET status = ?, counts = ?, finished_at = ?::TIMESTAMPTZ WHERE run_id = ?",
                [status, json.dumps(counts), datetime.now(UTC), run_id],
            )

    retry_locked(write)


def new_run_id() -> str:
    """An id that sorts by time: the UTC second and eight random hex digits."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
