"""Lists the input files and drops those that the ledger says are unchanged.

Comes in: paths that the user named (files, folders, globs). Goes out: `InputFile`s in the order of their identity.
Content is read only to tell whether a file whose time has changed is really another.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from glob import glob, has_magic
from itertools import islice
from pathlib import Path

from flows.errors import InputError
from transforms.readers import READERS, format_of
from warehouse.ledger import KnownFile

LOOKUP_FILES = 10_000
"""Files looked up in the ledger at a time."""

HASH_BYTES = 1 << 20


@dataclass(slots=True, frozen=True)
class InputFile:
    """A file to read. `file_uri` is its identity: corpus/path relative to the input root, with '/' as separator."""

    file_uri: str
    location: str
    corpus: str
    size: int
    mtime: datetime
    suffix: str
    compression: str | None


@dataclass(slots=True)
class Discovery:
    """What was found under the inputs."""

    files: list[InputFile] = field(default_factory=list)
    unchanged: int = 0
    other_kinds: list[str] = field(default_factory=list)

    @property
    def total_bytes(self) -> int:
        """Size of the files to read, as they lie on disk."""
        return sum(file.size for file in self.files)


def check_paths(paths: Sequence[str]) -> list[Path]:
    """The paths that the user named, globs expanded. Raises InputError where one does not exist."""
    found: list[Path] = []
    for text in paths:
        path = Path(text).expanduser()
        if path.exists():
            found.append(path)
        elif has_magic(text):
            matches = sorted(glob(str(path), recursive=True))  # noqa: PTH207 - takes absolute patterns
            if not matches:
                raise InputError(f"nothing matches '{text}': check the pattern, or name a folder or file")
            found.extend(Path(match) for match in matches)
        else:
            raise InputError(f"'{text}' does not exist: name a folder, a file or a pattern with '*'")
    return found


def discover_files(
    paths: Sequence[str],
    corpus: str | None,
    known: Callable[[Sequence[str]], Mapping[str, KnownFile]],
    *,
    again: bool = False,
) -> Discovery:
    """The files under the paths that have to be read. `known` answers the ledger's entries; `again` ignores them.

    Raises InputError where a path does not exist or two different files would have one identity.
    """
    discovery = Discovery()
    listed = list(_list_files(check_paths(paths), corpus, discovery))
    listed.sort(key=lambda file: file.file_uri)
    for batch in _batches(_distinct(listed), LOOKUP_FILES):
        entries = {} if again else known([file.file_uri for file in batch])
        for file in batch:
            if _is_unchanged(file, entries.get(file.file_uri)):
                discovery.unchanged += 1
            else:
                discovery.files.append(file)
    return discovery


def sha256_of_file(location: str) -> str:
    """sha256 of the bytes of a file. Raises OSError where it cannot be read."""
    digest = hashlib.sha256()
    with Path(location).open("rb") as stream:
        while block := stream.read(HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _list_files(roots: Iterable[Path], corpus: str | None, discovery: Discovery) -> Iterator[InputFile]:
    for root in roots:
        top = root.resolve() if root.is_dir() else root.parent.resolve()
        name = corpus or _readable(top.name) or "root"
        found = _walk(top) if root.is_dir() else [top / root.name]
        for path in found:
            file = _describe(path, top, name)
            if file is None:
                discovery.other_kinds.append(str(path.relative_to(top)))
            else:
                yield file


def _walk(folder: Path) -> Iterator[Path]:
    """All files below the folder but hidden ones, in no order; symbolic links to folders are not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


def _describe(path: Path, top: Path, corpus: str) -> InputFile | None:
    kind = format_of(path.name)
    if kind is None:
        return None
    status = path.stat()
    relative = _readable(str(path.relative_to(top))).replace(os.sep, "/")
    return InputFile(
        file_uri=f"{corpus}/{relative}",
        location=str(path),
        corpus=corpus,
        size=status.st_size,
        mtime=datetime.fromtimestamp(status.st_mtime_ns // 1_000 / 1_000_000, UTC),
        suffix=kind[0],
        compression=kind[1],
    )


def _readable(name: str) -> str:
    """The name of a file or folder, with bytes that are not UTF-8 spelled out, so that it can be stored."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _distinct(files: Iterable[InputFile]) -> Iterator[InputFile]:
    """Each file once, where paths overlap. The files must be in order of identity."""
    last: InputFile | None = None
    for file in files:
        if last is None or file.file_uri != last.file_uri:
            yield file
        elif file.location != last.location:
            raise InputError(
                f"{last.location} and {file.location} would both be {file.file_uri}: ingest them one after the other,"
                " each with a --corpus of its own"
            )
        last = file


def _batches(files: Iterable[InputFile], size: int) -> Iterator[list[InputFile]]:
    rest = iter(files)
    while batch := list(islice(rest, size)):
        yield batch


def _is_unchanged(file: InputFile, known: KnownFile | None) -> bool:
    if known is None or known.sha256 is None or known.size != file.size:
        return False
    if known.mtime == file.mtime:
        return True
    try:
        return sha256_of_file(file.location) == known.sha256
    except OSError:
        return False


def describe_nothing(paths: Sequence[str], discovery: Discovery) -> str:
    """One line that says why there is nothing to read."""
    kinds = ", ".join(sorted(READERS))
    where = ", ".join(paths)
    if discovery.unchanged:
        return f"nothing new: {discovery.unchanged:,} files in {where} are unchanged since they were loaded"
    if discovery.other_kinds:
        return f"nothing to read in {where}: {len(discovery.other_kinds):,} files, none of them {kinds} (or with .gz)"
    return f"nothing to read in {where}: there are no files; put {kinds} files there (or with .gz)"
