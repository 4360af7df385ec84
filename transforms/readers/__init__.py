"""Bytes of a file to its records. One module a format; a new format joins in `READERS`.

A reader takes an open binary stream and where in the file it begins, and yields `Record`s and `BadRecord`s in order;
it holds one record at a time. Compression has been taken off before.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import BinaryIO

from transforms.readers.jsonl import read_jsonl
from transforms.readers.record import BadRecord, Record
from transforms.readers.txt import read_txt

Reader = Callable[[BinaryIO, int], Iterator[Record | BadRecord]]

READERS: dict[str, Reader] = {
    ".txt": read_txt,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}
"""Reader by suffix, lower case."""

LINE_FORMATS = frozenset({".jsonl", ".ndjson"})
"""Formats of one record a line, which can be cut at line ends; all others hold one record a file."""

COMPRESSIONS = {".gz": "gzip"}
"""fsspec's name of a compression by suffix."""

__all__ = ["COMPRESSIONS", "LINE_FORMATS", "READERS", "BadRecord", "Reader", "Record", "format_of"]


def format_of(path: str) -> tuple[str, str | None] | None:
    """Format suffix and compression of a file by its name; None where no reader takes it.

    'a/b.jsonl.gz' is ('.jsonl', 'gzip').
    """
    name = PurePath(path.lower())
    compression = COMPRESSIONS.get(name.suffix)
    suffix = name.with_suffix("").suffix if compression else name.suffix
    return (suffix, compression) if suffix in READERS else None
