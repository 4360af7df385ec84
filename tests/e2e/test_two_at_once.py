"""Two ingests into one warehouse at once: the second waits, the rows are right, and no lock is shown to anyone."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import SHARDS, Deliveries
from tests.torture.runs import Forks, Order, differences, rows_of


@pytest.fixture
def warehouse(deliveries: Deliveries, tmp_path: Path) -> Path:
    """A warehouse with the first delivery."""
    shutil.copytree(deliveries.after_first, tmp_path / "w")
    return tmp_path / "w"


def order(inputs: str, warehouse: Path) -> Order:
    command = ["ingest", inputs, "-w", str(warehouse), "--date-order", "dmy", "--corpus", "wire"]
    return Order(command, environment=SHARDS)


def test_two_ingests_of_the_same_input_leave_the_rows_of_one(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    one, other = forks.run_all(order(str(deliveries.second), warehouse), order(str(deliveries.second), warehouse))
    assert (one.code, other.code) == (0, 0), one.err + other.err
    assert "locked" not in one.err + other.err
    assert "waiting for it to end" in one.err + other.err
    assert "nothing new" in one.err + other.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []
