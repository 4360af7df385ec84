"""A file to its records: compression off, archives walked, formats told, records numbered.

Comes in: an open binary stream, the file's name, and where reading goes on. Goes out: each record with its number, its
member and the place behind it, and the members that were passed over. Memory is bounded by one record.
"""

import io
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from transforms.containers.compression import compression_of, decompress, plain_name
from transforms.containers.errors import ContainerError, LimitError
from transforms.containers.limits import DEFAULT_LIMITS, Limits, Meter, Share, in_bytes
from transforms.containers.members import Member
from transforms.containers.streams import BufferedStream, ForeignSource, Window, skip_bytes
from transforms.containers.tars import looks_like_tar, walk_tar
from transforms.containers.zips import looks_like_zip, walk_zip
from transforms.readers import HEAD_BYTES, AnyRecord, BadRecord, Format, detect_format
from transforms.readers.error_types import ERROR_TYPES
from transforms.readers.kinds import is_of_other_kind, kind_of_content
from transforms.readers.record import sample_of

MOST_LEVELS = 2
"""Compressed files and archives in each other: an archive in an archive, a compressed file in an archive."""


@dataclass(slots=True, frozen=True)
class Resume:
    """Where reading goes on.

    Record FIRST_RECORD begins at byte OFFSET of the file as it lies there; SKIP numbers from there were read before.
    In archives OFFSET is that of the member's entry, in compressed files 0; INNER are the offsets in what they unpack
    to, from the outside to the inside, and BASE is the number of the last record before the member.
    """

    offset: int = 0
    first_record: int = 1
    skip: int = 0
    base: int = 0
    inner: tuple[int, ...] = ()


@dataclass(slots=True)
class Found:
    """A record; `record.record_no` counts within its member, `record_no` over the whole file, both from 1.

    `member`: its name in archives ('a/b.txt', 'inner.zip!/x.txt'), else None. `holds_many`: its format has many records
    a file. `resume`: reading goes on behind it from there.
    """

    record: AnyRecord
    record_no: int
    member: str | None
    holds_many: bool
    resume: Resume


@dataclass(slots=True)
class PassedOver:
    """A member of another kind, such as a picture."""

    name: str


def read_records(
    stream: BinaryIO, name: str, *, limits: Limits = DEFAULT_LIMITS, resume: Resume = Resume()
) -> Iterator[Found | PassedOver]:
    """The records of a file from RESUME on. STREAM begins with the file's first byte; of NAME, only the suffix counts.

    Raises ContainerError where the file as a whole is damaged or unpacks to too much, behind all records that could be
    read, and OSError where the machine cannot read it.
    """
    yield from _Reading(stream, limits, resume).read_file(name)


@dataclass(slots=True, frozen=True)
class _Place:
    """Where in a file reading is: in which member, and how deep.

    `path`: the positions of the member's entry, one an archive. `depth` counts archives, `levels` compressed files too.
    """

    member: str | None = None
    path: tuple[int, ...] = ()
    depth: int = 0
    levels: int = 0


class _Reading:
    """The state of reading one file: the number of the last record, and where reading could go on."""

    def __init__(self, stream: BinaryIO, limits: Limits, resume: Resume) -> None:
        self._file = stream
        self._limits = limits
        self._last = resume.first_record - 1
        self._wanted = resume.first_record + resume.skip
        self._point = replace(resume, skip=0)
        self._resumes = True
        self._is_packed = False
        self._meter: Meter

    def read_file(self, name: str) -> Iterator[Found | PassedOver]:
        stream = self._begin_file()
        head = _head_of(stream)
        point = self._point
        self._is_packed = compression_of(head) is not None
        path = point.inner if self._is_packed else (point.offset, *point.inner)
        return self._read(stream, head, name, _Place(), path)

    def _begin_file(self) -> BinaryIO:
        """The file as a stream whose head can be looked at; one that is no longer than a head is read at once."""
        source = self._file
        if type(source) not in {io.BufferedReader, io.BytesIO} or not source.seekable():
            foreign = ForeignSource(source)
            source = BufferedStream(foreign)
            if not foreign.seekable():
                self._meter = Meter(self._limits, lambda: foreign.count)
                return source
        source.seek(0)
        head = source.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES:
            self._meter = Meter(self._limits, lambda: len(head))
            return io.BytesIO(head)
        size = source.seek(0, 2)
        self._meter = Meter(self._limits, lambda: size)
        return BufferedStream(Window(source, 0))

    def _read(
        self, stream: BinaryIO, head: bytes, name: str, place: _Place, path: tuple[int, ...]
    ) -> Iterator[Found | PassedOver]:
        """What a file or member holds; PATH: where in it reading goes on, () for its beginning."""
        compression = compression_of(head)
        if compression or _is_archive(head, name):
            if place.levels == MOST_LEVELS:
                return self._reject(place, "nested_too_deep", "it is packed too many times: unpack it first")
            place = replace(place, levels=place.levels + 1)
        if compression:
            stream = decompress(stream, compression, Share(self._meter, place.depth))
            head, name = _head_of(stream), plain_name(name)
            if compression_of(head):
                return self._read(stream, head, name, place, path)
        if _is_archive(head, name):
            return self._read_members(stream, head, place, path)
        return self._read_plain(stream, head, name, place, path)

    def _read_members(
        self, stream: BinaryIO, head: bytes, place: _Place, path: tuple[int, ...]
    ) -> Iterator[Found | PassedOver]:
        for member in self._walk(stream, head, place, path[0] if path else 0):
            name = f"{place.member}!/{member.name}" if place.member else member.name
            if is_of_other_kind(member.name):
                if self._last + 1 >= self._wanted:
                    yield PassedOver(name)
                continue
            inside = _Place(name, (*place.path, member.position), place.depth + 1, place.levels)
            self._begin(inside.path)
            try:
                yield from self._read_member(member, inside, path[1:])
            except ContainerError as error:
                if error.depth <= place.depth:
                    raise
                yield from self._reject(inside, error.error_type, _advise(error), number=1)
            self._resumes, path = False, ()

    def _walk(self, stream: BinaryIO, head: bytes, place: _Place, start: int) -> Iterator[Member]:
        if looks_like_zip(head):
            return walk_zip(self._seekable(stream, place), self._meter, place.depth, start)
        return walk_tar(stream, self._meter, place.depth, start)

    def _seekable(self, stream: BinaryIO, place: _Place) -> BinaryIO:
        """The same bytes as a stream that seeks, in memory where need be. Raises LimitError where they are too many."""
        if stream.seekable():
            return stream
        most = self._limits.nested_zip_bytes
        raw = bytearray()
        while block := stream.read(most + 1 - len(raw)):
            raw += block
        if len(raw) > most:
            raise LimitError(f"it is a zip of more than {in_bytes(most)} in another container", place.depth)
        return io.BytesIO(raw)

    def _read_member(self, member: Member, place: _Place, path: tuple[int, ...]) -> Iterator[Found | PassedOver]:
        if member.refusal:
            return self._reject(place, *member.refusal)
        stream = member.open()
        return self._read(stream, _head_of(stream), member.name, place, path)

    def _read_plain(
        self, stream: BinaryIO, head: bytes, name: str, place: _Place, path: tuple[int, ...]
    ) -> Iterator[Found | PassedOver]:
        offset = path[0] if path else 0
        if not head:
            if self._last == self._point.base:
                yield from self._reject(place, "empty", "there are no bytes in it: get it again")
            return
        kind = kind_of_content(head)
        format_ = None if kind else detect_format(head, name)
        if format_ is None:
            message = f"it looks like {kind or _kind_of_markup(head)}: take it out, or turn it into text first"
            yield from self._reject(place, "unknown_format", message, sample_of(head[:1000]))
            return
        self._begin((*place.path, offset))
        self._resumes = False
        yield from self._read_format(_begin_at(stream, head, offset), format_, place, offset)

    def _read_format(self, stream: BinaryIO, format_: Format, place: _Place, offset: int) -> Iterator[Found]:
        """The records of a plain stream that begins at that offset of its file or member."""
        base, holds_many = self._point.base, format_.holds_many
        try:
            for record in format_.read(stream, self._last + 1 - base):
                if not holds_many and (fault := _fault_of(stream)):
                    # It has taken half of the text for the whole.
                    raise fault
                number = self._last = max(self._last + 1, base + record.record_no)
                if record.next_offset is not None:
                    self._point = self._resume((*place.path, offset + record.next_offset), number + 1, base)
                if number >= self._wanted:
                    yield Found(record, number, place.member, holds_many, self._behind_last())
            if fault := _fault_of(stream):
                raise fault
        except ContainerError as error:
            if error.depth == 0 or error.depth < place.depth:
                raise
            yield from self._reject(place, error.error_type, _advise(error), holds_many=holds_many)
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            first_line = str(error).partition("\n")[0]
            message = f"unexpected {type(error).__name__}: {first_line}; please report it with the file"
            yield from self._reject(place, "unexpected", sample_of(message), holds_many=holds_many)

    def _begin(self, path: tuple[int, ...]) -> None:
        """Reading could go on here, before the next record, which is the first of a member."""
        if not self._resumes:
            self._point = self._resume(path, self._last + 1, self._last)

    def _resume(self, path: tuple[int, ...], first_record: int, base: int) -> Resume:
        if self._is_packed:
            return Resume(0, first_record, 0, base, path)
        return Resume(path[0], first_record, 0, base, path[1:])

    def _behind_last(self) -> Resume:
        point = self._point
        skip = self._last + 1 - point.first_record
        return Resume(point.offset, point.first_record, skip, point.base, point.inner) if skip else point

    def _reject(
        self,
        place: _Place,
        error_type: str,
        message: str,
        sample: str | None = None,
        *,
        number: int | None = None,
        holds_many: bool = False,
    ) -> Iterator[Found]:
        """One more record, which stands for a file or member, or for the rest of it; NUMBER is that in the member."""
        self._resumes = False
        self._last += 1
        if self._last >= self._wanted:
            number = number or self._last - self._point.base
            record = BadRecord(number, ERROR_TYPES[error_type][0], error_type, message, sample)
            yield Found(record, self._last, place.member, holds_many, self._behind_last())


def _head_of(stream: BinaryIO) -> bytes:
    """How a stream begins that has not been read from."""
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()[:HEAD_BYTES]
    return stream.peek(HEAD_BYTES)[:HEAD_BYTES]  # type: ignore[attr-defined, no-any-return]  # BufferedStream


def _is_archive(head: bytes, name: str) -> bool:
    return (looks_like_zip(head) and not kind_of_content(head)) or looks_like_tar(head, name)


def _kind_of_markup(head: bytes) -> str:
    """What a stream looks like that no reader takes, and that has no magic number."""
    if head.removeprefix(BOM_UTF8).lstrip().startswith(b"<?xml"):
        return "XML that is no news format (NITF, NewsML, RSS or Atom)"
    return "nothing that newsmill reads"


def _begin_at(stream: BinaryIO, head: bytes, offset: int) -> BinaryIO:
    """The stream from OFFSET on, as one that begins there."""
    if len(head) < HEAD_BYTES and not _fault_of(stream):
        return io.BytesIO(head[offset:])
    if not offset:
        return stream
    if stream.seekable():
        return BufferedStream(Window(stream, offset))
    skip_bytes(stream, offset)
    return stream


def _fault_of(stream: BinaryIO) -> ContainerError | None:
    return getattr(stream, "fault", None)


def _advise(error: ContainerError) -> str:
    advice = "raise the limit if it is meant to" if isinstance(error, LimitError) else "get the archive again"
    return f"{error}: {advice}"
