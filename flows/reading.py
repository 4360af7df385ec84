"""Reads one shard: bytes of its files to staged articles and rejects.

Comes in: a `Shard`. Goes out: parts of bounded size, each a folder with `articles.parquet` and `rejected.parquet`, and
what was read of each file. A shard may unpack to far more than its bytes: after a number of parts reading stops, and
what is left is a shard of its own. One bad record, or one bad file, never stops a shard.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

import schemas
from flows.discover import InputFile
from flows.errors import StagingError
from flows.locations import is_url, open_location, shown_location
from flows.plan import START, FileSlice, Shard
from flows.tables import table_of
from flows.watching import READ_CRASH, LethalError, Watching
from transforms.articles import Built, Place, RecordOptions, build_article, reject_record
from transforms.containers.errors import ContainerError
from transforms.containers.limits import DEFAULT_LIMITS, Limits
from transforms.readers import FORMATS
from transforms.readers.record import PARSE, READ, BadRecord, PendingRecord, sample_of
from transforms.records import Found, PassedOver, read_records
from transforms.rows import Article, Rejection
from warehouse.ledger import FAILED, LOADED, FileRecord
from warehouse.staging import StagedShard

REMOTE_WHOLE_BYTES = 64 << 20
"""Remote files up to this size are fetched in one piece, and hashed."""

AMBIGUOUS = "date_ambiguous"
"""The note on a record whose date could be read with the day or with the month first."""


@dataclass(slots=True, frozen=True)
class ReadOptions:
    """How the records of a run are read. A part is closed at `part_bytes` of text.

    `watching`: where a read of a single slice notes its place.
    """

    records: RecordOptions = field(default_factory=RecordOptions)
    limits: Limits = DEFAULT_LIMITS
    part_bytes: int = 640 * 1024
    watching: Watching | None = None


@dataclass(slots=True, frozen=True)
class PartRead:
    """A staged part of a shard: what became of its files' records, and of how many bytes of input.

    `notes` counts articles by what was repaired in them and where their dates come from. `passed_over` are names of
    archive members of other kinds.
    """

    shard: StagedShard
    files: tuple[FileRecord, ...]
    articles: int
    rejected: int
    words: int
    size: int
    notes: Counter[str]
    passed_over: int = 0


@dataclass(slots=True, frozen=True)
class ShardRead:
    """The parts of a shard in order, and what of it has not been read yet."""

    parts: tuple[PartRead, ...]
    rest: Shard | None = None

    @property
    def has_ambiguous_dates(self) -> bool:
        """Whether a date could not be read for want of knowing whether day or month stands first."""
        return any(part.notes[AMBIGUOUS] for part in self.parts)


def read_shard(shard: Shard, folder: str, options: ReadOptions, most_parts: int) -> ShardRead:
    """Reads the shard into folders below FOLDER, until so many parts have been written.

    Raises StagingError where the machine fails: the folder cannot be written to.
    """
    writer = _PartWriter(folder, options.part_bytes)
    for number, part in enumerate(shard.slices):
        rest = _SliceReading(part, options, writer).run(most_parts)
        if rest:
            return ShardRead(tuple(writer.parts), Shard((rest, *shard.slices[number + 1 :])))
    writer.close_part()
    return ShardRead(tuple(writer.parts))


class _PartWriter:
    """Collects rows, and writes them as parts."""

    def __init__(self, folder: str, part_bytes: int) -> None:
        self._folder = folder
        self._part_bytes = part_bytes
        self.parts: list[PartRead] = []
        self._begin()

    def _begin(self) -> None:
        self._articles: list[Article] = []
        self._rejections: list[Rejection] = []
        self._files: list[FileRecord] = []
        self._completes: list[str] = []
        self._notes = Counter[str]()
        self._filled = self._size = self.passed_over = 0

    @property
    def is_full(self) -> bool:
        """Whether the part holds enough."""
        return self._filled >= self._part_bytes

    def add(self, built: Built) -> None:
        """Adds what became of a record."""
        row = built.row
        if isinstance(row, Article):
            self._articles.append(row)
            self._filled += row.char_count
        else:
            self._rejections.append(row)
            self._filled += len(row.sample or "")
        self._notes.update(built.notes)

    def add_file(self, file: FileRecord, size: int, *, is_complete: bool) -> None:
        """Says what the part holds of a file, and whether it holds its end."""
        self._files.append(file)
        self._size += size
        if is_complete:
            self._completes.append(file.file_uri)

    def close_part(self) -> None:
        """Writes what has been collected, where that is anything."""
        if not self._files:
            return
        number = len(self.parts) + 1
        staged = StagedShard(number, f"{self._folder}/{number}", tuple(self._completes))
        try:
            staged.write("articles", table_of(self._articles, schemas.ARTICLES))
            staged.write("rejected", table_of(self._rejections, schemas.QUARANTINE))
        except OSError as error:
            raise StagingError(self._files[-1].file_uri, error, self._folder) from error
        self.parts.append(
            PartRead(
                staged,
                tuple(self._files),
                len(self._articles),
                len(self._rejections),
                sum(article.word_count for article in self._articles),
                self._size,
                self._notes,
                self.passed_over,
            )
        )
        self._begin()


class _SliceReading:
    """One slice on its way into parts."""

    def __init__(self, part: FileSlice, options: ReadOptions, writer: _PartWriter) -> None:
        self._part = part
        self._options = options
        self._writer = writer
        self._digest = part.sha256
        self._articles = part.articles_before
        self._has_rejects = False
        self._taken = set[int]()
        self._first_record = part.resume.first_record + part.resume.skip
        self._last_record = self._first_record - 1
        self._bytes_read = part.bytes_before
        self._is_readable = True
        self._base = part.resume.offset if part.line_format else 0

    def run(self, most_parts: int) -> FileSlice | None:
        """Reads to the slice's end, or until that many parts are written; answers what is left then."""
        part = self._part
        try:
            if self._options.watching:
                self._options.watching.check(self._last_record)
            with self._open() as stream:
                for found in self._records(stream):
                    if isinstance(found, PassedOver):
                        self._writer.passed_over += 1
                    elif self._take(found) and self._writer.is_full:
                        self._close_part(self._base + stream.tell())
                        if part.line_format is None and len(self._writer.parts) >= most_parts:
                            return self._rest_behind(found)
        except LethalError as error:
            self._reject_file(READ_CRASH, str(error))
        except ContainerError as error:
            self._reject_file(error.error_type, f"{error}: {error.remedy}")
        except OSError as error:
            # The machine's fault, not the file's: the next run tries again.
            self._is_readable = False
            self._reject_file("unreadable", f"{error.strerror or error}: check that the file is there and may be read")
        self._finish()
        return None

    def _records(self, stream: BinaryIO) -> Iterator[Found | PassedOver]:
        records, watching = self._all_records(stream), self._options.watching
        return watching.follow(records, self._last_record) if watching else records

    def _all_records(self, stream: BinaryIO) -> Iterator[Found | PassedOver]:
        part = self._part
        if part.line_format is None:
            return read_records(stream, part.file.file_uri, limits=self._options.limits, resume=part.resume)
        read = next(format_.read for format_ in FORMATS if format_.name == part.line_format)
        records = read(stream, part.resume.first_record)
        return (Found(record, record.record_no, None, True, part.resume) for record in records)

    def _open(self) -> BinaryIO:
        """The bytes of the file, or of the slice of a cut one. The hash of a file is taken when it is first opened."""
        part, file = self._part, self._part.file
        stream = open_location(file.location)
        if part.line_format:
            with stream:
                stream.seek(part.resume.offset)
                return io.BytesIO(stream.read(-1 if part.end is None else part.end - part.resume.offset))
        if self._digest is None and not is_url(file.location):
            self._digest = hashlib.file_digest(cast(Any, stream), "sha256").hexdigest()
            stream.seek(0)
        elif self._digest is None and file.size is not None and file.size <= REMOTE_WHOLE_BYTES:
            with stream:
                raw = stream.read()
            self._digest = hashlib.sha256(raw).hexdigest()
            return io.BytesIO(raw)
        return stream

    def _take(self, found: Found) -> bool:
        """Adds the record to the part, if it is wanted."""
        self._last_record = found.record_no
        if self._part.only is not None and found.record_no not in self._part.only:
            return False
        if self._part.only is not None:
            self._taken.add(found.record_no)
        built = self._build(found)
        self._writer.add(built)
        if isinstance(built.row, Article):
            self._articles += 1
        else:
            self._has_rejects = True
        return True

    def _build(self, found: Found) -> Built:
        file = self._part.file
        place = Place(file.corpus, file.file_uri, found.record_no, found.holds_many, found.member)
        record = found.record
        try:
            if isinstance(record, PendingRecord):
                record = record.parse()
            if isinstance(record, BadRecord):
                return Built(reject_record(record, place))
            return build_article(record, place, self._options.records)
        except OSError as error:
            raise StagingError(place.file_uri, error) from error
        except Exception as error:  # noqa: BLE001 - becomes a quarantine row; one record never stops a shard
            message = sample_of(f"unexpected {type(error).__name__}: {error}; please report it with the record")
            sample = sample_of(repr(getattr(record, "fields", "")))
            return Built(
                Rejection(file.file_uri, found.record_no, None, PARSE, "unexpected", message, sample, found.member)
            )

    def _close_part(self, position: int) -> None:
        """Ends the writer's part behind the last record."""
        self._writer.add_file(self._file_record(self._last_record), self._advance(position), is_complete=False)
        self._writer.close_part()
        self._first_record = self._last_record + 1

    def _advance(self, position: int) -> int:
        """Bytes of input read since the last call. A zip is not read from front to back; its end counts last."""
        size = max(position - self._bytes_read, 0)
        self._bytes_read += size
        return size

    def _rest_behind(self, found: Found) -> FileSlice:
        return replace(
            self._part,
            resume=found.resume,
            sha256=self._digest,
            bytes_before=self._bytes_read,
            articles_before=self._articles,
        )

    def _reject_file(self, error_type: str, message: str) -> None:
        after = f" (its first {self._last_record:,} records are loaded)" if self._last_record else ""
        rejection = Rejection(self._part.file.file_uri, None, None, READ, error_type, f"{message}{after}")
        self._writer.add(Built(rejection))
        self._has_rejects = True

    def _finish(self) -> None:
        """Closes the file, as far as this slice goes.

        Where nothing of the whole file could be read, what an older version of it has brought stays.
        """
        part = self._part
        has_failed = self._has_rejects or part.resume != START
        is_failed = has_failed and self._articles == 0 and not part.line_format and part.only is None
        record = self._file_record(None if part.is_last else self._last_record)
        self._writer.add_file(
            replace(record, status=FAILED if is_failed else LOADED),
            self._advance(part.bytes_before + part.size),
            is_complete=part.is_last and not is_failed and part.only is None,
        )
        if self._writer.is_full:
            self._writer.close_part()

    def _file_record(self, last_record: int | None) -> FileRecord:
        file = self._part.file
        return FileRecord(
            file_uri=file.file_uri,
            location=shown_location(file.location),
            size=file.size,
            mtime=file.mtime,
            etag=_version_of(file) if self._is_readable else None,
            sha256=self._digest if self._is_readable else None,
            status=LOADED,
            first_record=self._first_record,
            last_record=last_record,
            only=None if self._part.only is None else frozenset(self._taken),
        )


def _version_of(file: InputFile) -> str | None:
    """What tells a version of a remote file from the next; None for local files."""
    if not is_url(file.location):
        return None
    return file.etag or f"{file.size}-{file.mtime:%Y%m%dT%H%M%S}" if file.mtime else file.etag
