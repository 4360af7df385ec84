"""Lists the input files and drops those that the ledger says are unchanged.

Comes in: what the user named (files, folders, patterns; local or URLs). Goes out: `InputFile`s in the order of their
identity, one at a time: memory does not grow with the number of files. Content is read only to tell whether a local
file whose time has changed is really another.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from glob import has_magic
from heapq import merge
from itertools import islice
from operator import attrgetter, itemgetter
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, cast

from flows.errors import InputError
from flows.listing import (
    Listed,
    PassedOver,
    Pattern,
    has_remote,
    is_hidden,
    list_local,
    list_remote,
    readable,
    spell_name,
    spell_path,
    split_pattern,
    stat_file,
    time_of,
)
from flows.locations import (
    PAGED,
    WEB,
    LocationError,
    RemoteFile,
    folder_of_url,
    is_url,
    list_location,
    name_of_url,
    normal_url,
    open_location,
    path_of_location,
    scheme_of,
    shown_location,
    stat_location,
    with_secrets,
)
from transforms.readers.kinds import is_of_other_kind
from warehouse.ledger import KnownFile

LOOKUP_FILES = 10_000
"""Files looked up in the ledger at a time."""

KINDS_SHOWN = 3

Lookup = Callable[[Sequence[str]], Mapping[str, KnownFile]]


@dataclass(slots=True, frozen=True)
class InputFile:
    """A file to read. `file_uri` is its identity: corpus/path relative to the input root, with '/' as separator.

    `location` opens with `open_location`; it may hold a secret: store and show `shown_location` of it. What the file
    system or server does not tell of size (bytes), time and version is None.
    """

    file_uri: str
    location: str
    corpus: str
    size: int | None
    mtime: datetime | None
    etag: str | None = None


@dataclass(slots=True)
class Discovery:
    """What was found under the inputs; complete when `discover_files` has come to its end.

    `files` and `total_bytes` (as they lie there, where known) are those to read.
    """

    files: int = 0
    total_bytes: int = 0
    unchanged: int = 0
    passed_over: PassedOver = field(default_factory=PassedOver)
    kept: list[tuple[InputFile, KnownFile]] | None = None
    """The unchanged files with what is known of them, where a list is given to be filled."""

    @property
    def other_kinds(self) -> int:
        """Files that were passed over because of their names."""
        return self.passed_over.other_kinds.total()

    def clear(self) -> None:
        """Begins to count anew."""
        self.files = self.total_bytes = self.unchanged = 0
        self.passed_over = PassedOver()
        self.kept = None if self.kept is None else []


@dataclass(slots=True, frozen=True)
class Root:
    """One input. `base` is the folder by which its files are named (path or URL), `inner` the path from there to what
    is listed: a folder (whole, or by a pattern) or one file, which `file` describes."""

    base: str
    inner: str = ""
    pattern: Pattern | None = None
    file: Listed | None = None

    @property
    def place(self) -> str:
        """The folder or file that is listed."""
        return f"{self.base.rstrip('/')}/{self.inner}" if self.inner else self.base

    @property
    def is_folder(self) -> bool:
        """Whether all below it is listed."""
        return self.pattern is None and self.file is None


def check_paths(paths: Sequence[str]) -> None:
    """Raises InputError where a path, pattern or URL means nothing that can be listed."""
    find_roots(paths)


def find_roots(paths: Sequence[str]) -> list[Root]:
    """What the user named, each once; where one input lies in the folder of another, the outermost names both.

    Raises InputError where one does not exist or cannot be listed.
    """
    roots = [_remote_root(with_secrets(text)) if is_url(text) else _local_root(text) for text in paths]
    return _settle(roots)


def discover_files(
    paths: Sequence[str], corpus: str | None, known: Lookup, *, again: bool = False, counts: Discovery | None = None
) -> Iterator[InputFile]:
    """The files under the paths that have to be read, in order of identity.

    `known` answers the ledger's entries, `again` ignores them; `counts` begins anew and is filled on the way. Raises
    InputError: at once where a path does not exist; later where two different files would have one identity, or a
    remote folder cannot be listed to its end.
    """
    roots = find_roots(paths)
    found = Discovery() if counts is None else counts
    found.clear()
    return _changed(_distinct(_in_order(roots, corpus, found.passed_over)), known, found, again=again)


def describe_input(location: str, file_uri: str, corpus: str) -> InputFile:
    """The file at a location, as it is now. Raises OSError or InputError where there is none."""
    if is_url(location):
        remote = stat_location(location)
        if remote is None:
            raise LocationError(f"'{shown_location(location)}' is a folder now: ingest it anew", errno.EISDIR)
        return InputFile(file_uri, location, corpus, remote.size, remote.mtime, remote.etag)
    path = path_of_location(location)
    status = os.stat(path)  # noqa: PTH116 - as all paths here
    return InputFile(file_uri, location, corpus, status.st_size, time_of(status.st_mtime_ns))


def is_unchanged(file: InputFile, known: KnownFile | None) -> bool:
    """Whether the file is as the ledger knows it: by size and version or time; a local one else by its content."""
    if known is None or not known.is_readable or known.size != file.size:
        return False
    if file.etag and known.etag:
        return file.etag == known.etag
    if file.mtime and file.mtime == known.mtime:
        return True
    if known.sha256 is None or is_url(file.location):
        return False
    try:
        return sha256_of_file(file.location) == known.sha256
    except OSError:
        return False


def sha256_of_file(location: str) -> str:
    """sha256 of the bytes of a file. Raises OSError where it cannot be read."""
    with open_location(location) as stream:
        return hashlib.file_digest(cast(Any, stream), "sha256").hexdigest()


# --- what the user named ----------------------------------------------------------------------------------------------


def _local_root(text: str) -> Root:
    if not text:
        raise InputError("a path is empty: name a folder, a file or a pattern with '*'")
    path = Path(path_of_location(text)).expanduser()
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if has_magic(text):
            return _local_pattern(path, text)
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise InputError(f"'{text}' does not exist: name a folder, a file or a pattern with '*'") from error
        raise InputError(f"'{text}' cannot be read ({error.strerror}): check that you may read it") from error
    if S_ISDIR(mode):
        return Root(_listable(path, text))
    if not S_ISREG(mode):
        raise InputError(f"'{text}' is neither a file nor a folder: save its content to a file first")
    parent = str(path.parent.resolve())
    return Root(parent, path.name, file=stat_file(os.path.join(parent, path.name), ""))  # noqa: PTH118


def _local_pattern(path: Path, text: str) -> Root:
    fixed, pattern = split_pattern(path.parts)
    folder = Path(*fixed)
    if not folder.is_dir() or not _has_local(_listable(folder, text), pattern):
        raise InputError(f"nothing matches '{text}': check the pattern, or name a folder or file")
    return Root(str(folder.resolve()), pattern=pattern)


def _listable(folder: Path, text: str) -> str:
    """The folder's real path. Raises InputError where it may not be listed."""
    try:
        os.scandir(folder).close()
        return str(folder.resolve())
    except OSError as error:
        raise InputError(f"'{text}' cannot be listed ({error.strerror}): check that you may read it") from error


def _remote_root(text: str) -> Root:
    url = normal_url(text)
    if scheme_of(url) in WEB:
        return _file_root(url, stat_location(url))
    bucket, slash, _ = url.split("://", 1)[1].partition("/")
    if scheme_of(url) in PAGED and has_magic(bucket):
        raise LocationError(f"'{shown_location(url)}': patterns do not work for buckets: name one", errno.EINVAL)
    if scheme_of(url) in PAGED and not slash:
        # A bucket may be empty.
        next(list_location(url), None)
        return Root(url)
    try:
        file = None if text.endswith("/") else stat_location(url)
        if file or next(list_location(url), None):
            return _file_root(url, file) if file else Root(url)
    except LocationError as error:
        if error.errno != errno.ENOENT or not has_magic(url):
            raise
    if not has_magic(url):
        raise LocationError(f"'{shown_location(text)}': there is nothing: check the name", errno.ENOENT)
    return _remote_pattern(url)


def _file_root(url: str, file: RemoteFile | None) -> Root:
    name = name_of_url(url) if scheme_of(url) in WEB else url.rpartition("/")[2]
    return Root(folder_of_url(url), name, file=Listed("", url, file.size, file.mtime, file.etag) if file else None)


def _remote_pattern(url: str) -> Root:
    scheme, rest = url.split("://", 1)
    fixed, pattern = split_pattern(rest.split("/"))
    folder = f"{scheme}://{'/'.join(fixed)}"
    if not has_remote(folder, pattern):
        raise LocationError(
            f"nothing matches '{shown_location(url)}': check the pattern, or name a folder or file", errno.ENOENT
        )
    return Root(folder, pattern=pattern)


def _has_local(folder: str, pattern: Pattern) -> bool:
    passed = PassedOver()
    return next(list_local(folder, "", pattern, passed), None) is not None or bool(passed.other_kinds)


def _settle(roots: Sequence[Root]) -> list[Root]:
    """Each root named by its outermost base, and none that another lists anyway."""
    bases = {root.base for root in roots if not root.file}
    named = {_rebase(root, bases) for root in roots}
    folders = [root for root in named if root.is_folder]
    return [root for root in named if not any(_lists(folder, root) for folder in folders if folder is not root)]


def _rebase(root: Root, bases: Iterable[str]) -> Root:
    outermost = min((base for base in bases if _path_within(root.base, base) is not None), key=len, default=root.base)
    way = _path_within(root.base, outermost)
    return replace(root, base=outermost, inner="/".join(filter(None, (way, root.inner))))


def _lists(folder: Root, root: Root) -> bool:
    """Whether all files of the root are found in the folder anyway."""
    way = _path_within(root.place, folder.place)
    if way is None or (root.pattern and root.pattern.takes_all_kinds):
        return False
    names = way.split("/") if way else []
    is_passed_over = any(map(is_hidden, names)) or (root.file is not None and is_of_other_kind(names[-1]))
    return not is_passed_over


def _path_within(place: str, folder: str) -> str | None:
    """The relative path from a folder to a place in it; '' for itself, None where it lies elsewhere."""
    top = folder.rstrip("/") + "/"
    if place.rstrip("/") + "/" == top:
        return ""
    return place[len(top) :] if place.startswith(top) else None


# --- their files, in order --------------------------------------------------------------------------------------------


def _in_order(roots: Iterable[Root], corpus: str | None, passed: PassedOver) -> Iterator[InputFile]:
    """The files of all roots in order of identity. Roots that follow on each other are opened one after the other."""
    named = [(_corpus_of(root, corpus), root) for root in roots]
    for group in _overlapping(sorted(((_prefix(*pair), *pair) for pair in named), key=itemgetter(0))):
        single = [_single_file(name, root.file, prefix) for prefix, name, root in group if root.file]
        several = [_files_of(name, root, prefix, passed) for prefix, name, root in group if not root.file]
        yield from merge(single, *several, key=attrgetter("file_uri"))


def _overlapping(named: Iterable[tuple[str, str, Root]]) -> Iterator[list[tuple[str, str, Root]]]:
    """Groups roots whose identities come in between each other: those that begin like the first of the group."""
    group: list[tuple[str, str, Root]] = []
    for item in named:
        if group and not item[0].startswith(group[0][0]):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _corpus_of(root: Root, corpus: str | None) -> str:
    base = shown_location(root.base) if is_url(root.base) else root.base
    return corpus or base.rstrip("/").rpartition("/")[2] or "root"


def _prefix(corpus: str, root: Root) -> str:
    """How the identity of all its files begins; of a single file, its identity."""
    top = spell_name(corpus, is_folder=True) + "/"
    if root.file:
        return top + spell_path(root.inner)
    return top + (spell_path(root.inner + "/") if root.inner else "")


def _single_file(corpus: str, file: Listed, file_uri: str) -> InputFile:
    return InputFile(file_uri, file.location, readable(corpus), file.size, file.mtime, file.etag)


def _files_of(corpus: str, root: Root, prefix: str, passed: PassedOver) -> Iterator[InputFile]:
    listing = list_remote if is_url(root.place) else list_local
    corpus_name = readable(corpus)
    for file in listing(root.place, prefix, root.pattern, passed):
        yield InputFile(file.path, file.location, corpus_name, file.size, file.mtime, file.etag)


def _distinct(files: Iterable[InputFile]) -> Iterator[InputFile]:
    """Each file once, where inputs overlap. The files must be in order of identity."""
    last: InputFile | None = None
    for file in files:
        if last is None or file.file_uri != last.file_uri:
            yield file
        elif shown_location(file.location) != shown_location(last.location):
            raise InputError(
                f"{shown_location(last.location)} and {shown_location(file.location)} would both be {file.file_uri}:"
                " ingest them one after the other, each with a --corpus of its own"
            )
        last = file


# --- what has changed -------------------------------------------------------------------------------------------------


def _changed(files: Iterator[InputFile], known: Lookup, found: Discovery, *, again: bool) -> Iterator[InputFile]:
    while batch := list(islice(files, LOOKUP_FILES)):
        entries = {} if again else known([file.file_uri for file in batch])
        for file in batch:
            entry = entries.get(file.file_uri)
            if entry and is_unchanged(file, entry):
                found.unchanged += 1
                if found.kept is not None:
                    found.kept.append((file, entry))
            else:
                found.files += 1
                found.total_bytes += file.size or 0
                yield file


# --- what to say ------------------------------------------------------------------------------------------------------


def describe_nothing(paths: Sequence[str], found: Discovery) -> str:
    """One line that says why there is nothing to read."""
    where = ", ".join(shown_location(path) for path in paths)
    if found.unchanged:
        return f"nothing new: {found.unchanged:,} files in {where} are unchanged since they were loaded"
    if found.other_kinds:
        kinds = ", ".join(suffix for suffix, _ in found.passed_over.other_kinds.most_common(KINDS_SHOWN))
        return (
            f"nothing to read in {where}: {found.other_kinds:,} files, all of kinds that are passed over ({kinds});"
            " a file that is named outright is always read"
        )
    return f"nothing to read in {where}: there are no files"


def describe_passed_over(found: Discovery) -> list[str]:
    """What the user should know of what was not read, one line each."""
    passed = found.passed_over
    lines = []
    if passed.unlisted_folders:
        lines.append(
            f"{passed.unlisted_folders:,} folders cannot be listed, such as {passed.troubles[0]}: check that you may"
            " read them"
        )
    if passed.folder_links:
        lines.append(f"{passed.folder_links:,} links to folders are not followed: name the folders they lead to")
    if passed.special_files:
        lines.append(f"{passed.special_files:,} pipes, sockets or devices are passed over")
    return lines
