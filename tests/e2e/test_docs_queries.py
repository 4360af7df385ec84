"""The SQL of the pages runs, and finds something in the sample corpus where it asks for nothing special."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import PROJECT, Outcome

_SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
_QUERIES = [(page.name, sql) for page in _PAGES for sql in _SQL.findall(page.read_text(encoding="utf-8"))]


def test_the_sql_of_the_pages_runs(load: Callable[..., Any], newsmill: Callable[..., Outcome], tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    load(PROJECT / "seeds" / "articles", warehouse=warehouse)
    assert len(_QUERIES) >= 5
    for page, sql in _QUERIES:
        outcome = newsmill("sql", sql, "-w", warehouse)
        assert outcome.code == 0, (page, sql, outcome.err)
