"""Streams on parts of other streams.

Each is a `RawStream` inside a `BufferedStream`: what lies before a fault is handed out, and the fault is raised by the
call after that and by each later one. None of them closes the stream that it stands on.
"""

import errno
import io
import zlib
from typing import Any, BinaryIO

from transforms.containers.errors import ContainerError, DamagedError
from transforms.containers.limits import Share

BUFFER_BYTES = 64 << 10
BLOCK_BYTES = 1 << 20
MOST_OFFSET = 1 << 62
"""Damaged archives name places behind this, which no stream can be moved to."""


class RawStream(io.RawIOBase):
    """What all share: `fault` is what was raised, or will be by the next read. A subclass says how to `fill`."""

    fault: ContainerError | None = None

    def fill(self, view: memoryview) -> int:
        """Puts at least one byte into VIEW and answers how many; 0 at the end. Raises ContainerError."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as there is room for; fewer only at the end and before a fault."""
        if self.fault:
            raise self.fault.with_traceback(None)
        view = memoryview(buffer)
        filled = 0
        try:
            while filled < len(view) and (count := self.fill(view[filled:])):
                filled += count
        except ContainerError as error:
            self.fault = error
            if not filled:
                raise
        return filled


class BufferedStream(io.BufferedReader):
    """A raw stream with a buffer, which may be peeked into for `BUFFER_BYTES` at its beginning."""

    def __init__(self, raw: RawStream) -> None:
        super().__init__(raw, BUFFER_BYTES)
        self._source = raw

    @property
    def fault(self) -> ContainerError | None:
        """What the next read raises, or would, were there no more bytes before it."""
        return self._source.fault

    def read(self, size: int | None = -1, /) -> bytes:
        left = size if size is not None and size >= 0 else 1 << 62
        blocks = []
        try:
            while left and (block := self.read1(min(left, BLOCK_BYTES))):
                blocks.append(block)
                left -= len(block)
        except ContainerError:
            # The base class would throw away what it has.
            if not blocks:
                raise
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        block = self.read(len(view))
        view[: len(block)] = block
        return len(block)


class ForeignSource(RawStream):
    """The caller's stream, where it is not a plain file: errors of any library become OSError with a number."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._seeks = stream.seekable()
        self.count = 0

    def fill(self, view: memoryview) -> int:
        block = self._call(self._stream.read, len(view))
        view[: len(block)] = block
        self.count += len(block)
        return len(block)

    def seekable(self) -> bool:
        return self._seeks

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return int(self._call(self._stream.seek, offset, whence))

    def tell(self) -> int:
        return int(self._call(self._stream.tell)) if self._seeks else self.count

    def _call(self, function: Any, *arguments: int) -> Any:
        try:
            return function(*arguments)
        except (ContainerError, MemoryError):
            raise
        except OSError as error:
            if error.errno is not None:
                raise
            raise OSError(errno.EIO, str(error) or type(error).__name__) from error
        except Exception as error:  # each library of remote files has errors of its own
            raise OSError(errno.EIO, f"{type(error).__name__}: {error}") from error


class ForwardSource:
    """A stream that cannot seek, for those who only seek forward: what lies between is read and dropped."""

    def __init__(self, stream: BinaryIO, depth: int) -> None:
        self._stream = stream
        self._depth = depth
        self._position = 0

    def seekable(self) -> bool:
        """Never, for others."""
        return False

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int) -> int:
        """Goes forward. Raises DamagedError where it would be back."""
        if offset < self._position:
            raise DamagedError("its parts overlap", self._depth)
        self._position += skip_bytes(self._stream, offset - self._position)
        return self._position

    def read(self, size: int) -> bytes:
        """At most so many bytes."""
        block = self._stream.read(size)
        self._position += len(block)
        return block

    def readinto(self, buffer: Any) -> int:
        """The same into a buffer."""
        count: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]  # all binary streams have it
        self._position += count
        return count


SeekableSource = BinaryIO | ForwardSource


class Window(RawStream):
    """SIZE bytes of a source from START on, to its end where SIZE is None, counted by SHARE where one is given.

    DEPTH: what is lost where the bytes are not there. Others may move the source between reads; one that cannot seek
    must not be ahead.
    """

    def __init__(
        self,
        source: SeekableSource,
        start: int,
        size: int | None = None,
        depth: int = 0,
        share: Share | None = None,
    ) -> None:
        self._source = source
        self._start = start
        self._size = size
        self._depth = depth
        self._share = share
        self._position = 0

    def fill(self, view: memoryview) -> int:
        if self._size is not None:
            view = view[: max(self._size - self._position, 0)]
        if not view:
            return 0
        at = self._start + self._position
        if self._source.tell() != at:
            self._source.seek(min(at, MOST_OFFSET))
        count: int = self._source.readinto(view)  # type: ignore[union-attr]
        if not count and self._size is not None:
            missing = self._size - self._position
            raise DamagedError(f"it is cut off: {missing:,} bytes of it are missing", self._depth)
        self._position += count
        if self._share:
            self._share.add_bytes(count, self._position)
        return count

    def seekable(self) -> bool:
        return self._source.seekable()

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if not self.seekable():
            raise io.UnsupportedOperation("seek")
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            end = self._size if self._size is not None else self._source.seek(0, 2) - self._start  # type: ignore[call-arg]
            offset += end
        self._position = max(offset, 0)
        return self._position


class Checked(RawStream):
    """Another raw stream, the CRC-32 of which is compared at its end, unless parts of it are read out of turn."""

    def __init__(self, raw: RawStream, crc: int, depth: int) -> None:
        self._raw = raw
        self._expected = crc
        self._depth = depth
        self._crc = 0
        self._position = 0
        self._is_in_turn = True

    def fill(self, view: memoryview) -> int:
        count = self._raw.readinto(view)
        if self._is_in_turn and count:
            self._crc = zlib.crc32(view[:count], self._crc)
        elif self._is_in_turn and self._crc != self._expected:
            raise DamagedError("its checksum is wrong", self._depth)
        self._position += count
        return count

    def seekable(self) -> bool:
        return self._raw.seekable()

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0, /) -> int:
        position = self._raw.seek(offset, whence)
        self._is_in_turn = self._is_in_turn and position == self._position
        self._position = position
        return position


def read_exactly(stream: BinaryIO | ForwardSource, size: int) -> bytes:
    """So many bytes, fewer only at the end of the stream."""
    block = stream.read(size)
    while len(block) < size and (more := stream.read(size - len(block))):
        block += more
    return block


def skip_bytes(stream: BinaryIO, count: int) -> int:
    """Reads and drops so many bytes; answers how many there were."""
    left = count
    while left and (block := stream.read(min(left, BLOCK_BYTES))):
        left -= len(block)
    return count - left
