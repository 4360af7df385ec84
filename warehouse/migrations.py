"""Brings a warehouse up to date: tables and columns after `schemas.py`, views, and the seed tables.

Comes in: a connection with the warehouse attached. Goes out: the same warehouse, changed in one transaction, or not
at all where nothing has changed. Columns and tables are only ever added.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from warehouse.errors import NewerWarehouseError
from warehouse.heads import read_head

INFO_TABLE = "warehouse_info"
SEEDS_SCHEMA = "seeds"
VERSION_KEY = "schema_version"
VIEWS_KEY = "views_sha256"
SEEDS_KEY = "seeds_sha256"
BOUNDS_KEY = "bounds"

_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    schemas.TIMESTAMP: "TIMESTAMPTZ",
    pa.list_(pa.string()): "VARCHAR[]",
}

_SMALL_VALUES = {
    "VARCHAR": "''",
    "JSON": "'{}'",
    "VARCHAR[]": "['']",
    "INTEGER": "0",
    "BIGINT": "0",
    "DOUBLE": "0",
    "BOOLEAN": "false",
    "DATE": "DATE '1970-01-01'",
    "TIMESTAMPTZ": "TIMESTAMPTZ '1970-01-01 00:00:00+00'",
}

# Rows of these tables are always Parquet: DuckLake would keep fewer than ten in the catalog itself.
_TABLE_OPTIONS = {"data_inlining_row_limit": "0", "parquet_compression": "zstd"}


def migrate(connection: duckdb.DuckDBPyConnection, folder: Path, seeds_dir: Path | None = None) -> None:
    """Creates what is missing and replaces views and seed tables that have changed, in one transaction.

    Raises NewerWarehouseError where the warehouse knows tables that this code does not.
    """
    info = _read_info(connection)
    _refuse_newer(info, folder)
    seeds = seeds_dir or default_seeds_dir()
    wanted = {
        VERSION_KEY: str(schemas.SCHEMA_VERSION),
        VIEWS_KEY: _sha256_of(view_files()),
        SEEDS_KEY: seeds_sha256(seeds),
    }
    if wanted.items() - info.items():
        _bring_up_to_date(connection, info, wanted, seeds)
    _set_table_options(connection)
    if BOUNDS_KEY not in info:
        _give_bounds(connection, is_new=not info)


def needs_migration(connection: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    """Whether the tables or views are older than this code. Raises NewerWarehouseError where they are newer."""
    info = _read_info(connection)
    _refuse_newer(info, folder)
    return info.get(VERSION_KEY) != str(schemas.SCHEMA_VERSION) or info.get(VIEWS_KEY) != _sha256_of(view_files())


def default_seeds_dir() -> Path:
    """The seeds that come with newsmill."""
    return Path(str(files("seeds")))


def seeds_sha256(seeds_dir: Path) -> str:
    """One hash over all seed tables of the folder, by name and content."""
    return _sha256_of(_seed_files(seeds_dir))


def sql_type(field: pa.Field) -> str:
    """DuckDB's type for a column."""
    return "JSON" if schemas.is_json(field) else _SQL_TYPES[field.type]


def _refuse_newer(info: dict[str, str], folder: Path) -> None:
    found = int(info.get(VERSION_KEY, 0))
    if found > schemas.SCHEMA_VERSION:
        raise NewerWarehouseError(folder, found, schemas.SCHEMA_VERSION)


def _read_info(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if INFO_TABLE not in _existing_columns(connection):
        return {}
    return dict(connection.execute(f"SELECT key, value FROM {INFO_TABLE}").fetchall())


def _existing_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        "SELECT table_name, list(column_name) FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'main' GROUP BY ALL"
    ).fetchall()
    return {table: set(columns) for table, columns in rows}


def _bring_up_to_date(
    connection: duckdb.DuckDBPyConnection, info: dict[str, str], wanted: dict[str, str], seeds: Path
) -> None:
    with _transaction(connection):
        if info.get(VERSION_KEY) != wanted[VERSION_KEY]:
            _create_tables(connection)
        if info.get(SEEDS_KEY) != wanted[SEEDS_KEY]:
            _load_seeds(connection, seeds)
        for view in view_files():
            _create_view(connection, view)
        connection.execute(f"DELETE FROM {INFO_TABLE} WHERE key IN (SELECT unnest(?))", [list(wanted)])
        connection.executemany(f"INSERT INTO {INFO_TABLE} VALUES (?, ?)", list(wanted.items()))


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    existing = _existing_columns(connection)
    if INFO_TABLE not in existing:
        connection.execute(f"CREATE TABLE {INFO_TABLE} (key VARCHAR, value VARCHAR)")
    for table, schema in schemas.TABLES.items():
        if table not in existing:
            _create_table(connection, table, schema)
        for field in schema:
            if table in existing and field.name not in existing[table]:
                connection.execute(f'ALTER TABLE {table} ADD COLUMN "{field.name}" {sql_type(field)}')
        _comment(connection, f"TABLE {table}", schemas.TABLE_COMMENTS[table])
        for field in schema:
            _comment(connection, f'COLUMN {table}."{field.name}"', schemas.comment_of(field))


def _create_view(connection: duckdb.DuckDBPyConnection, view: Path) -> None:
    statement = view.read_text(encoding="utf-8")
    connection.execute(statement)
    head = read_head(statement)
    # DuckLake 1.0 keeps comments of views, and none of their columns.
    columns = [f"{name}: {meaning}" for name, meaning in head.columns.items()]
    _comment(connection, f"VIEW {view.stem}", "\n".join([" ".join((head.title, *head.notes)), *columns]))


def _create_table(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema) -> None:
    columns = ", ".join(f'"{field.name}" {sql_type(field)}' for field in schema)
    connection.execute(f"CREATE TABLE {table} ({columns})")
    if table in schemas.PARTITIONED_TABLES:
        connection.execute(f"ALTER TABLE {table} SET PARTITIONED BY (year(published_date), month(published_date))")


def _give_bounds(connection: duckdb.DuckDBPyConnection, *, is_new: bool) -> None:
    """Gives every column of the tables that are empty a smallest and a largest value, by a row that comes and goes.

    A column that has none is one of which DuckLake 1.0 may come to name too narrow ones (see TRUST_NO_STATISTICS in
    `catalog.py`), and clients that attach the warehouse by themselves believe them. Of a new warehouse nothing stays.
    """
    with _transaction(connection):
        for table, schema in schemas.TABLES.items():
            values = ", ".join(f'{_SMALL_VALUES[sql_type(field)]} AS "{field.name}"' for field in schema)
            connection.execute(f"INSERT INTO {table} BY NAME SELECT {values} WHERE NOT EXISTS (SELECT 1 FROM {table})")
    with _transaction(connection):
        # Also what a crash between the two has left. No row of ours has '' for a key.
        for table, schema in schemas.TABLES.items():
            connection.execute(f"DELETE FROM {table} WHERE \"{schema.names[0]}\" = ''")
        connection.execute(f"INSERT INTO {INFO_TABLE} VALUES ('{BOUNDS_KEY}', 'given')")
    if is_new:
        past = connection.execute("SELECT snapshot_id FROM ducklake_snapshots(current_database())").fetchall()
        versions = sorted(snapshot for (snapshot,) in past)[:-1]
        connection.execute(f"CALL ducklake_expire_snapshots(current_database(), versions => {versions})")
        connection.execute("CALL ducklake_cleanup_old_files(current_database(), cleanup_all => true)")


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _set_table_options(connection: duckdb.DuckDBPyConnection) -> None:
    """Sets what DuckLake takes only for tables that are committed; does nothing where all is set."""
    known = connection.execute("SELECT option_name, value, scope_entry FROM ducklake_options(current_database())")
    options = {(name, scope): value for name, value, scope in known.fetchall()}
    for table in schemas.PARTITIONED_TABLES:
        for name, value in _TABLE_OPTIONS.items():
            if options.get((name, f"main.{table}")) != value:
                connection.execute(
                    f"CALL ducklake_set_option(current_database(), '{name}', '{value}', table_name => '{table}')"
                )


def _comment(connection: duckdb.DuckDBPyConnection, target: str, text: str) -> None:
    connection.execute(f"COMMENT ON {target} IS '{text.replace(chr(39), chr(39) * 2)}'")


def _load_seeds(connection: duckdb.DuckDBPyConnection, seeds_dir: Path) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SEEDS_SCHEMA}")
    for seed in _seed_files(seeds_dir):
        table = f'{SEEDS_SCHEMA}."{seed.name.split(".")[0]}"'
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_csv(?, header = true)", [str(seed)])
        _comment(connection, f"TABLE {table}", f"The word list seeds/{seed.name}.")


def _seed_files(seeds_dir: Path) -> list[Path]:
    return sorted([*seeds_dir.glob("*.csv"), *seeds_dir.glob("*.csv.gz")])


def view_files() -> list[Path]:
    """The files of all views, by name."""
    return sorted(Path(str(files("warehouse"))).joinpath("views").glob("*.sql"))


def _sha256_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
