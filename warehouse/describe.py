"""What the tables and views of a warehouse hold: their comments, and those of their columns.

Comes in: a read-only connection. Goes out: pyarrow tables, one row a table or a column.
"""

from difflib import get_close_matches

import duckdb
import pyarrow as pa

import schemas
from warehouse.catalog import CATALOG
from warehouse.errors import RelationNotFoundError
from warehouse.heads import read_head
from warehouse.migrations import INFO_TABLE, view_files

_RELATIONS = f"""
SELECT
    CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END || name AS name,
    kind,
    split_part(coalesce(comment, ''), chr(10), 1) AS meaning
FROM (
    SELECT schema_name, table_name AS name, 'table' AS kind, comment FROM duckdb_tables() WHERE database_name = $catalog
    UNION ALL
    SELECT schema_name, view_name, 'view', comment FROM duckdb_views() WHERE database_name = $catalog
)
WHERE name <> '{INFO_TABLE}'
ORDER BY schema_name, kind, name
"""

_COLUMNS = """
SELECT column_name, data_type, comment
FROM duckdb_columns()
WHERE database_name = $catalog
    AND CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END || table_name = $name
ORDER BY column_index
"""


def describe_tables(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Every table and view: name, kind (table or view), meaning. Word lists stand last, as seeds.NAME."""
    return connection.sql(_RELATIONS, params={"catalog": CATALOG}).to_arrow_table()


def describe_table(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    """The columns of a table or view: column, type, meaning. Raises RelationNotFoundError, which names the nearest."""
    relations = {row["name"]: row for row in describe_tables(connection).to_pylist()}
    if name.lower() not in relations:
        near = get_close_matches(name.lower(), relations, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise RelationNotFoundError(f"there is no table or view '{name}': {hint}'newsmill schema' lists all")
    rows = connection.execute(_COLUMNS, {"catalog": CATALOG, "name": name.lower()}).fetchall()
    known = _view_columns(name.lower())
    return pa.table(
        {
            "column": [column for column, _, _ in rows],
            "type": [type_ for _, type_, _ in rows],
            "meaning": [comment or known.get(column) or known.get("*") for column, _, comment in rows],
        },
        schema=pa.schema({"column": pa.string(), "type": pa.string(), "meaning": pa.string()}),
    )


def title_of(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """What a row of the table or view is."""
    relations = {row["name"]: row["meaning"] for row in describe_tables(connection).to_pylist()}
    return str(relations.get(name.lower()) or name)


def _view_columns(view: str) -> dict[str, str]:
    """The meanings of a view's columns: those of its head, and of the tables' columns that it passes on.

    DuckLake 1.0 takes comments of views, and none of their columns.
    """
    heads = {path.stem: read_head(path.read_text(encoding="utf-8")).columns for path in view_files()}
    if view not in heads:
        return {}
    passed = _PASSED_ON.get(view)
    own = {field.name: schemas.comment_of(field) for field in schemas.TABLES[passed]} if passed else {}
    return own | heads[view]


_PASSED_ON = {"original_articles": "articles", "attributed_quotes": "quotes"}
"""Views that have all columns of a table."""
