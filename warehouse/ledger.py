"""What the warehouse knows of files: the ledger by which unchanged ones are passed over.

Comes in: file identities. Goes out: what was last committed of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa


@dataclass(slots=True, frozen=True)
class KnownFile:
    """A file as it was when it was last committed."""

    size: int
    mtime: datetime
    sha256: str | None
    status: str


def known_files(connection: duckdb.DuckDBPyConnection, file_uris: Sequence[str]) -> dict[str, KnownFile]:
    """The ledger's entries for those of the files that it knows."""
    connection.register("asked", pa.table({"file_uri": pa.array(file_uris, pa.string())}))
    try:
        rows = connection.execute(
            "SELECT file_uri, size, mtime, sha256, status FROM files WHERE file_uri IN (SELECT file_uri FROM asked)"
        ).fetchall()
    finally:
        connection.unregister("asked")
    return {row[0]: KnownFile(*row[1:]) for row in rows}
