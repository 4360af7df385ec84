"""The model is loaded while the Prefect server starts, where a run will want it, and only there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import schemas
from flows.early import LOOK_FILES, load_model_early
from flows.isolation import stop_isolated_processes
from flows.settings import Settings
from warehouse.catalog import open_for_writing
from warehouse.ledger import LOADED


@pytest.fixture(autouse=True)
def stopped_afterwards() -> Iterator[None]:
    """No language process is left behind."""
    yield
    stop_isolated_processes()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder with one file."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge is closed.", encoding="utf-8")
    return folder


def begins(inbox: Path, *, again: bool = False, **settings: object) -> bool:
    warehouse = inbox.parent / "warehouse"
    return load_model_early([str(inbox)], None, Settings(warehouse=warehouse, **settings), again=again)  # type: ignore[arg-type]


def know(inbox: Path) -> None:
    """Writes into the ledger that the file is loaded as it is."""
    file = inbox / "a.txt"
    state = file.stat()
    mtime = datetime.fromtimestamp(state.st_mtime_ns // 1_000 / 1e6, UTC)
    row = {
        "file_uri": "inbox/a.txt", "location": str(file), "size": state.st_size, "mtime": mtime,
        "sha256": "4a8d0d1d5e0d3c4f", "status": LOADED, "run_id": "made",
    }  # fmt: skip
    with open_for_writing(inbox.parent / "warehouse") as lake:
        lake.register("made", pa.Table.from_pylist([row], schema=schemas.FILES))
        lake.execute("INSERT INTO files BY NAME FROM made")


def test_a_small_new_input_loads_the_model_early(inbox: Path) -> None:
    assert begins(inbox)


def test_an_unchanged_input_does_not_unless_it_is_read_again(inbox: Path) -> None:
    know(inbox)
    assert not begins(inbox)
    assert begins(inbox, again=True)


def test_an_input_for_a_pool_of_workers_does_not(inbox: Path) -> None:
    assert not begins(inbox, inline_bytes=3)
    assert not begins(inbox, runner="processes")


def test_an_input_that_is_wrong_is_left_to_the_run_to_complain_of(inbox: Path) -> None:
    assert not begins(inbox.parent / "nowhere")


def test_many_files_are_not_looked_at(inbox: Path) -> None:
    for number in range(LOOK_FILES):
        (inbox / f"{number}.txt").write_text("x", encoding="utf-8")
    assert not begins(inbox)
    (inbox / "0.txt").unlink()
    assert begins(inbox, inline_bytes=1 << 20)
