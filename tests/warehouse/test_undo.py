"""Undoing a run brings the tables back to what they were before it, or refuses and changes nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.staged import Files
from tests.warehouse.told import TEXT, few_seeds, load_run
from warehouse.catalog import open_for_writing
from warehouse.maintenance import maintain
from warehouse.undo import UNDONE_TABLES, RunNotFoundError, UndoRefusedError, undo_run
from warehouse.verify import check_tables

SECOND: Files = {
    # A new version of a file, without its second article and with a new first one; and a new file with a known text.
    "c/ferry.jsonl": [("ferry", "The ferry sails no more.")],
    "c/snow.txt": [("snow", "Snow fell."), ("copy", TEXT)],
}


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in UNDONE_TABLES}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one run. Tests copy it."""
    folder = tmp_path_factory.mktemp("undo") / "warehouse"
    with open_for_writing(folder, few_seeds(folder.parent / "seeds")) as connection:
        load_run(connection, folder.parent / "staged", paths="first")
    return folder


@pytest.fixture
def connection(original: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    shutil.copytree(original, tmp_path / "w")
    with open_for_writing(tmp_path / "w", original.parent / "seeds") as connection:
        yield connection


def broken(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [finding.name for finding in check_tables(connection) if finding.broken]


def test_an_undone_run_leaves_every_table_as_it_was_before_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = contents(connection)
    run_id = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    after = contents(connection)
    assert all(after[table] != before[table] for table in ("articles", "entities", "quotes", "events", "files"))
    rehearsed = undo_run(connection, run_id, dry_run=True)
    assert contents(connection) == after
    done = undo_run(connection, run_id)
    assert contents(connection) == before
    assert done == rehearsed
    assert (done.restored["quotes"], done.removed["quotes"], done.lost) == (1, 0, 0)
    assert broken(connection) == []
    status = connection.execute("SELECT status FROM runs WHERE run_id = ?", [run_id]).fetchone()
    assert status == ("undone",)


def test_an_undone_run_can_be_loaded_again(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run_id = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    after = connection.execute("SELECT article_id, text, duplicate_of FROM articles ORDER BY ALL").fetchall()
    undo_run(connection, run_id)
    again = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    assert again != run_id
    assert connection.execute("SELECT article_id, text, duplicate_of FROM articles ORDER BY ALL").fetchall() == after


def test_a_run_is_undone_across_maintenance(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    before = contents(connection)
    run_id = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    list(maintain(connection, tmp_path / "w"))
    undo_run(connection, run_id)
    assert contents(connection) == before


def test_a_run_whose_rows_a_later_one_replaced_is_refused_and_both_can_be_undone_in_turn(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = contents(connection)
    second = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    third = load_run(connection, tmp_path / "staged", {"c/snow.txt": [("snow", "Snow melted.")]}, paths="third")
    after = contents(connection)
    with pytest.raises(UndoRefusedError) as caught:
        undo_run(connection, second)
    assert str(caught.value) == (
        f"run {second} cannot be undone: 2 of the rows of articles that it wrote or replaced have been changed since by"
        f" run {third}: undo that first"
    )
    assert contents(connection) == after
    undo_run(connection, third)
    undo_run(connection, second)
    assert contents(connection) == before


def test_a_run_of_whose_articles_later_ones_are_duplicates_is_refused(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    second = load_run(connection, tmp_path / "staged", {"c/snow.txt": [("snow", "Snow fell.")]}, paths="second")
    third = load_run(connection, tmp_path / "staged", {"d/snow.txt": [("other", "Snow fell.")]}, paths="third")
    after = contents(connection)
    for dry_run in (True, False):
        with pytest.raises(UndoRefusedError) as caught:
            undo_run(connection, second, dry_run=dry_run)
        assert str(caught.value) == (
            f"run {second} cannot be undone: 1 other rows rest on its articles, as duplicates of them or the like"
            f" (duplicates_have_originals); undo run {third} first"
        )
    assert contents(connection) == after


def test_a_run_that_came_before_unrelated_ones_is_undone_alone(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    second = load_run(connection, tmp_path / "staged", {"c/snow.txt": [("snow", "Snow fell.")]}, paths="second")
    load_run(connection, tmp_path / "staged", {"c/hail.txt": [("hail", "Hail fell.")]}, paths="third")
    undo_run(connection, second)
    uris = connection.execute("SELECT source_uri FROM articles ORDER BY ALL").fetchall()
    assert uris == [("ferry",), ("hail",), ("rain",), ("weir",)]


def test_where_the_snapshot_before_has_expired_the_rows_go_and_what_they_replaced_is_said_to_be_lost(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    run_id = load_run(connection, tmp_path / "staged", {"c/ferry.jsonl": [("weir", "Low.")]}, paths="second")
    connection.execute('UPDATE runs SET counts = \'{"articles": 1, "replaced": 2}\' WHERE run_id = ?', [run_id])
    connection.execute("CALL ducklake_expire_snapshots('newsmill', older_than => now())")
    done = undo_run(connection, run_id)
    assert (done.removed["articles"], done.restored["articles"], done.lost) == (1, 0, 2)
    assert connection.execute("SELECT source_uri FROM articles ORDER BY ALL").fetchall() == [("rain",)]


def test_a_run_that_is_unknown_or_undone_already_is_refused(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        undo_run(connection, "nobody")
    assert str(caught.value) == "there is no run 'nobody': 'newsmill status' names the last ones"
    row = connection.execute("SELECT run_id FROM runs").fetchone()
    assert row
    undo_run(connection, row[0])
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)
    with pytest.raises(UndoRefusedError) as refused:
        undo_run(connection, row[0])
    assert str(refused.value) == f"run {row[0]} has been undone already: its inputs can be ingested again"


def test_a_rehearsal_leaves_no_files(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run_id = load_run(connection, tmp_path / "staged", SECOND, paths="second")
    files = sorted((tmp_path / "w" / "tables").rglob("*.parquet"))
    undo_run(connection, run_id, dry_run=True)
    assert sorted((tmp_path / "w" / "tables").rglob("*.parquet")) == files
