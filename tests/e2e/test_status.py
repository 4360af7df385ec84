"""`newsmill status`: how a warehouse is doing, for people and programs, once or until Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import Outcome
from tests.warehouse import newsroom
from warehouse.catalog import LOCK_FILE, connect, open_for_writing
from warehouse.status import read_progress, read_throughput


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("status") / "warehouse"
    with open_for_writing(folder) as connection:
        newsroom.fill(connection)
        connection.execute("DELETE FROM runs")
        connection.execute(
            "INSERT INTO runs (run_id, flow, started_at, finished_at, status, counts) VALUES"
            " ('old', 'ingest', TIMESTAMPTZ '2026-03-01 10:00:00Z', TIMESTAMPTZ '2026-03-01 10:01:00Z', 'completed',"
            """ '{"articles": 30, "words": 9000, "seconds": 60}'),"""
            " ('new', 'ingest', TIMESTAMPTZ '2026-03-02 10:00:00Z', NULL, 'running', NULL)"
        )
        connection.execute("UPDATE articles SET run_id = 'new'")
    return folder


def test_a_run_that_nobody_runs_is_shown_as_crashed(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    shown = newsmill("status", "--warehouse", warehouse)
    assert "crashed" in shown.out
    assert "running" not in shown.out
    with FileLock(warehouse / LOCK_FILE):
        assert "running" in newsmill("status", "--warehouse", warehouse).out


def test_programs_get_json(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    told = json.loads(newsmill("status", "--warehouse", warehouse, "--format", "json").out)
    assert [run["status"] for run in told["runs"]] == ["crashed", "completed"]
    assert told["rows"]["articles"] > 1
    assert told["is_writing"] is False
    refused = newsmill("status", "--warehouse", warehouse, "--format", "csv")
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_progress_counts_what_the_run_has_committed(warehouse: Path) -> None:
    with connect(warehouse) as lake, FileLock(warehouse / LOCK_FILE):
        found = read_progress(lake, warehouse)
        articles, quotes = lake.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes)"
        ).fetchall()[0]
    assert found is not None
    assert (found.run_id, found.status) == ("new", "running")
    assert (found.rows["articles"], found.rows["quotes"]) == (articles, quotes)


def test_throughput_is_that_of_completed_runs(warehouse: Path) -> None:
    with connect(warehouse) as lake:
        (row,) = read_throughput(lake).to_pylist()
    assert (row["run_id"], row["articles_per_second"], row["words_per_second"]) == ("old", 0.5, 150.0)


def test_ctrl_c_ends_watching_without_noise(warehouse: Path) -> None:
    watching = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "status", "--watch", "--every", "0.1", "--warehouse", str(warehouse)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None
    first = watching.stdout.readline()
    with open_for_writing(warehouse) as connection:
        connection.execute("UPDATE runs SET status = 'completed', finished_at = now() WHERE run_id = 'new'")
    second = next(line for line in watching.stdout if "completed" in line)
    os.kill(watching.pid, signal.SIGINT)
    out, err = watching.communicate(timeout=60)
    assert (watching.returncode, out, err) == (0, "", "")
    assert first.startswith("ingest new ")
    assert second.startswith("ingest new completed ")


def test_a_warehouse_without_runs_says_how_to_start_one(tmp_path: Path) -> None:
    from flows.observing import NO_RUN, _describe

    with open_for_writing(tmp_path / "w"):
        pass
    with connect(tmp_path / "w") as lake:
        assert _describe(read_progress(lake, tmp_path / "w")) == NO_RUN
