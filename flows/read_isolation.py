"""Reads a shard in a process of its own, so that a file which ends it, as a crash in a parser does, ends nothing else.

Comes in: a shard. Goes out: what `reading.py` makes of it. Where its process ends, its files are read one by one, and a
record, or the rest of a file, that ends a second process at the same place goes into quarantine. A run in one process
reads this way from the beginning; a pool does where its workers have been killed twice over a shard.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from flows.errors import ProcessEndedError, ReadingProcessError, describe_exit
from flows.isolation import reading_process
from flows.plan import FileSlice, Shard
from flows.reading import PartRead, ReadOptions, ShardRead, read_shard
from flows.watching import Place, Watching, place_in

ENDS_OF_FAULT = 2
"""Processes that something has to end before it is at fault."""

MOST_ENDS = 20
"""Processes that one file may end."""


def read_in_isolation(shard: Shard, folder: str, options: ReadOptions, most_parts: int) -> ShardRead:
    """The same as `read_shard`, in another process. Raises what that does."""
    try:
        return reading_process().call(read_shard, shard, folder, options, most_parts)
    except ProcessEndedError:
        return _read_one_by_one(shard, folder, options, most_parts)


def _read_one_by_one(shard: Shard, folder: str, options: ReadOptions, most_parts: int) -> ShardRead:
    parts: list[PartRead] = []
    for number, part in enumerate(shard.slices):
        read = _read_slice(part, f"{folder}/{number}", options, max(most_parts - len(parts), 1))
        parts.extend(read.parts)
        if read.rest:
            return ShardRead(tuple(parts), Shard((*read.rest.slices, *shard.slices[number + 1 :])))
    return ShardRead(tuple(parts))


def _read_slice(part: FileSlice, folder: str, options: ReadOptions, most_parts: int) -> ShardRead:
    """Reads one slice, past what ends the process. Only what does so twice is at fault."""
    path = Path(folder) / "place"
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = Counter[Place]()
    watching = Watching(str(path))
    while True:
        path.write_bytes(b"")
        try:
            watched = replace(options, watching=watching)
            return reading_process().call(read_shard, Shard((part,)), folder, watched, most_parts)
        except ProcessEndedError as error:
            place = place_in(path)
            ends[place] += 1
            if ends[place] == ENDS_OF_FAULT:
                watching = watching.past(place, _explain(error))
            if sum(ends.values()) > MOST_ENDS:
                raise ReadingProcessError(
                    f"reading {part.file.file_uri} has ended its process {MOST_ENDS} times: take the file away or"
                    " repair it; what was committed stays, and the same command goes on from there"
                ) from error


def _explain(error: ProcessEndedError) -> str:
    return (
        f"reading it ended the process twice: {describe_exit(error.exit_code)}: convert it to another format, or report"
        " it with the record"
    )
