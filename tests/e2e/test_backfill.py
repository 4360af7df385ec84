"""Whole backfills: partitions as runs of their own, kills and faults in between, and what others get done meanwhile."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import SHARDS
from tests.e2e.test_ingest import ask, ask_prefect
from tests.torture.runs import Forks, Order, Rows, differences, rows_of
from warehouse.catalog import open_for_writing

MONTHS = ("2014-12", "2015-01", "undated")
STRIKE = "Workers in Port Ellery went on strike, Ada Cole told reporters."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of three texts each, one of which both have, and a text whose path tells no date."""
    folder = tmp_path_factory.mktemp("archive") / "wire"
    for number, name in enumerate(MONTHS[:-1]):
        month = folder / name.replace("-", "/")
        month.mkdir(parents=True)
        for day in (1, 2):
            text = f'"The bridge will cost {number + day} million dollars," Mayor Ada Cole said on day {day} of {name}.'
            (month / f"{day}.txt").write_text(text * 40 + "\n", encoding="utf-8")
        (month / "strike.txt").write_text(STRIKE + "\n", encoding="utf-8")
    (folder / "notes.txt").write_text("Governor Bo Lund denied that the talks had failed.\n", encoding="utf-8")
    return folder


def order(archive: Path, warehouse: Path, *options: str, **how: Any) -> Order:
    command = ["backfill", str(archive), "-w", str(warehouse), "--nice", "0", *options]
    return Order(command, environment=SHARDS, **how)


@pytest.fixture(scope="module")
def loaded(forks: Forks, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A warehouse after a backfill that nobody disturbed, and what it said."""
    warehouse = tmp_path_factory.mktemp("loaded") / "w"
    (ended,) = forks.run_all(order(archive, warehouse))
    assert ended.code == 0, ended.err
    return warehouse, ended.err


@pytest.fixture(scope="module")
def loaded_rows(loaded: tuple[Path, str]) -> Rows:
    return rows_of(loaded[0])


def runs_in(warehouse: Path) -> list[tuple[str, str, int]]:
    """Partition, status and articles of each run, in order."""
    return ask(
        warehouse,
        "SELECT parameters->>'partition', status, (counts->>'articles')::INTEGER FROM runs"
        " WHERE flow = 'backfill' ORDER BY started_at",
    )


@pytest.mark.long
def test_each_partition_is_a_run_of_its_own_with_a_line_and_a_row_of_the_table(loaded: tuple[Path, str]) -> None:
    warehouse, said = loaded
    assert runs_in(warehouse) == [(name, "completed", 3) for name in MONTHS[:-1]] + [("undated", "completed", 1)]
    lines = said.splitlines()
    assert lines[0].startswith("7 files (0.0 MB) in 3 partitions, from 2014-12 to undated: about 6 s (a rough figure")
    assert lines[1] == "without a date in the path: 1 file, to come last, as 'undated'"
    assert lines[2].startswith("2014-12: 3 articles in ")
    assert "; 1/3 partitions, 3 articles, " in lines[2]
    rows = [line.split() for line in lines if line.startswith(MONTHS) and "completed" in line]
    assert [(row[0], row[1], row[2], row[-1]) for row in rows] == [
        ("2014-12", "3", "0", "completed"), ("2015-01", "3", "1", "completed"), ("undated", "1", "0", "completed"),
    ]  # fmt: skip
    assert lines[-1].startswith("7 articles (1 duplicates) from 7 files in 3 partitions, 0:")


@pytest.mark.long
def test_the_first_partition_that_is_loaded_has_the_original(
    forks: Forks, loaded: tuple[Path, str], archive: Path, tmp_path: Path
) -> None:
    original = "SELECT source_uri FROM articles WHERE duplicate_of IS NULL AND source_uri LIKE '%strike.txt'"
    assert ask(loaded[0], original) == [("wire/2014/12/strike.txt",)]
    (ended,) = forks.run_all(order(archive, tmp_path / "w", "--newest-first", "--no-undated"))
    assert ended.code == 0, ended.err
    assert [run[0] for run in runs_in(tmp_path / "w")] == [*reversed(MONTHS[:-1])]
    assert ask(tmp_path / "w", original) == [("wire/2015/01/strike.txt",)]


@pytest.mark.long
def test_a_second_backfill_has_nothing_to_do_and_one_of_more_years_passes_over_what_is_there(
    forks: Forks, loaded: tuple[Path, str], loaded_rows: Rows, archive: Path, tmp_path: Path
) -> None:
    shutil.copytree(loaded[0], tmp_path / "w")
    (nothing,) = forks.run_all(order(archive, tmp_path / "w"))
    assert nothing.code == 0, nothing.err
    assert nothing.err.strip() == f"nothing new: 7 files in {archive} are unchanged since they were loaded"
    (some,) = forks.run_all(order(archive, tmp_path / "half", "--to", "2014", "--no-undated"))
    assert some.code == 0, some.err
    (rest,) = forks.run_all(order(archive, tmp_path / "half"))
    assert rest.code == 0, rest.err
    assert "unchanged since they were loaded: 3 other files" in rest.err
    assert [run[0] for run in runs_in(tmp_path / "half")] == list(MONTHS)
    assert differences(rows_of(tmp_path / "half"), loaded_rows) == []


@pytest.mark.long
def test_a_backfill_that_is_ended_and_killed_goes_on_in_mid_partition_and_ends_with_the_same_rows(
    forks: Forks, loaded_rows: Rows, archive: Path, tmp_path: Path
) -> None:
    (ended,) = forks.run_all(order(archive, tmp_path / "w", instant="rows inserted", times=2, signal=signal.SIGTERM))
    assert ended.code == 143, ended.err
    assert ended.last_line == "newsmill: terminated; what was committed stays, and the same command goes on from there"
    assert "Traceback" not in ended.err
    for instant in ("run closed", "committed"):
        (killed,) = forks.run_all(order(archive, tmp_path / "w", instant=instant))
        assert killed.code == -9, (instant, killed.err)
    (ended,) = forks.run_all(order(archive, tmp_path / "w"))
    assert ended.code == 0, ended.err
    assert [run[:2] for run in runs_in(tmp_path / "w")] == [(name, "completed") for name in MONTHS]
    assert differences(rows_of(tmp_path / "w"), loaded_rows) == []


@pytest.mark.long
def test_a_partition_that_fails_stands_in_the_table_and_the_others_are_loaded(
    forks: Forks, loaded_rows: Rows, archive: Path, tmp_path: Path
) -> None:
    staging = str(tmp_path / "w" / "staging")
    (failed,) = forks.run_all(order(archive, tmp_path / "w", instant="shard staged", times=2, spoil=staging))
    assert failed.code == 3, failed.err
    assert "Traceback" not in failed.err
    statuses = {run[0]: run[1] for run in runs_in(tmp_path / "w")}
    assert statuses == dict.fromkeys(MONTHS, "completed") | {"2014-12": "failed"}
    (row,) = [line for line in failed.err.splitlines() if line.startswith("2014-12") and "failed  " in line]
    assert "No magic bytes found at end of file" in row
    assert failed.last_line.startswith("newsmill: 1 of 3 partitions failed: ")
    assert failed.last_line.endswith("; the same command goes on with what is left")
    (ended,) = forks.run_all(order(archive, tmp_path / "w"))
    assert ended.code == 0, ended.err
    assert "1 partition, 2014-12" in ended.err
    # The text that both months have is that of the month that was loaded first.
    assert {name: len(rows) for name, rows in rows_of(tmp_path / "w").items()} == {
        name: len(rows) for name, rows in loaded_rows.items()
    }


@pytest.fixture
def backfill(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the backfill flow in this process: backfill(paths, warehouse=..., **parameters)."""
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    from flows.backfill import backfill as flow

    def run(*paths: Path, warehouse: Path, **parameters: Any) -> Any:
        return flow(paths=[str(path) for path in paths], warehouse=str(warehouse), nice=0, **parameters)

    return run


@pytest.mark.long
def test_who_waits_for_the_lock_gets_it_between_two_partitions(
    backfill: Callable[..., Any], archive: Path, tmp_path: Path
) -> None:
    seen: list[int] = []

    def wait_for_the_lock() -> None:
        while not (tmp_path / "w" / "catalog.sqlite").exists():
            time.sleep(0.01)
        with open_for_writing(tmp_path / "w") as connection:
            row = connection.execute("SELECT count(*), count_if(status <> 'completed') FROM runs").fetchone()
            assert row is not None
            seen.extend(row)

    other = threading.Thread(target=wait_for_the_lock)
    other.start()
    backfill(archive, warehouse=tmp_path / "w")
    other.join()
    assert seen == [1, 0]


@pytest.mark.long
def test_prefect_shows_a_run_a_partition_with_progress_and_a_table(
    backfill: Callable[..., Any], prefect_api: str, archive: Path, tmp_path: Path
) -> None:
    summary = backfill(archive, warehouse=tmp_path / "w", undated=False)
    assert [result.partition for result in summary.results] == ["2014-12", "2015-01"]
    ids = ask(tmp_path / "w", "SELECT prefect_run_id FROM runs ORDER BY started_at")
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        children = [client.read_flow_run(id_) for (id_,) in ids]
        assert [child.name for child in children] == ["2014-12", "2015-01"]
        callers = [child.parent_task_run_id for child in children if child.parent_task_run_id]
        parents = {client.read_task_run(caller).flow_run_id for caller in callers}
    (parent,) = parents
    artifacts = {artifact["key"]: artifact for artifact in ask_prefect(prefect_api, "artifacts", str(parent))}
    assert artifacts["backfill-progress"]["data"] == 100
    assert "| 2015-01 | 3 | 1 | 0 |" in artifacts["backfill-summary"]["data"]


@pytest.mark.long
def test_partitions_that_all_fail_for_one_reason_end_the_backfill(
    backfill: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest
    from flows.backfill_report import BackfillFailedError
    from warehouse.errors import StorageError

    def disk_is_full(*_: Any) -> Any:
        raise StorageError(tmp_path / "w", "the disk is full", "make room")

    monkeypatch.setattr(flows.ingest, "publish_shard", disk_is_full)
    monkeypatch.setattr(flows.ingest.publish_task, "retries", 0)
    for name in ("2011", "2012", "2013", "2014"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "a.txt").write_text(f"Ada Cole won in {name}.\n", encoding="utf-8")
    with pytest.raises(BackfillFailedError) as failed:
        backfill(tmp_path / "in", warehouse=tmp_path / "w")
    assert [result.status for result in failed.value.results] == ["failed"] * 3 + ["not started"]
    assert str(failed.value).startswith(
        "3 of 4 partitions failed, the last of them all for the same reason, and 1 were not begun: cannot write to"
    )


def test_a_backfill_lets_others_go_first_and_all_that_it_starts_does() -> None:
    from flows.backfill import be_nice

    pid = os.fork()
    if pid == 0:
        be_nice(7)
        be_nice(3)
        child = os.fork()
        os._exit(os.nice(0) if child == 0 else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
