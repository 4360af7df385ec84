"""What stands in quarantine: listed, shown, and picked to be tried again.

Comes in: a connection and what is asked for. Goes out: pyarrow tables, and `RejectedFile`s for a retry.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.errors import NotInQuarantineError
from warehouse.marking import REPEATED, SUPERSEDED

SETTLED = (SUPERSEDED, REPEATED)
"""Rejects that a later record has replaced: there is nothing to try again."""

_KEY = "file_uri || coalesce('#' || record_no, '')"


@dataclass(slots=True, frozen=True)
class Selection:
    """Which rejects are meant: all, or those of a kind, or of files whose identity matches a pattern with '*'."""

    error_type: str | None = None
    files: str | None = None

    def condition(self) -> tuple[str, list[str]]:
        """The same in SQL, with its parameters."""
        wanted = {"error_type = ?": self.error_type, "file_uri GLOB ?": self.files}
        given = {sql: value for sql, value in wanted.items() if value is not None}
        return " AND ".join(given) or "true", list(given.values())


@dataclass(slots=True)
class RejectedFile:
    """A file with rejects, as the ledger knows it, and the parameters of the run that rejected them.

    `records` are their numbers; `is_whole`: the file as a whole could not be read.
    """

    file_uri: str
    location: str
    size: int | None
    mtime: datetime | None
    etag: str | None
    sha256: str | None
    parameters: dict[str, Any]
    records: set[int] = field(default_factory=set)
    is_whole: bool = False


def list_rejects(connection: duckdb.DuckDBPyConnection, selection: Selection, limit: int) -> pa.Table:
    """The newest rejects, one row each: record, stage, error_type, message."""
    condition, parameters = selection.condition()
    return connection.execute(
        f"SELECT {_KEY} AS record, stage, error_type, coalesce(member || ': ', '') || message AS message"
        f" FROM quarantine WHERE {condition} ORDER BY quarantined_at DESC, file_uri, record_no LIMIT ?",
        [*parameters, limit],
    ).to_arrow_table()


def count_rejects(connection: duckdb.DuckDBPyConnection, selection: Selection) -> int:
    """How many rejects are meant."""
    condition, parameters = selection.condition()
    found = connection.execute(f"SELECT count(*) FROM quarantine WHERE {condition}", parameters).fetchone()
    assert found is not None
    return int(found[0])


def show_reject(connection: duckdb.DuckDBPyConnection, record: str) -> list[dict[str, Any]]:
    """All columns of the rejects of that record, as `list_rejects` names it, and where its file lies.

    Raises NotInQuarantineError where there is none.
    """
    rows: list[dict[str, Any]] = (
        connection.execute(
            f"SELECT quarantine.*, files.location FROM quarantine LEFT JOIN files USING (file_uri)"
            f" WHERE {_KEY.replace('file_uri', 'quarantine.file_uri')} = ? ORDER BY quarantined_at",
            [record],
        )
        .to_arrow_table()
        .to_pylist()
    )
    if not rows:
        raise NotInQuarantineError(record)
    return rows


def rejected_files(connection: duckdb.DuckDBPyConnection, selection: Selection) -> Sequence[RejectedFile]:
    """The files whose rejects can be tried again, in order of identity."""
    condition, parameters = selection.condition()
    rows = connection.execute(
        "SELECT file_uri, record_no, location, size, mtime, etag, sha256, parameters::VARCHAR"
        f" FROM (SELECT * FROM quarantine WHERE {condition} AND error_type NOT IN {SETTLED}) AS rejects"
        " JOIN (SELECT * EXCLUDE (run_id) FROM files) AS files USING (file_uri)"
        " LEFT JOIN (SELECT run_id, parameters FROM runs) AS runs USING (run_id) ORDER BY file_uri, record_no",
        parameters,
    ).fetchall()
    found: dict[str, RejectedFile] = {}
    for file_uri, record_no, location, size, mtime, etag, sha256, run_parameters in rows:
        known = json.loads(run_parameters) if run_parameters else {}
        file = found.setdefault(file_uri, RejectedFile(file_uri, location, size, mtime, etag, sha256, known))
        if record_no is None:
            file.is_whole = True
        else:
            file.records.add(record_no)
    return list(found.values())
