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
    """A file as it was when it was last committed. What its server did not tell is None."""

    size: int | None
    mtime: datetime | None
    sha256: str | None
    status: str
    etag: str | None = None

    @property
    def is_readable(self) -> bool:
        """Whether its bytes could be read then; where not, the next run tries again."""
        return self.sha256 is not None or self.etag is not None


def known_files(connection: duckdb.DuckDBPyConnection, file_uris: Sequence[str]) -> dict[str, KnownFile]:
    """The ledger's entries for those of the files that it knows."""
    if not file_uris:
        return {}
    connection.register("asked", pa.table({"file_uri": pa.array(file_uris, pa.string())}))
    try:
        # The range lets DuckLake pass over the Parquet files of others.
        rows = connection.execute(
            "SELECT file_uri, size, mtime, sha256, status, etag FROM files"
            " WHERE file_uri BETWEEN ? AND ? AND file_uri IN (SELECT file_uri FROM asked)",
            [min(file_uris), max(file_uris)],
        ).fetchall()
    finally:
        connection.unregister("asked")
    return {row[0]: KnownFile(*row[1:]) for row in rows}
