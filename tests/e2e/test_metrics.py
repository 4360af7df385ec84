"""`newsmill metrics`: text that a parser of OpenMetrics takes, whatever the outlets are called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as classic_families

from tests.conftest import Outcome
from tests.warehouse import newsroom
from warehouse.catalog import LOCK_FILE, connect, open_for_writing
from warehouse.metrics import Family, read_metrics, write_text

HOSTILE = 'Evil "Post"\\ {le="1"}\n# EOF\nnewsmill_rows 7\r\x01\u2028'

SHOWN = 'Evil "Post"\\ {le="1"} # EOF newsmill_rows 7   '


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metrics") / "warehouse"
    with open_for_writing(folder) as connection:
        newsroom.fill(connection)
        connection.execute("UPDATE articles SET publisher = ? WHERE publisher = 'Alpha Post'", [HOSTILE])
    return folder


def parsed(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Values by name of the sample and values of its labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_text_is_openmetrics_and_its_numbers_are_those_of_the_tables(
    newsmill: Callable[..., Outcome], warehouse: Path
) -> None:
    ended = newsmill("metrics", "--warehouse", warehouse)
    assert ended.code == 0, ended.err
    assert ended.out.endswith("# EOF\n")
    found = parsed(ended.out)
    with connect(warehouse) as lake:
        for table in ("articles", "quotes", "events", "quarantine"):
            ((count,),) = lake.execute(f"SELECT count(*) FROM {table}").fetchall()
            assert found["newsmill_rows", (table,)] == count
        ((hostile,),) = lake.execute("SELECT count(*) FROM articles WHERE publisher = ?", [HOSTILE]).fetchall()
        ((newest,),) = lake.execute("SELECT epoch(max(published_at)) FROM articles").fetchall()
    assert hostile
    assert found["newsmill_outlet_articles", (SHOWN,)] == hostile
    assert found["newsmill_newest_article_timestamp_seconds", ()] == newest
    assert found["newsmill_disk_bytes", ("catalog",)] > 0
    assert found["newsmill_writer_lock_held", ()] == 0


def test_the_text_is_read_by_the_parser_of_prometheus_too(warehouse: Path) -> None:
    with connect(warehouse) as lake:
        text = read_metrics(lake, warehouse)
    families = {family.name: family for family in classic_families(text)}
    assert families["newsmill_rows"].type == "gauge"
    assert len(families["newsmill_rows"].samples) == 7


def test_a_run_that_nobody_runs_counts_as_crashed_and_one_that_writes_as_running(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    with open_for_writing(folder) as connection:
        connection.execute(
            "INSERT INTO runs (run_id, flow, started_at, status) VALUES ('r', 'ingest', now(), 'running')"
        )
    with connect(folder) as lake:
        crashed = parsed(read_metrics(lake, folder))
        with FileLock(folder / LOCK_FILE):
            running = parsed(read_metrics(lake, folder))
    assert crashed["newsmill_last_run_status", ("ingest", "crashed")] == 1
    assert crashed["newsmill_last_run_status", ("ingest", "running")] == 0
    assert running["newsmill_last_run_status", ("ingest", "running")] == 1
    assert running["newsmill_writer_lock_held", ()] == 1


def test_a_file_is_replaced_as_a_whole_and_one_that_cannot_be_written_is_one_line(
    newsmill: Callable[..., Outcome], warehouse: Path, tmp_path: Path
) -> None:
    assert newsmill("metrics", "--warehouse", warehouse, "-o", tmp_path / "newsmill.prom").code == 0
    assert parsed((tmp_path / "newsmill.prom").read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["newsmill.prom"]
    ended = newsmill("metrics", "--warehouse", warehouse, "-o", tmp_path / "nowhere" / "newsmill.prom")
    assert ended.code == 3
    assert ended.err.count("\n") == 1


def test_lone_surrogates_do_not_break_the_text() -> None:
    samples: list[tuple[Any, int]] = [({"outlet": "a\ud800b"}, 1)]
    assert write_text([Family("x", "Some\nhelp.", samples)]).encode() == (
        b'# TYPE x gauge\n# HELP x Some help.\nx{outlet="a b"} 1\n# EOF\n'
    )
