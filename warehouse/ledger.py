"""What the warehouse knows of files: the ledger by which unchanged ones are passed over.

Comes in: file identities, and what a shard holds of them. Goes out: what was last committed of each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import connect, has_warehouse
from warehouse.snapshots import LEDGER, committing_as

LOADED = "loaded"
FAILED = "failed"


@dataclass(slots=True, frozen=True)
class FileRecord:
    """What the ledger keeps of a file (see `schemas.FILES`), and which of its records the shard holds.

    `article_count` and `quarantined_count` are those of its records in earlier shards. `only`: no others of the records
    from `first_record` to `last_record` were read.
    """

    file_uri: str
    location: str
    size: int | None
    mtime: datetime | None
    sha256: str | None
    status: str
    etag: str | None = None
    article_count: int = 0
    quarantined_count: int = 0
    first_record: int = 1
    last_record: int | None = None
    only: frozenset[int] | None = None


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


@contextmanager
def opened_ledger(folder: Path) -> Iterator[Callable[[Sequence[str]], dict[str, KnownFile]]]:
    """`known_files` of the warehouse in that folder, for reading; where there is none yet, no file is known."""
    if not has_warehouse(folder):
        yield lambda _: {}
        return
    with connect(folder) as connection:
        yield partial(known_files, connection)


def relocate_files(connection: duckdb.DuckDBPyConnection, locations: Mapping[str, str]) -> None:
    """Notes where files lie now, by file_uri, in one transaction."""
    moved = pa.table({"file_uri": list(locations), "location": list(locations.values())})
    connection.register("moved_files", moved)
    try:
        with committing_as(connection, LEDGER, f"{len(locations)} files moved"):
            connection.execute(
                "UPDATE files SET location = moved_files.location FROM moved_files"
                " WHERE files.file_uri = moved_files.file_uri"
            )
    finally:
        connection.unregister("moved_files")


def record_files(
    connection: duckdb.DuckDBPyConnection,
    completes: Sequence[str],
    files: Sequence[FileRecord],
    run_id: str,
    now: datetime,
    growth: Mapping[str, tuple[int, int]],
) -> None:
    """Writes down the files of a shard, those that it `completes` or that have failed, as part of its transaction.

    `growth`: articles and rejects by file that the shard brings or takes away, of other files too.
    """
    rows = []
    _count_rejected(connection, files, growth)
    for file in files:
        if file.only is not None:
            _count_retried(connection, file.file_uri, growth.get(file.file_uri, (0, 0))[0])
        if file.file_uri not in completes and file.status != FAILED:
            continue
        articles, rejects = growth.get(file.file_uri, (0, 0))
        rows.append(
            {
                "file_uri": file.file_uri,
                "location": file.location,
                "size": file.size,
                "mtime": file.mtime,
                "etag": file.etag,
                "sha256": file.sha256,
                "status": file.status,
                "article_count": file.article_count + articles,
                "quarantined_count": file.quarantined_count + rejects,
                "run_id": run_id,
                "committed_at": now,
            }
        )
    if not rows:
        return
    connection.register("ledger_rows", pa.Table.from_pylist(rows, schema=schemas.FILES))
    try:
        connection.execute("DELETE FROM files WHERE file_uri IN (SELECT file_uri FROM ledger_rows)")
        connection.execute("INSERT INTO files BY NAME SELECT * FROM ledger_rows")
    finally:
        connection.unregister("ledger_rows")


def _count_rejected(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FileRecord], growth: Mapping[str, tuple[int, int]]
) -> None:
    """Brings the ledger's counts up to date where the shard rejects articles of files that it holds nothing of.

    Without that they would say how the input was cut into waves.
    """
    held = {file.file_uri for file in files}
    for file_uri, (articles, rejects) in growth.items():
        if file_uri not in held and (articles or rejects):
            connection.execute(
                "UPDATE files SET article_count = article_count + ?, quarantined_count = quarantined_count + ?"
                " WHERE file_uri = ?",
                [articles, rejects, file_uri],
            )


def _count_retried(connection: duckdb.DuckDBPyConnection, file_uri: str, articles: int) -> None:
    """Brings the ledger's counts up to date where single records of a file have been read again."""
    connection.execute(
        "UPDATE files SET article_count = article_count + ?, quarantined_count ="
        " (SELECT count(*) FROM quarantine WHERE quarantine.file_uri = files.file_uri) WHERE file_uri = ?",
        [articles, file_uri],
    )
