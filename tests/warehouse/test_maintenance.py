"""Maintenance makes files fewer and lets the past go, and no query of the present sees a difference."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import schemas
import warehouse.maintenance
from tests.warehouse.staged import Files, load
from tests.warehouse.told import few_seeds, load_run
from warehouse.catalog import TABLES_FOLDER, connect, open_for_writing
from warehouse.data_files import DataFile, known_data_files
from warehouse.maintenance import MaintenanceError, Policy, maintain
from warehouse.snapshots import latest_snapshot
from warehouse.verify import check_files

NOTHING_KEPT = Policy(keep_snapshots=timedelta(0), grace=timedelta(0))
RUNS = 6
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of many small files: hourly runs, some of which replace what others brought. Tests copy it."""
    folder = tmp_path_factory.mktemp("maintenance") / "warehouse"
    with open_for_writing(folder, few_seeds(folder.parent / "seeds")) as connection:
        load_run(connection, folder.parent / "staged")
        for hour in range(RUNS):
            files: Files = {f"h{hour}.txt": [(f"{hour}", f"News of hour {hour}."), ("last", f"Last news: {hour}.")]}
            load(connection, folder.parent / "staged", f"r{hour}", files)
        crowd: Files = {"crowd.txt": [(f"c{place}", f"Voice {place}.") for place in range(20)]}
        load(connection, folder.parent / "staged", "crowd", crowd)
        connection.execute("DELETE FROM articles WHERE file_uri = 'crowd.txt' AND record_no <= 14")
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "w"))


@pytest.fixture
def connection(folder: Path, original: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_writing(folder, original.parent / "seeds") as connection:
        yield connection


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in schemas.TABLES}


def contents_at(folder: Path, snapshot: int) -> dict[str, list[tuple[object, ...]]]:
    with connect(folder, snapshot=snapshot) as connection:
        return contents(connection)


def files_on_disk(folder: Path) -> set[str]:
    tables = folder / TABLES_FOLDER
    return {path.relative_to(tables).as_posix() for path in tables.rglob("*") if path.is_file()}


def counts(steps: Iterator[warehouse.maintenance.Step]) -> dict[str, int]:
    return {step.name: step.count for step in steps}


def test_tables_are_the_same_before_and_after_and_files_are_fewer(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    before, files_before = contents(connection), files_on_disk(folder)
    steps = counts(maintain(connection, folder, NOTHING_KEPT, now=TOMORROW))
    assert contents(connection) == before
    assert len(files_on_disk(folder)) < len(files_before) * 2 / 3
    assert all(steps[name] for name in ("expire", "flush", "merge", "delete")), steps
    assert not any(finding.broken for finding in check_files(connection, folder))


def test_snapshots_that_are_kept_read_the_same_after_every_night(
    connection: duckdb.DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    past: dict[int, dict[str, list[tuple[object, ...]]]] = {}
    for night in range(2):
        again: Files = {f"h{night}.txt": [(f"{night}", f"Other news, night {night}.")]}
        load_run(connection, tmp_path / "staged", again, paths=str(night))
        new = range(max(past, default=0) + 1, latest_snapshot(connection) + 1)
        past |= {snapshot: contents_at(folder, snapshot) for snapshot in new[-2:]}
        steps = counts(maintain(connection, folder, Policy(grace=timedelta(0)), now=TOMORROW))
        assert steps["merge"]
        assert steps["rewrite"]
        assert steps["delete"]
        assert {snapshot: contents_at(folder, snapshot) for snapshot in past} == past


def test_the_past_is_asked_right_where_rewriting_has_narrowed_the_statistics_of_the_present(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    connection.execute("UPDATE articles SET word_count = 9000 WHERE file_uri = 'crowd.txt' AND record_no > 17")
    snapshot = latest_snapshot(connection)
    connection.execute("DELETE FROM articles WHERE word_count = 9000")
    list(maintain(connection, folder))
    with connect(folder, snapshot=snapshot) as past:
        assert past.execute("SELECT count(*) FROM articles WHERE word_count = 9000").fetchone() == (3,)
        words = past.execute("SELECT word_count, count(*) FROM articles GROUP BY ALL ORDER BY ALL DESC").fetchall()
    assert words[0] == (9000, 3)


def test_a_further_call_finds_nothing_to_do_and_commits_nothing(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    for _ in range(2):
        # What the first call commits are snapshots, too, which the second lets go.
        list(maintain(connection, folder, NOTHING_KEPT, now=TOMORROW))
    snapshot, files = latest_snapshot(connection), files_on_disk(folder)
    assert set(counts(maintain(connection, folder, NOTHING_KEPT, now=TOMORROW)).values()) == {0}
    assert (latest_snapshot(connection), files_on_disk(folder)) == (snapshot, files)


def test_a_dry_run_changes_nothing_and_says_what_a_run_would_do(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    snapshot, files = latest_snapshot(connection), files_on_disk(folder)
    would = counts(maintain(connection, folder, NOTHING_KEPT, now=TOMORROW, dry_run=True))
    assert (latest_snapshot(connection), files_on_disk(folder)) == (snapshot, files)
    did = counts(maintain(connection, folder, NOTHING_KEPT, now=TOMORROW))
    assert [would[name] for name in ("expire", "flush", "strays")] == [
        did[name] for name in ("expire", "flush", "strays")
    ]
    assert would["merge"]
    assert would["rewrite"]


def test_old_snapshots_go_by_age_and_the_last_one_stays(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    times = connection.execute("SELECT snapshot_time FROM ducklake_snapshots('newsmill') ORDER BY ALL").fetchall()
    newest = times[-1][0]
    half = times[len(times) // 2][0]
    policy = Policy(keep_snapshots=newest - half, grace=timedelta(days=1))
    steps = counts(maintain(connection, folder, policy, now=newest, dry_run=True))
    assert steps["expire"] == len(times) // 2
    list(maintain(connection, folder, policy, now=newest))
    kept = connection.execute("SELECT min(snapshot_time) FROM ducklake_snapshots('newsmill')").fetchone()
    assert kept == (half,)
    later = datetime.now(UTC) + timedelta(days=400)
    list(maintain(connection, folder, now=later))
    assert connection.execute("SELECT count(*) FROM ducklake_snapshots('newsmill')").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM articles WHERE file_uri = 'crowd.txt'").fetchone() == (6,)


def test_files_stay_on_disk_for_the_grace_and_go_after_it(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    before = files_on_disk(folder)
    list(maintain(connection, folder, Policy(keep_snapshots=timedelta(0))))
    assert before <= files_on_disk(folder)
    later = TOMORROW + timedelta(days=1)
    steps = {step.name: step for step in maintain(connection, folder, Policy(keep_snapshots=timedelta(0)), now=later)}
    assert steps["delete"].count > len(before) / 2
    assert steps["delete"].bytes_freed > 0
    assert not before <= files_on_disk(folder)


def test_a_reader_beside_maintenance_goes_on_reading(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with connect(folder) as present, connect(folder, snapshot=latest_snapshot(connection)) as pinned:
        before = contents(present)
        assert contents(pinned) == before
        for step in maintain(connection, folder):
            assert contents(present) == before, step.name
            assert contents(pinned) == before, step.name


def test_a_file_that_the_catalog_does_not_know_goes_after_the_grace(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    stray = folder / TABLES_FOLDER / "main" / "articles" / "stray.parquet"
    stray.write_bytes(b"PAR1")
    notes = stray.with_name("notes.txt")
    notes.write_text("mine", encoding="utf-8")
    assert counts(maintain(connection, folder))["strays"] == 0
    long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(stray, (long_ago, long_ago))
    assert counts(maintain(connection, folder, dry_run=True))["strays"] == 1
    assert stray.exists()
    assert counts(maintain(connection, folder))["strays"] == 1
    assert (stray.exists(), notes.exists()) == (False, True)


def test_no_file_is_deleted_where_the_look_shows_one_that_the_catalog_knows(
    connection: duckdb.DuckDBPyConnection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = folder / TABLES_FOLDER / "stray.parquet"
    stray.write_bytes(b"PAR1")
    real = known_data_files
    monkeypatch.setattr(
        warehouse.maintenance, "known_data_files", lambda c: [*real(c), DataFile("stray.parquet", 4, False)]
    )
    with pytest.raises(MaintenanceError) as caught:
        list(maintain(connection, folder, Policy(grace=timedelta(0))))
    assert "would be deleted although the catalog knows them" in str(caught.value)
    assert stray.exists()


def test_a_moved_warehouse_keeps_its_files(folder: Path, original: Path, tmp_path: Path) -> None:
    moved = folder.rename(tmp_path / "moved")
    with open_for_writing(moved, original.parent / "seeds") as connection:
        before = contents(connection)
        later = datetime.now(UTC) + timedelta(days=2)
        steps = counts(maintain(connection, moved, now=later))
        assert steps["strays"] == 0
        assert contents(connection) == before


def test_work_is_bounded_and_the_next_call_goes_on(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    def small_files() -> int:
        row = connection.execute("SELECT sum(file_count) FROM ducklake_table_info('newsmill')").fetchone()
        assert row
        return int(row[0])

    sizes = [small_files()]
    for _ in range(3):
        list(maintain(connection, folder, Policy(most_merges=1)))
        sizes.append(small_files())
    assert sizes[0] > sizes[1] > sizes[2]


def test_rewriting_takes_deleted_rows_out_of_a_file(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    def deletions() -> tuple[int] | None:
        return connection.execute(
            "SELECT delete_file_count FROM ducklake_table_info('newsmill') WHERE table_name = 'articles'"
        ).fetchone()

    assert deletions() != (0,)
    before = contents(connection)
    assert counts(maintain(connection, folder))["rewrite"] > 0
    assert deletions() == (0,)
    assert contents(connection) == before


def test_what_maintenance_commits_is_signed(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    snapshot = latest_snapshot(connection)
    list(maintain(connection, folder))
    signed = connection.execute(
        "SELECT author, commit_message FROM ducklake_snapshots('newsmill') WHERE snapshot_id > ? ORDER BY snapshot_id",
        [snapshot],
    ).fetchall()
    assert signed == [("newsmill maintain", what) for what in ("flush", "rewrite", "merge")]
