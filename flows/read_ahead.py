"""Keeps workers reading ahead of the language stage, and hands out staged parts in the order of files.

Comes in: shards, one after the other. Goes out: their parts, numbered from 1. So many reads are under way that the next
wave is staged while this one is enriched, and no more: staging and memory stay bounded whatever the size of the input.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from flows.plan import Shard
from flows.reading import PartRead, ReadOptions, ShardRead

PARTS_A_READ = 256
"""Parts after which a read stops. What is left is read later, from the beginning where the data is compressed: often
enough that staging stays small, seldom enough that going over the beginning again costs little."""


class Reading(Protocol):
    """A read under way."""

    def result(self) -> ShardRead:
        """Waits for what has been read."""


Submit = Callable[[Shard, int, ReadOptions, int], Reading]
"""Starts a read: shard, number of the read, options, most parts."""


class ReadAhead:
    """Reads under way, and parts that are staged and not yet taken."""

    def __init__(
        self,
        submit: Submit,
        shards: Iterator[Shard],
        options: ReadOptions,
        settle_dates: Callable[[ReadOptions], ReadOptions],
    ) -> None:
        """`settle_dates` answers options that settle ambiguous dates, where these do not; asked once."""
        self._submit = submit
        self._shards = shards
        self._options = options
        self._settle_dates: Callable[[ReadOptions], ReadOptions] | None = settle_dates
        self._reads = deque[tuple[Shard, ReadOptions, Reading]]()
        self._parts = deque[PartRead]()
        self._read_no = self._part_no = 0

    def start(self, parts: int, most_parts: int = PARTS_A_READ) -> None:
        """Starts reads until about that many parts are staged or under way."""
        part_bytes = self._options.part_bytes
        expected = len(self._parts) + sum(shard.expected_parts(part_bytes) for shard, _, _ in self._reads)
        while expected < parts and (shard := next(self._shards, None)) is not None:
            self._reads.append(self._read(shard, most_parts))
            expected += shard.expected_parts(part_bytes)

    def take(self, parts: int) -> list[PartRead]:
        """The next parts, at most that many; fewer only at the end, or where a read has stopped before its shard's."""
        while len(self._parts) < parts and self._reads:
            if self._collect():
                break
        return [self._number(self._parts.popleft()) for _ in range(min(parts, len(self._parts)))]

    def _collect(self) -> bool:
        """Waits for the first read. Answers whether something of its shard is left, which is then read first."""
        shard, options, future = self._reads.popleft()
        read = future.result()
        if read.has_ambiguous_dates and options is self._options and self._settle_dates is not None:
            self._options = self._settle_dates(options)
            self._settle_dates = None
        if read.has_ambiguous_dates and options is not self._options:
            self._reads.appendleft(self._read(shard, PARTS_A_READ))
            return False
        self._parts.extend(read.parts)
        if read.rest is None:
            return False
        self._reads.appendleft(self._read(read.rest, PARTS_A_READ))
        return True

    def _read(self, shard: Shard, most_parts: int) -> tuple[Shard, ReadOptions, Reading]:
        self._read_no += 1
        return shard, self._options, self._submit(shard, self._read_no, self._options, most_parts)

    def _number(self, part: PartRead) -> PartRead:
        self._part_no += 1
        return replace(part, shard=replace(part.shard, number=self._part_no))
