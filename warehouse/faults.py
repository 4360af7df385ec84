"""Tells faults of the machine, such as a full disk, from those of newsmill and its data.

Comes in: an exception of DuckDB, SQLite, pyarrow or the system. Goes out: a StorageError, which says in one line what
is the matter and where; None for all other exceptions.
"""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from warehouse.errors import StorageError

FULL = ("the disk is full", "make room")
FORBIDDEN = ("permission denied", "let somebody run this who may write there, or name another folder")
READ_ONLY = ("the file system is read-only", "name a folder that can be written to")
FAILING = ("input/output error", "check the disk")

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.EROFS: READ_ONLY,
    errno.EIO: FAILING,
}
# What DuckDB and the SQLite in it say of them.
_BY_WORDS = {
    os.strerror(errno.ENOSPC): FULL,
    os.strerror(errno.EDQUOT): FULL,
    os.strerror(errno.EFBIG): FULL,
    "database or disk is full": FULL,
    os.strerror(errno.EACCES): FORBIDDEN,
    "attempt to write a readonly database": FORBIDDEN,
    os.strerror(errno.EROFS): READ_ONLY,
    os.strerror(errno.EIO): FAILING,
    "disk I/O error": FAILING,
}
_SPILLING = ("failed to offload data block", "duckdb_temp_storage")
_FILE = re.compile(r'"(/[^"]+)"')

SMALLEST_FREE_BYTES = 1 << 20
"""SQLite says the same of a disk that fails and of one on which it finds no room for its index: this tells them."""


@contextmanager
def naming_faults(folder: Path) -> Iterator[None]:
    """Raises a StorageError where the disk of the warehouse in that folder is at fault for what was raised inside."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if found := storage_error(error, folder):
            raise found from error
        raise


def storage_error(error: BaseException, folder: Path) -> StorageError | None:
    """What the disk did, where it is at fault; `folder` is where, unless the exception names a file."""
    link: BaseException | None = error
    while link is not None:
        found = _of_system(link, folder) if isinstance(link, OSError) else _of_duckdb(link, folder)
        if found:
            return found
        link = link.__cause__ or link.__context__
    return None


def _of_system(error: OSError, folder: Path) -> StorageError | None:
    fault = _BY_ERRNO.get(error.errno or 0)
    path = Path(os.fsdecode(error.filename)) if error.filename else folder
    if fault is None or (fault is not FULL and not path.absolute().is_relative_to(folder.absolute())):
        return None
    return StorageError(path, *fault)


def _of_duckdb(error: BaseException, folder: Path) -> StorageError | None:
    words = str(error)
    if any(sign in words for sign in _SPILLING):
        temporary = Path(tempfile.gettempdir())
        return StorageError(temporary, FULL[0], "make room, or set TMPDIR to a folder on a larger disk")
    fault = next((fault for sign, fault in _BY_WORDS.items() if sign.lower() in words.lower()), None)
    if not isinstance(error, duckdb.Error) or fault is None:
        return None
    named = _FILE.search(words)
    if fault is FAILING and _has_no_room(folder):
        fault = FULL
    return StorageError(Path(named[1]) if named else folder, *fault)


def _has_no_room(folder: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < SMALLEST_FREE_BYTES
    return False
