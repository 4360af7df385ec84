"""What is asked of a warehouse with the sample corpus: the SQL of the pages, and views in the columns of others."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Outcome
from warehouse import connect

_SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
_QUERIES = [(page.name, sql) for page in _PAGES for sql in _SQL.findall(page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def sample(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds the sample corpus."""
    from flows.ingest import ingest

    warehouse = tmp_path_factory.mktemp("sample") / "warehouse"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSMILL_RUNNER", "inline")
        ingest(paths=[str(PROJECT / "seeds" / "articles")], warehouse=str(warehouse))
    return warehouse


def test_the_sql_of_the_pages_runs(sample: Path, newsmill: Callable[..., Outcome]) -> None:
    assert len(_QUERIES) >= 5
    for page, sql in _QUERIES:
        outcome = newsmill("sql", sql, "-w", sample)
        assert outcome.code == 0, (page, sql, outcome.err)


@pytest.mark.parametrize(("view", "columns"), [("gdelt_events", 61), ("polecat_events", 40)])
def test_a_view_has_a_row_for_each_event_that_happened(sample: Path, view: str, columns: int) -> None:
    with connect(sample) as lake:
        assert len(lake.execute(f"DESCRIBE {view}").fetchall()) == columns
        rows = lake.execute(f"FROM {view}")
        names = [column[0] for column in rows.description]
        found = rows.fetchall()
        happened = lake.execute(
            "SELECT count(*) FROM events WHERE taxonomy = 'plover' AND modality = 'happened' AND polarity = 'affirmed'"
        ).fetchone()
    assert len({row[0] for row in found}) == len(found) == (happened or (0,))[0] > 0
    actors = [row[names.index("Actor1Name" if view == "gdelt_events" else "Actor Name")] for row in found]
    assert any(actors)
