"""Checks every promise of the tables over a whole warehouse.

Comes in: the folder of a warehouse. Goes out: one `Finding` a promise, with how many rows break it and the first of
them. Nothing is written. All tables are read as of one moment; a writer beside it does no harm.

Most promises are SQL (`promises.py`); the others are about files, the shape of the tables, and runs:

    tables_as_declared   tables, columns and types are those of `schemas.py`
    data_files_there     every data file that the catalog knows is on disk, of the size that the catalog says
    data_files_known     every file on disk is one that the catalog knows, or was written within a day
    runs_ended           no run is 'running' that nobody runs
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

import schemas
from warehouse.catalog import LOCK_FILE, TABLES_FOLDER, connect
from warehouse.data_files import STRAY_GRACE, known_data_files, stray_files
from warehouse.migrations import sql_type
from warehouse.promises import SLICE, Promise, list_promises
from warehouse.queries import explain
from warehouse.runs import RUNNING
from warehouse.snapshots import latest_snapshot

EXAMPLES = 3
SLICE_CHARS = 64_000_000
"""Characters of article text that are joined at a time, which bounds the memory."""


@dataclass(slots=True, frozen=True)
class Finding:
    """How one promise stands: `broken` rows break it, and `examples` names the first of them."""

    name: str
    says: str
    broken: int
    examples: tuple[str, ...]


def verify(warehouse: str | Path) -> Iterator[Finding]:
    """Checks the warehouse in that folder, promise by promise.

    Raises WarehouseNotFoundError, NotAWarehouseError, NewerWarehouseError, CatalogError.
    """
    folder = Path(warehouse)
    with connect(folder) as connection:
        # Not a transaction, which would end with the first query that fails.
        snapshot = latest_snapshot(connection)
    with connect(folder, snapshot=snapshot) as connection:
        yield from check_tables(connection)
        yield from check_files(connection, folder)
    yield _finding("runs_ended", "No run is 'running' that nobody runs.", abandoned_runs(folder))


def check_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Checks the tables themselves: their columns, and where these are right all that is promised of the rows."""
    wrong = wrong_tables(connection)
    yield _finding("tables_as_declared", "Tables, columns and types are those that this newsmill declares.", wrong)
    if wrong:
        return
    slices = _slices_or_none(connection)
    for promise in list_promises():
        yield check_promise(connection, promise, slices)


def check_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Finding]:
    """Checks the data files on disk against the catalog."""
    yield _finding(
        "data_files_there",
        "Every data file that the catalog knows is on disk, whole.",
        missing_files(connection, folder),
    )
    yield _finding(
        "data_files_known",
        f"Every file on disk is one that the catalog knows, or was written within {STRAY_GRACE.days} day.",
        unknown_files(connection, folder),
    )


def _slices_or_none(connection: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        return list(text_slices(connection))
    except duckdb.Error:
        # The articles cannot be read; the checks themselves say so.
        return [SLICE]


def check_promise(connection: duckdb.DuckDBPyConnection, promise: Promise, slices: Sequence[str]) -> Finding:
    """Runs the promise's query, a slice of the texts at a time where it joins them."""
    conditions = slices if promise.reads_texts else [SLICE]
    broken, examples = 0, list[str]()
    try:
        for condition in conditions:
            row = connection.execute(
                f"SELECT count(*), coalesce(min(example, {EXAMPLES}), [])"
                f" FROM ({promise.sql.replace(SLICE, condition)})"
            ).fetchone()
            assert row is not None
            broken += row[0]
            examples += row[1]
    except duckdb.Error as error:
        # A data file is missing or damaged: that is a finding, and others may still be checked.
        return Finding(promise.name, promise.says, 1, (f"cannot be checked: {explain(error)}",))
    return Finding(promise.name, promise.says, broken, tuple(examples[:EXAMPLES]))


def text_slices(connection: duckdb.DuckDBPyConnection, most_chars: int = SLICE_CHARS) -> Iterator[str]:
    """Conditions that cut the articles, and their rows in `part`, into slices of about so many characters of text.

    Along months, which are the partitions on disk; a month that is larger is cut by article_id.
    """
    months = connection.execute(
        "SELECT date_trunc('month', published_date)::DATE AS month, last_day(month), sum(length(text))::BIGINT"
        " FROM articles GROUP BY ALL ORDER BY month NULLS LAST"
    ).fetchall()
    first: date | None = None
    last: date | None = None
    held = 0
    for month, month_end, chars in months:
        if held and (month is None or held + chars > most_chars):
            yield _between(first, last)
            first, held = None, 0
        if month is None or chars > most_chars:
            yield from _cut_by_article(_between(month, month_end), -(-chars // most_chars))
            continue
        first, last, held = first or month, month_end, held + chars
    if first is not None:
        yield _between(first, last)


def wrong_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Columns of `schemas.py` that are not there, or of another type, as 'table.column'."""
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'main'"
    ).fetchall()
    found = {(table, column): type_.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for table, column, type_ in rows}
    return [
        f"{table}.{field.name}"
        for table, schema in schemas.TABLES.items()
        for field in schema
        if found.get((table, field.name)) != sql_type(field)
    ]


def missing_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Data files that the catalog needs, for now or for an earlier snapshot, and that are not on disk as it says."""
    tables = folder / TABLES_FOLDER
    return [
        known.path
        for known in known_data_files(connection)
        if not known.is_given_up and _size_of(tables / known.path) != known.size
    ]


def unknown_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Files in the folder of the tables that the catalog does not know, written longer ago than the grace."""
    return [stray.path for stray in stray_files(connection, folder, datetime.now(UTC) - STRAY_GRACE)]


def abandoned_runs(folder: Path) -> list[str]:
    """Runs that say 'running' while no process holds the writer's lock. None where that cannot be found out."""
    lock = FileLock(folder / LOCK_FILE)
    with connect(folder) as connection:
        if not running_runs(connection):
            return []
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            return []
        try:
            # Again: the run may have ended since.
            return running_runs(connection)
        finally:
            lock.release()


def running_runs(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The ids of the runs that say 'running'."""
    rows = connection.execute("SELECT run_id FROM runs WHERE status = ? ORDER BY started_at", [RUNNING]).fetchall()
    return [run_id for (run_id,) in rows]


def _cut_by_article(condition: str, pieces: int) -> Iterator[str]:
    for piece in range(pieces):
        yield f"{condition} AND hash(articles.article_id) % {pieces} = {piece}" if pieces > 1 else condition


def _between(first: date | None, last: date | None) -> str:
    if first is None:
        return "articles.published_date IS NULL AND part.published_date IS NULL"
    return " AND ".join(f"{table}.published_date BETWEEN '{first}' AND '{last}'" for table in ("articles", "part"))


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _finding(name: str, says: str, wrong: Iterable[str]) -> Finding:
    found = sorted(wrong)
    return Finding(name, says, len(found), tuple(found[:EXAMPLES]))
