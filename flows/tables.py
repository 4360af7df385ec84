"""Rows in flight to pyarrow tables.

Comes in: dataclass rows. Goes out: tables of a schema of `schemas.py`, built column by column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


def table_of(rows: Sequence[Any], schema: pa.Schema, given: Mapping[str, Sequence[Any]] | None = None) -> pa.Table:
    """Dataclass rows as a table. `given` are whole columns that the rows lack; other missing columns are NULL."""
    given = given or {}
    columns = []
    for field in schema:
        if field.name in given:
            values = given[field.name]
        elif rows and hasattr(rows[0], field.name):
            values = [getattr(row, field.name) for row in rows]
        else:
            values = [None] * len(rows)
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)
