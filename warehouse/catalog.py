"""Opens a warehouse: a folder with a DuckLake catalog in SQLite and its Parquet files.

Comes in: the folder's path. Goes out: a DuckDB connection in which the warehouse is attached as `newsmill` and is
the default catalog. The folder may be moved or copied: files are found relative to it.

    <folder>/catalog.sqlite   DuckLake's catalog
    <folder>/tables/          Parquet files
    <folder>/staging/         shards on their way; empty between runs
    <folder>/writer.lock      held by the one process that writes
"""

import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import files as distribution_files
from itertools import count
from pathlib import Path
from typing import TypeVar

import duckdb
from filelock import FileLock, Timeout

from warehouse.catalog_copy import copied_catalog
from warehouse.errors import (
    CatalogError,
    NotAWarehouseError,
    NotReadableError,
    WarehouseBusyError,
    WarehouseNotFoundError,
)
from warehouse.faults import naming_faults, storage_error
from warehouse.migrations import migrate, needs_migration

Result = TypeVar("Result")

CATALOG = "newsmill"
CATALOG_FILE = "catalog.sqlite"
TABLES_FOLDER = "tables"
STAGING_FOLDER = "staging"
LOCK_FILE = "writer.lock"
BUSY_TIMEOUT_MS = 30_000
ATTEMPTS = 8
EXTENSIONS = {"sqlite_scanner": "duckdb-extension-sqlite-scanner", "ducklake": "duckdb-extension-ducklake"}
"""DuckDB extension to the distribution that carries it, in the order in which they are loaded."""

TRUST_NO_STATISTICS = "SET disabled_optimizers = 'statistics_propagation'"
"""DuckDB leaves rows out that lie beyond the bounds that DuckLake names of a column, and these may be too narrow. For
the past it names those of the present (its issue 1377). And where a commit writes a file with no value of a column
before files with values, it forgets the column's bounds, and the next commit sets them by its own rows alone."""

_CONNECTION_NUMBERS = count(1)
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

# DuckDB tells by its time whether a cached file has changed: one that is written again within the grain of the clock
# is answered from the cache, and joins on it lose rows. Staged files are read once, so the writer does without.
_WRITER_CONFIG = _CONFIG | {"enable_external_file_cache": False}


def connect(warehouse: str | Path = "warehouse/data", *, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the warehouse in that folder; tables and views stand by their bare names.

    With the id of a `snapshot`, all is as it was then. Of a warehouse in a folder that may not be written to, all is as
    it is now, whatever is committed later. Raises WarehouseNotFoundError, NotAWarehouseError, NewerWarehouseError,
    NotReadableError, CatalogError; StorageError where tables of an older version cannot be brought up to date.
    """
    folder = Path(warehouse)
    if not has_warehouse(folder):
        raise WarehouseNotFoundError(folder)
    if snapshot is not None:
        return _attach(folder, read_only=True, snapshot=snapshot)
    connection = _attach(folder, read_only=True)
    try:
        if not needs_migration(connection, folder):
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    with open_for_writing(folder):
        pass
    return _attach(folder, read_only=True)


@contextmanager
def open_for_writing(
    warehouse: str | Path,
    seeds_dir: Path | None = None,
    *,
    wait_seconds: float = 24 * 3600,
    on_wait: Callable[[], None] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write, made and brought up to date first. One process at a time has it; others wait.

    `on_wait` is called once where another process is writing. Raises WarehouseBusyError after `wait_seconds`,
    NotAWarehouseError, NewerWarehouseError, CatalogError, and StorageError where the disk is full or may not be written
    to, also for what is done with the connection.
    """
    folder = Path(warehouse)
    has_warehouse(folder)
    with naming_faults(folder):
        _make_folder(folder)
        lock = FileLock(folder / LOCK_FILE)
        _acquire(lock, folder, wait_seconds, on_wait)
        try:
            (folder / TABLES_FOLDER).mkdir(exist_ok=True)
            connection = _attach(folder, read_only=False)
            try:
                migrate(connection, folder, seeds_dir)
                yield connection
            finally:
                connection.close()
        finally:
            lock.release()


def has_warehouse(folder: Path) -> bool:
    """Whether the folder holds a warehouse; False where it does not exist or is empty.

    Raises NotAWarehouseError where it holds something else, NotReadableError where it may not be looked at.
    """
    try:
        if not folder.exists():
            return False
        if not folder.is_dir():
            raise NotAWarehouseError(folder, "it is a file")
        if (folder / CATALOG_FILE).exists():
            return True
        others = sorted(entry.name for entry in folder.iterdir() if entry.name not in {LOCK_FILE, TABLES_FOLDER})
    except PermissionError as error:
        raise NotReadableError(folder) from error
    if others:
        raise NotAWarehouseError(folder, f"it holds {others[0]} but no {CATALOG_FILE}")
    return False


def attach_statements(
    warehouse: str | Path,
    *,
    read_only: bool = True,
    install: bool = False,
    snapshot: int | None = None,
    catalog: Path | None = None,
) -> list[str]:
    """The SQL that attaches the warehouse in a DuckDB client, with a `catalog` that lies elsewhere, where one is given.

    With `install`, DuckDB fetches the extensions itself, which any client of DuckDB 1.5 or newer can; without, the
    ones that came with newsmill are loaded from where they lie, which needs no network but the same DuckDB version.
    """
    folder = Path(warehouse).resolve()
    if install:
        loads = ["INSTALL sqlite", "INSTALL ducklake", "LOAD sqlite", "LOAD ducklake"]
    else:
        loads = [f"LOAD {_quoted(str(_extension_path(name)))}" for name in EXTENSIONS]
    options = [
        f"DATA_PATH {_quoted(f'{folder / TABLES_FOLDER}/')}",
        "OVERRIDE_DATA_PATH true",
        "META_JOURNAL_MODE 'WAL'",
        f"META_BUSY_TIMEOUT {BUSY_TIMEOUT_MS}",
    ]
    if read_only:
        options.append("READ_ONLY")
    if snapshot is not None:
        options.append(f"SNAPSHOT_VERSION {snapshot}")
    source = _quoted(f"ducklake:sqlite:{catalog or folder / CATALOG_FILE}")
    return [
        *loads,
        TRUST_NO_STATISTICS,
        "SET TimeZone = 'UTC'",
        f"ATTACH {source} AS {CATALOG} ({', '.join(options)})",
        f"USE {CATALOG}",
    ]


def retry_locked(action: Callable[[], Result]) -> Result:
    """Does the action, again after a while where SQLite says that the catalog is locked."""
    for attempt in range(ATTEMPTS):
        try:
            return action()
        except duckdb.Error as error:
            if "database is locked" not in str(error) or attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.05 * 2**attempt)
    raise AssertionError("unreachable")


def _attach(folder: Path, *, read_only: bool, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    catalog = folder / CATALOG_FILE
    if read_only and not os.access(catalog, os.R_OK):
        raise NotReadableError(catalog)
    copy = copied_catalog(catalog) if read_only and not os.access(folder, os.W_OK) else None
    connection = duckdb.connect(config=(_CONFIG if read_only else _WRITER_CONFIG) | {"temp_directory": _spill_folder()})
    if copy:
        weakref.finalize(connection, shutil.rmtree, copy.parent, ignore_errors=True)
    try:
        for statement in attach_statements(folder, read_only=read_only, snapshot=snapshot, catalog=copy):
            retry_locked(lambda statement=statement: connection.execute(statement))  # type: ignore[misc]
    except duckdb.Error as error:
        connection.close()
        found = None if read_only else storage_error(error, folder)
        raise found or CatalogError(folder, str(error).splitlines()[0]) from error
    return connection


def _spill_folder() -> str:
    """Where a connection puts what memory does not hold: a folder of its own, that DuckDB makes and removes.

    DuckDB's default is one in the working directory, which may be read-only, and which others would share.
    """
    return str(Path(tempfile.gettempdir()) / f"newsmill-spill-{os.getpid()}-{next(_CONNECTION_NUMBERS)}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotAWarehouseError(folder, "it is a file") from error
    except NotADirectoryError as error:
        raise NotAWarehouseError(folder, "a part of its path is a file") from error


def _acquire(lock: FileLock, folder: Path, wait_seconds: float, on_wait: Callable[[], None] | None) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait()
        try:
            lock.acquire(timeout=wait_seconds, poll_interval=0.2)
        except Timeout:
            raise WarehouseBusyError(folder, wait_seconds) from None


def _extension_path(name: str) -> Path:
    for file in distribution_files(EXTENSIONS[name]) or []:
        if file.name == f"{name}.duckdb_extension":
            return Path(str(file.locate()))
    raise CatalogError(Path(name), f"the package {EXTENSIONS[name]} is damaged: install it again")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
