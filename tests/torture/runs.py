"""Runs newsmill many times without starting Python each time: every run is a fork of a process that has all imported.

Comes in: `Order`s, which say what to run and how it is to end. Goes out: exit codes, and the rows of a warehouse. Each
run is the whole command line in a process group of its own, and dies of a real SIGKILL; only the language stage stays
in the same process, which saves seconds a run.

`python -m tests.torture.runs` is the process that forks; it takes one order a line as JSON and answers one line each.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

TIMES = {"run_id", "ingested_at", "committed_at", "quarantined_at"}
"""Columns that differ from run to run."""

LONGEST_RUN_SECONDS = 240
FORK_FAILED = 70

Rows = dict[str, list[str]]
"""Every row of every table, as JSON."""


@dataclass(slots=True)
class Order:
    """A command to run. It is sent a `signal` at an `instant` reached `times` times, or `after` so many seconds.

    Instead, at that instant: `spoil`, a folder of Parquet files, is cut off; or the disk that holds the file `fill`
    becomes full of it. `limits` are soft limits of the system by name, such as RLIMIT_FSIZE. `clock`: seconds by which
    the clock goes wrong. `is_restricted`: permissions of files hold for it, also where root runs it.
    """

    command: list[str]
    instant: str | None = None
    times: int = 1
    after: float | None = None
    signal: int = signal.SIGKILL
    environment: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    clock: float = 0
    spoil: str | None = None
    fill: str | None = None
    is_restricted: bool = False


@dataclass(slots=True, frozen=True)
class Ended:
    """How a run ended: exit code (negative: the signal that ended it), what it said, seconds it took."""

    code: int
    err: str
    seconds: float

    @property
    def last_line(self) -> str:
        """What it said last."""
        return (self.err.strip().splitlines() or [""])[-1]


class Forks:
    """The process that forks, as a context manager."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def __enter__(self) -> "Forks":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.runs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PREFECT_API_URL": self._api_url, "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"},
            cwd=Path(__file__).resolve().parent.parent.parent,
            text=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run_all(self, *orders: Order) -> list[Ended]:
        """Runs several commands at the same time, each to its end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([asdict(order) for order in orders]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks has ended"
        return [Ended(**ended) for ended in json.loads(answer)]

    def ingest(self, inputs: Path, warehouse: Path, *options: str, **how: Any) -> Ended:
        """Runs `newsmill ingest`, in small shards."""
        return self.run_all(ingest_order(inputs, warehouse, *options, **how))[0]


def ingest_order(inputs: Path, warehouse: Path, *options: str, **how: Any) -> Order:
    """An order to run `newsmill ingest` on the torture corpus."""
    command = ["ingest", str(inputs), "-w", str(warehouse), "--date-order", "dmy", "--corpus", "wire", *options]
    return Order(command, **how)


def rows_of(warehouse: Path) -> Rows:
    """Every row of every table but `runs`, with all columns that do not differ from run to run, in order."""
    import schemas
    from warehouse import connect

    found = {}
    with connect(warehouse) as lake:
        for table in schemas.TABLES:
            if table == "runs":
                continue
            columns = ", ".join(f'"{name}"' for name in schemas.TABLES[table].names if name not in TIMES)
            rows = lake.execute(f"SELECT to_json(r)::VARCHAR FROM (SELECT {columns} FROM {table}) AS r").fetchall()
            found[table] = sorted(row[0] for row in rows)
    return found


def differences(found: Rows, wanted: Rows) -> list[str]:
    """One line a table that is not as it should be, with the first row that is too many or missing."""
    lines = []
    for table, rows in wanted.items():
        if found[table] != rows:
            extra = _first_beyond(found[table], rows)
            missing = _first_beyond(rows, found[table])
            lines.append(f"{table}: {len(found[table])} rows, not {len(rows)}; extra {extra}; missing {missing}")
    return lines


def _first_beyond(rows: list[str], others: list[str]) -> str:
    rest = list(others)
    for row in rows:
        if row not in rest:
            return row[:300]
        rest.remove(row)
    return "none"


# --- inside the process that forks ------------------------------------------------------------------------------------


class _InProcess:
    """Stands for the process of the language stage, in this one."""

    def start(self) -> None:
        """There is nothing to start."""

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """What the function answers."""
        from flows.isolation import allow_seconds

        try:
            return function(*args)
        finally:
            allow_seconds(0)


def _serve() -> None:
    import flows.cli
    import flows.enriching
    import flows.ingest
    import flows.runners
    from transforms.extraction import extract_all
    from transforms.language import load_model
    from transforms.languages import detect_language

    list(extract_all(load_model(), [("Ada Cole won.", None)]))
    detect_language("Ada Cole won the vote on Monday.")
    for module in (flows.enriching, flows.runners):
        module.isolated_process = lambda *_: _InProcess()  # type: ignore[attr-defined]
    # The named instants of reading are in this process.
    flows.ingest.read_in_isolation = lambda *args: flows.ingest.read_shard(*args)
    for line in sys.stdin:
        runs = [_Run(Order(**order)) for order in json.loads(line)]
        while {run.has_ended() for run in runs} != {True}:
            time.sleep(0.005)
        print(json.dumps([asdict(run.ended()) for run in runs]), flush=True)  # noqa: T201 - the answer


class _Run:
    """A forked run."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has ended
        self._started = time.monotonic()
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            # Whatever goes wrong in the fork, it must not go on as the process that forks.
            code = FORK_FAILED
            try:
                code = _run(order, self._said.fileno())
            finally:
                sys.stderr.flush()
                os._exit(code)
        # Whoever is first: the group must be there before it is killed.
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(self._pid, self._pid)

    def has_ended(self) -> bool:
        """Whether it has ended. Kills it where its time has come."""
        if self._code is not None:
            return True
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            self._code = os.waitstatus_to_exitcode(status)
            self._seconds = time.monotonic() - self._started
            return True
        seconds = time.monotonic() - self._started
        if self._order.after is not None and seconds >= self._order.after:
            os.killpg(self._pid, self._order.signal)
            self._order.after = None
        if seconds > LONGEST_RUN_SECONDS:
            os.killpg(self._pid, signal.SIGKILL)
        return False

    def ended(self) -> Ended:
        """How it has ended."""
        assert self._code is not None
        with self._said:
            self._said.seek(0)
            return Ended(self._code, self._said.read().decode("utf-8", "replace"), round(self._seconds, 2))


def _run(order: Order, say: int) -> int:
    """The forked process: becomes the command, and answers its exit code."""
    import resource

    import flows.cli
    from tests.torture.instants import act_at

    with suppress(PermissionError):
        os.setpgid(0, 0)
    for number in (1, 2):
        os.dup2(say, number)
    os.environ.update(order.environment)
    if order.is_restricted:
        _drop_capabilities()
    for name, limit in order.limits.items():
        kind = getattr(resource, name)
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    if order.clock:
        _turn_clock(order.clock)
    if order.instant:
        act_at(order.instant, order.times, partial(_act, order))
    sys.argv = ["newsmill", *order.command]
    try:
        flows.cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _act(order: Order) -> None:
    if order.spoil is not None:
        for path in Path(order.spoil).rglob("*.parquet"):
            os.truncate(path, path.stat().st_size // 2)
    elif order.fill is not None:
        _fill(Path(order.fill))
    else:
        os.killpg(0, order.signal)


def _fill(path: Path) -> None:
    """Writes a file until the disk is full."""
    with path.open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))


def _drop_capabilities() -> None:
    """Takes from root what lets it write to everything. Does nothing where the system knows no capabilities."""
    import ctypes

    with suppress(AttributeError):
        version_3_of_this_process = (ctypes.c_uint32 * 2)(0x20080522, 0)
        ctypes.CDLL(None).capset(version_3_of_this_process, (ctypes.c_uint32 * 6)())


def _turn_clock(seconds: float) -> None:
    """Lets the clock of the day go wrong by so many seconds, for all that is written down."""
    import datetime as module

    import warehouse.publish
    import warehouse.runs

    class Clock(module.datetime):
        @classmethod
        def now(cls, tz: module.tzinfo | None = None) -> "Clock":
            return super().now(tz) + module.timedelta(seconds=seconds)

    for owner in (warehouse.publish, warehouse.runs):
        owner.datetime = Clock  # type: ignore[attr-defined]


if __name__ == "__main__":
    _serve()
