"""Groups files into shards of similar size, and shards into waves.

Comes in: files in order of identity. Goes out: `Shard`s of file slices in the same order. A small file is never a task
of its own; a large file of one record a line is cut at line ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flows.discover import InputFile, sha256_of_file
from transforms.readers import LINE_FORMATS

OPEN_COST_BYTES = 512
"""What opening a file costs, in bytes of text that could be read instead: keeps thousands of tiny files apart."""

COUNT_BYTES = 1 << 20


@dataclass(slots=True, frozen=True)
class FileSlice:
    """A file, or a range of its bytes that begins and ends at a line end."""

    file: InputFile
    first_record: int = 1
    start: int = 0
    end: int | None = None
    is_last: bool = True
    sha256: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the slice."""
        return (self.file.size if self.end is None else self.end) - self.start


@dataclass(slots=True, frozen=True)
class Shard:
    """What one task reads."""

    number: int
    slices: tuple[FileSlice, ...]

    @property
    def completes(self) -> tuple[str, ...]:
        """The files of which the shard holds the last or only records."""
        return tuple(part.file.file_uri for part in self.slices if part.is_last)


def plan_shards(files: Iterable[InputFile], shard_bytes: int) -> list[Shard]:
    """Shards of about that many bytes, numbered from 1 in the order of files."""
    shards: list[Shard] = []
    slices: list[FileSlice] = []
    filled = 0
    for file in files:
        for part in _slice_file(file, shard_bytes):
            cost = part.size + OPEN_COST_BYTES
            if slices and filled + cost > shard_bytes:
                shards.append(Shard(len(shards) + 1, tuple(slices)))
                slices, filled = [], 0
            slices.append(part)
            filled += cost
    if slices:
        shards.append(Shard(len(shards) + 1, tuple(slices)))
    return shards


def plan_waves(shards: Sequence[Shard], wave_shards: int, first_wave: int) -> list[Sequence[Shard]]:
    """Runs of at most `wave_shards` shards; the first of `first_wave` only, so that the language stage starts soon."""
    cuts = [0, *range(min(first_wave, wave_shards), len(shards), wave_shards), len(shards)]
    return [shards[start:end] for start, end in pairwise(cuts) if start < end]


def _slice_file(file: InputFile, shard_bytes: int) -> Iterator[FileSlice]:
    if file.compression or file.suffix not in LINE_FORMATS or file.size <= 2 * shard_bytes:
        yield FileSlice(file)
        return
    try:
        cuts = _line_cuts(file, shard_bytes)
        digest = sha256_of_file(file.location)
    except OSError:
        # The read task says what is wrong with the file.
        yield FileSlice(file)
        return
    for number, (start, first_record) in enumerate(cuts):
        is_last = number == len(cuts) - 1
        end = None if is_last else cuts[number + 1][0]
        yield FileSlice(file, first_record, start, end, is_last, digest)


def _line_cuts(file: InputFile, shard_bytes: int) -> list[tuple[int, int]]:
    """Where slices begin: offset of a line's first byte and its number from 1. Reads the file once, in blocks."""
    cuts = [(0, 1)]
    lines = offset = 0
    target = shard_bytes
    with Path(file.location).open("rb") as stream:
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
