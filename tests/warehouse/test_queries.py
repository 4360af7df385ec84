"""Reports and SQL answer in rows, or say in one line why they cannot."""

from datetime import UTC
from pathlib import Path

import pytest

import schemas
from tests.warehouse.staged import load
from warehouse.catalog import connect, open_for_writing
from warehouse.errors import QueryError, ReportNotFoundError
from warehouse.queries import find_report, list_reports, run_report, run_sql
from warehouse.runs import COMPLETED, RunInfo, finish_run, start_run
from warehouse.status import read_status

REPORTS = [report.name for report in list_reports()]
FILES = {
    "tram.txt": [("t", "The tram stops here."), ("t", "The tram stops here no more.")],
    "wire.txt": [("w", "The tram stops here no more."), ("x", "Mayor Ines Calder spoke in Ostrava.")],
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two originals, a duplicate, and by hand what the language stage would have found in one of them."""
    folder = tmp_path_factory.mktemp("queries") / "warehouse"
    with open_for_writing(folder) as connection:
        info = RunInfo("ingest", {"paths": ["in"]}, None, "0.1.0", "en_core_web_sm", "3.8.0", "0" * 64)
        run_id = start_run(connection, info)
        load(connection, folder.parent / "staged", run_id, FILES)
        article_id, day = connection.execute(
            "SELECT article_id, published_date FROM articles WHERE source_uri = 'x'"
        ).fetchall()[0]
        for number, (name, label) in enumerate(
            [("Ines Calder", "PERSON"), ("Ostrava", "GPE"), ("Tramways Board", "ORG")], start=2
        ):
            connection.execute(
                "INSERT INTO entities (article_id, mention_no, published_date, name, label) VALUES (?, ?, ?, ?, ?)",
                [article_id, number, day, name, label],
            )
        connection.execute(
            "INSERT INTO quotes (article_id, quote_no, published_date, text, quote_type, speaker_text, speaker_name,"
            " speaker_label, cue_lemma) VALUES (?, 1, ?, 'It stays.', 'direct', 'Calder', 'Ines Calder', 'PERSON',"
            " 'say')",
            [article_id, day],
        )
        connection.execute(
            "INSERT INTO events (article_id, event_no, published_date, taxonomy, event_type, actor_text, actor_name,"
            " trigger_text, modality, polarity) VALUES (?, 1, ?, 'plover', 'CONSULT', 'Calder', 'Ines Calder',"
            " 'spoke', 'happened', 'affirmed')",
            [article_id, day],
        )
        finish_run(connection, run_id, COMPLETED, {"files": 2, "articles": 3, "quarantined": 1, "seconds": 1.5})
    return folder


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queries") / "empty"
    with open_for_writing(folder):
        pass
    return folder


def test_reports_count_what_stands_in_the_warehouse(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        speakers = run_report(connection, find_report("speakers")).to_pylist()
        overview = run_report(connection, find_report("overview")).to_pylist()
        people = run_report(connection, find_report("people")).to_pylist()
    assert [(row["speaker"], row["quotes"], row["direct"], row["usual_cue"]) for row in speakers] == [
        ("Ines Calder", 1, 1, "say")
    ]
    assert [(row["outlet"], row["articles"], row["duplicates"]) for row in overview] == [("(not stated)", 3, 1)]
    assert [row["name"] for row in people] == ["Ines Calder"]


def test_reports_are_listed_by_name() -> None:
    assert sorted(REPORTS) == REPORTS
    assert {"overview", "speakers", "events"} <= set(REPORTS)


def test_an_unknown_report_names_the_nearest() -> None:
    with pytest.raises(ReportNotFoundError) as caught:
        find_report("speeker")
    assert str(caught.value) == "there is no report 'speeker': did you mean 'speakers'? 'newsmill report' lists all"


def test_a_report_like_no_other_names_none() -> None:
    with pytest.raises(ReportNotFoundError) as caught:
        find_report("qqq")
    assert str(caught.value) == "there is no report 'qqq': 'newsmill report' lists all"


def test_a_report_of_the_user_is_found_and_replaces_ours_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "trams.sql").write_text(
        "-- Which trams?\n-- A row is a tram.\n--   In any town.\nSELECT 1 -- not head\n"
    )
    (tmp_path / "people.sql").write_text("SELECT 2")
    (tmp_path / "notes.md").write_text("no report")
    own = find_report("trams", tmp_path)
    assert (own.title, own.notes) == ("Which trams?", ("A row is a tram.", "In any town."))
    assert find_report("people", tmp_path).title == "people"
    assert [report.name for report in list_reports(tmp_path)] == sorted({*REPORTS, "trams"})


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing\nFROM articles", "nothing"),
        ("SELECT * FROM artcles", "Did you mean"),
        ("SELECT 'x'::INTEGER", "Could not convert"),
        ("SELECT error('first\nsecond')", "first second"),
    ],
)
def test_bad_sql_is_one_line_in_the_words_of_duckdb(sql: str, part: str, empty: Path) -> None:
    with connect(empty) as connection, pytest.raises(QueryError) as caught:
        run_sql(connection, sql)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "LINE 1" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM articles",
        "INSERT INTO runs (run_id) VALUES ('x')",
        "UPDATE articles SET text = ''",
        "DROP TABLE quotes",
        "CREATE TABLE mine (a INTEGER)",
        "CREATE OR REPLACE VIEW original_articles AS SELECT 1",
    ],
)
def test_statements_that_write_are_refused(sql: str, warehouse: Path) -> None:
    with connect(warehouse) as connection:
        with pytest.raises(QueryError, match="read-only"):
            run_sql(connection, sql)
        assert connection.execute("SELECT count(*) FROM original_articles").fetchone() == (2,)


def test_a_statement_without_rows_answers_an_empty_table(empty: Path) -> None:
    with connect(empty) as connection:
        assert run_sql(connection, "").num_columns == 0
        assert run_sql(connection, "SELECT * FROM articles").schema.names == schemas.ARTICLES.names


def test_the_status_counts_rows_runs_and_quarantine(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        status = read_status(connection)
    assert {row["table_name"]: row["rows"] for row in status.rows.to_pylist()} == {
        "articles": 3,
        "entities": 5,
        "quotes": 1,
        "events": 1,
        "files": 2,
        "quarantine": 1,
        "runs": 1,
    }
    run = status.runs.to_pylist()[0]
    assert (run["flow"], run["status"], run["seconds"], run["articles"]) == ("ingest", "completed", 1.5, 3)
    assert run["started_at"].endswith("Z")
    assert [(row["error_type"], row["records"], row["first_file"]) for row in status.quarantine.to_pylist()] == [
        ("superseded", 1, "tram.txt")
    ]
    assert status.snapshot_id > 0
    assert status.snapshot_at.astimezone(UTC).year >= 2026


def test_the_status_of_an_empty_warehouse_has_no_rows(empty: Path) -> None:
    with connect(empty) as connection:
        status = read_status(connection)
    assert set(status.rows["rows"].to_pylist()) == {0}
    assert status.runs.num_rows == status.quarantine.num_rows == 0


def test_the_view_of_names_has_every_form_of_an_entity_once(tmp_path: Path) -> None:
    rows = [
        ("a1", 1, "2026-03-01", "Ada Cole", "Ada Cole", "PERSON", "p1", None),
        ("a1", 2, "2026-03-01", "Cole", "Ada Cole", "PERSON", "p1", None),
        ("a2", 1, "2026-03-05", "Cole", "Ada Cole", "PERSON", "p1", None),
        ("a2", 2, "2026-03-05", "Oslo", "Oslo", "GPE", "g1", "NOR"),
        ("a2", 3, "2026-03-05", "nine", None, "CARDINAL", None, None),
    ]
    with open_for_writing(tmp_path / "w") as connection:
        connection.executemany(
            "INSERT INTO entities (article_id, mention_no, published_date, text, name, label, entity_id, country)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        found = connection.execute(
            "SELECT entity_id, name, label, country, forms, mentions, articles, first_seen::VARCHAR, last_seen::VARCHAR"
            " FROM entity_names ORDER BY 1"
        ).fetchall()
    assert found == [
        ("g1", "Oslo", "GPE", "NOR", ["Oslo"], 1, 1, "2026-03-05", "2026-03-05"),
        ("p1", "Ada Cole", "PERSON", None, ["Cole", "Ada Cole"], 3, 2, "2026-03-01", "2026-03-05"),
    ]
