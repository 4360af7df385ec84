"""Reads one shard: bytes of its files to staged articles and rejects.

Comes in: a `Shard`. Goes out: `articles.parquet` and `rejected.parquet` in its folder, and what was read of each file.
One bad record, or one bad file, never stops a shard.
"""

import hashlib
import io
import os
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import schemas
from flows.plan import FileSlice, Shard
from flows.tables import table_of
from transforms.articles import Source, build_article, reject_record
from transforms.readers import LINE_FORMATS, READERS, BadRecord, Record
from transforms.readers.record import PARSE, SAMPLE_CHARS
from transforms.rows import Article, Rejection
from warehouse.publish import FAILED, LOADED, FileRecord
from warehouse.staging import StagedShard

READ = "read"


@dataclass(slots=True, frozen=True)
class ReadOptions:
    """What the user said of all records of a run."""

    publisher: str | None = None
    published: date | None = None


@dataclass(slots=True, frozen=True)
class ShardRead:
    """What became of a shard's files."""

    shard: StagedShard
    files: tuple[FileRecord, ...]
    articles: int
    rejected: int
    words: int


def read_shard(shard: Shard, folder: str, options: ReadOptions) -> ShardRead:
    """Reads the shard into its folder. Raises OSError only where the folder cannot be written to."""
    articles: list[Article] = []
    rejections: list[Rejection] = []
    files: list[FileRecord] = []
    failed: set[str] = set()
    for part in shard.slices:
        file = _read_slice(part, options, articles, rejections)
        files.append(file)
        if file.status == FAILED:
            failed.add(file.file_uri)
    completes = tuple(file_uri for file_uri in shard.completes if file_uri not in failed)
    staged = StagedShard(shard.number, folder, completes)
    staged.write("articles", table_of(articles, schemas.ARTICLES))
    staged.write("rejected", table_of(rejections, schemas.QUARANTINE))
    return ShardRead(
        staged, tuple(files), len(articles), len(rejections), sum(article.word_count for article in articles)
    )


def _read_slice(
    part: FileSlice, options: ReadOptions, articles: list[Article], rejections: list[Rejection]
) -> FileRecord:
    """Adds the slice's records to the lists; a file that cannot be read to its end adds a reject and keeps the rest."""
    file = part.file
    source = Source(
        corpus=file.corpus,
        file_uri=file.file_uri,
        is_multi_record=file.suffix in LINE_FORMATS,
        publisher=options.publisher,
        published=options.published,
    )
    status, digest, last_record = LOADED, part.sha256, 0
    found, rejected = len(articles), len(rejections)
    try:
        with Path(file.location).open("rb") as stream:
            if part.start == 0 and part.end is None:
                digest = _hash_stream(stream)
                stream.seek(0)
            for record in READERS[file.suffix](_content(stream, part), part.first_record):
                last_record = record.record_no
                result = _build(record, source)
                if isinstance(result, Rejection):
                    rejections.append(result)
                else:
                    articles.append(result)
    except (OSError, EOFError, zlib.error) as error:
        rejections.append(_reject_file(part, error, last_record))
        if isinstance(error, OSError) and error.errno is not None:
            # The machine's fault, not the file's: the next run tries again.
            digest = None
    if len(articles) == found and len(rejections) > rejected and part.is_last and part.first_record == 1:
        # Nothing of it could be read: what an older version of the file has brought stays.
        status = FAILED
    return FileRecord(
        file_uri=file.file_uri,
        location=os.fsencode(file.location).decode("utf-8", "backslashreplace"),
        size=file.size,
        mtime=file.mtime,
        sha256=digest,
        status=status,
        first_record=part.first_record,
        last_record=None if part.is_last else last_record,
    )


def _build(record: Record | BadRecord, source: Source) -> Article | Rejection:
    if isinstance(record, BadRecord):
        return reject_record(record, source)
    try:
        return build_article(record, source)
    except Exception as error:  # noqa: BLE001 - becomes a quarantine row; one record never stops a shard
        message = f"unexpected {type(error).__name__}: {error}; please report it with the record"
        sample = repr(record.fields)[:SAMPLE_CHARS].encode("utf-8", "replace").decode()
        return Rejection(source.file_uri, record.record_no, None, PARSE, "unexpected", message, sample)


def _content(stream: BinaryIO, part: FileSlice) -> BinaryIO:
    if part.file.compression == "gzip":
        import gzip

        return cast(BinaryIO, gzip.GzipFile(fileobj=stream))
    if part.start or part.end is not None:
        stream.seek(part.start)
        return io.BytesIO(stream.read(part.size))
    return stream


def _hash_stream(stream: BinaryIO) -> str:
    return hashlib.file_digest(cast(Any, stream), "sha256").hexdigest()


def _reject_file(part: FileSlice, error: Exception, last_record: int) -> Rejection:
    behind = f" behind record {last_record:,}" if last_record else ""
    if isinstance(error, OSError) and error.errno is not None:
        kind, why = "unreadable", f"{error.strerror or error}: check that the file is there and may be read"
    else:
        kind, why = "damaged", f"the compressed data is damaged or cut off ({error}): get the file again"
    return Rejection(part.file.file_uri, None, None, READ, kind, f"{why}{behind}", None)
