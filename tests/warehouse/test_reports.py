"""Reports answer what they say, for the period, outlet and name that are asked for, or say why they cannot."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.counted import make_counted
from warehouse.catalog import connect, open_for_writing
from warehouse.errors import ParameterError, QueryError
from warehouse.queries import EMPTY_WAREHOUSE, bind_parameters, explain_no_rows, find_report, list_reports, run_report

REPORTS = [report.name for report in list_reports()]
NEEDED = {"name": "Ann Cole", "other": "Bo Lund"}
HOSTILE = "x'); DROP TABLE articles; -- %_$since"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(make_counted(tmp_path_factory.mktemp("reports") / "warehouse")) as connection:
        yield connection


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("reports") / "empty"
    with open_for_writing(folder):
        pass
    with connect(folder) as connection:
        yield connection


def needed(name: str) -> dict[str, str]:
    """Values for the parameters that a report cannot do without."""
    return {each.name: NEEDED[each.name] for each in find_report(name).parameters if each.is_required}


def ask(connection: duckdb.DuckDBPyConnection, name: str, columns: str, /, **given: str) -> list[tuple[Any, ...]]:
    """Those columns of the report's rows, in its own order, with days as text."""
    answer = run_report(connection, find_report(name), needed(name) | given).to_pylist()
    values = [[row[column] for column in columns.split()] for row in answer]
    return [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in values]


def test_there_are_reports_for_all_that_is_asked_for() -> None:
    assert len(REPORTS) >= 15


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_has_a_question_as_its_title_and_explains_row_and_parameters(name: str) -> None:
    report = find_report(name)
    assert report.title.endswith("?")
    assert report.notes[0].startswith("A row is ")
    assert report.sql.startswith(f"-- {report.title}\n")
    assert [each.name for each in report.parameters if each.meaning.startswith("a value of")] == []
    assert report.sql.count("\n-- $") == len(report.parameters)


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_answers_with_the_same_columns_on_rows_and_on_none(
    name: str, counted: duckdb.DuckDBPyConnection, empty: duckdb.DuckDBPyConnection
) -> None:
    rows = run_report(counted, find_report(name), needed(name))
    none = run_report(empty, find_report(name), needed(name))
    assert none.schema.names == rows.schema.names
    assert name == "quality" or none.num_rows == 0


@pytest.mark.parametrize("name", REPORTS)
def test_what_is_given_never_becomes_sql(name: str, counted: duckdb.DuckDBPyConnection) -> None:
    texts = [each.name for each in find_report(name).parameters if each.kind == "TEXT" and each.name != "step"]
    for parameter in texts:
        rows = run_report(counted, find_report(name), needed(name) | {parameter: HOSTILE})
        assert name in {"quality", "verbs"} or rows.num_rows == 0, parameter


@pytest.mark.parametrize("name", [n for n in REPORTS if "outlet" in {p.name for p in find_report(n).parameters}])
def test_an_outlet_is_found_whatever_its_case(name: str, counted: duckdb.DuckDBPyConnection) -> None:
    asked = needed(name)
    one = run_report(counted, find_report(name), asked | {"outlet": "Herald"}).to_pylist()
    assert one == run_report(counted, find_report(name), asked | {"outlet": "hERALD"}).to_pylist()


def test_people_are_those_named_in_most_articles(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "people", "name mentions articles first_day last_day") == [
        ("Ann Cole", 4, 3, "2026-03-30", "2026-03-30"),
        ("Bo Lund", 3, 3, "2026-03-30", "2026-04-06"),
    ]
    assert ask(counted, "people", "name mentions", since="2026-04-01") == [("Bo Lund", 2)]
    assert ask(counted, "people", "name mentions", outlet="Post") == [("Bo Lund", 1)]
    assert ask(counted, "people", "name", limit="1") == [("Ann Cole",)]


def test_organisations_and_places_are_told_apart(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "organisations", "name mentions articles") == [("Ferry Board", 2, 2)]
    assert ask(counted, "places", "name country mentions articles") == [("Oslo", "NOR", 4, 3)]


def test_speakers_are_counted_by_period_and_outlet(counted: duckdb.DuckDBPyConnection) -> None:
    columns = "speaker quotes direct articles outlets usual_cue"
    assert ask(counted, "speakers", columns, until="2026-03-31") == [("Ann Cole", 3, 2, 2, 1, "say")]
    assert ask(counted, "speakers", "speaker quotes outlets") == [("Ann Cole", 3, 1), ("Bo Lund", 2, 2)]
    assert ask(counted, "speakers_by_outlet", "outlet speaker quotes share") == [
        ("Herald", "Ann Cole", 3, 0.75),
        ("Herald", "Bo Lund", 1, 0.25),
        ("Post", "Bo Lund", 1, 1.0),
    ]


def test_the_share_of_voice_is_that_of_the_month(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "share_of_voice", "month speaker quotes share share_of_words") == [
        ("2026-03-01", "Ann Cole", 3, 1.0, 1.0),
        ("2026-04-01", "Bo Lund", 2, 1.0, 1.0),
    ]
    assert ask(counted, "share_of_voice", "speaker", name="lund") == [("Bo Lund",)]


def test_quotes_are_by_a_name_or_about_it(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "quotes", "day said speaker quote", name="bo lund") == [
        ("2026-04-06", "by", "Bo Lund", "no"),
        ("2026-04-05", "by", "Bo Lund", "the board wakes"),
        ("2026-03-30", "about", "Ann Cole", "Ann and Bo go to Oslo"),
    ]
    assert ask(counted, "quotes", "quote", name="Board", outlet="Post") == [("the board wakes",)]
    assert ask(counted, "quotes", "quote", name="Bo", limit="1") == [("no",)]


def test_a_name_is_found_by_whole_words_only(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "quotes", "quote", name="Boa") == []
    assert ask(counted, "quotes", "quote", name="un") == []


def test_who_speaks_about_whom(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "speaks_about", "about label quotes articles") == [
        ("Bo Lund", "PERSON", 1, 1),
        ("Ferry Board", "ORG", 1, 1),
        ("Oslo", "GPE", 1, 1),
    ]
    assert ask(counted, "spoken_about", "speaker quotes", name="Ferry Board") == [("Ann Cole", 1), ("Bo Lund", 1)]


def test_verbs_are_of_what_a_name_says_does_and_suffers(counted: duckdb.DuckDBPyConnection) -> None:
    rows = ask(counted, "verbs", "role verb times share usual lift")
    assert ("does", "accuse", 2, 0.6667, 0.3333, 2.0) in rows
    assert ("says", "say", 2, 0.6667, 0.6, 1.11) in rows
    assert ("suffers", "attack", 1, 0.5, 0.2, 2.5) in rows
    assert len(rows) == 6


def test_events_between_two_names_are_found_in_either_direction(counted: duckdb.DuckDBPyConnection) -> None:
    expected = [
        ("2026-04-05", "Ann Cole", "accuse", "Bo Lund", "This is"),
        ("2026-03-30", "Ann Cole", "accuse", "Bo Lund", "This is"),
        ("2026-03-30", "Ann Cole", "meet", "Bo Lund", "This is"),
        ("2026-03-30", "Bo Lund", "attack", "Ann Cole", "This is"),
    ]
    columns = "day actor verb recipient evidence"
    assert ask(counted, "between", columns) == expected
    assert ask(counted, "between", columns, name="lund", other="cole") == expected


def test_events_are_counted_by_type_and_over_time(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "events", "event_type events happened")[:2] == [("ACCUSE", 2, 2), ("AID", 1, 0)]
    columns = "period events happened conflicts goldstein"
    assert ask(counted, "timeline", columns) == [("2026-03-01", 4, 3, 2, -5.5), ("2026-04-01", 2, 1, 1, -2.0)]
    assert ask(counted, "timeline", "period events", step="week", name="board") == [("2026-03-30", 2)]


def test_hotspots_are_places_of_conflict(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "hotspots", "place country conflicts events lowest") == [("Oslo", "NOR", 3, 3, -9.0)]


def test_outlets_are_compared_by_article(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "outlets", "outlet articles duplicates words quotes direct named events") == [
        ("Herald", 3, 0.0, 117.0, 1.33, 0.5, 1.0, 1.33),
        ("Post", 2, 0.5, 400.0, 2.0, 0.5, 0.5, 2.0),
        ("(not stated)", 1, 0.0, 10.0, 0.0, None, None, 0.0),
    ]


def test_reprints_name_who_was_first(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "reprints", "title first_outlet first_day days copies outlets printed_by article_id") == [
        ("Title of a1", "Herald", "2026-03-30", 1, 1, 2, ["Herald", "Post"], "a1")
    ]


def test_gaps_are_stretches_of_days_without_articles(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "gaps", "outlet first_day last_day days") == [
        ("Herald", "2026-03-31", "2026-04-05", 6),
        ("(all together)", "2026-04-01", "2026-04-04", 4),
        ("Post", "2026-04-01", "2026-04-04", 4),
    ]
    assert ask(counted, "gaps", "outlet", least="5") == [("Herald",)]


def test_quality_is_the_share_of_what_is_known(counted: duckdb.DuckDBPyConnection) -> None:
    found = dict(ask(counted, "quality", "share_of share"))
    assert found["articles with a date"] == 0.8333
    assert found["articles that are no duplicate"] == 0.8333
    assert found["quotes with a named speaker"] == 0.8333
    assert found["places with coordinates"] == 1.0
    assert found["events with a recipient"] == 0.8333


def test_overview_days_and_volumes_count_rows(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "overview", "outlet articles duplicates mentions quotes events") == [
        ("Herald", 3, 0, 9, 4, 4),
        ("Post", 2, 1, 3, 2, 2),
        ("(not stated)", 1, 0, 1, 0, 0),
    ]
    assert ask(counted, "days", "day articles words quotes events") == [
        ("2026-03-30", 2, 300, 3, 4),
        ("2026-04-05", 1, 400, 2, 2),
        ("2026-04-06", 1, 50, 1, 0),
        (None, 1, 10, 0, 0),
    ]
    assert ask(counted, "volumes", "day articles duplicates words corpora") == [("2026-05-01", 6, 1, 860, 1)]


def test_names_that_stand_together_are_counted_by_article(counted: duckdb.DuckDBPyConnection) -> None:
    assert ask(counted, "together", "name label articles share mentions") == [
        ("Oslo", "GPE", 2, 0.6667, 3),
        ("Bo Lund", "PERSON", 1, 0.3333, 1),
        ("Ferry Board", "ORG", 1, 0.3333, 1),
    ]


@pytest.mark.parametrize(
    ("now", "before", "total_now", "total_before"), [(9, 2, 40, 50), (30, 1, 60, 60), (6, 0, 6, 20)]
)
def test_rising_names_come_with_the_g_test(
    tmp_path: Path, now: int, before: int, total_now: int, total_before: int
) -> None:
    with open_for_writing(tmp_path / "w") as connection:
        for first, day, total, named in (
            ("n", "2026-04-20", total_now, now),
            ("b", "2026-03-20", total_before, before),
        ):
            connection.execute(
                "INSERT INTO articles (article_id, published_date)"
                f" SELECT '{first}' || n, DATE '{day}' FROM range({total}) t (n)"
            )
            connection.execute(
                "INSERT INTO entities (article_id, mention_no, published_date, entity_id, name, label)"
                f" SELECT '{first}' || n, m, DATE '{day}', 'p', 'Ann Cole', 'PERSON'"
                f" FROM range({named}) t (n), range(3) u (m)"
            )
        rows = run_report(connection, find_report("rising"), {"since": "2026-04-01", "until": "2026-04-30"}).to_pylist()
    cells = [
        (now, total_now),
        (before, total_before),
        (total_now - now, total_now),
        (total_before - before, total_before),
    ]
    named_share = (now + before) / (total_now + total_before)
    expected = [named_share, named_share, 1 - named_share, 1 - named_share]
    g = 2 * sum(
        seen * math.log(seen / (total * share)) for (seen, total), share in zip(cells, expected, strict=True) if seen
    )
    assert [(row["name"], row["articles"], row["articles_before"]) for row in rows] == [("Ann Cole", now, before)]
    assert rows[0]["g"] == pytest.approx(g, abs=0.006)
    assert rows[0]["p"] == pytest.approx(math.erfc(math.sqrt(g / 2)), rel=1e-4)
    assert rows[0]["q"] == rows[0]["p"]


def test_a_name_that_falls_or_stands_still_does_not_rise(counted: duckdb.DuckDBPyConnection) -> None:
    found = ask(counted, "rising", "name", since="2026-04-04", until="2026-04-08", least="1")
    assert {name for (name,) in found} <= {"Bo Lund", "Ferry Board", "Oslo"}


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "people",
            {"other": "x"},
            "report 'people' has no parameter 'other': it takes --since, --until, --outlet, --limit",
        ),
        (
            "timeline",
            {"label": "x"},
            "report 'timeline' has no parameter 'label': it takes --since, --until, --outlet, --name, --set step=",
        ),
        ("quotes", {}, "report 'quotes' needs --name: words of a name; all names that have them count"),
        ("quotes", {"name": "  "}, "report 'quotes' needs --name: words of a name; all names that have them count"),
        (
            "people",
            {"since": "3/4/2026"},
            "--since '3/4/2026' cannot be used: write a day as YYYY-MM-DD, such as 2026-03-31",
        ),
        (
            "people",
            {"until": "2026-02-30"},
            "--until '2026-02-30' cannot be used: write a day as YYYY-MM-DD, such as 2026-03-31",
        ),
        ("people", {"limit": "-1"}, "--limit '-1' cannot be used: write a whole number from 0 on"),
        ("people", {"limit": "ten"}, "--limit 'ten' cannot be used: write a whole number from 0 on"),
        (
            "people",
            {"since": "2026-04-02", "until": "2026-04-01"},
            "--since 2026-04-02 is later than --until 2026-04-01: swap them",
        ),
    ],
)
def test_a_wrong_parameter_is_explained(name: str, given: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        bind_parameters(find_report(name), given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"name": "Ann Cole", "outlet": "Heral"},
            "no rows: there is no outlet 'Heral'; the nearest are 'Herald', 'Post'",
        ),
        (
            {"name": "Ann Coll"},
            "no rows: nobody is called 'Ann Coll'; the nearest are 'Ann Cole', 'Bo Lund', 'Ferry Board'",
        ),
        ({"name": "Ann", "since": "2027-01-01"}, "no rows: articles are dated 2026-03-30 to 2026-04-06"),
        ({"name": "Oslo", "outlet": "Herald"}, "no rows"),
    ],
)
def test_an_empty_answer_says_why(counted: duckdb.DuckDBPyConnection, given: dict[str, str], message: str) -> None:
    assert explain_no_rows(counted, find_report("quotes"), given) == message


def test_an_empty_warehouse_says_how_to_ingest(empty: duckdb.DuckDBPyConnection) -> None:
    assert explain_no_rows(empty, find_report("people")) == EMPTY_WAREHOUSE
    assert "newsmill ingest" in EMPTY_WAREHOUSE


def test_a_report_of_the_user_may_have_parameters_of_its_own(
    tmp_path: Path, counted: duckdb.DuckDBPyConnection
) -> None:
    (tmp_path / "long.sql").write_text(
        "-- Which articles are long?\n-- A row is an article.\n-- $words INTEGER = 150: words at least\n"
        "SELECT article_id FROM articles WHERE word_count >= $words AND ($desk IS NULL OR section = $desk) ORDER BY 1\n"
    )
    report = find_report("long", tmp_path)
    assert [(each.name, each.kind) for each in report.parameters] == [("words", "INTEGER"), ("desk", "TEXT")]
    assert run_report(counted, report, {}).column(0).to_pylist() == ["a2", "a4"]
    assert run_report(counted, report, {"desk": "Sport", "words": "10"}).column(0).to_pylist() == ["a4"]


def test_a_report_of_the_user_that_is_no_sql_says_so_when_asked(
    tmp_path: Path, counted: duckdb.DuckDBPyConnection
) -> None:
    (tmp_path / "wrong.sql").write_text("-- What?\nSELEC 1\n")
    assert "wrong" in [report.name for report in list_reports(tmp_path)]
    with pytest.raises(QueryError, match="syntax error"):
        run_report(counted, find_report("wrong", tmp_path))
