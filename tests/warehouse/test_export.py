"""An export is all tables as plain Parquet, of one moment, and takes nothing else with it."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import schemas
from tests.warehouse.staged import load
from warehouse.catalog import connect, open_for_writing
from warehouse.errors import ExportError
from warehouse.export import export_tables

FILES = {
    "kiln.txt": [("k", "The kiln was lit."), ("k", "The kiln was lit again."), ("c", "A copy of it.")],
    "loom.txt": [("l", "Looms!"), ("d", "A copy of it.")],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "warehouse"
    with open_for_writing(folder) as connection:
        load(connection, folder.parent / "staged", "r1", FILES)
        connection.execute(
            "UPDATE articles SET metadata = '{\"desk\": \"crafts\"}', authors = ['Ada Finch', 'Bo Roe'],"
            " published_at = '2026-02-01 23:30:00+00' WHERE source_uri = 'k'"
        )
        connection.execute("UPDATE articles SET published_date = NULL WHERE source_uri = 'd'")
    return folder


def read_back(pattern: Path | str) -> list[tuple[object, ...]]:
    return duckdb.execute(f"SELECT * FROM '{pattern}' ORDER BY ALL").fetchall()


def stored(warehouse: Path, table: str) -> list[tuple[object, ...]]:
    with connect(warehouse) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()


def test_an_export_holds_the_rows_of_every_table(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "the editor's export"
    with connect(warehouse) as connection:
        counts = export_tables(connection, target)
    assert sorted(entry.name for entry in target.iterdir()) == sorted(schemas.TABLES)
    assert counts["articles"] == 4
    assert counts["quarantine"] == 1
    with duckdb.connect() as plain:
        plain.execute("SET TimeZone = 'UTC'")
        for table in schemas.TABLES:
            rows = plain.read_parquet(str(target / table / "*.parquet")).order("ALL").fetchall()
            assert [tuple(map(str, row)) for row in rows] == [tuple(map(str, row)) for row in stored(warehouse, table)]
            assert counts[table] == len(rows)
    assert [entry.name for entry in target.parent.iterdir()] == [target.name]


def test_every_table_is_readable_parquet_with_its_columns_and_types_even_where_it_has_no_rows(
    warehouse: Path, tmp_path: Path
) -> None:
    with connect(warehouse) as connection:
        counts = export_tables(connection, tmp_path / "out")
    assert counts["quotes"] == counts["events"] == counts["runs"] == 0
    for table, schema in schemas.TABLES.items():
        files = sorted((tmp_path / "out" / table).glob("*.parquet"))
        assert files, f"no file for {table}"
        written = pq.read_schema(files[0])
        assert written.names == schema.names
        for field, wanted in zip(written, schema, strict=True):
            if pa.types.is_list(wanted.type):
                assert pa.types.is_string(field.type.value_type)
            else:
                assert field.type == wanted.type, field.name


def test_a_second_export_replaces_the_first_and_its_leftovers(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with connect(warehouse) as connection:
        export_tables(connection, target)
        (target / "articles" / "left-over.parquet").write_bytes(b"old")
        export_tables(connection, target)
    assert len(pq.read_table(target / "articles")) == 4


def test_an_export_goes_into_the_working_folder_where_it_is_empty(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "here"
    target.mkdir()
    monkeypatch.chdir(target)
    with connect(warehouse) as connection:
        export_tables(connection, ".")
    assert sorted(entry.name for entry in target.iterdir()) == sorted(schemas.TABLES)


def test_a_folder_with_other_things_is_refused_and_left_alone(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with connect(warehouse) as connection, pytest.raises(ExportError) as caught:
        export_tables(connection, tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds other things (thesis.docx): name an empty or new folder to export to"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_refused(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "thesis.docx"
    target.touch()
    with connect(warehouse) as connection, pytest.raises(ExportError) as caught:
        export_tables(connection, target)
    assert str(caught.value) == f"{target} is a file: name a folder to export to"


def test_a_folder_that_cannot_be_made_is_one_line(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    target = tmp_path / "thesis.docx" / "out"
    with connect(warehouse) as connection, pytest.raises(ExportError) as caught:
        export_tables(connection, target)
    assert str(caught.value) == f"cannot write to {target}: Not a directory"


def test_a_partitioned_export_lies_in_folders_of_year_and_month(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with connect(warehouse) as connection:
        counts = export_tables(connection, target, partitioned=True)
        expected = connection.execute(
            "SELECT year(published_date), month(published_date), source_uri FROM articles ORDER BY ALL"
        ).fetchall()
    folders = {str(path.parent.relative_to(target)) for path in (target / "articles").rglob("*.parquet")}
    assert "articles/year=2026/month=2" in folders
    assert all(folder.startswith("articles/year=") and "/month=" in folder for folder in folders)
    with duckdb.connect() as plain:
        rows = plain.execute(
            f"SELECT year, month, source_uri FROM read_parquet('{target}/articles/*/*/*.parquet',"
            " hive_partitioning = true, hive_types = {'year': BIGINT, 'month': BIGINT}) ORDER BY ALL"
        ).fetchall()
    assert rows == expected
    assert counts["articles"] == len(rows)
    assert list((target / "files").glob("*.parquet"))
