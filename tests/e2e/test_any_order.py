"""The same input gives the same rows, in whatever order and size it comes, and however many workers do it."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Outcome
from tests.e2e.conftest import SHARDS, Deliveries
from tests.torture.runs import Forks, Order, differences, rows_of

SIZES = {
    "a record a shard": {"NEWSMILL_SHARD_BYTES": "1", "NEWSMILL_WAVE_SHARDS": "8"},
    "all in one shard": {"NEWSMILL_SHARD_BYTES": "10000000", "NEWSMILL_WAVE_SHARDS": "64"},
}


@pytest.fixture
def warehouse(deliveries: Deliveries, tmp_path: Path) -> Path:
    """A warehouse without articles."""
    shutil.copytree(deliveries.empty, tmp_path / "w")
    return tmp_path / "w"


def shuffled_command(deliveries: Deliveries, warehouse: Path) -> list[str]:
    """The command that loads the files of the first delivery, named one by one in no order."""
    files = sorted(map(str, deliveries.first.iterdir()))
    random.Random(3).shuffle(files)
    assert files != sorted(files)
    return ["ingest", *files, "-w", str(warehouse), "--date-order", "dmy", "--corpus", "wire"]


@pytest.mark.parametrize("size", [pytest.param("a record a shard", marks=pytest.mark.long), "all in one shard"])
def test_sizes_of_shards_and_waves_and_the_order_of_files_make_no_difference(
    forks: Forks, deliveries: Deliveries, warehouse: Path, size: str
) -> None:
    environment = {**SHARDS, **SIZES[size]}
    [ended] = forks.run_all(Order(shuffled_command(deliveries, warehouse), environment=environment))
    assert ended.code == 0, ended.err
    assert differences(rows_of(warehouse), deliveries.first_rows) == []


@pytest.mark.long
@pytest.mark.parametrize("workers", ["2", "4"])
def test_the_number_of_workers_makes_no_difference(
    shell: Callable[..., Outcome], prefect_api: str, deliveries: Deliveries, warehouse: Path, workers: str
) -> None:
    environment = {**SHARDS, "NEWSMILL_RUNNER": "processes", "NEWSMILL_WORKERS": workers}
    done = shell(*shuffled_command(deliveries, warehouse), **environment, PREFECT_API_URL=prefect_api)
    assert done.code == 0, done.err
    assert differences(rows_of(warehouse), deliveries.first_rows) == []
