"""A copy of the catalog, for who may read the warehouse but not write to its folder.

Comes in: the catalog's file. Goes out: a copy of it in a temporary folder. SQLite cannot read a catalog in WAL mode
where it may not make its index beside it, so that a read-only disk, or a folder of another user, could not be asked.
"""

import shutil
import tempfile
import time
from pathlib import Path

ATTEMPTS = 50
WAIT_SECONDS = 0.1
LOG_SUFFIX = "-wal"


def copied_catalog(catalog: Path) -> Path:
    """The copy, as of one moment, with what the log beside it holds. Who asks for it removes its folder."""
    folder = Path(tempfile.mkdtemp(prefix="newsmill-catalog-"))
    copy = folder / catalog.name
    for _ in range(ATTEMPTS):
        before = _versions(catalog)
        shutil.copyfile(catalog, copy)
        if log := before[1]:
            _copy_log(catalog, copy)
        else:
            _log(copy).unlink(missing_ok=True)
        # Where somebody is writing the two may not belong together.
        if _versions(catalog) == before and bool(log) == _log(copy).exists():
            break
        time.sleep(WAIT_SECONDS)
    return copy


def _copy_log(catalog: Path, copy: Path) -> None:
    try:
        shutil.copyfile(_log(catalog), _log(copy))
    except FileNotFoundError:
        _log(copy).unlink(missing_ok=True)


def _versions(catalog: Path) -> list[tuple[int, int] | None]:
    """Time and size of the catalog and of its log; None where there is none."""
    found: list[tuple[int, int] | None] = []
    for path in (catalog, _log(catalog)):
        try:
            stat = path.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
        except FileNotFoundError:
            found.append(None)
    return found


def _log(catalog: Path) -> Path:
    return catalog.with_name(catalog.name + LOG_SUFFIX)
