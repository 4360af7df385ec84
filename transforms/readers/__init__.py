"""Bytes of a file to its records. One module a format; a new format joins in `FORMATS`.

A reader takes an open binary stream and the number of its first record, and yields `Record`s, `BadRecord`s and
`PendingRecord`s in order, one at a time, in bounded memory. The stream may lack `seek` (ask `stream.seekable()`).
A reader raises nothing of its own: a fault of the data is a `BadRecord`; errors of the stream itself (OSError,
EOFError, `transforms.containers.errors.ContainerError`) pass through it. A reader that sets `next_offset` can be called
again with a stream that begins there.

Compression and archives have been taken off before (`transforms.containers`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from transforms.readers.delimited import has_known_header, looks_delimited, read_delimited
from transforms.readers.feed import looks_like_feed, read_feed
from transforms.readers.front_matter import looks_like_front_matter, read_front_matter
from transforms.readers.json_document import is_json_by_name, looks_like_json, read_json
from transforms.readers.jsonl import is_jsonl_by_name, looks_like_jsonl, read_jsonl
from transforms.readers.mail import looks_like_mail, read_mail
from transforms.readers.newsml import looks_like_newsml, read_newsml
from transforms.readers.nitf import looks_like_nitf, read_nitf
from transforms.readers.parquet import looks_like_parquet, read_parquet
from transforms.readers.record import AnyRecord, BadRecord, PendingRecord, Record
from transforms.readers.reuters_sgml import looks_like_reuters_sgml, read_reuters_sgml
from transforms.readers.txt import looks_like_text, read_txt
from transforms.readers.warc import looks_like_warc, read_warc
from transforms.readers.webpage import is_webpage_by_name, looks_like_webpage, read_webpage

Reader = Callable[[BinaryIO, int], Iterator[AnyRecord]]

HEAD_BYTES = 16 << 10
"""How much of a stream its format is told by."""


@dataclass(slots=True, frozen=True)
class Format:
    """A kind of file. `matches` says whether the first `HEAD_BYTES` of content look like it; `suffixes` are hints.

    `matches_named` is asked in its place where the name has one of the suffixes: less is enough then.
    """

    name: str
    suffixes: frozenset[str]
    matches: Callable[[bytes], bool]
    read: Reader
    holds_many: bool
    splits_at_lines: bool = False
    matches_named: Callable[[bytes], bool] | None = None


FORMATS: tuple[Format, ...] = (
    Format("parquet", frozenset({".parquet", ".pq", ".parq"}), looks_like_parquet, read_parquet, True),
    Format("warc", frozenset({".warc", ".wet"}), looks_like_warc, read_warc, True),
    Format("jsonl", frozenset({".jsonl", ".ndjson", ".jl"}), looks_like_jsonl, read_jsonl, True, splits_at_lines=True,
           matches_named=is_jsonl_by_name),
    Format("json", frozenset({".json"}), looks_like_json, read_json, True, matches_named=is_json_by_name),
    Format("newsml", frozenset({".xml", ".newsml"}), looks_like_newsml, read_newsml, True),
    Format("nitf", frozenset({".xml", ".nitf"}), looks_like_nitf, read_nitf, True),
    Format("feed", frozenset({".xml", ".rss", ".atom", ".rdf"}), looks_like_feed, read_feed, True),
    Format("reuters_sgml", frozenset({".sgm", ".sgml"}), looks_like_reuters_sgml, read_reuters_sgml, True),
    Format("html", frozenset({".html", ".htm", ".xhtml", ".shtml"}), looks_like_webpage, read_webpage, False,
           matches_named=is_webpage_by_name),
    Format("front_matter", frozenset({".md", ".markdown"}), looks_like_front_matter, read_front_matter, False,
           matches_named=looks_like_text),
    Format("mail", frozenset({".mbox", ".eml"}), looks_like_mail, read_mail, True),
    Format("csv", frozenset({".csv", ".tsv", ".tab", ".psv"}), has_known_header, read_delimited, True,
           matches_named=looks_delimited),
    # No suffix: what is called .txt may be anything.
    Format("text", frozenset(), looks_like_text, read_txt, False),
)  # fmt: skip
"""Every format, the surest to tell first."""


def detect_format(head: bytes, name: str = "") -> Format | None:
    """The format of a stream by how it begins; a name's suffix decides where content fits several. None: no format."""
    suffix = PurePosixPath(name.lower()).suffix
    named = (f for f in FORMATS if suffix in f.suffixes and (f.matches_named or f.matches)(head))
    return next(named, None) or next((f for f in FORMATS if f.matches(head)), None)


__all__ = ["FORMATS", "HEAD_BYTES", "AnyRecord", "BadRecord", "Format", "PendingRecord", "Reader", "Record",
           "detect_format"]  # fmt: skip
