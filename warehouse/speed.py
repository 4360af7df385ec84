"""How fast runs have been: what estimates of time rest on.

Comes in: a read-only connection. Goes out: bytes of input a second, as the last completed runs were measured from their
first article in the language stage to their last commit.
"""

from dataclasses import dataclass

import duckdb

from warehouse.runs import COMPLETED

RUNS_LOOKED_AT = 50
SMALLEST_BYTES = 100_000
"""Runs that read less mostly start and end: they tell nothing of the speed of longer ones."""


@dataclass(slots=True, frozen=True)
class MeasuredSpeed:
    """Bytes of input a second, over so many runs."""

    bytes_a_second: float
    runs: int


def measure_speed(connection: duckdb.DuckDBPyConnection, model: str) -> MeasuredSpeed | None:
    """The speed of the last completed runs that read files with the model of that name; None where there are none."""
    row = connection.execute(
        """
        SELECT sum(bytes) / sum(seconds), count(*)
        FROM (
            SELECT (counts->>'bytes')::BIGINT AS bytes, (counts->>'enrich_seconds')::DOUBLE AS seconds
            FROM runs
            WHERE status = ? AND model = ? AND bytes >= ? AND seconds > 0
            ORDER BY started_at DESC, run_id
            LIMIT ?
        )
        """,
        [COMPLETED, model, SMALLEST_BYTES, RUNS_LOOKED_AT],
    ).fetchone()
    assert row is not None
    return MeasuredSpeed(row[0], row[1]) if row[0] else None
