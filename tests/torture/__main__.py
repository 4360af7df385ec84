"""The long form: `make torture KILLS=200 SEED=1`.

Kills `newsmill ingest` again and again, at random instants and at named ones, in a first load and in one that replaces
rows; runs it to the end, and compares every table, row by row, with a run that nobody disturbed. Prints a summary, and
exits with 1 where anything differs.
"""

import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.server import prefect_server
from tests.torture.corpus import revise, write_corpus
from tests.torture.instants import INSTANTS
from tests.torture.runs import Forks, Rows, differences, rows_of

SHARDS = {
    "NEWSMILL_RUNNER": "inline",
    "NEWSMILL_SHARD_BYTES": "3000",
    "NEWSMILL_WAVE_SHARDS": "4",
    "NEWSMILL_WORKERS": "1",
}
MOST_KILLS = 4
"""Kills of one load, before it is left to end."""


@dataclass(slots=True)
class Load:
    """A load to be disturbed: what to read, into a copy of which warehouse, and what must stand there then."""

    name: str
    inputs: Path
    base: Path
    wanted: Rows
    seconds: float


@dataclass(slots=True)
class Tally:
    """What has happened so far."""

    kills: int = 0
    by_instant: dict[str, int] = field(default_factory=dict)
    not_reached: int = 0
    loads: int = 0
    faults: list[str] = field(default_factory=list)

    def count(self, instant: str) -> None:
        """Counts a kill."""
        self.kills += 1
        self.by_instant[instant] = self.by_instant.get(instant, 0) + 1


def prepare_loads(forks: Forks, folder: Path, records: int) -> list[Load]:
    """The two loads, each done once without disturbance. The first begins with tables that hold nothing."""
    write_corpus(folder / "wire", records=records)
    (folder / "nothing").mkdir()
    empty = forks.ingest(folder / "nothing", folder / "empty", environment=SHARDS)
    assert empty.code == 0, empty.err
    shutil.copytree(folder / "empty", folder / "first")
    first = forks.ingest(folder / "wire", folder / "first", environment=SHARDS)
    assert first.code == 0, first.err
    # The copy keeps the times of the files that stay as they are.
    shutil.copytree(folder / "wire", folder / "revised" / "wire")
    revise(folder / "revised" / "wire")
    shutil.copytree(folder / "first", folder / "second")
    second = forks.ingest(folder / "revised" / "wire", folder / "second", environment=SHARDS)
    assert second.code == 0, second.err
    return [
        Load("first load", folder / "wire", folder / "empty", rows_of(folder / "first"), first.seconds),
        Load("revision", folder / "revised" / "wire", folder / "first", rows_of(folder / "second"), second.seconds),
    ]


def torture(forks: Forks, load: Load, warehouse: Path, kills: int, chance: random.Random, tally: Tally) -> None:
    """Kills the load that many times, lets it end, and compares."""
    shutil.copytree(load.base, warehouse)
    story = []
    for _ in range(kills):
        how = choose_end(load, chance)
        ended = forks.ingest(load.inputs, warehouse, environment=SHARDS, **how)
        instant = str(how.get("instant", "random instant"))
        story.append(f"{instant} {how.get('times') or how.get('after')}")
        if ended.code == -9:
            tally.count(instant)
        elif ended.code == 0:
            tally.not_reached += 1
        else:
            tally.faults.append(f"{load.name}, {story}: exit code {ended.code}: {ended.err[-300:]}")
    last = forks.ingest(load.inputs, warehouse, environment=SHARDS)
    tally.loads += 1
    problems = [] if last.code == 0 else [f"exit code {last.code}: {last.err[-300:]}"]
    if last.code == 0:
        problems += differences(rows_of(warehouse), load.wanted) + leftovers(warehouse)
    tally.faults += [f"{load.name}, {story}: {problem}" for problem in problems]
    if not problems:
        shutil.rmtree(warehouse)


def choose_end(load: Load, chance: random.Random) -> dict[str, Any]:
    """A named instant, or a random one."""
    if chance.random() < 0.5:
        return {"instant": chance.choice(list(INSTANTS)), "times": chance.choice([1, 1, 2, 3, 5, 8])}
    return {"after": round(chance.uniform(0.05, load.seconds), 3)}


def leftovers(warehouse: Path) -> list[str]:
    """What should not be there after a run that has completed."""
    from warehouse import connect

    with connect(warehouse) as lake:
        open_runs = lake.execute("SELECT count(*) FROM runs WHERE status <> 'completed'").fetchall()[0][0]
    found = [] if not open_runs else [f"runs: {open_runs} are not completed"]
    return found + (["staging: it is not empty"] if (warehouse / "staging").exists() else [])


def main(kills: int, seed: int, records: int = 120) -> int:
    """Runs the long form, and answers the exit code."""
    chance = random.Random(seed)
    tally = Tally()
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="newsmill-torture-"))
    with prefect_server() as server:
        assert server, "unset PREFECT_API_URL: the long form brings a server of its own"
        server.wait()
        with Forks(server.api_url) as forks:
            loads = prepare_loads(forks, folder, records)
            _say(f"undisturbed: {', '.join(f'{load.name} {load.seconds:.1f} s' for load in loads)}")
            while tally.kills < kills:
                load = chance.choice(loads)
                torture(forks, load, folder / f"w{tally.loads}", chance.randint(1, MOST_KILLS), chance, tally)
                _say(f"{tally.kills} kills, {tally.loads} loads, {len(tally.faults)} faults")
    _say(f"\n{tally.kills} kills in {tally.loads} loads, {time.monotonic() - started:.0f} s (seed {seed})")
    for instant, count in sorted(tally.by_instant.items()):
        _say(f"  {count:4}  {instant}")
    _say(f"  {tally.not_reached:4}  runs ended before their instant came")
    _say(f"{len(tally.faults)} faults; the warehouses of faults are kept in {folder}" if tally.faults else "no faults")
    for fault in tally.faults:
        _say(f"  {fault}")
    if not tally.faults:
        shutil.rmtree(folder)
    return 1 if tally.faults else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a program of its own


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
