"""The user's own SQL: what only reads is told from what writes, and what writes is done in one transaction.

Comes in: SQL of one or more statements. Goes out: nothing, or the rows of the last statement.
"""

import re

import duckdb
import pyarrow as pa
from duckdb import StatementType

from warehouse.errors import QueryError
from warehouse.queries import explain
from warehouse.snapshots import SQL, committing_as

_READING = {
    StatementType.SELECT,
    StatementType.EXPLAIN,
    StatementType.PRAGMA,
    StatementType.SET,
    StatementType.VARIABLE_SET,
    StatementType.CALL,
    StatementType.RELATION,
}

_TEMPORARY = re.compile(r"\s*CREATE\s+(OR\s+REPLACE\s+)?TEMP(ORARY)?\b", re.IGNORECASE)


def refuse_writes(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raises QueryError where a statement does anything but read or make temporary tables, or cannot be parsed."""
    for statement in _parse(connection, sql):
        if statement.type == StatementType.EXPLAIN:
            # EXPLAIN ANALYZE does what it explains.
            refuse_writes(connection, _explained(statement.query))
        if statement.type not in _READING and not _TEMPORARY.match(statement.query):
            raise QueryError(
                f"{_kind(statement)} is not for reading, and the warehouse is open read-only: --write allows it"
            )


def write_sql(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Does all statements in one transaction, and answers the rows of the last.

    Raises QueryError, and then nothing has changed.
    """
    for statement in _parse(connection, sql):
        if statement.type == StatementType.TRANSACTION:
            raise QueryError(f"{_kind(statement)} is not needed: all that is given is one transaction; leave it out")
    try:
        with committing_as(connection, SQL, "write"):
            result = connection.execute(sql)
            return result.to_arrow_table() if result.description else pa.table({})
    except duckdb.Error as error:
        raise QueryError(explain(error)) from error


def _parse(connection: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    try:
        return connection.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(explain(error)) from error


def _explained(query: str) -> str:
    """What stands behind EXPLAIN, ANALYZE and options in brackets."""
    text = query.encode()
    starts = [start for start, _ in duckdb.tokenize(query)]
    place = 1
    if text[starts[place] :].startswith(b"("):
        while not text[starts[place] :].startswith(b")"):
            place += 1
        place += 1
    elif re.match(rb"(ANALYZE|VERBOSE)\b", text[starts[place] :], re.IGNORECASE):
        place += 1
    return text[starts[place] :].decode()


def _kind(statement: duckdb.Statement) -> str:
    return str(statement.type.name).replace("_", " ")
