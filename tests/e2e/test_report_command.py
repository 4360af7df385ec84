"""`newsmill report` and `newsmill schema`: options, forms, files, and one line for each mistake."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.conftest import Outcome
from tests.warehouse.counted import make_counted
from warehouse.catalog import open_for_writing

Newsmill = Callable[..., Outcome]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_counted(tmp_path_factory.mktemp("command") / "warehouse")


def test_options_are_the_parameters_of_the_report(newsmill: Newsmill, counted: Path) -> None:
    outcome = newsmill("report", "speakers", "-w", counted, "--since", "2026-04-01", "--outlet", "post", "-f", "json")
    assert outcome.code == 0, outcome.err
    assert [(row["speaker"], row["quotes"]) for row in json.loads(outcome.out)] == [("Bo Lund", 1)]


def test_rare_parameters_are_set_by_name(newsmill: Newsmill, counted: Path) -> None:
    outcome = newsmill("report", "timeline", "-w", counted, "--set", "step=day", "--name", "Lund", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [(row["period"], row["events"]) for row in rows] == [("2026-03-30", "3"), ("2026-04-05", "1")]


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "md", "html", "txt"])
def test_a_file_is_written_in_the_form_of_its_suffix(
    newsmill: Newsmill, counted: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"people.{suffix}"
    outcome = newsmill("report", "people", "-w", counted, "-o", file)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    if suffix == "parquet":
        assert parquet.read_table(file).column("name").to_pylist() == ["Ann Cole", "Bo Lund"]
    else:
        assert "Ann Cole" in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_parquet_may_be_piped(counted: Path, tmp_path: Path) -> None:
    with (tmp_path / "out.parquet").open("wb") as out:
        command = [sys.executable, "-m", "flows.cli", "report", "people", "-w", str(counted), "-f", "parquet"]
        subprocess.run(command, stdout=out, check=True)
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["people", "--name", "Ann"],
            "report 'people' has no parameter 'name': it takes --since, --until, --outlet, --limit",
        ),
        (["people", "--since", "yesterday"], "--since 'yesterday' cannot be used: write a day as YYYY-MM-DD"),
        (["quotes"], "report 'quotes' needs --name"),
        (["timeline", "--set", "step"], "--set 'step' cannot be used: write PARAMETER=VALUE"),
    ],
)
def test_a_wrong_parameter_is_wrong_usage(
    newsmill: Newsmill, counted: Path, arguments: list[str], message: str
) -> None:
    outcome = newsmill("report", *arguments, "-w", counted)
    assert outcome.code == 2
    assert outcome.err.startswith(f"newsmill: {message}")
    assert outcome.err.count("\n") == 1


def test_an_empty_answer_says_why(newsmill: Newsmill, counted: Path) -> None:
    table = newsmill("report", "people", "-w", counted, "--outlet", "Hreald")
    assert "no rows: there is no outlet 'Hreald'; the nearest are 'Herald', 'Post'" in table.out
    rows = newsmill("report", "people", "-w", counted, "--outlet", "Hreald", "-f", "json")
    assert (rows.code, json.loads(rows.out)) == (0, [])
    assert "there is no outlet 'Hreald'" in rows.err


def test_an_empty_warehouse_says_how_to_ingest(newsmill: Newsmill, tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "w"):
        pass
    assert "newsmill ingest PATH" in newsmill("report", "people", "-w", tmp_path / "w").out


def test_a_report_explains_what_it_takes(newsmill: Newsmill) -> None:
    out = newsmill("report", "quotes", "--explain").out
    assert out.startswith("What is said by or about NAME?\nA row is a quote")
    assert "--name        words of a name; all names that have them count (needed)\n" in out
    assert "--limit       rows at most (default: 50)\n" in out


def test_a_report_of_ones_own_is_listed_and_asked(
    newsmill: Newsmill, counted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "long.sql").write_text(
        "-- Which articles are long?\n-- A row is an article.\n-- $words INTEGER = 300: words at least\n"
        "SELECT article_id FROM articles WHERE word_count >= $words\n"
    )
    monkeypatch.setenv("NEWSMILL_REPORTS", str(tmp_path))
    assert "Which articles are long?" in newsmill("report").out
    assert newsmill("report", "long", "-w", counted, "-f", "csv").out == "article_id\na4\n"
    assert newsmill("report", "long", "-w", counted, "-f", "csv", "--set", "words=1000").out == "article_id\n"


def test_the_schema_lists_tables_and_views_and_their_columns(newsmill: Newsmill, counted: Path) -> None:
    listed = {row["name"]: row for row in json.loads(newsmill("schema", "-w", counted, "-f", "json").out)}
    assert listed["quotes"]["meaning"] == "One row a stretch of reported speech, with who said it."
    assert listed["monthly_counts"]["kind"] == "view"
    columns = json.loads(newsmill("schema", "monthly_counts", "-w", counted, "-f", "json").out)
    assert columns[0]["column"] == "month"
    assert "One row a month" in newsmill("schema", "monthly_counts", "-w", counted).out


def test_a_wrong_table_suggests_the_nearest(newsmill: Newsmill, counted: Path) -> None:
    outcome = newsmill("schema", "entites", "-w", counted)
    assert outcome.code == 3
    assert "did you mean 'entities'?" in outcome.err
