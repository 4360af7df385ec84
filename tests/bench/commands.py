"""Runs newsmill as a user does, and says how long it took and what memory its processes had."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import connect

SAMPLE_SECONDS = 0.5


@dataclass(slots=True)
class Ended:
    """A command that has ended: when it was started (seconds since 1970), how long it took, what it held at most."""

    started_at: float
    seconds: float
    output: str
    peaks: "Peaks"


@dataclass(slots=True)
class Peaks:
    """The most that was seen of each kind of process, in MB of RSS."""

    coordinator: float = 0.0
    worker: float = 0.0
    """Of the largest process that reads, or that has the model."""
    workers: float = 0.0
    server: float = 0.0

    def take(self, other: "Peaks") -> None:
        """Keeps the larger of each."""
        for name in self.__slots__:
            setattr(self, name, max(getattr(self, name), getattr(other, name)))


@dataclass(slots=True, frozen=True)
class CommandLine:
    """newsmill with a Prefect home of its own, so that nothing of the user's is used or left behind."""

    prefect_home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, is_watched: bool = False) -> Ended:
        """Runs it to its end. Raises SystemExit with what it said where it fails."""
        command = [sys.executable, "-m", "flows.cli", *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
        environment |= {"PREFECT_HOME": str(self.prefect_home), "DO_NOT_TRACK": "1", **self.environment}
        started_at, started = time.time(), time.perf_counter()
        peaks = Peaks()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            while is_watched and process.poll() is None:
                peaks.take(memory_of(process.pid))
                time.sleep(SAMPLE_SECONDS)
            output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
        return Ended(started_at, time.perf_counter() - started, output, peaks)


def last_counts(warehouse: Path) -> dict[str, Any]:
    """What the newest run says of itself, by name."""
    import json

    with connect(warehouse) as lake:
        row = lake.execute("SELECT counts FROM runs ORDER BY started_at DESC LIMIT 1").fetchone()
    return dict(json.loads(row[0])) if row else {}


def memory_of(pid: int) -> Peaks:
    """What a run's processes hold now: the command, its Prefect server, and all others below it. Linux only."""
    server, workers = 0.0, [0.0]
    for child in processes_below(pid):
        if b"flows.server" in _command_of(child):
            server += _rss(child)
        else:
            workers.append(_rss(child))
    return Peaks(_rss(pid), max(workers), sum(workers), server)


def processes_below(pid: int) -> Iterator[int]:
    """Children, and theirs."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from processes_below(int(child))
    except OSError:
        return


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _rss(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


@contextmanager
def running_server(prefect_home: Path) -> Iterator[str]:
    """A Prefect server for all commands inside; its address."""
    from flows.server import TemporaryServer

    before = os.environ.get("PREFECT_HOME")
    os.environ["PREFECT_HOME"] = str(prefect_home)
    try:
        with TemporaryServer() as server:
            server.wait()
            yield server.api_url
    finally:
        os.environ.pop("PREFECT_HOME")
        if before is not None:
            os.environ["PREFECT_HOME"] = before
