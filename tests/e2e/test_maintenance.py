"""What a user meets who looks after a warehouse: verify, maintain, snapshots, --at, sql --write and undo."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome
from tests.warehouse.told import few_seeds, load_run, run_info
from warehouse.catalog import TABLES_FOLDER, open_for_writing
from warehouse.runs import start_run

COUNT = "SELECT count(*) AS n FROM articles"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with two runs. Tests copy it."""
    folder = tmp_path_factory.mktemp("upkeep") / "warehouse"
    with open_for_writing(folder, few_seeds(folder.parent / "seeds")) as connection:
        load_run(connection, folder.parent / "staged", paths="first")
        load_run(connection, folder.parent / "staged", {"c/snow.txt": [("snow", "Snow fell.")]}, paths="second")
    return folder


@pytest.fixture
def warehouse(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The command line would load all seeds of the project.
    monkeypatch.setattr("warehouse.migrations.default_seeds_dir", lambda: original.parent / "seeds")
    return Path(shutil.copytree(original, tmp_path / "w"))


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.code == 0, outcome.err
    return list(json.loads(outcome.out))


def runs(newsmill: Callable[..., Outcome], warehouse: Path) -> list[str]:
    return [
        row["run_id"] for row in rows(newsmill("sql", "FROM runs ORDER BY started_at", "-w", warehouse, "-f", "json"))
    ]


def test_verify_says_that_all_is_well_or_what_is_not_and_exits_with_4(
    newsmill: Callable[..., Outcome], warehouse: Path
) -> None:
    sound = newsmill("verify", "-w", warehouse)
    assert (sound.code, sound.err) == (0, "")
    assert "ok      entities_offsets" in sound.out
    assert sound.out.splitlines()[-1].endswith("promises hold")
    written = newsmill(
        "sql", "UPDATE entities SET start_char = 1 WHERE text = 'Snow fell.'", "-w", warehouse, "--write"
    )
    assert written.code == 0
    broken = newsmill("verify", "-w", warehouse)
    assert broken.code == 4
    lines = [line for line in broken.out.splitlines() if line.startswith("BROKEN")]
    assert len(lines) == 1
    assert lines[0].startswith("BROKEN  entities_offsets")
    assert " 1 broken: " in lines[0]
    assert broken.out.splitlines()[-1].endswith("promises, 1 broken")


def test_verify_answers_programs_too(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    found = rows(newsmill("verify", "-w", warehouse, "--format", "json"))
    assert set(found[0]) == {"check", "promise", "broken", "examples"}
    assert {row["broken"] for row in found} == {0}


def test_maintain_says_what_it_did_and_a_dry_run_what_it_would_do(
    newsmill: Callable[..., Outcome], warehouse: Path
) -> None:
    before = newsmill("sql", "FROM articles ORDER BY ALL", "-w", warehouse, "-f", "json").out
    files = sorted((warehouse / TABLES_FOLDER).rglob("*"))
    dry = newsmill("maintain", "-w", warehouse, "--dry-run")
    assert dry.code == 0
    assert [line.split()[1] for line in dry.out.splitlines()] == [
        "expire", "flush", "rewrite", "merge", "delete", "strays",
    ]  # fmt: skip
    assert sorted((warehouse / TABLES_FOLDER).rglob("*")) == files
    done = newsmill("maintain", "-w", warehouse, "--keep-snapshots", "2w", "--grace", "12h", "--most-merges", "9")
    assert (done.code, done.err) == (0, "")
    assert "merge" in done.out
    assert newsmill("sql", "FROM articles ORDER BY ALL", "-w", warehouse, "-f", "json").out == before


def test_snapshots_say_who_made_them_and_at_reads_them(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    first, second = runs(newsmill, warehouse)
    listed = rows(newsmill("snapshots", "-w", warehouse, "--format", "json"))
    ids = [row["snapshot_id"] for row in listed]
    assert ids == sorted(ids, reverse=True)
    shards = [row for row in listed if row["what"].startswith("run: shard")]
    assert [row["run_id"] for row in shards] == [second, first]
    # Two rows of the second run: an article and its one entity.
    assert [row["rows_added"] for row in shards] == [2, 5]
    before = shards[0]["snapshot_id"] - 1
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "--at", before, "-f", "json")) == [{"n": 3}]
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "-f", "json")) == [{"n": 4}]
    time = next(row["time"] for row in listed)
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "--at", "2999-01-01", "-f", "json")) == [{"n": 4}]
    assert newsmill("sql", COUNT, "-w", warehouse, "--at", time.replace(" ", "T")).code == 0
    report = newsmill("report", "overview", "-w", warehouse, "--at", before)
    assert report.code == 0
    assert len(rows(newsmill("snapshots", "-w", warehouse, "--limit", "2", "-f", "json"))) == 2


def test_undo_shows_what_it_would_do_asks_and_does_it(
    newsmill: Callable[..., Outcome], warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = runs(newsmill, warehouse)
    dry = newsmill("undo", second, "-w", warehouse, "--dry-run")
    assert dry.code == 0
    assert "would be removed: 1 articles, 1 entities, 1 files" in dry.out
    assert "would be brought back: nothing" in dry.out
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "-f", "json")) == [{"n": 4}]
    unasked = newsmill("undo", second, "-w", warehouse)
    assert unasked.code == 2
    assert unasked.err == (
        f"newsmill: 'newsmill undo {second}' has nobody to ask: give --dry-run to see what it does, or --yes\n"
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    done = newsmill("undo", second, "-w", warehouse, "--yes")
    assert done.code == 0
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "-f", "json")) == [{"n": 3}]
    assert rows(newsmill("snapshots", "-w", warehouse, "-f", "json"))[0]["what"] == f"undo: run {second}"


def test_sql_reads_only_unless_write_is_given(
    newsmill: Callable[..., Outcome], warehouse: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    for statement, kind in (
        ("DELETE FROM articles", "DELETE"),
        ("SELECT 1; DROP TABLE quotes", "DROP"),
        (f"COPY articles TO '{target}'", "COPY"),
        (f"EXPLAIN ANALYZE COPY articles TO '{target}'", "COPY"),
        ("/* – */ EXPLAIN (ANALYZE, FORMAT json) DELETE FROM articles", "DELETE"),
        (f"ATTACH '{warehouse / 'catalog.sqlite'}' AS c", "ATTACH"),
    ):
        refused = newsmill("sql", statement, "-w", warehouse)
        assert (refused.code, refused.out) == (3, "")
        assert refused.err == (
            f"newsmill: {kind} is not for reading, and the warehouse is open read-only: --write allows it\n"
        )
    assert not target.exists()
    assert newsmill("sql", "EXPLAIN ANALYZE SELECT 1", "-w", warehouse).code == 0
    asked = newsmill("sql", "CREATE TEMP TABLE t AS SELECT 1 AS n; SELECT n FROM t", "-w", warehouse, "-f", "json")
    assert rows(asked) == [{"n": 1}]
    assert newsmill("sql", "DELETE FROM quotes; DELETE FROM events", "-w", warehouse, "--write").code == 0
    query = "SELECT (SELECT count(*) FROM quotes) + (SELECT count(*) FROM events) AS n"
    counted = newsmill("sql", query, "-w", warehouse, "-f", "json")
    assert rows(counted) == [{"n": 0}]


def test_a_write_that_fails_changes_nothing(newsmill: Callable[..., Outcome], warehouse: Path) -> None:
    failed = newsmill("sql", "DELETE FROM articles; SELECT no_such FROM articles", "-w", warehouse, "--write")
    assert failed.code == 3
    assert "no_such" in failed.err
    assert failed.err.count("\n") == 1
    begun = newsmill("sql", "BEGIN; DELETE FROM articles", "-w", warehouse, "--write")
    assert begun.err == "newsmill: TRANSACTION is not needed: all that is given is one transaction; leave it out\n"
    assert rows(newsmill("sql", COUNT, "-w", warehouse, "-f", "json")) == [{"n": 4}]


MISTAKES = [
    (
        ["sql", "SELECT 1", "--at", "yesterday"],
        2,
        "--at 'yesterday' is neither the number of a snapshot nor a time: write 12, 2026-03-01 or 2026-03-01T14:00Z",
    ),
    (["sql", "SELECT 1", "--at", "5", "--write"], 2, "--write and --at cannot go together: the past cannot be changed"),
    (["sql", "SELEC 1"], 3, 'Parser Error: syntax error at or near "SELEC"'),
    (
        ["maintain", "--grace", "soon"],
        2,
        "--grace 'soon' is no length of time: write a number and a unit, such as 30d, 12h or 2w",
    ),
    (
        ["maintain", "--keep-snapshots", "5m"],
        2,
        "--keep-snapshots '5m' is too short for readers at work: give 1h or more",
    ),
    (["undo", "nobody", "--yes"], 3, "there is no run 'nobody': 'newsmill status' names the last ones"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), MISTAKES)
def test_a_mistake_gets_one_line_and_its_exit_code(
    newsmill: Callable[..., Outcome], warehouse: Path, arguments: list[str], code: int, message: str
) -> None:
    outcome = newsmill(*arguments, "-w", warehouse)
    assert (outcome.code, outcome.err.strip(), outcome.out) == (code, f"newsmill: {message}", "")


def test_a_snapshot_that_is_not_there_is_said_with_the_earliest_that_is(
    newsmill: Callable[..., Outcome], warehouse: Path
) -> None:
    for at, asked in (("999", "snapshot 999"), ("2001-02-03", "snapshot of 2001-02-03 00:00:00Z or before")):
        outcome = newsmill("report", "overview", "-w", warehouse, "--at", at)
        assert outcome.code == 3
        assert outcome.err.startswith(f"newsmill: there is no {asked}: the earliest that is kept is 3, of ")
        assert outcome.err.endswith("Z; 'newsmill snapshots' lists them\n")


@pytest.mark.parametrize(
    "command", [("verify",), ("maintain",), ("snapshots",), ("undo", "r", "--yes"), ("sql", "SELECT 1", "--write")]
)
def test_a_warehouse_that_is_not_there_is_not_made(
    newsmill: Callable[..., Outcome], tmp_path: Path, command: tuple[str, ...]
) -> None:
    outcome = newsmill(*command, "-w", tmp_path / "none")
    assert outcome.code == 3
    assert outcome.err.startswith(f"newsmill: no warehouse at {tmp_path / 'none'}: make one with ")
    assert not (tmp_path / "none").exists()


def test_a_warehouse_that_is_being_written_is_said_with_the_run_that_does(
    newsmill: Callable[..., Outcome], warehouse: Path, original: Path
) -> None:
    with open_for_writing(warehouse, original.parent / "seeds") as connection:
        run_id = start_run(connection, run_info("backfill"))
        outcome = newsmill("maintain", "-w", warehouse, "--no-wait")
    assert outcome.code == 3
    first, second = outcome.err.splitlines()
    assert first.startswith(f"run {run_id} (backfill, since ")
    assert first.endswith(f"Z) is writing to {warehouse}")
    assert second.startswith(f"newsmill: another run has been writing to {warehouse}")


def test_the_flow_does_what_the_command_does(warehouse: Path, prefect_api: str) -> None:
    from flows.maintain import maintain

    steps = maintain(warehouse=str(warehouse), keep_snapshots="1h")
    assert [step.name for step in steps] == ["expire", "flush", "rewrite", "merge", "delete", "strays"]
    assert next(step.count for step in steps if step.name == "merge") > 0
