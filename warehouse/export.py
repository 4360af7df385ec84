"""Writes every table as plain Parquet, for any other tool.

Comes in: a read-only connection to one snapshot (`warehouse.snapshots.connect_now`) and a folder. Goes out:
DIR/<table>/*.parquet, all tables of one and the same moment.
"""

import shutil
from pathlib import Path

import duckdb

import schemas
from warehouse.errors import ExportError

FILE_BYTES = "256MB"
_ORDER = {
    "articles": "published_date, article_id",
    "entities": "published_date, article_id, mention_no",
    "quotes": "published_date, article_id, quote_no",
    "events": "published_date, article_id, event_no",
    "files": "file_uri",
    "quarantine": "file_uri, record_no",
    "runs": "started_at",
}


def export_tables(
    connection: duckdb.DuckDBPyConnection, folder: str | Path, *, partitioned: bool = False
) -> dict[str, int]:
    """Writes all tables below the folder and answers the rows of each; an earlier export there is replaced.

    With `partitioned`, tables with a published_date lie in year=/month= folders. Raises ExportError where the folder
    holds anything else or cannot be written to.
    """
    target = Path(folder)
    _check_target(target)
    whole = target.resolve()
    unfinished = whole.with_name(f".{whole.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        rows = _write_tables(connection, unfinished, partitioned=partitioned)
        target.mkdir(parents=True, exist_ok=True)
        for table in schemas.TABLES:
            shutil.rmtree(target / table, ignore_errors=True)
            (unfinished / table).rename(target / table)
    except OSError as error:
        raise ExportError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return rows


def _check_target(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target} is a file: name a folder to export to")
    others = sorted(entry.name for entry in target.iterdir() if entry.name not in schemas.TABLES)
    if others:
        raise ExportError(f"{target} holds other things ({others[0]}): name an empty or new folder to export to")


def _write_tables(connection: duckdb.DuckDBPyConnection, folder: Path, *, partitioned: bool) -> dict[str, int]:
    rows: dict[str, int] = {}
    for table, schema in schemas.TABLES.items():
        # JSON is exported as text, which every reader of Parquet takes.
        columns = ", ".join(
            f'"{f.name}"::VARCHAR AS "{f.name}"' if schemas.is_json(f) else f'"{f.name}"' for f in schema
        )
        options = f"FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '{FILE_BYTES}'"
        if partitioned and table in schemas.PARTITIONED_TABLES:
            columns += ", year(published_date) AS year, month(published_date) AS month"
            options = "FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month)"
        path = str(folder / table).replace("'", "''")
        answer = connection.execute(
            f"COPY (SELECT {columns} FROM {table} ORDER BY {_ORDER[table]}) TO '{path}' ({options})"
        ).fetchone()
        rows[table] = int(answer[0]) if answer else 0
        (folder / table).mkdir(exist_ok=True)
    return rows
