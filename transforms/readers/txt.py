"""Plain text: the file is one record, its text."""

from collections.abc import Iterator
from typing import BinaryIO

from transforms.readers.record import BadRecord, Record, undecodable


def read_txt(stream: BinaryIO, first_record: int = 1) -> Iterator[Record | BadRecord]:
    """The file's one record. Its only field is 'text'."""
    raw = stream.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield undecodable(first_record, raw, error)
        return
    yield Record(first_record, {"text": text})
