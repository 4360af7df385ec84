"""Several at once with one warehouse: writers wait for each other, readers see whole transactions, no lock is shown."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import SHARDS, Deliveries
from tests.e2e.test_ingest import ask
from tests.torture.runs import Forks, Order, differences, ingest_order, rows_of
from warehouse import connect
from warehouse.verify import verify

READERS = 10

NEVER = [
    # What a transaction brings together is never seen apart.
    "SELECT count(*) FROM articles WHERE duplicate_of IS NULL AND sentence_count IS NULL",
    "SELECT count(*) FROM articles WHERE duplicate_of IS NULL AND article_id NOT IN (SELECT article_id FROM entities)",
    "SELECT count(*) FROM entities WHERE article_id NOT IN (SELECT article_id FROM articles)",
    "SELECT count(*) FROM quotes WHERE article_id NOT IN (SELECT article_id FROM articles)",
    "SELECT count(*) - count(DISTINCT article_id) FROM articles",
    "SELECT count(*) - count(DISTINCT (article_id, mention_no)) FROM entities",
]
"""Questions whose answer is 0 after every transaction, and not between two parts of one."""


@pytest.fixture
def warehouse(deliveries: Deliveries, tmp_path: Path) -> Path:
    """A warehouse with the first delivery."""
    shutil.copytree(deliveries.after_first, tmp_path / "w")
    return tmp_path / "w"


@contextmanager
def readers(warehouse: Path, count: int) -> Iterator[list[str]]:
    """So many readers, that ask all the time, and write down where an answer is wrong or an error comes."""
    faults: list[str] = []
    looks = [0] * count
    stop = threading.Event()

    def read(number: int) -> None:
        try:
            while not (stop.is_set() and looks[number]):
                with connect(warehouse) as lake:
                    for query in NEVER:
                        found = lake.execute(query).fetchall()[0][0]
                        if found:
                            faults.append(f"{found} rows: {query}")
                looks[number] += 1
                stop.wait(1)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to know
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=read, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield faults
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert min(looks) >= 1


def test_two_ingests_of_the_same_input_leave_the_rows_of_one(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    order = ingest_order(deliveries.second, warehouse, environment=SHARDS)
    one, other = forks.run_all(order, order)
    assert (one.code, other.code) == (0, 0), one.err + other.err
    assert "locked" not in one.err + other.err
    assert "waiting for it to end" in one.err + other.err
    assert "nothing new" in one.err + other.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []


@pytest.mark.long
def test_two_ingests_of_overlapping_input_break_no_promise(
    forks: Forks, deliveries: Deliveries, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w"
    shutil.copytree(deliveries.empty, warehouse)
    files = sorted(map(str, deliveries.first.iterdir()))
    third = len(files) // 3
    rest = ["-w", str(warehouse), "--date-order", "dmy", "--corpus", "wire"]
    ended = forks.run_all(
        Order(["ingest", *files[: 2 * third], *rest], environment=SHARDS),
        Order(["ingest", *files[third:], *rest], environment=SHARDS),
    )
    assert [run.code for run in ended] == [0, 0], ended
    assert "locked" not in "".join(run.err for run in ended)
    assert ask(warehouse, "SELECT count(*) FROM files") == [(len(files),)]
    assert [finding for finding in verify(warehouse) if finding.broken] == []


def test_readers_beside_an_ingest_and_maintenance_see_whole_transactions_only(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    with readers(warehouse, READERS):
        loaded, maintained = forks.run_all(
            ingest_order(deliveries.second, warehouse, environment=SHARDS),
            Order(["maintain", "-w", str(warehouse), "--grace", "1h", "--keep-snapshots", "1h"]),
        )
        again = forks.run_all(Order(["maintain", "-w", str(warehouse)]))[0]
    assert (loaded.code, maintained.code, again.code) == (0, 0, 0), loaded.err + maintained.err + again.err
    assert "waiting for it to end" in loaded.err + maintained.err
    assert "locked" not in loaded.err + maintained.err + again.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []
