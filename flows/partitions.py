"""Cuts an archive into partitions: files that are loaded together, by one run that holds the writer's lock.

Comes in: what the user named, and what the ledger knows of it. Goes out: partitions in the order in which they are to
be loaded, and the files of each. Files lie in a temporary database on disk, so that a million of them take hardly any
memory. Where a partition is cut depends on the files alone, not on what is loaded of them already: what was interrupted
goes on as the same partition.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from flows.discover import Discovery, InputFile, Lookup, discover_files, is_unchanged
from flows.listing import time_of
from flows.locations import is_url, path_of_location
from flows.periods import Period, Span, period_of_path
from flows.plan import OPEN_COST_BYTES, PACKED_RATIO, FileSlice
from warehouse.ledger import opened_ledger

BATCH_FILES = 10_000
UNDATED = "undated"

_FILE_COLUMNS = ("file_uri", "location", "corpus", "size", "mtime", "etag")
_SCHEMA = pa.schema(
    [
        ("position", pa.int64()),
        ("partition_key", pa.string()),
        ("is_undated", pa.bool_()),
        ("is_changed", pa.bool_()),
        ("text_bytes", pa.int64()),
        ("file_uri", pa.string()),
        ("location", pa.string()),
        ("corpus", pa.string()),
        ("size", pa.int64()),
        ("mtime", schemas.TIMESTAMP),
        ("etag", pa.string()),
    ]
)


@dataclass(slots=True, frozen=True)
class ArchiveChoice:
    """What of an archive is to be loaded, and how it is cut. `part_bytes`: the most text of a partition, about."""

    paths: tuple[str, ...]
    corpus: str | None = None
    by: Span = Span.MONTH
    since: date | None = None
    until: date | None = None
    newest_first: bool = False
    with_undated: bool = True
    part_bytes: int = 64 << 20


@dataclass(slots=True, frozen=True)
class Partition:
    """A partition in the order of loading, from 1. `files` and `total_bytes` (as they lie there) are those to read."""

    number: int
    key: str
    piece: int
    pieces: int
    files: int
    total_bytes: int
    unchanged: int

    @property
    def name(self) -> str:
        """Such as '2015-03', or '2015-03 2/4' where it was cut by size."""
        return self.key if self.pieces == 1 else f"{self.key} {self.piece}/{self.pieces}"


@dataclass(slots=True)
class Survey:
    """What was found in an archive. `periods` are those that its paths tell, whether or not they were chosen."""

    discovery: Discovery = field(default_factory=Discovery)
    chosen: int = 0
    out_of_range: int = 0
    partly_in_range: int = 0
    undated: int = 0
    left_undated: int = 0
    periods: Counter[str] = field(default_factory=Counter)
    too_large: int = 0
    largest: InputFile | None = None
    """The largest of those that are too large to be loaded in parts, and hold more text than a partition may."""

    @property
    def found(self) -> int:
        """All files of kinds that are read."""
        return self.chosen + self.out_of_range + self.left_undated


class Plan:
    """The partitions of an archive that hold anything to read, and those that are `done`."""

    def __init__(self, database: duckdb.DuckDBPyConnection, survey: Survey, partitions: list[Partition]) -> None:
        self._database = database
        self.survey = survey
        self.partitions = [partition for partition in partitions if partition.files]
        self.done = [partition for partition in partitions if not partition.files]

    @property
    def files(self) -> int:
        """Files to read."""
        return sum(partition.files for partition in self.partitions)

    @property
    def total_bytes(self) -> int:
        """Their bytes, as they lie there."""
        return sum(partition.total_bytes for partition in self.partitions)

    @property
    def unchanged(self) -> int:
        """Files that were loaded before."""
        return sum(partition.unchanged for partition in (*self.partitions, *self.done))

    def changed_files(self, partition: Partition, known: Lookup) -> Iterator[InputFile]:
        """The files of a partition, as they are now, that the ledger does not know, in order of identity."""
        files = self._files_of(partition)
        while batch := list(islice(files, BATCH_FILES)):
            entries = known([file.file_uri for file in batch])
            for file in map(_as_it_is, batch):
                if not is_unchanged(file, entries.get(file.file_uri)):
                    yield file

    def _files_of(self, partition: Partition) -> Iterator[InputFile]:
        last = -1
        while True:
            rows = self._database.execute(
                f"SELECT position, {', '.join(_FILE_COLUMNS)} FROM pieces"
                " WHERE partition_key = ? AND piece = ? AND is_changed AND position > ? ORDER BY position LIMIT ?",
                [partition.key, partition.piece, last, BATCH_FILES],
            ).fetchall()
            for row in rows:
                yield InputFile(*row[1:])
            if len(rows) < BATCH_FILES:
                return
            last = rows[-1][0]


@contextmanager
def planned(choice: ArchiveChoice, warehouse: Path) -> Iterator[Plan]:
    """The plan, as long as the block runs. Writes nothing to the warehouse.

    Raises InputError where the archive cannot be listed, WarehouseError.
    """
    with tempfile.TemporaryDirectory(prefix="newsmill-plan-") as folder:
        database = duckdb.connect(Path(folder) / "plan.duckdb", config={"temp_directory": f"{folder}/spill"})
        try:
            with opened_ledger(warehouse) as known:
                plan = _make_plan(database, choice, known)
            yield plan
        finally:
            database.close()


def _make_plan(database: duckdb.DuckDBPyConnection, choice: ArchiveChoice, known: Lookup) -> Plan:
    survey = Survey()
    database.execute("SET TimeZone = 'UTC'")
    database.register("_empty", _SCHEMA.empty_table())
    database.execute("CREATE TABLE planned AS FROM _empty")
    # The ledger is asked here, of chosen files only, and about each: where to cut depends on all of them.
    files = discover_files(choice.paths, choice.corpus, lambda _: {}, again=True, counts=survey.discovery)
    chosen = _choose(files, choice, survey)
    position = 0
    while batch := list(islice(chosen, BATCH_FILES)):
        _store(database, batch, known, position)
        position += len(batch)
    return Plan(database, survey, _cut(database, choice))


def _choose(
    files: Iterable[InputFile], choice: ArchiveChoice, survey: Survey
) -> Iterator[tuple[InputFile, Period | None, str]]:
    """Files in the range, with the period that their path tells, and the key of their partition."""
    for file in files:
        period = period_of_path(file.file_uri)
        if period is None:
            survey.undated += 1
            if not choice.with_undated:
                survey.left_undated += 1
                continue
        else:
            survey.periods[period.widened(Span.YEAR).name] += 1
            if not period.overlaps(choice.since, choice.until):
                survey.out_of_range += 1
                continue
            survey.partly_in_range += not period.lies_within(choice.since, choice.until)
        survey.chosen += 1
        _note_size(file, choice, survey)
        yield file, period, _key_of(file, period, choice.by)


def _note_size(file: InputFile, choice: ArchiveChoice, survey: Survey) -> None:
    if _text_bytes(file) > choice.part_bytes:
        survey.too_large += 1
        if survey.largest is None or (file.size or 0) > (survey.largest.size or 0):
            survey.largest = file


def _key_of(file: InputFile, period: Period | None, by: Span) -> str:
    if by is Span.FOLDER:
        corpus, *folders = file.file_uri.split("/")[:-1]
        return "/".join((corpus, *folders[:1]))
    return period.widened(by).name if period else UNDATED


def _store(
    database: duckdb.DuckDBPyConnection,
    batch: list[tuple[InputFile, Period | None, str]],
    known: Lookup,
    first_position: int,
) -> None:
    entries = known([file.file_uri for file, _, _ in batch])
    rows = [
        {
            "position": first_position + number,
            "partition_key": key,
            "is_undated": key == UNDATED,
            "is_changed": not is_unchanged(file, entries.get(file.file_uri)),
            "text_bytes": _text_bytes(file),
            **{name: getattr(file, name) for name in _FILE_COLUMNS},
        }
        for number, (file, _, key) in enumerate(batch)
    ]
    database.register("_batch", pa.Table.from_pylist(rows, schema=_SCHEMA))
    database.execute("INSERT INTO planned FROM _batch")
    database.unregister("_batch")


def _text_bytes(file: InputFile) -> int:
    part = FileSlice(file)
    return part.size * (PACKED_RATIO if part.is_packed else 1) + OPEN_COST_BYTES


def _cut(database: duckdb.DuckDBPyConnection, choice: ArchiveChoice) -> list[Partition]:
    """Cuts partitions that are too large between files, and answers all in the order of loading."""
    database.execute(
        "CREATE TABLE pieces AS SELECT * EXCLUDE (cut), dense_rank() OVER (PARTITION BY partition_key ORDER BY cut)"
        " AS piece FROM (SELECT *, (sum(text_bytes) OVER (PARTITION BY partition_key ORDER BY position) - text_bytes)"
        " // ? AS cut FROM planned)",
        [choice.part_bytes],
    )
    database.execute("DROP TABLE planned")
    # Names of periods sort by time. What tells no date comes last whatever the order.
    order = "DESC" if choice.newest_first else "ASC"
    rows = database.execute(
        "SELECT partition_key, piece, count(*) FILTER (is_changed), coalesce(sum(size) FILTER (is_changed), 0)::BIGINT,"
        " count(*) FILTER (NOT is_changed) FROM pieces GROUP BY partition_key, piece"
        f" ORDER BY bool_and(is_undated), partition_key {order}, piece"
    ).fetchall()
    pieces = Counter(row[0] for row in rows)
    numbers = iter(range(1, len(rows) + 1))
    return [
        Partition(next(numbers) if files else 0, key, piece, pieces[key], files, size, unchanged)
        for key, piece, files, size, unchanged in rows
    ]


def _as_it_is(file: InputFile) -> InputFile:
    """The file with its present size and time: hours may have passed since it was planned. Remote ones as planned."""
    if is_url(file.location):
        return file
    try:
        status = os.stat(path_of_location(file.location))  # noqa: PTH116 - a path may hold bytes that are no text
    except OSError:
        # Reading says what is wrong with it.
        return file
    return replace(file, size=status.st_size, mtime=time_of(status.st_mtime_ns))
