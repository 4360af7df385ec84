"""What the tests of readers share: bytes in, records that are parsed out."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from transforms.readers import detect_format
from transforms.readers.error_types import ERROR_TYPES
from transforms.readers.record import AnyRecord, BadRecord, PendingRecord, Record
from transforms.repairs import REPAIRS

Reader = Callable[[BinaryIO, int], Iterator[AnyRecord]]


def read_all(reader: Reader, raw: bytes, first_record: int = 1) -> list[Record | BadRecord]:
    """All records of these bytes; each must be well-formed, and their numbers go up by one."""
    found = [r.parse() if isinstance(r, PendingRecord) else r for r in reader(io.BytesIO(raw), first_record)]
    assert [record.record_no for record in found] == list(range(first_record, first_record + len(found)))
    for record in found:
        if isinstance(record, BadRecord):
            assert ERROR_TYPES[record.error_type][0] == record.stage
            assert "\n" not in record.message
        else:
            assert set(record.repairs) <= set(REPAIRS)
            assert all(value not in (None, "", []) for name, value in record.fields.items() if name != "text")
    return found


def read_one(reader: Reader, raw: bytes) -> Record:
    """The only record of these bytes."""
    [record] = read_all(reader, raw)
    assert isinstance(record, Record), record
    return record


def read_good(reader: Reader, raw: bytes) -> list[Record]:
    """All records of these bytes, none of which is bad."""
    found = read_all(reader, raw)
    good = [record for record in found if isinstance(record, Record)]
    assert len(good) == len(found), found
    return good


def name_of_format(raw: bytes, name: str = "") -> str | None:
    """What the registry takes the bytes for."""
    found = detect_format(raw[: 16 << 10], name)
    return found.name if found else None
