"""The diary of runs: each starts, ends, and is found again where it crashed.

Comes in: what a run was started with and what it counted. Goes out: rows of `runs`. Only the process that holds the
writer's lock calls this, so a run that still says 'running' when another starts is one that crashed.
"""

import json
import uuid
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


def start_run(connection: duckdb.DuckDBPyConnection, info: RunInfo) -> str:
    """Opens a run and answers its id.

    The last run, where it did not complete and had the same flow and parameters, goes on under its old id, so that what
    it had committed counts as of this run. Any other that still says 'running' is marked as crashed.
    """
    parameters = json.dumps(info.parameters, sort_keys=True, default=str)
    last = connection.execute(
        "SELECT run_id, started_at, flow, parameters::VARCHAR, status FROM runs"
        " ORDER BY started_at DESC, run_id LIMIT 1"
    ).fetchone()
    run_id = new_run_id()
    started_at = datetime.now(UTC)
    if last:
        # Where the clock has gone back this run is still the later one.
        started_at = max(started_at, last[1] + timedelta(microseconds=1))
    if last and last[2:4] == (info.flow, parameters) and last[4] in {RUNNING, FAILED, CRASHED}:
        run_id, started_at = last[0], last[1]

    def write() -> None:
        connection.execute("BEGIN")
        try:
            sign_commit(connection, RUN, f"{info.flow} starts", run_id)
            connection.execute(f"UPDATE runs SET status = '{CRASHED}' WHERE status = '{RUNNING}'")
            connection.execute("DELETE FROM runs WHERE run_id = ?", [run_id])
            connection.execute(
                "INSERT INTO runs (run_id, flow, prefect_run_id, parameters, started_at, status, newsmill_version,"
                " model, model_version, seeds_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    run_id,
                    info.flow,
                    info.prefect_run_id,
                    parameters,
                    started_at,
                    RUNNING,
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
