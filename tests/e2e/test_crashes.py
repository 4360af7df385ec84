"""Whatever stops a run, the next one goes on from there, and the tables are those of a run that nobody disturbed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

from flows.ending import ending_on_signals
from flows.server import TemporaryServer, _answers
from tests.conftest import PROJECT
from tests.e2e.conftest import SHARDS, Deliveries
from tests.e2e.test_ingest import ask
from tests.torture.runs import Forks, Order, differences, ingest_order, rows_of

KILLS = [
    ("run written down", 1),
    ("file half staged", 2),
    ("wave half marked", 2),
    ("shard enriched", 1),
    ("old rows deleted", 1),
    ("rows inserted", 2),
    ("all but committed", 1),
    ("committed", 1),
    ("counted, staging not removed", 2),
    ("rejects inserted", 1),
    ("all published, run not closed", 1),
]
"""Named instants, each reached so many times, one kill after the other."""


@pytest.fixture
def warehouse(deliveries: Deliveries, tmp_path: Path) -> Path:
    """A warehouse with the first delivery; the second replaces some of its rows."""
    shutil.copytree(deliveries.after_first, tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Lets nobody write to the folder and what is in it."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def started(inputs: Path, warehouse: Path, environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A real run in processes of its own, that has begun to read."""
    order = ingest_order(inputs, warehouse)
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *order.command],
        env={**{name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}, **environment},
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    try:
        assert run.stderr.readline().startswith("reading ")
        yield run
    finally:
        run.kill()
        run.wait()
        run.stderr.close()


def descendant(pid: int, word: str, seconds: float = 120) -> int:
    """A process that PID, or one that it has started, has started with that word in its command; waits for it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for child in all_descendants(pid):
            with suppress(OSError):
                if word in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"):
                    return child
        time.sleep(0.02)
    raise AssertionError(f"there is no process of {word}")


def all_descendants(pid: int) -> list[int]:
    """The processes below PID, the nearest first."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found + [below for child in found for below in all_descendants(child)]


def load_on(forks: Forks, deliveries: Deliveries, warehouse: Path) -> None:
    """Loads the second delivery, and checks that nothing is lost or doubled."""
    ended = forks.ingest(deliveries.second, warehouse, environment=SHARDS)
    assert ended.code == 0, ended.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []
    assert ask(warehouse, "SELECT status, count(*) FROM runs GROUP BY ALL") == [("completed", 3)]
    assert not (warehouse / "staging").exists()


def test_a_load_that_is_killed_a_dozen_times_ends_with_the_rows_of_one_that_was_not(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    killed = forks.ingest(deliveries.second, warehouse, environment=SHARDS, after=0.7)
    assert killed.code in {-9, 0}
    for instant, times in KILLS:
        killed = forks.ingest(deliveries.second, warehouse, environment=SHARDS, instant=instant, times=times)
        assert killed.code == -9, (instant, killed.err)
    load_on(forks, deliveries, warehouse)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        pytest.param(signal.SIGTERM, 143, "terminated", marks=pytest.mark.long),
    ],
)
def test_a_signal_ends_a_run_with_a_line_and_its_exit_code(
    forks: Forks, deliveries: Deliveries, warehouse: Path, number: int, code: int, word: str
) -> None:
    ended = forks.ingest(deliveries.second, warehouse, environment=SHARDS, instant="rows inserted", signal=number)
    assert ended.code == code, ended.err
    last = ended.err.strip().splitlines()[-1]
    assert last == f"newsmill: {word}; what was committed stays, and the same command goes on from there"
    assert "Traceback" not in ended.err
    load_on(forks, deliveries, warehouse)


def test_a_signal_during_a_query_is_not_lost_in_the_error_that_duckdb_makes_of_it() -> None:
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt), ending_on_signals():
        duckdb.connect().execute("SELECT sum(sin(range)) FROM range(100000000)")


FULL_AT = ["file half staged", "wave half marked", "wave marked", "shard enriched", "rows inserted", "committed"]
"""Instants behind which comes a write of another kind: staging, DuckDB's files, pyarrow's, DuckLake's, SQLite's."""


@pytest.mark.long
def test_a_full_disk_is_one_line_and_the_next_run_goes_on(
    forks: Forks, deliveries: Deliveries, small_disk: Path
) -> None:
    warehouse, ballast = small_disk / "w", small_disk / "ballast"
    shutil.copytree(deliveries.after_first, warehouse)
    for instant in FULL_AT:
        full = forks.ingest(deliveries.second, warehouse, environment=SHARDS, instant=instant, fill=str(ballast))
        ballast.unlink()
        assert full.code == 3, (instant, full.err)
        assert full.last_line.startswith(f"newsmill: cannot write to {warehouse}"), (instant, full.err)
        assert full.last_line.endswith(
            ": the disk is full: make room; what was committed stays, and the same command goes on from there"
        )
        assert len(full.err.splitlines()) <= 2, full.err
    load_on(forks, deliveries, warehouse)


@pytest.mark.long
def test_a_file_that_may_not_grow_is_one_line_and_the_next_run_goes_on(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    # Less than the catalog has already.
    assert (warehouse / "catalog.sqlite").stat().st_size > 50_000
    full = forks.ingest(deliveries.second, warehouse, environment=SHARDS, limits={"RLIMIT_FSIZE": 50_000})
    assert full.code == 3, full.err
    assert full.last_line.startswith("newsmill: cannot write to ")
    assert full.last_line.endswith("what was committed stays, and the same command goes on from there")
    assert "Traceback" not in full.err
    load_on(forks, deliveries, warehouse)


def test_a_warehouse_that_cannot_be_written_to_is_one_line_and_may_be_asked(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    with read_only(warehouse):
        refused, asked, told, checked = forks.run_all(
            ingest_order(deliveries.second, warehouse, environment=SHARDS, is_restricted=True),
            Order(["sql", "SELECT count(*) FROM articles", "-w", str(warehouse), "-f", "csv"], is_restricted=True),
            Order(["status", "-w", str(warehouse)], is_restricted=True),
            Order(["verify", "-w", str(warehouse)], is_restricted=True),
        )
    assert refused.code == 3, refused.err
    assert refused.err == (
        f"newsmill: cannot write to {warehouse}/writer.lock: permission denied: let somebody run this who may write"
        " there, or name another folder; what was committed stays, and the same command goes on from there\n"
    )
    count = len(deliveries.first_rows["articles"])
    assert (asked.code, asked.err.split()[-1]) == (0, str(count)), asked.err
    assert (told.code, checked.code) == (0, 0), told.err + checked.err
    load_on(forks, deliveries, warehouse)


def test_a_warehouse_that_may_not_be_read_is_one_line(forks: Forks, warehouse: Path) -> None:
    (warehouse / "catalog.sqlite").chmod(0o000)
    [asked] = forks.run_all(Order(["sql", "SELECT 1", "-w", str(warehouse)], is_restricted=True))
    assert (asked.code, asked.err) == (
        3,
        f"newsmill: {warehouse}/catalog.sqlite may not be read: ask who owns it for leave to read the warehouse's"
        " folder and files\n",
    )


@pytest.mark.long
def test_a_worker_its_language_process_and_the_temporary_server_may_be_killed(
    deliveries: Deliveries, warehouse: Path
) -> None:
    environment = {**SHARDS, "NEWSMILL_RUNNER": "processes", "NEWSMILL_WORKERS": "2"}
    with started(deliveries.second, warehouse, environment) as run:
        os.kill(descendant(run.pid, "flows.server"), signal.SIGKILL)
        os.kill(descendant(run.pid, "flows.isolation"), signal.SIGKILL)
        os.kill(descendant(run.pid, "spawn_main"), signal.SIGKILL)
        _, said = run.communicate(timeout=240)
    assert run.returncode == 0, said
    assert "a worker process was killed, perhaps for want of memory: starting it again" in said
    assert "Error" not in said
    assert differences(rows_of(warehouse), deliveries.second_rows) == []


@pytest.mark.long
def test_a_configured_server_that_dies_is_one_line_and_nothing_is_lost(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    with TemporaryServer() as server:
        server.wait()
        environment = {**SHARDS, "PREFECT_API_URL": server.api_url, "PREFECT_CLIENT_MAX_RETRIES": "0"}
        with started(deliveries.second, warehouse, environment) as run:
            server._stopping.set()  # or it would be started again
            server._process.kill()
            server._process.wait()
            _, said = run.communicate(timeout=240)
    assert run.returncode == 3, said
    assert said.strip().splitlines() == [
        f"newsmill: the Prefect server at {server.api_url} does not answer any more: see why it ended, and start it"
        " again; what was committed stays, and the same command goes on from there"
    ]
    load_on(forks, deliveries, warehouse)


def test_a_staged_file_that_is_damaged_fails_the_run_and_is_read_anew_by_the_next(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    staging = str(warehouse / "staging")
    failed = forks.ingest(
        deliveries.second, warehouse, environment=SHARDS, instant="shard staged", times=2, spoil=staging
    )
    assert failed.code == 3, failed.err
    assert failed.err.strip().splitlines()[-1].startswith("newsmill: ")
    assert "Traceback" not in failed.err
    load_on(forks, deliveries, warehouse)


@pytest.mark.long
def test_a_clock_that_jumps_back_changes_no_row(forks: Forks, deliveries: Deliveries, warehouse: Path) -> None:
    days = -3 * 24 * 3600
    killed = forks.ingest(deliveries.second, warehouse, environment=SHARDS, instant="committed", times=2, clock=days)
    assert killed.code == -9
    ended = forks.ingest(deliveries.second, warehouse, environment=SHARDS, clock=2 * days)
    assert ended.code == 0, ended.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []
    assert ask(warehouse, "SELECT status, count(*) FROM runs GROUP BY ALL") == [("completed", 3)]


def test_a_temporary_server_that_dies_is_started_again() -> None:
    with TemporaryServer() as server:
        server.wait()
        server._process.kill()
        server._process.wait()
        deadline = time.monotonic() + 60
        while not _answers(server.api_url) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _answers(server.api_url)


def test_a_temporary_server_that_nobody_has_used_is_not_waited_for() -> None:
    with TemporaryServer() as server:
        pass
    assert server._process.returncode == -signal.SIGTERM
    assert not _answers(server.api_url)
