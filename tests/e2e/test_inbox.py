"""Inboxes: files that are still being written wait for the next run, loaded ones are moved or deleted."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.errors import InputError
from flows.inbox import plan_clearing
from flows.options import After
from tests.conftest import Outcome
from tests.e2e.test_ingest import ask

FILES = "SELECT file_uri, location FROM files ORDER BY ALL"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two files of news, and one of which nothing can be read."""
    folder = tmp_path / "inbox"
    (folder / "may").mkdir(parents=True)
    (folder / "ferry.txt").write_text("Mayor Ada Cole said the ferry will sail.\n")
    (folder / "may" / "rain.txt").write_text("It rained in Tolmark on Monday.\n")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 4)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_that_is_still_being_written_waits_for_the_next_run(
    load: Callable[..., Any], inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSMILL_SETTLE_SECONDS", "1.5")
    is_done = threading.Event()

    def write() -> None:
        with (inbox / "growing.txt").open("w", buffering=1) as file:
            while not is_done.is_set():
                file.write("The weir was raised again.\n")
                time.sleep(0.02)

    (inbox / "upload.txt.part").write_text("half a")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        first = load(inbox, warehouse=tmp_path / "w")
    finally:
        is_done.set()
        writer.join()
    assert (first.files_unfinished, first.articles) == (1, 2)
    second = load(inbox, warehouse=tmp_path / "w")
    assert (second.files_unfinished, second.articles) == (0, 1)


def test_loaded_files_are_moved_and_found_where_they_are_then(
    load: Callable[..., Any], inbox: Path, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    summary = load(inbox, warehouse=tmp_path / "w", after="move", to=done)
    assert summary.files_cleared == 2
    assert names(inbox) == ["noise.txt"]
    assert names(done) == ["inbox/ferry.txt", "inbox/may/rain.txt"]
    assert ask(tmp_path / "w", FILES) == [
        ("inbox/ferry.txt", str(done / "inbox" / "ferry.txt")),
        ("inbox/may/rain.txt", str(done / "inbox" / "may" / "rain.txt")),
        ("inbox/noise.txt", str(inbox / "noise.txt")),
    ]
    # A new version of a file that is there already does not write over it.
    (inbox / "ferry.txt").write_text("Mayor Ada Cole said the ferry will not sail.\n")
    load(inbox, warehouse=tmp_path / "w", after="move", to=done)
    assert names(done) == ["inbox/ferry.2.txt", "inbox/ferry.txt", "inbox/may/rain.txt"]
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles") == [(2,)]


def test_files_that_were_loaded_before_a_crash_are_cleared_by_the_next_run(
    load: Callable[..., Any], inbox: Path, tmp_path: Path
) -> None:
    load(inbox, warehouse=tmp_path / "w")
    summary = load(inbox, warehouse=tmp_path / "w", after="delete")
    assert (summary.articles, summary.files_cleared) == (0, 2)
    assert names(inbox) == ["noise.txt"]
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles") == [(2,)]


def test_a_file_that_changes_after_it_was_read_is_not_deleted(
    load: Callable[..., Any], inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest

    publish = flows.ingest.publish_shard

    def publish_late(*args: Any) -> Any:
        (inbox / "ferry.txt").write_text("Mayor Ada Cole said the ferry will sail twice a day.\n")
        return publish(*args)

    monkeypatch.setattr(flows.ingest, "publish_shard", publish_late)
    summary = load(inbox, warehouse=tmp_path / "w", after="delete")
    assert summary.files_cleared == 1
    assert names(inbox) == ["ferry.txt", "noise.txt"]
    monkeypatch.undo()
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    load(inbox, warehouse=tmp_path / "w", after="delete")
    assert ask(tmp_path / "w", "SELECT count(*) FROM articles WHERE text LIKE '%twice a day%'") == [(1,)]


@pytest.mark.parametrize(
    ("after", "to", "paths", "message"),
    [
        (After.MOVE, None, ["inbox"], "--after move needs --to DIR"),
        (After.KEEP, "done", ["inbox"], "--to is for --after move"),
        (After.DELETE, "done", ["inbox"], "--after delete leaves nothing to move"),
        (After.MOVE, "inbox/done", ["inbox"], "lies in the input 'inbox', and would be loaded again"),
        (After.MOVE, "inbox/done", ["inbox/**/*.txt"], "would be loaded again"),
        (After.MOVE, "inbox/done", ["inbox/*"], "would be loaded again"),
        (After.DELETE, None, ["s3://news/2026/"], "only local files are moved or deleted"),
    ],
)
def test_what_cannot_be_cleared_is_told_in_a_line(after: After, to: str | None, paths: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan_clearing(after, to, paths)


def test_files_may_be_moved_where_a_pattern_does_not_reach() -> None:
    assert plan_clearing(After.MOVE, "inbox/done", ["inbox/*.jsonl"]).after is After.MOVE


def test_the_command_tells_a_mistake_with_exit_code_2(newsmill: Callable[..., Outcome], inbox: Path) -> None:
    outcome = newsmill("ingest", inbox, "--after", "move")
    assert outcome.code == 2
    assert outcome.err == "newsmill: --after move needs --to DIR: the folder that loaded files are moved to\n"
