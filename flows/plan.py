"""Groups files into shards of similar size.

Comes in: files in order of identity. Goes out: `Shard`s of file slices in the same order. A small file is never a task
of its own; a large local file of one record a line is cut at line ends.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.discover import InputFile, sha256_of_file
from flows.locations import is_url, open_location
from transforms.readers import HEAD_BYTES, detect_format
from transforms.readers.blocks import wide_encoding
from transforms.records import Resume

OPEN_COST_BYTES = 512
"""What opening a file costs, in bytes of text that could be read instead: keeps thousands of tiny files apart."""

SMALLEST_BYTES = 128 * 1024
"""No shard is cut smaller to give another worker something to do: it costs 0.4 s beside its language stage."""

COUNT_BYTES = 1 << 20

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zip", ".tgz", ".parquet")
PACKED_RATIO = 4
"""How many times its size such a file is taken to hold: text compresses to a third or fourth."""


START = Resume()


@dataclass(slots=True, frozen=True)
class FileSlice:
    """A file from where `resume` says to its end, or to the line end at byte `end`.

    `bytes_before` and `articles_before` stand before it in the file. `line_format`: the name of its format, if it was
    cut at line ends and other tasks read the rest. `only`: the numbers of the records that are wanted; None: all.
    """

    file: InputFile
    resume: Resume = START
    end: int | None = None
    is_last: bool = True
    line_format: str | None = None
    sha256: str | None = None
    only: frozenset[int] | None = None
    bytes_before: int = 0
    articles_before: int = 0

    @property
    def is_packed(self) -> bool:
        """Whether its name says that it holds more than its bytes."""
        return self.file.file_uri.lower().endswith(PACKED_SUFFIXES)

    @property
    def size(self) -> int:
        """Bytes of the slice as they lie there; 0 where that is not known."""
        size = self.file.size if self.end is None else self.end
        return max((size or 0) - self.bytes_before, 0)


@dataclass(slots=True, frozen=True)
class Shard:
    """What one task reads."""

    slices: tuple[FileSlice, ...]

    @property
    def size(self) -> int:
        """Bytes of all slices."""
        return sum(part.size for part in self.slices)

    def expected_parts(self, part_bytes: int) -> int:
        """About how many parts of so many bytes of text it will be read into."""
        text = sum(part.size * (PACKED_RATIO if part.is_packed else 1) for part in self.slices)
        return max(1, round(text / part_bytes))


def even_shard_bytes(total_bytes: int, files: int, shard_bytes: int, workers: int) -> int:
    """Bytes of a shard, at most `shard_bytes`, with which each worker gets as many shards.

    Shards are done in waves: where one is left over at the end of a small input, all workers but one are idle.
    """
    cost = total_bytes + files * OPEN_COST_BYTES
    if not cost:
        return shard_bytes
    rounds = math.ceil(cost / (shard_bytes * workers))
    # Shards end with a file, and fall short by up to one.
    return min(shard_bytes, max(math.ceil(cost / (rounds * workers) + cost / files), SMALLEST_BYTES))


def plan_shards(files: Iterable[InputFile], shard_bytes: int) -> Iterator[Shard]:
    """Shards of about that many bytes, in the order of files."""
    return group_slices((part for file in files for part in _slice_file(file, shard_bytes)), shard_bytes)


def group_slices(slices: Iterable[FileSlice], shard_bytes: int) -> Iterator[Shard]:
    """The slices in shards of about that many bytes, in order."""
    group: list[FileSlice] = []
    filled = 0
    for part in slices:
        cost = part.size + OPEN_COST_BYTES
        if group and filled + cost > shard_bytes:
            yield Shard(tuple(group))
            group, filled = [], 0
        group.append(part)
        filled += cost
    if group:
        yield Shard(tuple(group))


def _slice_file(file: InputFile, shard_bytes: int) -> Iterator[FileSlice]:
    if is_url(file.location) or file.size is None or file.size <= 2 * shard_bytes:
        yield FileSlice(file)
        return
    try:
        line_format = _line_format(file)
        if line_format is None:
            yield FileSlice(file)
            return
        cuts = _line_cuts(file, shard_bytes)
        digest = sha256_of_file(file.location)
    except OSError:
        # The read task says what is wrong with the file.
        yield FileSlice(file)
        return
    if len(cuts) == 1:
        yield FileSlice(file, sha256=digest)
        return
    for number, (start, first_record) in enumerate(cuts):
        is_last = number == len(cuts) - 1
        end = None if is_last else cuts[number + 1][0]
        yield FileSlice(file, Resume(start, first_record), end, is_last, line_format, digest, bytes_before=start)


def _line_format(file: InputFile) -> str | None:
    """The name of the file's format, if it can be cut at line ends."""
    with open_location(file.location) as stream:
        head = stream.read(HEAD_BYTES)
    format_ = detect_format(head, file.file_uri)
    return format_.name if format_ and format_.splits_at_lines and wide_encoding(head) is None else None


def _line_cuts(file: InputFile, shard_bytes: int) -> list[tuple[int, int]]:
    """Where slices begin: offset of a line's first byte and its number from 1. Reads the file once, in blocks."""
    assert file.size is not None
    cuts = [(0, 1)]
    lines = offset = 0
    target = shard_bytes
    with open_location(file.location) as stream:
        while block := stream.read(COUNT_BYTES):
            position = 0
            while offset + len(block) > target:
                newline = block.find(b"\n", max(position, target - offset))
                if newline < 0:
                    break
                lines += block.count(b"\n", position, newline + 1)
                position = newline + 1
                if offset + position < file.size:
                    cuts.append((offset + position, lines + 1))
                target = offset + position + shard_bytes
            lines += block.count(b"\n", position)
            offset += len(block)
    return cuts
