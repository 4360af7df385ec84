"""Zip archives: their members one at a time, by the directory at the end, or without it where the file is cut off.

Comes in: a stream that seeks. Goes out: `Member`s in the order of the directory, which is read in blocks, so that an
archive of millions of members takes no more memory than one of ten.
"""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from struct import Struct
from typing import BinaryIO

from transforms.containers.compression import BZIP2, DEFLATE, LZMA, XZ, ZSTD, Compression, Decompressed
from transforms.containers.errors import DamagedError
from transforms.containers.limits import Meter, Share, in_bytes
from transforms.containers.members import NOT_A_FILE, Member, member_name, readable_name, refused
from transforms.containers.streams import MOST_OFFSET, BufferedStream, Checked, RawStream, Window, read_exactly

LOCAL = b"PK\x03\x04"
ENTRY = b"PK\x01\x02"
END = b"PK\x05\x06"
_SPANNED = b"PK\x07\x08" + LOCAL
_LOCAL = Struct("<4s5H3L2H")
_ENTRY = Struct("<4s2B5H3L5H2L")
_END = Struct("<4s4H2LH")
_END64 = Struct("<4sQ2H2L4Q")
_END64_PLACE = Struct("<4sLQL")

LONGEST_COMMENT = 0xFFFF
LONGEST_ENTRY = _ENTRY.size + 3 * 0xFFFF
DIRECTORY_BLOCK = 1 << 20
SEARCH_BLOCK = 1 << 20
MOST_ENDS = 16
"""The mark of the end may stand in a comment too: so many are tried."""

STORED = 0
METHODS: dict[int, Compression] = {8: DEFLATE, 12: BZIP2, 14: LZMA, 93: ZSTD, 95: XZ}
IS_ENCRYPTED = 0x1
HAS_LZMA_END = 0x2
HAS_DESCRIPTOR = 0x8
IS_UTF8 = 0x800
UNIX = 3
DIRECTORY_BIT = 0x10
UNKNOWN_SIZE = (1 << 64) - 1


@dataclass(slots=True)
class _Entry:
    """What a directory, or the header of a member itself, says of the member."""

    name: str
    flags: int
    method: int
    crc: int | None
    packed: int
    unpacked: int
    header_at: int
    mode: int = 0
    is_directory: bool = False


def looks_like_zip(head: bytes) -> bool:
    """Whether a stream that begins so is a zip archive."""
    return head.startswith((LOCAL, END, _SPANNED))


def walk_zip(stream: BinaryIO, meter: Meter, depth: int, start: int = 0) -> Iterator[Member]:
    """The members from position START on; directories are left out.

    Raises DamagedError of that depth where the archive is damaged; what is wrong with a member, its stream raises.
    """
    directory = _find_directory(stream)
    entries = _listed_entries(stream, directory, start, depth) if directory else _found_entries(stream, start, depth)
    for position, entry in entries:
        meter.add_member()
        if not entry.is_directory:
            yield _member(stream, entry, position, meter, depth + 1)


def _member(stream: BinaryIO, entry: _Entry, position: int, meter: Meter, depth: int) -> Member:
    name = member_name(entry.name)
    if entry.flags & IS_ENCRYPTED:
        return refused(name, position, "encrypted", "it is encrypted: unpack it with its password first")
    if stat.S_IFMT(entry.mode) not in {0, stat.S_IFREG}:
        return refused(name, position, "not_a_file", NOT_A_FILE)
    if entry.method != STORED and entry.method not in METHODS:
        message = f"it is packed by method {entry.method}, which is not known here: pack it anew with deflate"
        return refused(name, position, "unknown_format", message)
    if entry.unpacked > meter.limits.member_bytes:
        message = f"it unpacks to more than {in_bytes(meter.limits.member_bytes)}: raise the limit if it is meant to"
        return refused(name, position, "limit_exceeded", message)
    return Member(name, position, partial(_open_member, stream, entry, meter, depth))


def _open_member(stream: BinaryIO, entry: _Entry, meter: Meter, depth: int) -> BufferedStream:
    """The member's content. Raises DamagedError where its header is not where the directory says."""
    stream.seek(min(max(entry.header_at, 0), MOST_OFFSET))
    header = read_exactly(stream, _LOCAL.size)
    if entry.header_at < 0 or len(header) < _LOCAL.size or not header.startswith(LOCAL):
        raise DamagedError("it is not where the archive's directory says", depth)
    *_, name_size, extra_size = _LOCAL.unpack(header)
    begin = entry.header_at + _LOCAL.size + name_size + extra_size
    share = Share(meter, depth)
    # Stored ones are counted too, as many entries of a directory may name the same bytes.
    raw: RawStream = Window(stream, begin, entry.packed, depth, share if entry.method == STORED else None)
    if METHODS.get(entry.method) is LZMA:
        size = UNKNOWN_SIZE if entry.flags & HAS_LZMA_END else entry.unpacked
        raw = Decompressed(_LzmaAlone(raw, size, depth), LZMA, share)
    elif entry.method != STORED:
        raw = Decompressed(raw, METHODS[entry.method], share)
    return BufferedStream(Checked(raw, entry.crc, depth) if entry.crc is not None else raw)


class _LzmaAlone(RawStream):
    """LZMA data of a zip in the form of an .lzma file: the header is another, the data the same."""

    def __init__(self, raw: RawStream, unpacked: int, depth: int) -> None:
        self._raw = raw
        self._unpacked = unpacked
        self._depth = depth
        self._header: bytes | None = None

    def fill(self, view: memoryview) -> int:
        if self._header is None:
            self._header = self._make_header()
        if self._header:
            count = min(len(view), len(self._header))
            view[:count] = self._header[:count]
            self._header = self._header[count:]
            return count
        return self._raw.readinto(view)

    def _make_header(self) -> bytes:
        start = self._raw.read(9) or b""
        if len(start) < 9 or start[2:4] != b"\x05\x00":
            raise DamagedError("its lzma data is damaged at its beginning", self._depth)
        return start[4:] + self._unpacked.to_bytes(8, "little")


@dataclass(slots=True)
class _Directory:
    start: int
    end: int
    shift: int
    """Added to all positions in it: the bytes that stand before the archive, as in programs that unpack themselves."""


def _find_directory(stream: BinaryIO) -> _Directory | None:
    """Where the directory lies; None where the archive has none that fits."""
    size = stream.seek(0, 2)
    tail_at = max(0, size - LONGEST_COMMENT - _END.size - _END64_PLACE.size)
    stream.seek(tail_at)
    tail = read_exactly(stream, size - tail_at)
    ends = [found.start() for found in re.finditer(END, tail) if found.start() + _END.size <= len(tail)]
    for at in islice(reversed(ends), MOST_ENDS):
        if directory := _directory_before(stream, tail, at, tail_at):
            return directory
    return None


def _directory_before(stream: BinaryIO, tail: bytes, at: int, tail_at: int) -> _Directory | None:
    _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    place_at = at - _END64_PLACE.size
    if place_at >= 0 and tail.startswith(b"PK\x06\x07", place_at):
        _, _, end64_at, _ = _END64_PLACE.unpack_from(tail, place_at)
        for candidate in (end64_at, tail_at + place_at - _END64.size):
            stream.seek(min(candidate, end))
            raw = read_exactly(stream, _END64.size)
            if len(raw) == _END64.size and raw.startswith(b"PK\x06\x06"):
                *_, count, size, offset = _END64.unpack(raw)
                end = candidate
                break
    if count == 0 and size == 0:
        return _Directory(end, end, 0)
    for start in (end - size, offset):
        if 0 <= start < end:
            stream.seek(start)
            if read_exactly(stream, len(ENTRY)) == ENTRY:
                return _Directory(start, min(start + size, end), start - offset)
    return None


def _listed_entries(stream: BinaryIO, directory: _Directory, start: int, depth: int) -> Iterator[tuple[int, _Entry]]:
    """The entries of the directory, each with its position; START is the position of one, or 0."""
    at = max(directory.start, start)
    block, block_at = b"", at
    while at < directory.end:
        if len(block) - (at - block_at) < LONGEST_ENTRY and block_at + len(block) < directory.end:
            stream.seek(at)
            block, block_at = read_exactly(stream, min(DIRECTORY_BLOCK, directory.end - at)), at
        entry, size = _parse_entry(block, at - block_at, directory.shift)
        if entry is None:
            raise DamagedError(f"the directory of the zip is damaged at byte {at:,}", depth)
        yield at, entry
        at += size


def _parse_entry(block: bytes, at: int, shift: int) -> tuple[_Entry | None, int]:
    """An entry and its size."""
    if len(block) - at < _ENTRY.size or not block.startswith(ENTRY, at):
        return None, 0
    (_, _, system, _, flags, method, _, _, crc, packed, unpacked, name_size, extra_size, comment_size, _, _, attributes,
     header_at) = _ENTRY.unpack_from(block, at)  # fmt: skip
    name_at = at + _ENTRY.size
    raw_name = block[name_at : name_at + name_size]
    extra = block[name_at + name_size : name_at + name_size + extra_size]
    unpacked, packed, header_at = _widen(extra, [unpacked, packed, header_at])
    mode = attributes >> 16 if system == UNIX else 0
    name = _decode_name(raw_name, flags)
    # A folder has a name that says so; some writers only set the bit of MS-DOS.
    is_directory = name.endswith(("/", "\\")) or bool(attributes & DIRECTORY_BIT and not unpacked)
    entry = _Entry(name, flags, method, crc, packed, unpacked, header_at + shift, mode, is_directory)
    return entry, _ENTRY.size + name_size + extra_size + comment_size


def _widen(extra: bytes, values: list[int]) -> list[int]:
    """Sizes and offsets that are too large for 32 bits from the field for them, in which only those stand."""
    if 0xFFFFFFFF not in values:
        return values
    at = 0
    while at + 4 <= len(extra):
        kind, size = extra[at] | extra[at + 1] << 8, extra[at + 2] | extra[at + 3] << 8
        if kind == 1:
            wide = iter([extra[i : i + 8] for i in range(at + 4, min(at + 4 + size, len(extra)), 8)])
            return [int.from_bytes(next(wide, b""), "little") if v == 0xFFFFFFFF else v for v in values]
        at += 4 + size
    return values


def _decode_name(raw: bytes, flags: int) -> str:
    raw = raw.partition(b"\0")[0]
    return raw.decode("utf-8", "replace") if flags & IS_UTF8 else readable_name(raw, "cp437")


def _found_entries(stream: BinaryIO, start: int, depth: int) -> Iterator[tuple[int, _Entry]]:
    """The members of an archive without a directory, by their own headers; raises DamagedError behind the last."""
    at = _find_mark(stream, start, (LOCAL,))
    while at is not None:
        stream.seek(at)
        header = read_exactly(stream, _LOCAL.size)
        if len(header) < _LOCAL.size:
            break
        _, _, flags, method, _, _, crc, packed, unpacked, name_size, extra_size = _LOCAL.unpack(header)
        name = _decode_name(read_exactly(stream, name_size), flags)
        unpacked, packed = _widen(read_exactly(stream, extra_size), [unpacked, packed])
        begin = at + _LOCAL.size + name_size + extra_size
        checked: int | None = crc
        if flags & HAS_DESCRIPTOR and not packed:
            # Its size and checksum stand behind it, and where that is, only its data says.
            end = _find_mark(stream, begin, (LOCAL, ENTRY))
            packed, checked = (stream.seek(0, 2) if end is None else end) - begin, None
        yield at, _Entry(name, flags, method, checked, packed, unpacked, at, is_directory=name.endswith("/"))
        at = _find_mark(stream, begin + packed, (LOCAL,))
    raise DamagedError("the zip has no directory at its end: it is cut off", depth)


def _find_mark(stream: BinaryIO, start: int, marks: tuple[bytes, ...]) -> int | None:
    """Where one of the marks comes first from START on; None: nowhere."""
    pattern = re.compile(b"|".join(re.escape(mark) for mark in marks))
    stream.seek(min(start, MOST_OFFSET))
    kept = b""
    at = start
    while block := stream.read(SEARCH_BLOCK):
        searched = kept + block
        if found := pattern.search(searched):
            return at - len(kept) + found.start()
        at += len(block)
        kept = searched[-3:]
    return None
