"""The files of a run that are to be read, in order of identity.

Comes in: `InputFile`s as discovery finds them. Goes out: the same, as often as they are asked for. They lie in a
temporary table of the writer's connection, so that a million of them take hardly any memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import duckdb
import pyarrow as pa

import schemas
from flows.discover import InputFile

BATCH_FILES = 10_000

_SCHEMA = pa.schema(
    [
        ("file_uri", pa.string()),
        ("location", pa.string()),
        ("corpus", pa.string()),
        ("size", pa.int64()),
        ("mtime", schemas.TIMESTAMP),
        ("etag", pa.string()),
    ]
)


class Worklist:
    """The files to read; `files` is their number."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Iterable[InputFile]) -> None:
        self._connection = connection
        self.files = self._positions = 0
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE worklist (position BIGINT, file_uri VARCHAR, location VARCHAR,"
            " corpus VARCHAR, size BIGINT, mtime TIMESTAMPTZ, etag VARCHAR)"
        )
        rest = iter(files)
        while batch := list(islice(rest, BATCH_FILES)):
            self._add(batch)

    def __iter__(self) -> Iterator[InputFile]:
        for first in range(0, self._positions, BATCH_FILES):
            rows = self._connection.execute(
                "SELECT * EXCLUDE (position) FROM worklist WHERE position >= ? AND position < ? ORDER BY position",
                [first, first + BATCH_FILES],
            ).fetchall()
            for row in rows:
                yield InputFile(*row)

    def changed_since(self, moment: datetime) -> list[InputFile]:
        """Files whose content was changed at that time or later."""
        rows = self._connection.execute(
            "SELECT * EXCLUDE (position) FROM worklist WHERE mtime >= ? ORDER BY position", [moment]
        ).fetchall()
        return [InputFile(*row) for row in rows]

    def drop(self, files: Sequence[InputFile]) -> None:
        """Leaves these files out."""
        self._connection.execute(
            "DELETE FROM worklist WHERE file_uri IN (SELECT unnest(?::VARCHAR[]))", [[file.file_uri for file in files]]
        )
        self.files -= len(files)

    def _add(self, batch: list[InputFile]) -> None:
        columns = [pa.array([getattr(file, field.name) for file in batch], field.type) for field in _SCHEMA]
        positions = pa.array(range(self._positions, self._positions + len(batch)), pa.int64())
        self._connection.register(
            "found", pa.Table.from_arrays([positions, *columns], names=["position", *_SCHEMA.names])
        )
        try:
            self._connection.execute("INSERT INTO worklist SELECT * FROM found")
        finally:
            self._connection.unregister("found")
        self.files += len(batch)
        self._positions += len(batch)
