"""The page docs/sql.md and its answers: `python -m tests.e2e.sql_page` loads the sample corpus and writes them anew.

Comes in: the page, and a warehouse with the sample corpus. Goes out: the page with the lists of views and reports and
each question's answer as they are now.
"""

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
from rich.console import Console

from flows.render import Format, render
from tests.conftest import PROJECT
from warehouse.catalog import connect
from warehouse.heads import read_head
from warehouse.migrations import view_files
from warehouse.queries import list_reports, option_of

PAGE = PROJECT / "docs" / "sql.md"
QUESTION = re.compile(r"^(\d+\. .+\n\n```sql\n)((?:.+\n)+?)(```\n\n)((?:\|.*\n)+|no rows\n)", re.MULTILINE)
"""Number and question, SQL, what stands between, answer."""


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The rows of the statement, as a table in Markdown."""
    out = io.StringIO()
    render(connection.sql(sql).to_arrow_table(), Format.MARKDOWN, Console(file=out))
    return out.getvalue()


def write_answers(page: str, ask: Callable[[str], str]) -> str:
    """The page with the answers to all its questions, and its lists of views and reports."""
    page = QUESTION.sub(lambda found: f"{found[1]}{found[2]}{found[3]}{ask(found[2])}", page)
    page = _replace_rows(page, "| view | a row is |", list_views())
    return _replace_rows(page, "| report | question | parameters |", list_of_reports())


def list_views() -> str:
    """A row of Markdown for each view."""
    heads = [(path.stem, read_head(path.read_text(encoding="utf-8"))) for path in view_files()]
    return "".join(f"| `{name}` | {' '.join((head.title, *head.notes))} |\n" for name, head in heads)


def list_of_reports() -> str:
    """A row of Markdown for each report."""
    rows = ""
    for report in list_reports():
        options = ", ".join(f"`{option_of(each.name)}`{' (needed)' * each.is_required}" for each in report.parameters)
        rows += f"| `{report.name}` | {report.title} | {options} |\n"
    return rows


def _replace_rows(page: str, head: str, rows: str) -> str:
    start = page.index("\n", page.index("\n", page.index(head)) + 1) + 1
    return page[:start] + rows + page[page.index("\n\n", start) + 1 :]


def main() -> None:
    """Loads the sample corpus into a warehouse for the time being, or takes the one that is named, and asks it."""
    if len(sys.argv) > 1:
        _rewrite(Path(sys.argv[1]))
        return
    os.environ["NEWSMILL_RUNNER"] = "inline"
    from flows.ingest import ingest
    from flows.server import prefect_server

    with tempfile.TemporaryDirectory(prefix="newsmill-page-") as folder, prefect_server() as server:
        if server:
            server.wait()
        ingest(paths=[str(PROJECT / "seeds" / "articles")], warehouse=f"{folder}/warehouse")
        _rewrite(Path(folder) / "warehouse")


def _rewrite(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        page = write_answers(PAGE.read_text(encoding="utf-8"), lambda sql: answer(connection, sql))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
