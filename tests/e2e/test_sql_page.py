"""The page of SQL: each of its questions, asked of the sample corpus, has the answer that is printed there."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import PROJECT
from tests.e2e.sql_page import PAGE, QUESTION, answer, list_of_reports, list_views
from warehouse import connect
from warehouse.catalog import attach_statements

TEXT = PAGE.read_text(encoding="utf-8")
QUESTIONS = [(found[1].splitlines()[0], found[2], found[4]) for found in QUESTION.finditer(TEXT)]


@pytest.fixture(scope="module")
def warehouse(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds the sample corpus."""
    from flows.ingest import ingest

    folder = tmp_path_factory.mktemp("page") / "warehouse"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSMILL_RUNNER", "inline")
        ingest(paths=[str(PROJECT / "seeds" / "articles")], warehouse=str(folder))
    return folder


@pytest.fixture(scope="module")
def lake(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(warehouse) as connection:
        yield connection


def test_there_are_twenty_questions_and_each_has_an_answer() -> None:
    assert len(QUESTIONS) >= 20
    assert TEXT.count("```sql") == len(QUESTIONS)
    assert [title for title, _, printed in QUESTIONS if printed.count("\n") < 3] == []


@pytest.mark.parametrize(("title", "sql", "printed"), QUESTIONS, ids=[title for title, _, _ in QUESTIONS])
def test_the_question_has_the_printed_answer(
    lake: duckdb.DuckDBPyConnection, title: str, sql: str, printed: str
) -> None:
    assert answer(lake, sql) == printed, "python -m tests.e2e.sql_page writes the answers anew"


def test_a_plain_client_sees_the_views_after_attach(warehouse: Path) -> None:
    with duckdb.connect() as client:
        for statement in attach_statements(warehouse):
            client.execute(statement)
        assert client.execute("SELECT sum(articles) > 50 FROM monthly_counts").fetchone() == (True,)


def test_the_page_lists_every_view_and_report_as_they_are() -> None:
    assert list_views() in TEXT
    assert list_of_reports() in TEXT
