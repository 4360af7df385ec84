"""Compressed bytes to plain ones: gzip, bzip2, xz, lzma and Zstandard, told by content.

Comes in: a stream. Goes out: a stream that decompresses as it is read, in bounded memory. Files of several parts, one
behind the other, are one stream. What is no data behind the last part is passed over, as the tools of each format do.
"""

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from transforms.containers.errors import ContainerError, DamagedError, LimitError
from transforms.containers.limits import Share
from transforms.containers.streams import BufferedStream, RawStream

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

INPUT_BYTES = 64 << 10
OUTPUT_BYTES = 16 << 10
"""At most so many bytes are lost before a fault: the libraries throw away what they have when they find one."""

INFLATED_BYTES = 64 << 10
LZMA_MEMORY = 2 << 30
ZSTD_WINDOW_LOG = 31
"""Large archives are often packed with `zstd --long=31`; memory is taken only as far as it is filled."""

HEADER_BYTES = 20
_GZIP = rb"\x1f\x8b\x08[\x00-\x1f]"
_BZIP2 = rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"
_XZ = rb"\xfd7zXZ\x00"
_LZMA = rb"\x5d\x00\x00..(?:\xff{8}|.{4}[\x00-\x0f]\x00\x00\x00)"
_ZSTD = rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"
_BEGINNING = re.compile(
    b"(?P<gzip>%b)|(?P<bzip2>%b)|(?P<xz>%b)|(?P<lzma>%b)|(?P<zstd>%b)" % (_GZIP, _BZIP2, _XZ, _LZMA, _ZSTD), re.DOTALL
)
_SUFFIX = re.compile(r"\.(?:gz|bz2|xz|lzma|zst|zstd)$", re.IGNORECASE)
_TAR_SUFFIX = re.compile(r"\.(?:tgz|tbz2?|txz|tzst)$", re.IGNORECASE)


class Decompressor(Protocol):
    """One part of compressed data on its way: the interface of `bz2.BZ2Decompressor` and others of the library."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Inflater:
    """Deflated data as a `Decompressor`: `wbits` 31 with the frame of gzip, -15 bare. All before a fault is kept."""

    def __init__(self, wbits: int) -> None:
        self._state = zlib.decompressobj(wbits)
        self._fault: zlib.error | None = None

    @property
    def eof(self) -> bool:
        """Whether the part has ended."""
        return self._state.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing is left of what was handed in."""
        return not self._state.unconsumed_tail and not self._state.eof and not self._fault

    @property
    def unused_data(self) -> bytes:
        """What was handed in and lies behind the part."""
        return self._state.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes, or all that came before a fault. Raises zlib.error the next time."""
        if self._fault:
            raise self._fault
        data = self._state.unconsumed_tail + data
        before = self._state.copy()
        try:
            return self._state.decompress(data, max_length)
        except zlib.error as error:
            self._fault = error
            return self._rescue(before, data, max_length)

    def _rescue(self, state: Any, data: bytes, max_length: int) -> bytes:
        """What can be had before the faulty byte, byte by byte."""
        found = bytearray()
        try:
            for at in range(len(data)):
                found += state.decompress(data[at : at + 1], max_length - len(found))
                if len(found) >= max_length:
                    break
        except zlib.error:
            pass
        return bytes(found)


@dataclass(slots=True, frozen=True)
class Compression:
    """A way to compress. `part_start` finds where further parts begin; None: there is only one."""

    name: str
    start: Callable[[], Decompressor]
    part_start: re.Pattern[bytes] | None
    output_bytes: int = OUTPUT_BYTES


GZIP = Compression(
    "gzip",
    lambda: Inflater(31),
    # Longer than the mark at the start of a file, as it is searched for in bytes of any kind.
    re.compile(_GZIP + rb".{4}[\x00\x02\x04][\x00-\x0d\xff]", re.DOTALL),
    INFLATED_BYTES,
)
DEFLATE = Compression("deflate", lambda: Inflater(-15), None, INFLATED_BYTES)
BZIP2 = Compression("bzip2", bz2.BZ2Decompressor, re.compile(_BZIP2))
XZ = Compression("xz", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LZMA_MEMORY), re.compile(_XZ))
LZMA = Compression("lzma", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=LZMA_MEMORY), None)
ZSTD = Compression(
    "zstd",
    lambda: zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}),
    re.compile(_ZSTD),
)
_BY_NAME = {c.name: c for c in (GZIP, BZIP2, XZ, LZMA, ZSTD)}


def compression_of(head: bytes) -> Compression | None:
    """How a stream is compressed, by how it begins; None: it is not, in a way that is known here."""
    found = _BEGINNING.match(head)
    return _BY_NAME[found.lastgroup] if found and found.lastgroup else None


def plain_name(name: str) -> str:
    """The name without the suffix of its compression: 'a.txt.gz' is 'a.txt', 'a.tgz' is 'a.tar'."""
    return _TAR_SUFFIX.sub(".tar", _SUFFIX.sub("", name, count=1), count=1)


class Decompressed(RawStream):
    """The plain bytes of a compressed source."""

    def __init__(self, source: BinaryIO | RawStream, compression: Compression, share: Share) -> None:
        self._source = source
        self._compression = compression
        self._share = share
        self._part: Decompressor | None = compression.start()
        self._read = 0
        self._input = b""
        self._output = memoryview(b"")

    def fill(self, view: memoryview) -> int:
        if not self._output:
            self._output = memoryview(self._next_block())
        count = min(len(view), len(self._output))
        view[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _next_block(self) -> bytes:
        """The next plain bytes, always cut at the same places, so that a fault costs the same whoever reads how."""
        while (part := self._part) is not None:
            is_starved = part.needs_input and not self._input and not self._take_input()
            data, self._input = self._input, b""
            block = self._decompress(part, data)
            if block:
                self._share.add_bytes(len(block), self._read)
                return block
            if part.eof:
                self._part = self._next_part(part.unused_data)
            elif is_starved:
                raise DamagedError(f"its {self._compression.name} data is cut off", self._share.depth)
        return b""

    def _take_input(self) -> bool:
        self._input = self._source.read(INPUT_BYTES) or b""
        self._read += len(self._input)
        return bool(self._input)

    def _decompress(self, part: Decompressor, data: bytes) -> bytes:
        if part.eof:
            return b""
        try:
            return part.decompress(data, self._compression.output_bytes)
        except (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, EOFError, ValueError, MemoryError) as error:
            raise self._fault_of(error) from error

    def _fault_of(self, error: Exception) -> ContainerError:
        name, why, depth = self._compression.name, str(error) or type(error).__name__, self._share.depth
        if isinstance(error, MemoryError) or "emory" in why:
            return LimitError(f"its {name} data needs more memory to unpack than there is for it", depth)
        why = re.sub(r"^Error -\d+ while decompressing data: ", "", why).rstrip(".")
        return DamagedError(f"its {name} data is damaged near byte {self._read:,} ({why})", depth)

    def _next_part(self, rest: bytes) -> Decompressor | None:
        """What goes on behind the end of a part; None where nothing does."""
        starts = self._compression.part_start
        if starts is None:
            return None
        rest = rest.lstrip(b"\0")
        while len(rest) < HEADER_BYTES and self._take_input():
            rest = (rest + self._input).lstrip(b"\0")
        self._input = b""
        if starts.match(rest):
            self._input = rest
            return self._compression.start()
        while rest:
            if starts.search(rest):
                message = (
                    f"its {self._compression.name} data is damaged near byte {self._read:,} (a part has no header)"
                )
                raise DamagedError(message, self._share.depth)
            rest = rest[-HEADER_BYTES:] + self._input if self._take_input() else b""
        return None


def decompress(source: BinaryIO | RawStream, compression: Compression, share: Share) -> BufferedStream:
    """The plain bytes of a compressed stream, counted by SHARE. Reading raises DamagedError and LimitError."""
    return BufferedStream(Decompressed(source, compression, share))
