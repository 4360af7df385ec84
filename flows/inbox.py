"""Input folders that others write to: files that are not finished are left alone, and loaded ones are cleared away.

Comes in: the files of a run. Goes out: those that stand still; and, after their rows are committed, the files moved or
deleted, where that is asked for. Only local files are; what could not be loaded stays where it is.
"""

import os
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from glob import has_magic
from pathlib import Path

import duckdb

from flows.discover import InputFile
from flows.errors import InputError
from flows.listing import split_pattern, time_of
from flows.locations import is_url, path_of_location
from flows.options import After
from flows.progress import reporter
from flows.worklist import Worklist
from warehouse.catalog import retry_locked
from warehouse.ledger import LOADED, FileRecord, KnownFile, relocate_files


@dataclass(slots=True, frozen=True)
class Clearing:
    """What becomes of loaded files, and where to they are moved."""

    after: After = After.KEEP
    to: Path | None = None


def plan_clearing(after: After, to: str | None, paths: Sequence[str]) -> Clearing:
    """The same as a user says it. Raises InputError where it cannot be done with these inputs."""
    if after is After.KEEP:
        if to is not None:
            raise InputError("--to is for --after move: give both")
        return Clearing()
    if remote := next((path for path in paths if is_url(path)), None):
        raise InputError(f"--after {after} cannot be used with '{remote}': only local files are moved or deleted")
    if after is After.DELETE:
        if to is not None:
            raise InputError("--to is for --after move: --after delete leaves nothing to move")
        return Clearing(after)
    if to is None:
        raise InputError("--after move needs --to DIR: the folder that loaded files are moved to")
    target = Path(to).expanduser().resolve()
    for path in paths:
        if _is_read(target, Path(path_of_location(path)).expanduser()):
            raise InputError(f"--to '{to}' lies in the input '{path}', and would be loaded again: name another folder")
    return Clearing(after, target)


def leave_unfinished(worklist: Worklist, seconds: float) -> tuple[int, int]:
    """Leaves files that are still being written to the next run. Answers how many, and their bytes.

    Those that were changed within so many seconds are looked at twice, that long apart.
    """
    if seconds <= 0:
        return 0, 0
    young = worklist.changed_since(datetime.now(UTC) - timedelta(seconds=seconds))
    if not young:
        return 0, 0
    time.sleep(seconds)
    unfinished = [file for file in young if not _is_as_before(file.location, file.size, file.mtime)]
    worklist.drop(unfinished)
    return len(unfinished), sum(file.size or 0 for file in unfinished)


class Clearer:
    """Moves or deletes files whose rows are committed, and tells the ledger where they are then."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, clearing: Clearing) -> None:
        self._connection = connection
        self._clearing = clearing
        self.cleared = 0
        self.left = 0
        """Files that could not be moved or deleted, or that have changed since they were read."""

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be done at all."""
        return self._clearing.after is not After.KEEP

    def clear_unchanged(self, files: Iterable[tuple[InputFile, KnownFile]]) -> None:
        """Clears files that an earlier run has loaded, as one that was killed before it came to that."""
        loaded = [file for file, known in files if known.status == LOADED]
        self._clear([(file.file_uri, file.location, file.size, file.mtime) for file in loaded])

    def clear_loaded(self, files: Iterable[FileRecord]) -> None:
        """Clears files that have been committed."""
        loaded = [file for file in files if file.status == LOADED]
        self._clear([(file.file_uri, file.location, file.size, file.mtime) for file in loaded])

    def _clear(self, files: Sequence[tuple[str, str, int | None, datetime | None]]) -> None:
        if not self.is_wanted:
            return
        moved: dict[str, str] = {}
        for file_uri, location, size, mtime in files:
            if is_url(location):
                continue
            if not _is_as_before(location, size, mtime):
                self.left += 1
                continue
            try:
                target = self._clear_one(Path(path_of_location(location)), file_uri)
            except OSError as error:
                self.left += 1
                reporter().note(f"{location} is loaded, and cannot be cleared away: {error.strerror or error}")
                continue
            self.cleared += 1
            if target:
                moved[file_uri] = str(target)
        if moved:
            retry_locked(lambda: relocate_files(self._connection, moved))

    def _clear_one(self, path: Path, file_uri: str) -> Path | None:
        if self._clearing.to is None:
            path.unlink()
            return None
        target = _free_name(self._clearing.to / file_uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        return target


def _is_read(folder: Path, path: Path) -> bool:
    """Whether an input, a path or a pattern, takes in the files of that folder, too."""
    if path.exists() or not has_magic(str(path)):
        return folder.is_relative_to(path.resolve())
    fixed, pattern = split_pattern(path.parts)
    base = Path(*fixed).resolve()
    return folder.is_relative_to(base) and pattern.matches(str(folder.relative_to(base) / "file.txt"))


def _free_name(wanted: Path) -> Path:
    """The path, or with a number where there is such a file already: 'a.jsonl', 'a.2.jsonl'."""
    target, number = wanted, 1
    while target.exists():
        number += 1
        target = wanted.with_name(f"{wanted.stem}.{number}{wanted.suffix}")
    return target


def _is_as_before(location: str, size: int | None, mtime: datetime | None) -> bool:
    if is_url(location):
        return True
    try:
        status = os.stat(path_of_location(location))  # noqa: PTH116 - as discovery does
    except OSError:
        return False
    return (status.st_size, time_of(status.st_mtime_ns)) == (size, mtime)
