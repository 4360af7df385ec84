"""What lies below a folder, local or remote, in the order of identity.

Comes in: a folder and, where only some of its files are wanted, a pattern. Goes out: `Listed` files. Memory does not
grow with their number: of one folder, or of one remote listing, no more than a run of names is held.

Identity must be unambiguous where '#' stands before record numbers and '!/' before members of archives. So in names
'#' is spelled `%23`, and '!' at the end of a folder's name `%21`. Bytes that are not UTF-8 are spelled `\\xe9`. Only
where a name holds such a spelling already, its '%' or '\\' is spelled `%25` or `%5C`. All other names stay as they are.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import translate
from glob import has_magic
from pathlib import PurePosixPath

from flows.locations import RemoteFile, list_location, location_of_path
from flows.sorting import sort_in_runs
from transforms.readers.kinds import is_of_other_kind

TROUBLES_KEPT = 10

_UNUSUAL = re.compile(r"[%#!\\\udc80-\udcff]")
_AMBIGUOUS = re.compile(r"%(?=2[135]|5C)|#|\\(?=x[89a-f][0-9a-f])")
_SPELLINGS = {"%": "%25", "#": "%23", "\\": "%5C"}


@dataclass(slots=True, frozen=True)
class Listed:
    """A file. `path` is relative to the root, spelled as in its identity; what cannot be known of the rest is None."""

    path: str
    location: str
    size: int | None = None
    mtime: datetime | None = None
    etag: str | None = None


@dataclass(slots=True)
class PassedOver:
    """What is not read: files of other kinds by suffix, links to folders, devices, folders that cannot be listed."""

    other_kinds: Counter[str] = field(default_factory=Counter)
    folder_links: int = 0
    special_files: int = 0
    unlisted_folders: int = 0
    troubles: list[str] = field(default_factory=list)
    """Of the folders that cannot be listed, the first and why."""

    def add_other_kind(self, name: str) -> None:
        """Counts a file of another kind."""
        self.other_kinds[PurePosixPath(name.lower()).suffix or name.lower()] += 1

    def add_unlisted(self, folder: str, error: OSError) -> None:
        """Notes a folder that cannot be listed."""
        self.unlisted_folders += 1
        if len(self.troubles) < TROUBLES_KEPT:
            self.troubles.append(f"{location_of_path(folder)} ({error.strerror or error})")


class Pattern:
    """What a pattern wants of the files below the folder before its first part with '*', '?' or '['.

    A folder that matches is wanted with all that is in it; '**' stands for any number of folders. Where a match could
    stand is a state: the numbers of the parts that come next.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        self.text = "/".join(parts)
        self._parts = [None if part == "**" else re.compile(translate(part)) for part in parts]
        self.start = self._skip_stars({0})
        # A pattern that itself ends like a file of another kind asks for such files.
        self.takes_all_kinds = is_of_other_kind(parts[-1])
        self.stem = re.split(r"[*?[]", parts[0])[0]

    def step(self, state: frozenset[int], name: str) -> frozenset[int]:
        """The state behind a folder or file of that name; empty where nothing more can match."""
        following: set[int] = set()
        for number in state:
            part = self._parts[number] if number < len(self._parts) else None
            if part is None:
                following.add(number)
            elif part.match(name):
                following.add(number + 1)
        return self._skip_stars(following)

    def is_whole(self, state: frozenset[int]) -> bool:
        """Whether all of the pattern has matched."""
        return len(self._parts) in state

    def matches(self, path: str) -> bool:
        """Whether the file of that path, or a folder that it lies in, matches."""
        state = self.start
        for name in path.split("/"):
            if self.is_whole(state):
                return True
            state = self.step(state, name)
        return self.is_whole(state)

    def _skip_stars(self, state: set[int]) -> frozenset[int]:
        for number, part in enumerate(self._parts):
            if part is None and number in state:
                state.add(number + 1)
        return frozenset(state)


def split_pattern(parts: Sequence[str]) -> tuple[Sequence[str], Pattern]:
    """The parts of a path before the first one with '*', '?' or '[', and the pattern that follows."""
    first = next(number for number, part in enumerate(parts) if has_magic(part))
    return parts[:first], Pattern(parts[first:])


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is passed over without a word."""
    return name.startswith(".") or name.lower() == "__macosx"


def spell_name(name: str, *, is_folder: bool = False) -> str:
    """The name of a file or folder as it stands in an identity."""
    if not _UNUSUAL.search(name):
        return name
    name = _AMBIGUOUS.sub(lambda match: _SPELLINGS[match[0]], name)
    if is_folder and name.endswith("!"):
        name = name[:-1] + "%21"
    return readable(name)


def spell_path(path: str) -> str:
    """A relative path as it stands in an identity."""
    if not _UNUSUAL.search(path):
        return path
    *folders, name = path.split("/")
    return "/".join([*(spell_name(folder, is_folder=True) for folder in folders), spell_name(name)])


def readable(name: str) -> str:
    """The name with bytes that are not UTF-8 spelled out, so that it can be stored."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def stat_file(path: str, relative: str) -> Listed:
    """A local file; without size and time where it has vanished, or is a link to nothing: reading it says why."""
    location = location_of_path(path)
    try:
        status = os.stat(path)  # noqa: PTH116 - a hundred thousand times
    except OSError:
        return Listed(relative, location)
    return Listed(relative, location, status.st_size, time_of(status.st_mtime_ns))


def list_local(folder: str, prefix: str, pattern: Pattern | None, passed: PassedOver) -> Iterator[Listed]:
    """The files below a local folder, in order of `path`, which begins with `prefix`.

    Links to folders are not followed.
    """
    lister = _LocalLister(pattern, passed)
    start = pattern.start if pattern and not pattern.is_whole(pattern.start) else None
    stack = [(folder, prefix, lister.entries(folder, start))]
    while stack:
        parent, path, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
            continue
        spelled, name, is_folder, state = entry
        place = os.path.join(parent, name)  # noqa: PTH118 - a hundred thousand times
        if is_folder:
            stack.append((place, path + spelled, lister.entries(place, state)))
        else:
            yield stat_file(place, path + spelled)


_Entry = tuple[str, str, bool, frozenset[int] | None]
"""Spelled name (a folder's with '/', as in paths), name, whether it is a folder, and the pattern's state there."""


class _LocalLister:
    """Lists single folders."""

    def __init__(self, pattern: Pattern | None, passed: PassedOver) -> None:
        self._pattern = pattern
        self._takes_all = bool(pattern and pattern.takes_all_kinds)
        self._passed = passed

    def entries(self, folder: str, state: frozenset[int] | None) -> Iterator[_Entry]:
        """What is wanted of the folder, in order. `state` None: all that is in it."""
        return sort_in_runs(self._scan(folder, state))

    def _scan(self, folder: str, state: frozenset[int] | None) -> Iterator[_Entry]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    found = None if is_hidden(entry.name) else self._take(entry, state)
                    if found:
                        yield found
        except OSError as error:
            self._passed.add_unlisted(folder, error)

    def _take(self, entry: os.DirEntry[str], state: frozenset[int] | None) -> _Entry | None:
        name = entry.name
        if self._pattern and state is not None:
            state = self._pattern.step(state, name)
            if not state:
                return None
        is_wanted = self._pattern is None or state is None or self._pattern.is_whole(state)
        if entry.is_dir(follow_symlinks=False):
            return spell_name(name, is_folder=True) + "/", name, True, None if is_wanted else state
        if not is_wanted:
            return None
        kind = _kind_of(entry)
        if kind == stat.S_IFDIR:
            self._passed.folder_links += 1
        elif kind not in (stat.S_IFREG, None):
            self._passed.special_files += 1
        elif is_of_other_kind(name) and not self._takes_all:
            self._passed.add_other_kind(name)
        else:
            return spell_name(name), name, False, None
        return None


def _kind_of(entry: os.DirEntry[str]) -> int | None:
    """What an entry or the target of a link is; None for a link to nothing."""
    if entry.is_file(follow_symlinks=False):
        return stat.S_IFREG
    try:
        return stat.S_IFMT(entry.stat().st_mode)
    except OSError:
        return None


def list_remote(url: str, prefix: str, pattern: Pattern | None, passed: PassedOver) -> Iterator[Listed]:
    """The files below a remote folder, in order of `path`, which begins with `prefix`. Raises LocationError."""
    files = list_location(url, pattern.stem if pattern else "")
    wanted = (file for file in files if _is_wanted(file, pattern, passed))
    rows = ((prefix + spell_path(file.path), file.location, file.size, file.mtime, file.etag) for file in wanted)
    return (Listed(*row) for row in sort_in_runs(rows))


def has_remote(url: str, pattern: Pattern) -> bool:
    """Whether anything below a remote folder matches. Raises LocationError."""
    return any(pattern.matches(file.path) for file in list_location(url, pattern.stem))


def _is_wanted(file: RemoteFile, pattern: Pattern | None, passed: PassedOver) -> bool:
    parts = file.path.split("/")
    if any(is_hidden(part) for part in parts) or (pattern and not pattern.matches(file.path)):
        return False
    if is_of_other_kind(parts[-1]) and not (pattern and pattern.takes_all_kinds):
        passed.add_other_kind(parts[-1])
        return False
    return True


def time_of(nanoseconds: int) -> datetime | None:
    """A file's time to the microsecond; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000 / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
