"""Sorts more than memory should hold.

Comes in: tuples in any order. Goes out: the same in order, after all have come in. Up to a number of them they stay in
memory; beyond that, sorted runs go to an unnamed temporary file and are merged from there.
"""

import os
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Any, BinaryIO, TypeVar

RUN_ITEMS = 10_000
BLOCK_ITEMS = 200

Item = TypeVar("Item", bound=tuple[Any, ...])


def sort_in_runs(items: Iterable[Item], run_items: int = RUN_ITEMS) -> Iterator[Item]:
    """The tuples in the order of their first field, which should differ; no more than a run of them in memory.

    Raises OSError where the temporary folder cannot be written to.
    """
    rest = iter(items)
    run = sorted(islice(rest, run_items), key=_first)
    following = next(rest, None)
    if following is None:
        yield from run
        return
    with tempfile.TemporaryFile() as spill:
        runs = [_write_run(spill, run)]
        run = [following]
        while run:
            run.extend(islice(rest, run_items - len(run)))
            runs.append(_write_run(spill, sorted(run, key=_first)))
            run = list(islice(rest, run_items))
        spill.flush()
        yield from merge(*(_read_run(spill.fileno(), blocks) for blocks in runs), key=_first)


def _first(item: tuple[Any, ...]) -> Any:
    return item[0]


def _write_run(spill: BinaryIO, run: list[Item]) -> list[tuple[int, int]]:
    """Appends the run. Answers where its blocks begin and how long they are."""
    blocks = []
    for start in range(0, len(run), BLOCK_ITEMS):
        raw = pickle.dumps(run[start : start + BLOCK_ITEMS])
        blocks.append((spill.tell(), len(raw)))
        spill.write(raw)
    return blocks


def _read_run(descriptor: int, blocks: list[tuple[int, int]]) -> Iterator[Any]:
    for offset, length in blocks:
        yield from pickle.loads(os.pread(descriptor, length, offset))
