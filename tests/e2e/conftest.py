"""What tests of whole runs share: a process that forks runs, and an invented corpus loaded without disturbance."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.torture.corpus import revise, write_corpus
from tests.torture.runs import Forks, Rows, rows_of

SHARDS = {
    "NEWSMILL_RUNNER": "inline",
    "NEWSMILL_WORKERS": "1",
    "NEWSMILL_SHARD_BYTES": "3000",
    "NEWSMILL_WAVE_SHARDS": "4",
}
"""Small inputs in many shards."""


@dataclass(frozen=True)
class Deliveries:
    """A corpus in two deliveries: folders to read, warehouses after each, and their rows."""

    first: Path
    second: Path
    empty: Path
    after_first: Path
    after_second: Path
    first_rows: Rows
    second_rows: Rows


@pytest.fixture(scope="session")
def forks(prefect_api: str) -> Iterator[Forks]:
    """Runs the command line in forks of one process."""
    with Forks(prefect_api) as forks:
        yield forks


@pytest.fixture(scope="session")
def deliveries(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """Both deliveries, loaded one after the other by runs that nobody disturbs."""
    folder = tmp_path_factory.mktemp("deliveries")
    (folder / "nothing").mkdir()
    write_corpus(folder / "wire", records=60)
    shutil.copytree(folder / "wire", folder / "revised" / "wire")
    revise(folder / "revised" / "wire")
    for inputs, base, warehouse in (
        (folder / "nothing", None, folder / "empty"),
        (folder / "wire", folder / "empty", folder / "one"),
        (folder / "revised" / "wire", folder / "one", folder / "two"),
    ):
        if base:
            shutil.copytree(base, warehouse)
        ended = forks.ingest(inputs, warehouse, environment=SHARDS)
        assert ended.code == 0, ended.err
    return Deliveries(
        first=folder / "wire",
        second=folder / "revised" / "wire",
        empty=folder / "empty",
        after_first=folder / "one",
        after_second=folder / "two",
        first_rows=rows_of(folder / "one"),
        second_rows=rows_of(folder / "two"),
    )
