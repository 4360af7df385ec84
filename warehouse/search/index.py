"""Keeps the search index: makes it, brings it up to date, and finds the file that answers.

Comes in: the folder of a warehouse. Goes out: the path of an SQLite file that holds all words of one snapshot. It is
derived data, which may be deleted at any time:

    <warehouse>/search_index/index-<number>.sqlite   the index; the highest number counts
    <warehouse>/search_index/unfinished.sqlite       one that is being made
    <warehouse>/search_index/writer.lock             held by the one process that writes; searches need no lock

Small changes are one transaction of SQLite in the file that is there: whoever searches meanwhile sees the index before
or after it, and a process that dies in it has changed nothing. An index that is made anew gets a file and a number of
its own: beside a file that others have open, none must ever take its name.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from warehouse.catalog import CATALOG_FILE, connect, has_warehouse
from warehouse.errors import CatalogError, WarehouseNotFoundError
from warehouse.migrations import needs_migration
from warehouse.search import contents
from warehouse.search.errors import IndexNotWrittenError, NoIndexError, UnusableIndexError
from warehouse.search.file import (
    BUSY_SECONDS,
    DAMAGED,
    Index,
    Snapshot,
    index_files,
    look_at,
    note_contents,
    number_of,
    open_file,
    reading,
)

if TYPE_CHECKING:
    import duckdb

FOLDER = "search_index"
LOCK_FILE = "writer.lock"
UNFINISHED = "unfinished.sqlite"
WAIT_SECONDS = 24 * 3600

MOST_BY_ITSELF = 5000
"""Changed articles that a search takes in by itself, which takes some seconds; more are left to `update_index`."""

MANY = 20_000
"""Articles of which the making is worth a word to who waits for it."""

Tell = Callable[[str], None]


def keep_up(warehouse: Path, tell: Tell, *, most: int | None = MOST_BY_ITSELF, damaged: Path | None = None) -> Index:
    """The index, brought up to date where no more than `most` articles have changed (None: in any case) and it can be.

    A file that has turned out to be `damaged` is made again. Where the index cannot be brought up to date, `tell` is
    given a line that says how far behind it is. Raises WarehouseNotFoundError, NoIndexError, IndexNotWrittenError, and
    what `connect` raises.
    """
    if not has_warehouse(warehouse):
        raise WarehouseNotFoundError(warehouse)
    found = _find(warehouse, damaged, tell)
    if found and found.snapshot == newest_snapshot(warehouse):
        return found
    folder = warehouse / FOLDER
    lock = FileLock(folder / LOCK_FILE)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        if found and most is not None:
            tell(_behind(found, _changed_since(warehouse, found), "another process is bringing it up to date"))
            return found
        tell("another process is making the search index: waiting for it")
        _wait_for(lock)
    except OSError as error:
        reason = error.strerror or str(error)
        if found is None:
            raise NoIndexError(folder, reason) from error
        if most is None:
            raise IndexNotWrittenError(folder, reason) from error
        tell(_behind(found, _changed_since(warehouse, found), f"it cannot be written to ({reason})"))
        return found
    try:
        return _write(warehouse, tell, most, damaged)
    except (sqlite3.Error, OSError) as error:
        raise IndexNotWrittenError(folder, _in_words(error)) from error
    finally:
        (folder / UNFINISHED).unlink(missing_ok=True)
        lock.release()


def newest_snapshot(warehouse: Path) -> Snapshot:
    """The newest snapshot of the warehouse, from its catalog alone: DuckDB takes ten times as long to open it."""
    uri = (warehouse / CATALOG_FILE).resolve().as_uri()
    last = "SELECT snapshot_id, snapshot_time FROM ducklake_snapshot ORDER BY snapshot_id DESC LIMIT 1"
    for mode in ("mode=ro", "immutable=1"):
        # A folder that cannot be written to has no room for the shared memory of SQLite's WAL.
        try:
            with closing(sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=BUSY_SECONDS)) as catalog:
                snapshot_id, written_at = catalog.execute(last).fetchone()
                return int(snapshot_id), str(written_at)
        except sqlite3.Error as error:
            failed = error
    raise CatalogError(warehouse, str(failed))


def _find(warehouse: Path, damaged: Path | None, tell: Tell) -> Index | None:
    """The index that is there; None where there is none that can be used."""
    files = index_files(warehouse / FOLDER)
    try:
        if files and files[-1] == damaged:
            raise UnusableIndexError(DAMAGED)
        return look_at(files[-1]) if files else None
    except UnusableIndexError as error:
        tell(f"the search index is made again: {error}")
        return None


def _write(warehouse: Path, tell: Tell, most: int | None, damaged: Path | None) -> Index:
    """Makes the index or brings it up to date; the lock is held. Says how far behind it is where that is too much."""
    found = _find(warehouse, damaged, lambda _: None)
    with _open_tables(warehouse) as (lake, snapshot):
        present = contents.read_states(lake)
        if found is None:
            if len(present) >= MANY:
                tell(f"making the search index of {len(present):,} articles, once; it takes a minute for each 100,000")
            return _make(warehouse, lake, snapshot, present)
        changed = _changed(present, found.path)
        if most is not None and len(changed) > most:
            tell(_behind(found, len(changed), "'newsmill search --index' brings it up to date"))
            return found
        if len(changed) > max(most or 0, len(present) // 2, MOST_BY_ITSELF):
            return _make(warehouse, lake, snapshot, present)
        return _change(lake, found, snapshot, present, changed)


@contextmanager
def _open_tables(warehouse: Path) -> Iterator[tuple["duckdb.DuckDBPyConnection", Snapshot]]:
    """The tables of one snapshot, the newest; an older warehouse gets its new columns before."""
    snapshot = newest_snapshot(warehouse)
    lake = connect(warehouse, snapshot=snapshot[0])
    try:
        if needs_migration(lake, warehouse):
            lake.close()
            connect(warehouse).close()
            snapshot = newest_snapshot(warehouse)
            lake = connect(warehouse, snapshot=snapshot[0])
        yield lake, snapshot
    finally:
        lake.close()


def _make(warehouse: Path, lake: "duckdb.DuckDBPyConnection", snapshot: Snapshot, present: dict[str, int]) -> Index:
    folder = warehouse / FOLDER
    old = index_files(folder)
    unfinished = folder / UNFINISHED
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as index:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -131072"):
            index.execute(f"PRAGMA {setting}")
        index.executescript(contents.CREATE)
        index.execute("BEGIN")
        contents.add_articles(lake, index, present)
        for statement in contents.CREATE_LOOKUPS.strip().split("\n"):
            index.execute(statement)
        for table in contents.WORD_TABLES:
            index.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        note_contents(index, snapshot)
        index.execute("COMMIT")
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    # The clock makes a number that no deleted index had.
    path = folder / f"index-{max(time.time_ns(), number_of(old[-1]) + 1 if old else 0)}.sqlite"
    unfinished.rename(path)
    for former in old:
        former.unlink()
        former.with_name(f"{former.name}-journal").unlink(missing_ok=True)
    return look_at(path)


def _change(
    lake: "duckdb.DuckDBPyConnection", found: Index, snapshot: Snapshot, present: dict[str, int], changed: set[str]
) -> Index:
    with closing(open_file(found.path)) as index:
        # Pages that overflow the cache would lock out who searches before the transaction is done.
        index.execute("PRAGMA cache_spill = 0")
        index.execute("BEGIN IMMEDIATE")
        if changed:
            contents.remove_articles(index, changed)
            contents.add_articles(lake, index, changed & present.keys())
        note_contents(index, snapshot)
        index.execute("COMMIT")
    return look_at(found.path)


def _changed(present: dict[str, int], path: Path) -> set[str]:
    """The ids of the articles that have come, gone or changed since."""
    with reading(path) as index:
        before = contents.indexed_states(index)
    return {article_id for article_id, _ in present.items() ^ before.items()}


def _changed_since(warehouse: Path, found: Index) -> int | None:
    """How many those are; None where the warehouse cannot be read."""
    try:
        with connect(warehouse, snapshot=newest_snapshot(warehouse)[0]) as lake:
            return len(_changed(contents.read_states(lake), found.path))
    except CatalogError:
        return None


def _behind(found: Index, changed: int | None, what: str) -> str:
    count = "articles have" if changed is None else "1 article has" if changed == 1 else f"{changed:,} articles have"
    return f"the search index is of {found.time:%Y-%m-%d %H:%M}Z, and {count} come, gone or changed since: {what}"


def _wait_for(lock: FileLock) -> None:
    try:
        lock.acquire(timeout=WAIT_SECONDS, poll_interval=0.2)
    except Timeout:
        raise IndexNotWrittenError(
            Path(lock.lock_file).parent, "another process has been making it for a day"
        ) from None


def _in_words(error: Exception) -> str:
    if isinstance(error, sqlite3.IntegrityError):
        return "two articles have the same id ('newsmill verify' says which)"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
