"""Takes back what one run has done to the tables, in one transaction.

Comes in: the connection of the process that holds the writer's lock, and a run. Goes out: the tables without the rows
that the run brought, and with those that it replaced or removed, from the snapshot before it. The row of the run in
`runs` stays, with the status 'undone'. What the run did is what differs between the snapshot before its first commit
and that of its last. Where these have expired, its own rows go, and what it replaced stays lost; the plan says so. Of
rows that were extracted again nothing else tells: such a run cannot be undone then.

A run on which later ones have built cannot be undone before these are.
"""

from contextlib import suppress
from dataclasses import dataclass, field

import duckdb

import schemas
from warehouse.catalog import CATALOG, retry_locked
from warehouse.errors import WarehouseError
from warehouse.promises import KEYS, list_promises
from warehouse.runs import UNDONE
from warehouse.snapshots import SQL, UNDO, committing_as, snapshots_of_run

ROW_TABLES = ("articles", *schemas.CHILD_TABLES)
"""Tables whose rows are known by article."""

REEXTRACT = "reextract"
"""The flow of runs that bring no articles, and of whose rows nothing but the snapshot before them tells."""

UNDONE_TABLES = (*ROW_TABLES, "files", "quarantine")

_GUARDS = ("once", "of_articles", "of_originals", "duplicates_have_originals", "originals_differ", "source_uris")
"""Names, or ends of names, of the promises that an undone run could break."""


class RunNotFoundError(WarehouseError):
    """There is no run of that id."""


class UndoRefusedError(WarehouseError):
    """The run cannot be undone, or not yet."""


class _RollBackError(Exception):
    """Ends a transaction that was a rehearsal."""


@dataclass(slots=True, frozen=True)
class Undoing:
    """What undoing the run takes away and brings back: rows by table.

    `lost` articles were replaced or removed by the run and cannot be brought back.
    """

    run_id: str
    flow: str
    removed: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    lost: int = 0


def undo_run(connection: duckdb.DuckDBPyConnection, run_id: str, *, dry_run: bool = False) -> Undoing:
    """Undoes the run, or says what that would do. All or nothing.

    Raises RunNotFoundError, UndoRefusedError.
    """
    flow, lost = _check_run(connection, run_id)
    span = _span_of(connection, run_id)
    if span is None and flow == REEXTRACT:
        raise UndoRefusedError(
            f"run {run_id} cannot be undone: the snapshot before it, which holds the rows that it replaced, has"
            " expired; 'newsmill reextract' with the model and word lists of before rebuilds them"
        )
    try:
        if span:
            _refuse_foreign_writes(connection, run_id, *span)
            _collect_from_snapshots(connection, *span)
        else:
            _collect_own_rows(connection, run_id)
        _refuse_later_changes(connection, run_id)
        counts = {name: _counts(connection, name) for name in ("added", "gone")}
        with suppress(_RollBackError):
            retry_locked(lambda: _apply(connection, run_id, rehearse=dry_run))
    finally:
        _drop_collected(connection)
    return Undoing(run_id, flow, counts["added"], counts["gone"], 0 if span else lost)


def _check_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> tuple[str, int]:
    row = connection.execute(
        "SELECT flow, status, coalesce((counts->>'replaced')::BIGINT, 0) FROM runs WHERE run_id = ?", [run_id]
    ).fetchone()
    if row is None:
        raise RunNotFoundError(f"there is no run '{run_id}': 'newsmill status' names the last ones")
    flow, status, replaced = row
    if status == UNDONE:
        again = "it can be run again" if flow == REEXTRACT else "its inputs can be ingested again"
        raise UndoRefusedError(f"run {run_id} has been undone already: {again}")
    return flow, replaced


def _span_of(connection: duckdb.DuckDBPyConnection, run_id: str) -> tuple[int, int] | None:
    """The snapshot before the run and its last one; None where the past does not reach back so far."""
    own = snapshots_of_run(connection, run_id)
    if not own:
        return None
    before = connection.execute(
        f"SELECT snapshot_id FROM ducklake_snapshots('{CATALOG}') WHERE snapshot_id = ?"
        " AND snapshot_time <= (SELECT started_at + INTERVAL 1 SECOND FROM runs WHERE run_id = ?)",
        [own[0] - 1, run_id],
    ).fetchone()
    return (before[0], own[-1]) if before else None


def _refuse_foreign_writes(connection: duckdb.DuckDBPyConnection, run_id: str, before: int, last: int) -> None:
    foreign = connection.execute(
        f"SELECT snapshot_id FROM ducklake_snapshots('{CATALOG}')"
        f" WHERE snapshot_id BETWEEN ? AND ? AND author IN ('newsmill {SQL}', 'newsmill {UNDO}')",
        [before + 1, last],
    ).fetchone()
    if foreign:
        raise UndoRefusedError(
            f"run {run_id} cannot be undone: while it was cut off, snapshot {foreign[0]} was written by other means;"
            " 'newsmill sql --write' can delete its rows"
        )


def _collect_from_snapshots(connection: duckdb.DuckDBPyConnection, before: int, last: int) -> None:
    """Tables `undo_added_T` and `undo_gone_T`: rows that the run brought, and that it took away."""
    digests = []
    for table in ROW_TABLES:
        # Texts make up most of what there is to read, and one does not change without its hash.
        columns = "* EXCLUDE (text)" if table == "articles" else "*"
        old, new = (
            "SELECT article_id, sum(hash(one)::HUGEINT) AS digest"
            f" FROM (SELECT {columns} FROM {table} AT (VERSION => {version})) AS one GROUP BY article_id"
            for version in (before, last)
        )
        digests.append(
            f"SELECT coalesce(old.article_id, new.article_id) AS article_id FROM ({old}) AS old"
            f" FULL JOIN ({new}) AS new USING (article_id) WHERE old.digest IS DISTINCT FROM new.digest"
        )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE undo_changed AS {' UNION '.join(digests)}")
    for table in UNDONE_TABLES:
        columns = ", ".join(f'"{name}"' for name in schemas.TABLES[table].names)
        some = " WHERE article_id IN (SELECT article_id FROM undo_changed)" if table in ROW_TABLES else ""
        old, new = (f"SELECT {columns} FROM {table} AT (VERSION => {version}){some}" for version in (before, last))
        _collect(connection, table, f"{new} EXCEPT ALL {old}", f"{old} EXCEPT ALL {new}")


def _collect_own_rows(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """The same from what stands in the tables today: rows with the run's id, and their children.

    A duplicate of an older file that the run has made an original carries the run's id, too, and stays.
    """
    own = f"run_id = '{run_id}'"
    brought = (
        f"{own} AND (file_uri NOT IN (SELECT file_uri FROM files WHERE run_id <> '{run_id}')"
        f" OR (SELECT flow = 'retry' FROM runs WHERE {own}))"
    )
    conditions = {"articles": brought, "files": own, "quarantine": own}
    for table in UNDONE_TABLES:
        mine = conditions.get(table, f"article_id IN (SELECT article_id FROM articles WHERE {brought})")
        columns = ", ".join(f'"{name}"' for name in schemas.TABLES[table].names)
        rows = f"SELECT {columns} FROM {table} WHERE {mine}"
        _collect(connection, table, rows, f"SELECT {columns} FROM {table} WHERE false")


def _collect(connection: duckdb.DuckDBPyConnection, table: str, added: str, gone: str) -> None:
    for name, query in (("added", added), ("gone", gone)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE undo_{name}_{table} AS {query}")


def _drop_collected(connection: duckdb.DuckDBPyConnection) -> None:
    for table in UNDONE_TABLES:
        for name in ("added", "gone"):
            connection.execute(f"DROP TABLE IF EXISTS temp.undo_{name}_{table}")


def _refuse_later_changes(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """What the run brought must still stand as it was, and what it took away must not have come again."""
    for table in UNDONE_TABLES:
        columns = ", ".join(f'"{name}"' for name in schemas.TABLES[table].names)
        changed = _count(
            connection,
            f"SELECT count(*) FROM (SELECT {columns} FROM undo_added_{table} EXCEPT ALL SELECT {columns} FROM {table})",
        )
        if table in KEYS:
            key = ", ".join(KEYS[table])
            changed += _count(
                connection,
                f"SELECT count(*) FROM {table} WHERE ({key}) IN (SELECT ({key}) FROM undo_gone_{table})"
                f" AND ({key}) NOT IN (SELECT ({key}) FROM undo_added_{table})",
            )
        if changed:
            later = _later_runs(connection, run_id)
            raise UndoRefusedError(
                f"run {run_id} cannot be undone: {changed:,} of the rows of {table} that it wrote or replaced have been"
                f" changed since{f' by {later}: undo that first' if later else ''}"
            )


def _later_runs(connection: duckdb.DuckDBPyConnection, run_id: str) -> str:
    """The last run that has written since, as 'run ID'; '' where none has."""
    row = connection.execute(
        "SELECT run_id FROM runs WHERE status <> ? AND (started_at, run_id) >"
        " (SELECT (started_at, run_id) FROM runs WHERE run_id = ?) ORDER BY started_at DESC, run_id DESC LIMIT 1",
        [UNDONE, run_id],
    ).fetchone()
    return f"run {row[0]}" if row else ""


def _apply(connection: duckdb.DuckDBPyConnection, run_id: str, *, rehearse: bool) -> None:
    with committing_as(connection, UNDO, f"run {run_id}"):
        for table in UNDONE_TABLES:
            _delete_added(connection, table)
            connection.execute(f"INSERT INTO {table} BY NAME FROM undo_gone_{table}")
        connection.execute("UPDATE runs SET status = ? WHERE run_id = ?", [UNDONE, run_id])
        _refuse_broken_promises(connection, run_id)
        if rehearse:
            raise _RollBackError


def _delete_added(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    if not _count(connection, f"SELECT count(*) FROM undo_added_{table}"):
        return
    if table in KEYS:
        key = ", ".join(KEYS[table])
        connection.execute(f"DELETE FROM {table} WHERE ({key}) IN (SELECT ({key}) FROM undo_added_{table})")
        return
    same = " AND ".join(f"added.{name} IS NOT DISTINCT FROM {table}.{name}" for name in schemas.TABLES[table].names)
    connection.execute(f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM undo_added_{table} AS added WHERE {same})")


def _refuse_broken_promises(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    for promise in list_promises():
        if not promise.name.endswith(_GUARDS):
            continue
        broken = _count(connection, f"SELECT count(*) FROM ({promise.sql})")
        if broken:
            later = _later_runs(connection, run_id)
            raise UndoRefusedError(
                f"run {run_id} cannot be undone: {broken:,} other rows rest on its articles, as duplicates of them or"
                f" the like ({promise.name}){f'; undo {later} first' if later else ''}"
            )


def _counts(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    return {table: _count(connection, f"SELECT count(*) FROM undo_{name}_{table}") for table in UNDONE_TABLES}


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
