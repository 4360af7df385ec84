"""A warehouse that the first version of newsmill made opens today, with its rows, and takes new ones.

`data/warehouse_v1.zip` was made by version 1 of the tables from four one-line files: two texts, a copy, a reject.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import schemas
from warehouse import connect


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    with zipfile.ZipFile(Path(__file__).parent / "data" / "warehouse_v1.zip") as archive:
        archive.extractall(tmp_path / "v1")
    return tmp_path / "v1"


def test_its_rows_are_read_and_its_tables_have_all_columns_of_today(first_version: Path) -> None:
    with connect(first_version) as lake:
        assert lake.execute(
            "SELECT a.source_uri, o.source_uri FROM articles a LEFT JOIN articles o ON o.article_id = a.duplicate_of"
            " ORDER BY 1"
        ).fetchall() == [("wire/a.txt", None), ("wire/b.txt", None), ("wire/c.txt", "wire/a.txt")]
        assert lake.execute("SELECT speaker_name FROM quotes ORDER BY 1").fetchall() == [("Ann Roe",), ("Bo Lund",)]
        assert lake.execute("SELECT error_type FROM quarantine").fetchall() == [("no_text",)]
        for table, schema in schemas.TABLES.items():
            columns = {row[0] for row in lake.execute(f"DESCRIBE {table}").fetchall()}
            assert set(schema.names) <= columns, table


def test_it_takes_new_rows(first_version: Path, load: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "b.txt").write_text("Bo Lund said the talks had gone well.\n", encoding="utf-8")
    assert load(folder, warehouse=first_version).replaced == 1
    with connect(first_version) as lake:
        assert lake.execute("SELECT count(*) FROM articles").fetchall() == [(3,)]
