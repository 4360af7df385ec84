"""Whatever stops a run, the next one goes on from there, and the tables are those of a run that nobody disturbed."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import duckdb
import pytest

from flows.ending import ending_on_signals
from flows.server import TemporaryServer, _answers
from tests.e2e.conftest import SHARDS, Deliveries
from tests.e2e.test_ingest import ask
from tests.torture.runs import Forks, differences, rows_of

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
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
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


def test_a_warehouse_that_cannot_be_written_to_is_one_line(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is read-only to root")
    paths = [warehouse, *warehouse.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    refused = forks.ingest(deliveries.second, warehouse, environment=SHARDS)
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert refused.code == 3
    assert refused.err.strip().splitlines()[-1].startswith("newsmill: ")
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
