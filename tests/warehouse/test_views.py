"""Views count what stands in the tables: each is asked of a small warehouse whose rows were counted by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.counted import make_counted
from warehouse.catalog import connect, open_for_writing
from warehouse.describe import describe_table, describe_tables
from warehouse.errors import RelationNotFoundError
from warehouse.heads import read_head
from warehouse.migrations import view_files

MARCH, APRIL = "2026-03-01", "2026-04-01"
OSLO = "geonames:3143244"
VIEWS = [path.stem for path in view_files()]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(make_counted(tmp_path_factory.mktemp("views") / "warehouse")) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows in their own order, with days as text."""
    found = connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL NULLS LAST").fetchall()
    return [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in found]


def test_daily_counts_tell_articles_from_originals(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "FROM daily_counts") == [
        ("2026-03-30", "Herald", "News", 2, 2, 300),
        ("2026-03-31", "Post", "News", 1, 0, 0),
        ("2026-04-05", "Post", "Sport", 1, 1, 400),
        ("2026-04-06", "Herald", None, 1, 1, 50),
        (None, None, None, 1, 1, 10),
    ]


def test_monthly_counts_have_the_days_with_articles(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "FROM monthly_counts") == [
        (MARCH, "Herald", "News", 2, 2, 300, 1),
        (MARCH, "Post", "News", 1, 0, 0, 1),
        (APRIL, "Herald", None, 1, 1, 50, 1),
        (APRIL, "Post", "Sport", 1, 1, 400, 1),
        (None, None, None, 1, 1, 10, 0),
    ]


def test_monthly_mentions_count_mentions_and_articles(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "SELECT month, entity_id, label, name, mentions, articles FROM monthly_mentions") == [
        (MARCH, OSLO, "GPE", "Oslo", 3, 2),
        (MARCH, "o1", "ORG", "Ferry Board", 1, 1),
        (MARCH, "p1", "PERSON", "Ann Cole", 3, 2),
        (MARCH, "p2", "PERSON", "Bo Lund", 1, 1),
        (APRIL, OSLO, "GPE", "Oslo", 1, 1),
        (APRIL, "o1", "ORG", "Ferry Board", 1, 1),
        (APRIL, "p2", "PERSON", "Bo Lund", 2, 2),
        (None, "p1", "PERSON", "Ann Cole", 1, 1),
    ]


def test_co_mentions_have_each_pair_of_an_article_once(counted: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT article_id, first_name, first_mentions, second_name, second_mentions FROM co_mentions"
    assert rows(counted, sql) == [
        ("a1", "Ann Cole", 2, "Bo Lund", 1),
        ("a1", "Oslo", 1, "Ann Cole", 2),
        ("a1", "Oslo", 1, "Bo Lund", 1),
        ("a2", "Ferry Board", 1, "Ann Cole", 1),
        ("a2", "Oslo", 2, "Ann Cole", 1),
        ("a2", "Oslo", 2, "Ferry Board", 1),
        ("a4", "Ferry Board", 1, "Bo Lund", 1),
        ("a4", "Oslo", 1, "Bo Lund", 1),
        ("a4", "Oslo", 1, "Ferry Board", 1),
    ]


def test_co_mentions_of_a_list_of_names_are_bounded(tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "w") as connection:
        connection.execute(
            "INSERT INTO entities (article_id, mention_no, entity_id, name, label)"
            " SELECT 'list', n, printf('e%04d', n), 'Name ' || n, 'PERSON' FROM range(1, 2001) AS t (n)"
        )
        assert connection.execute("SELECT count(*) FROM co_mentions").fetchone() == (50 * 49 // 2,)


def test_monthly_speakers_leave_out_those_without_a_name(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "SELECT * EXCLUDE (speaker_entity_id, speaker_label) FROM monthly_speakers") == [
        (MARCH, "Herald", "Ann Cole", 3, 2, 2),
        (APRIL, "Herald", "Bo Lund", 1, 0, 1),
        (APRIL, "Post", "Bo Lund", 1, 0, 1),
    ]


def test_quotes_are_about_those_they_name_but_not_about_their_speaker(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "SELECT article_id, quote_no, speaker_name, name, mentions FROM quotes_about") == [
        ("a1", 1, "Ann Cole", "Bo Lund", 1),
        ("a1", 1, "Ann Cole", "Oslo", 1),
        ("a2", 1, "Ann Cole", "Ferry Board", 1),
        ("a4", 1, "Bo Lund", "Ferry Board", 1),
    ]


def test_monthly_events_tell_what_happened_from_what_did_not(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "SELECT * EXCLUDE taxonomy FROM monthly_events") == [
        (MARCH, "ACCUSE", "Ann Cole", "Bo Lund", 1, 1, 1, -2.0),
        (MARCH, "ASSAULT", "Bo Lund", "Ann Cole", 1, 1, 1, -9.0),
        (MARCH, "CONSULT", "Ann Cole", "Bo Lund", 1, 0, 1, None),
        (MARCH, "ELECT", "Ferry Board", "Ann Cole", 1, 1, 1, None),
        (APRIL, "ACCUSE", "Ann Cole", "Bo Lund", 1, 1, 1, -2.0),
        (APRIL, "AID", "Ferry Board", None, 1, 0, 1, None),
    ]


def test_severity_is_that_of_events_that_happened(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "FROM daily_severity") == [
        ("2026-03-30", "NOR", 2, -5.5, -9.0, -2.0, 2, 1),
        ("2026-04-05", "NOR", 1, -2.0, -2.0, -2.0, 1, 0),
    ]


def test_the_coverage_of_a_place_has_mentions_and_events(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "FROM place_coverage") == [
        (MARCH, 3143244, "Oslo", "NOR", 59.9, 10.7, 3, 2, 2, 2),
        (APRIL, 3143244, "Oslo", "NOR", 59.9, 10.7, 1, 1, 1, 1),
    ]


def test_original_articles_leave_out_duplicates(counted: duckdb.DuckDBPyConnection) -> None:
    assert rows(counted, "SELECT article_id FROM original_articles") == [("a1",), ("a2",), ("a4",), ("a5",), ("a6",)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_view_says_what_a_row_is_and_what_each_column_means(counted: duckdb.DuckDBPyConnection, view: str) -> None:
    comment = counted.execute("SELECT comment FROM duckdb_views() WHERE view_name = ?", [view]).fetchall()[0][0]
    assert comment.startswith("One row a")
    assert [row["column"] for row in describe_table(counted, view).to_pylist() if not row["meaning"]] == []


@pytest.mark.parametrize("path", view_files(), ids=lambda path: path.stem)
def test_the_head_names_only_columns_that_the_view_has(counted: duckdb.DuckDBPyConnection, path: Path) -> None:
    stated = set(read_head(path.read_text(encoding="utf-8")).columns) - {"*"}
    assert stated <= set(describe_table(counted, path.stem).column("column").to_pylist())


def test_every_table_and_column_is_explained(counted: duckdb.DuckDBPyConnection) -> None:
    tables = describe_tables(counted).to_pylist()
    assert [row["name"] for row in tables if not row["meaning"]] == []
    assert {row["kind"] for row in tables} == {"table", "view"}
    for name in ("articles", "entities", "quotes", "events", "files", "quarantine", "runs"):
        assert all(describe_table(counted, name).column("meaning").to_pylist()), name


def test_word_lists_are_described_by_their_full_name(counted: duckdb.DuckDBPyConnection) -> None:
    assert "event_type" in describe_table(counted, "seeds.event_types").column("column").to_pylist()


def test_a_wrong_name_of_a_table_suggests_the_nearest(counted: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(RelationNotFoundError) as caught:
        describe_table(counted, "qoutes")
    assert str(caught.value) == (
        "there is no table or view 'qoutes': did you mean 'quotes'? 'newsmill schema' lists all"
    )


def test_a_head_is_title_notes_parameters_and_columns() -> None:
    head = read_head(
        "-- Who?\n-- A row is: somebody.\n-- $name TEXT required: who\n-- $step TEXT = month: day or month\n"
        "-- $since DATE: first day\n--   speaker: who speaks\nSELECT 1 -- $no TEXT: head\n"
    )
    assert (head.title, head.notes, head.columns) == ("Who?", ("A row is: somebody.",), {"speaker": "who speaks"})
    assert [(p.name, p.kind, p.default, p.is_required) for p in head.parameters] == [
        ("name", "TEXT", None, True),
        ("step", "TEXT", "month", False),
        ("since", "DATE", None, False),
    ]
