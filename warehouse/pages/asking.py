"""Runs the queries of this package: one SQL file each in queries/, with named parameters.

Comes in: the caller's connection. Goes out: rows as dicts. Temporary tables live in a cursor of their own, so that the
caller's connection stays as it was.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

_QUERIES = Path(str(files("warehouse"))) / "pages" / "queries"
_PARAMETER = re.compile(r"\$([a-z_]+)")


class Questions:
    """Asks the queries by name. `standing` are parameters that every query may use."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, standing: Row) -> None:
        self._cursor = cursor
        self._standing = standing

    def ask(self, name: str, **parameters: Any) -> list[Row]:
        """The rows that the query answers; none for one that makes a table."""
        lines = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8").splitlines()
        sql = "\n".join(line for line in lines if not line.startswith("--"))
        given = self._standing | parameters
        self._cursor.execute(sql, {word: given[word] for word in _PARAMETER.findall(sql)})
        names = [column[0] for column in self._cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]

    def ask_one(self, name: str, **parameters: Any) -> Row:
        """The one row that the query answers."""
        return self.ask(name, **parameters)[0]


@contextmanager
def asking(connection: duckdb.DuckDBPyConnection, **standing: Any) -> Iterator[Questions]:
    """Questions to the tables that the connection has as its default."""
    catalog, schema = connection.execute("SELECT current_catalog(), current_schema()").fetchall()[0]
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute(f'USE "{catalog}"."{schema}"')
        yield Questions(cursor, standing)
