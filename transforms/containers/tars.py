"""Tar archives of all common kinds: their members one at a time, from a stream that need not seek.

The library's `TarInfo` reads the headers. The way from header to header is our own: the library's ends without a word
at a damaged header, and keeps every member in memory.
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, cast

from transforms.containers.errors import ContainerError, DamagedError
from transforms.containers.limits import Meter, Share, in_bytes
from transforms.containers.members import NOT_A_FILE, Member, member_name, readable_name, refused
from transforms.containers.streams import (
    MOST_OFFSET,
    BufferedStream,
    ForwardSource,
    RawStream,
    SeekableSource,
    Window,
    read_exactly,
)

if sys.version_info >= (3, 14):
    import tarfile
else:
    # The same code under each version of Python: older ones loop and crash on damaged headers.
    from backports.zstd import tarfile

BLOCK = 512
HEADER_BYTES = 1 << 20
"""The most that headers of one member take, long names and maps of sparse files among them."""

LONGEST_CHAIN = 16

_OTHER_TYPES = frozenset({tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE})
_USTAR = b"ustar"


def looks_like_tar(head: bytes, name: str = "") -> bool:
    """Whether a stream that begins so is a tar archive; one without members is told by its name."""
    block = head[:BLOCK]
    if len(block) < BLOCK:
        return False
    if not block.strip(b"\0"):
        return name.lower().endswith(".tar") and not head.strip(b"\0")
    return block[0] != 0 and _has_right_sum(block)


def walk_tar(stream: BinaryIO, meter: Meter, depth: int, start: int = 0) -> Iterator[Member]:
    """The members from the header at START on; directories are left out.

    A member must be read before the next is asked for. Raises DamagedError of that depth where the archive is cut off,
    its end mark among it, or where no header comes behind a damaged one.
    """
    source: SeekableSource = stream if stream.seekable() else ForwardSource(stream, depth)
    position, has_ended = start, False
    block = _block_at(source, position)
    while block:
        if not block.strip(b"\0"):
            # The end; other archives may have been put behind it.
            position, has_ended = position + BLOCK, True
            block = _block_at(source, position)
            continue
        info, behind = _read_header(source, position, block)
        if info is None and has_ended and not _is_header(block):
            return
        has_ended = False
        if info is not None:
            meter.add_member()
            if not info.isdir():
                yield _member(source, info, position, meter, depth)
            position, block = behind, _block_at(source, behind)
            continue
        damaged = f"at byte {position:,} of the tar archive"
        found, block = _find_header(source, behind)
        if not block:
            raise DamagedError(f"the header {damaged} is damaged or cut off, and no other comes behind it", depth)
        yield refused(f"byte {position}", position, "damaged", f"the header {damaged} is damaged: the member is lost")
        position = found
    if not has_ended:
        raise DamagedError("the tar archive has no end mark: it is cut off", depth)


def _member(source: SeekableSource, info: tarfile.TarInfo, position: int, meter: Meter, depth: int) -> Member:
    raw_name = info.name.encode("utf-8", "surrogateescape")
    name = member_name(readable_name(raw_name, "cp1252"))
    if info.type in _OTHER_TYPES:
        return refused(name, position, "not_a_file", NOT_A_FILE)
    if info.size > meter.limits.member_bytes:
        message = f"it is larger than {in_bytes(meter.limits.member_bytes)}: raise the limit if it is meant to be"
        return refused(name, position, "limit_exceeded", message)
    return Member(name, position, partial(_open_member, source, info, meter, depth))


def _open_member(source: SeekableSource, info: tarfile.TarInfo, meter: Meter, depth: int) -> BufferedStream:
    if info.sparse is None:
        return BufferedStream(Window(source, info.offset_data, info.size, depth))
    return BufferedStream(_Sparse(source, info, Share(meter, depth + 1), depth))


class _Sparse(RawStream):
    """A file with holes, which are zeros."""

    def __init__(self, source: SeekableSource, info: tarfile.TarInfo, share: Share, depth: int) -> None:
        self._source = source
        self._left = iter(sorted(cast(list[tuple[int, int]], info.sparse)))
        self._size = info.size
        self._share = share
        self._depth = depth
        self._data_at = info.offset_data
        self._stored = 0
        self._position = 0
        self._begin = self._end = 0

    def fill(self, view: memoryview) -> int:
        view = view[: max(self._size - self._position, 0)]
        if not view:
            return 0
        while self._position >= self._end:
            self._next_part()
        if self._position < self._begin:
            view = view[: self._begin - self._position]
            view[:] = bytes(len(view))
            count = len(view)
        else:
            count = self._read_part(view[: self._end - self._position])
        self._position += count
        self._share.add_bytes(count, self._stored + BLOCK)
        return count

    def _next_part(self) -> None:
        """The next part that is stored; behind the last comes one without bytes at the end."""
        begin, size = next(self._left, (self._size, 1))
        if begin < self._end or size < 0:
            raise DamagedError("the map of its holes is damaged", self._share.depth)
        self._begin, self._end = begin, begin + size

    def _read_part(self, view: memoryview) -> int:
        at = self._data_at + self._stored
        if self._source.tell() != at:
            self._source.seek(min(at, MOST_OFFSET))
        count: int = self._source.readinto(view)  # type: ignore[union-attr]
        if not count:
            raise DamagedError("the tar archive is cut off", self._depth)
        self._stored += count
        return count


class _Tape:
    """What `TarInfo.fromtarfile` uses of a TarFile, for one header. The first block has been read."""

    encoding = "utf-8"
    errors = "surrogateescape"

    def __init__(self, source: SeekableSource, position: int, block: bytes) -> None:
        self.fileobj = self
        self.pax_headers: dict[str, str] = {}
        self.offset = position
        self._source = source
        self._start = self._position = position
        self._block = block
        self.reads = 0

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def read(self, size: int) -> bytes:
        """So many bytes. Raises InvalidHeaderError where a header takes too many."""
        self.reads += 1
        if self._block:
            block, self._block = self._block, b""
        elif not 0 <= size <= HEADER_BYTES or self._position - self._start > HEADER_BYTES:
            raise tarfile.HeaderError("a header without end")
        else:
            block = read_exactly(self._source, size)
        self._position += len(block)
        return block


def _read_header(source: SeekableSource, position: int, block: bytes) -> tuple[tarfile.TarInfo | None, int]:
    """The member whose headers begin with that block, and where the next begins.

    None: they are damaged, and sound ones may begin there.
    """
    tape = _Tape(source, position, block)
    try:
        info = tarfile.TarInfo.fromtarfile(cast(Any, tape))
        if info.size >= 0 and info.offset_data > position and tape.offset > position:
            return info, tape.offset
    except (OSError, ContainerError):
        raise
    except Exception:  # noqa: BLE001, S110 - TarInfo raises whatever wrong numbers and texts make it raise
        pass
    # A chain of headers is not tried again from each of its links.
    return None, tape.tell() if tape.reads > LONGEST_CHAIN else position + BLOCK


def _block_at(source: SeekableSource, position: int) -> bytes:
    if source.tell() != position:
        source.seek(min(position, MOST_OFFSET))
    return read_exactly(source, BLOCK)


def _find_header(source: SeekableSource, position: int) -> tuple[int, bytes]:
    """Where the next sound header lies behind a damaged one, and the header; b'': nowhere."""
    if not source.seekable() and source.tell() > position:
        position = -(-source.tell() // BLOCK) * BLOCK
    while len(block := _block_at(source, position)) == BLOCK:
        if _is_header(block):
            return position, block
        position += BLOCK
    return position, b""


def _is_header(block: bytes) -> bool:
    return block.startswith(_USTAR, 257) and _has_right_sum(block)


def _has_right_sum(block: bytes) -> bool:
    """Whether the checksum in the header is that of the header, its own eight bytes taken as blanks."""
    digits = block[148:156].strip(b" \0")
    if not digits.isdigit() or b"8" in digits or b"9" in digits:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    # Some old writers summed signed bytes.
    return int(digits, 8) in {sum(rest), sum(rest) - 256 * sum(byte > 127 for byte in rest)}
