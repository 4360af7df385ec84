"""A folder becomes a warehouse, moves as one, is brought up to date, and refuses what it cannot be."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import schemas
from tests.warehouse.staged import broken_promises, contents, load
from tests.warehouse.told import few_seeds
from warehouse.catalog import CATALOG_FILE, attach_statements, connect, has_warehouse, open_for_writing
from warehouse.errors import (
    CatalogError,
    NewerWarehouseError,
    NotAWarehouseError,
    WarehouseBusyError,
    WarehouseNotFoundError,
)

FILES = {"ferry.txt": [("f", "The ferry sails at noon.")], "weir.txt": [("w", "The weir was raised."), ("v", "Rain.")]}
EXPECTED = {
    "f": ("ferry.txt", "The ferry sails at noon.", None),
    "w": ("weir.txt", "The weir was raised.", None),
    "v": ("weir.txt", "Rain.", None),
}
SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    schemas.TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
    pa.list_(pa.string()): "VARCHAR[]",
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with rows, in a folder whose name has a blank and an apostrophe. Tests copy it."""
    folder = tmp_path_factory.mktemp("catalog") / "the editor's warehouse"
    with open_for_writing(folder) as connection:
        load(connection, folder.parent / "staged", "r1", FILES)
    return folder


@pytest.fixture
def warehouse(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "the editor's copy"))


def error_of(kind: type[Exception], folder: Path, *, writing: bool = False) -> str:
    with pytest.raises(kind) as caught, open_for_writing(folder) if writing else connect(folder):
        pass
    return str(caught.value)


def test_a_new_folder_becomes_a_warehouse_with_every_table_column_type_and_comment(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "deep"
    with open_for_writing(folder) as connection:
        tables = dict(
            connection.execute("SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'newsmill'")
            .fetchall()
        )  # fmt: skip
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns()"
            " WHERE database_name = 'newsmill' AND schema_name = 'main' ORDER BY table_name, column_index"
        ).fetchall()
    assert {name: tables[name] for name in schemas.TABLES} == schemas.TABLE_COMMENTS
    for table, schema in schemas.TABLES.items():
        assert [row[1:] for row in columns if row[0] == table] == [
            (field.name, "JSON" if schemas.is_json(field) else SQL_TYPES[field.type], schemas.comment_of(field))
            for field in schema
        ]
    assert has_warehouse(folder)


def test_opening_again_changes_nothing(warehouse: Path) -> None:
    snapshots = []
    for _ in range(2):
        with open_for_writing(warehouse) as connection:
            snapshots.append(
                connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('newsmill')").fetchall()
            )
    assert snapshots[0] == snapshots[1]


def test_a_copied_warehouse_opens_elsewhere_with_its_rows_and_is_independent(original: Path, warehouse: Path) -> None:
    with open_for_writing(warehouse) as connection:
        load(connection, warehouse.parent / "staged", "r2", {"ferry.txt": [("f", "The ferry is cancelled.")]})
        assert contents(connection)["f"] == ("ferry.txt", "The ferry is cancelled.", None)
    with connect(original) as connection:
        assert contents(connection) == EXPECTED


def test_a_moved_warehouse_opens_elsewhere_with_its_rows_and_can_be_written_to(warehouse: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "moved"
    moved.parent.mkdir()
    warehouse.rename(moved)
    with connect(moved) as connection:
        assert contents(connection) == EXPECTED
    with open_for_writing(moved) as connection:
        load(connection, tmp_path / "staged", "r2", {"late.txt": [("l", "Late news.")]})
        assert contents(connection) == EXPECTED | {"l": ("late.txt", "Late news.", None)}
        assert broken_promises(connection) == []


def test_a_missing_folder_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    expected = f"no warehouse at {folder}: make one with 'newsmill ingest PATH --warehouse {folder}'"
    assert error_of(WarehouseNotFoundError, folder) == expected
    assert not folder.exists()


def test_an_empty_folder_is_no_warehouse_yet(tmp_path: Path) -> None:
    assert error_of(WarehouseNotFoundError, tmp_path).startswith(f"no warehouse at {tmp_path}: ")


@pytest.mark.parametrize("writing", [False, True])
def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path, writing: bool) -> None:
    (tmp_path / "holiday.jpg").touch()
    assert error_of(NotAWarehouseError, tmp_path, writing=writing) == (
        f"{tmp_path} is not a warehouse: it holds holiday.jpg but no catalog.sqlite;"
        " name an empty or new folder with --warehouse"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("writing", [False, True])
def test_a_file_is_refused(tmp_path: Path, writing: bool) -> None:
    path = tmp_path / "list.txt"
    path.touch()
    expected = f"{path} is not a warehouse: it is a file; name an empty or new folder with --warehouse"
    assert error_of(NotAWarehouseError, path, writing=writing) == expected


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").touch()
    path = tmp_path / "list.txt" / "warehouse"
    expected = f"{path} is not a warehouse: a part of its path is a file; name an empty or new folder with --warehouse"
    assert error_of(NotAWarehouseError, path, writing=True) == expected


@pytest.mark.parametrize("writing", [False, True])
def test_a_newer_warehouse_is_refused_by_reader_and_writer(warehouse: Path, writing: bool) -> None:
    newer = schemas.SCHEMA_VERSION + 1
    with open_for_writing(warehouse) as connection:
        connection.execute(f"UPDATE warehouse_info SET value = '{newer}' WHERE key = 'schema_version'")
    assert error_of(NewerWarehouseError, warehouse, writing=writing) == (
        f"the warehouse at {warehouse} was written by a newer newsmill (tables of version {newer}, this one knows"
        f" {schemas.SCHEMA_VERSION}): upgrade newsmill, or name another folder with --warehouse"
    )


def test_an_older_warehouse_gets_new_tables_and_columns_on_opening_and_keeps_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    articles = [field for field in schemas.ARTICLES if field.name not in {"language_score", "metadata"}]
    tables = {name: schema for name, schema in schemas.TABLES.items() if name != "quarantine"}
    with monkeypatch.context() as patch:
        patch.setattr(schemas, "TABLES", tables | {"articles": pa.schema(articles)})
        patch.setattr(schemas, "SCHEMA_VERSION", schemas.SCHEMA_VERSION - 1)
        with open_for_writing(folder) as connection:
            connection.execute(
                "INSERT INTO articles (article_id, source_uri, text, published_date)"
                " VALUES ('1', 'old/1', 'Old news.', '2024-02-29')"
            )
    with connect(folder) as connection:
        stored = connection.execute(
            "SELECT source_uri, text, published_date::VARCHAR, language_score, metadata FROM original_articles"
        ).fetchall()
        assert stored == [("old/1", "Old news.", "2024-02-29", None, None)]
        for table, schema in schemas.TABLES.items():
            described = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
            assert described == set(schema.names)
        comment = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'articles' AND column_name = 'metadata'"
        ).fetchone()
        assert comment == (schemas.comment_of(schemas.ARTICLES.field("metadata")),)
    with open_for_writing(folder) as connection:
        load(connection, tmp_path / "staged", "r1", FILES)
        connection.execute("UPDATE articles SET metadata = '{\"page\": 3}' WHERE source_uri = 'old/1'")
        assert connection.execute("SELECT count(*), count(metadata) FROM articles").fetchone() == (4, 1)


def test_a_view_whose_sql_has_changed_is_replaced_on_opening(warehouse: Path) -> None:
    with open_for_writing(warehouse) as connection:
        connection.execute("CREATE OR REPLACE VIEW original_articles AS SELECT 1 AS stale")
        connection.execute("UPDATE warehouse_info SET value = 'another' WHERE key = 'views_sha256'")
    with connect(warehouse) as connection:
        assert connection.execute("SELECT count(source_uri) FROM original_articles").fetchone() == (3,)


def test_a_reader_sees_what_was_committed_while_a_writer_has_the_warehouse(warehouse: Path, tmp_path: Path) -> None:
    with open_for_writing(warehouse) as writer:
        writer.execute("BEGIN")
        writer.execute("DELETE FROM articles")
        with connect(warehouse) as reader:
            assert contents(reader) == EXPECTED
        writer.execute("ROLLBACK")


def test_a_reader_may_not_write(warehouse: Path) -> None:
    with connect(warehouse) as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("DELETE FROM articles")


def test_the_attach_statements_work_in_a_fresh_duckdb_of_another_process_and_are_read_only(warehouse: Path) -> None:
    program = """
import sys, duckdb
connection = duckdb.connect()
connection.execute(sys.stdin.read())
print(connection.execute("SELECT source_uri FROM original_articles ORDER BY ALL").fetchall())
print(connection.execute("SELECT count(*) > 0 FROM seeds.event_types").fetchone())
try:
    connection.execute("DELETE FROM articles")
except duckdb.Error as error:
    print("read-only" in str(error))
"""
    script = ";\n".join(attach_statements(warehouse)) + ";"
    done = subprocess.run(
        [sys.executable, "-c", program], input=script, capture_output=True, text=True, check=False, cwd="/"
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == ["[('f',), ('v',), ('w',)]", "(True,)", "True"]


def test_a_second_writer_waits_and_then_says_that_another_run_is_writing(warehouse: Path) -> None:
    has_lock, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with open_for_writing(warehouse):
            has_lock.set()
            may_end.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    waits: list[str] = []
    try:
        assert has_lock.wait(60)
        with (
            pytest.raises(WarehouseBusyError) as caught,
            open_for_writing(warehouse, wait_seconds=0.5, on_wait=lambda: waits.append("waits")),
        ):
            pass
    finally:
        may_end.set()
        holder.join()
    assert waits == ["waits"]
    assert str(caught.value) == (
        f"another run has been writing to {warehouse} for more than 0 s: wait for it to end and run again"
    )


def test_a_second_writer_goes_on_when_the_first_has_ended(warehouse: Path) -> None:
    has_lock, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with open_for_writing(warehouse):
            has_lock.set()
            may_end.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert has_lock.wait(60)
    with open_for_writing(warehouse, wait_seconds=60, on_wait=may_end.set) as connection:
        assert contents(connection) == EXPECTED
    holder.join()


def test_a_writer_that_fails_leaves_the_warehouse_to_the_next(warehouse: Path) -> None:
    with pytest.raises(RuntimeError), open_for_writing(warehouse):
        raise RuntimeError
    with open_for_writing(warehouse, wait_seconds=0) as connection:
        assert contents(connection) == EXPECTED


def test_a_damaged_catalog_is_one_line(warehouse: Path) -> None:
    (warehouse / CATALOG_FILE).write_bytes(b"no database at all, only words" * 400)
    for side in ("-wal", "-shm"):
        (warehouse / f"{CATALOG_FILE}{side}").unlink(missing_ok=True)
    with pytest.raises(CatalogError) as caught:
        connect(warehouse)
    assert str(caught.value).startswith(f"the catalog of the warehouse at {warehouse} cannot be opened: ")
    assert "\n" not in str(caught.value)


def load_undated_first(connection: duckdb.DuckDBPyConnection) -> None:
    """Two commits, the first of which writes a file without days and headlines before those that have them."""
    for rows in ([("1", None, None), ("2", "2026-01-05", "Snow"), ("3", "2026-03-05", "Rain")],
                 [("4", "2026-02-01", "Hail")]):  # fmt: skip
        values = ", ".join(["(?, ?::DATE, ?)"] * len(rows))
        connection.execute(
            f"INSERT INTO articles (article_id, published_date, title) VALUES {values}",
            [x for row in rows for x in row],
        )


@pytest.mark.parametrize("trusting", [False, True])
def test_no_row_is_left_out_where_an_undated_article_came_first(tmp_path: Path, trusting: bool) -> None:
    with open_for_writing(tmp_path / "w", few_seeds(tmp_path / "seeds")) as lake:
        load_undated_first(lake)
    client = duckdb.connect()
    for statement in attach_statements(tmp_path / "w"):
        # Other clients attach the warehouse by themselves, and know nothing of its bounds.
        if not (trusting and "disabled_optimizers" in statement):
            client.execute(statement)
    asked = ["published_date >= '2026-03-01'", "title = 'Snow'", "published_date IS NULL"]
    found = [client.execute(f"SELECT article_id FROM articles WHERE {each}").fetchall() for each in asked]
    assert found == [[("3",)], [("2",)], [("1",)]]


def test_our_own_connections_trust_no_bounds_of_columns(tmp_path: Path) -> None:
    asked = "SELECT current_setting('disabled_optimizers')"
    with open_for_writing(tmp_path / "w", few_seeds(tmp_path / "seeds")) as lake:
        assert lake.execute(asked).fetchall() == [("statistics_propagation",)]
    with connect(tmp_path / "w") as lake:
        assert lake.execute(asked).fetchall() == [("statistics_propagation",)]


def test_the_row_that_gives_bounds_goes_where_a_crash_has_left_it(tmp_path: Path) -> None:
    seeds = few_seeds(tmp_path / "seeds")
    with open_for_writing(tmp_path / "w", seeds) as lake:
        assert lake.execute("SELECT count(*) FROM articles").fetchall() == [(0,)]
        lake.execute("INSERT INTO articles (article_id) VALUES (''), ('a')")
        lake.execute("DELETE FROM warehouse_info WHERE key = 'bounds'")
    with open_for_writing(tmp_path / "w", seeds) as lake:
        assert lake.execute("SELECT article_id FROM articles").fetchall() == [("a",)]
        assert lake.execute("SELECT count(*) FROM runs").fetchall() == [(0,)]
