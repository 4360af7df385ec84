"""The data files of a warehouse: those that the catalog knows, and those on disk.

Comes in: a connection and the folder of the warehouse. Goes out: paths relative to the folder of the tables. DuckLake's
functions tell of the present snapshot only, or delete; its catalog is read here as the specification of DuckLake 1.0
lays it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from warehouse.catalog import CATALOG, TABLES_FOLDER

METADATA = f"__ducklake_metadata_{CATALOG}"
"""DuckDB's name for the attached catalog of the warehouse."""

STRAY_GRACE = timedelta(days=1)
"""So long a file that the catalog does not know may belong to a transaction that is still going on."""


@dataclass(slots=True, frozen=True)
class DataFile:
    """A file that the catalog knows. `is_given_up`: no snapshot needs it any more, and it waits to be deleted."""

    path: str
    size: int | None
    is_given_up: bool


@dataclass(slots=True, frozen=True)
class StrayFile:
    """A file on disk that the catalog does not know, with its size in bytes and when it was last changed."""

    path: str
    size: int
    changed_at: datetime


def known_data_files(connection: duckdb.DuckDBPyConnection) -> list[DataFile]:
    """All files that the catalog knows: of rows and of deletions, of every snapshot it still has."""
    live = " UNION ALL ".join(
        f"SELECT table_id, path, path_is_relative, file_size_bytes FROM {METADATA}.{kind}"
        for kind in ("ducklake_data_file", "ducklake_delete_file")
    )
    rows = connection.execute(
        f"""
        SELECT
            CASE WHEN files.path_is_relative THEN schemas.path || tables.path || files.path ELSE files.path END,
            file_size_bytes,
            false
        FROM ({live}) AS files
        JOIN (SELECT DISTINCT table_id, schema_id, path FROM {METADATA}.ducklake_table) AS tables USING (table_id)
        JOIN (SELECT DISTINCT schema_id, path FROM {METADATA}.ducklake_schema) AS schemas USING (schema_id)
        UNION ALL
        SELECT path, NULL, true FROM {METADATA}.ducklake_files_scheduled_for_deletion
        """
    ).fetchall()
    return [DataFile(*row) for row in rows]


def stray_files(connection: duckdb.DuckDBPyConnection, folder: Path, before: datetime) -> Iterator[StrayFile]:
    """Parquet files in the folder of the tables that the catalog does not know, last changed before that time."""
    known = {file.path for file in known_data_files(connection)}
    tables = folder / TABLES_FOLDER
    for path in sorted(tables.rglob("*.parquet")):
        relative = path.relative_to(tables).as_posix()
        if relative in known:
            continue
        found = path.stat()
        changed_at = datetime.fromtimestamp(found.st_mtime, UTC)
        if changed_at < before:
            yield StrayFile(relative, found.st_size, changed_at)
