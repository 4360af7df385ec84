"""`newsmill search`: what a user sees in a terminal, in a pipe and in a file, and one line for each mistake."""

import csv
import inspect
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pyarrow import parquet

from flows.searching import search
from tests.conftest import PROJECT, Outcome
from tests.warehouse.newsroom import article, insert
from warehouse.catalog import open_for_writing

Newsmill = Callable[..., Outcome]

HOSTILE = "=1+1 \x1b[31mred\x1b[0m <b>tram</b>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of three articles, one with a quote, without an index."""
    folder = tmp_path_factory.mktemp("search") / "warehouse"
    rows = [
        article("aaa1", "The harbour strike is over.", date(2026, 3, 2), title="Harbour strike ends", publisher="Post"),
        article("aaa2", "A harbour of calm.", None),
        article("bad1", f"The tram was late. {HOSTILE}", date(2026, 3, 4), title=HOSTILE, publisher="@Wire"),
    ]
    quote = {"article_id": "bad1", "quote_no": 1, "text": "The tram was late.", "start_char": 0, "end_char": 18,
             "published_date": date(2026, 3, 4), "speaker_name": "Ada Berg", "group_no": 1}  # fmt: skip
    with open_for_writing(folder) as connection:
        for number, row in enumerate(rows):
            insert(connection, "articles", [row | {"content_sha256": str(number)}])
        insert(connection, "quotes", [quote])
    return folder


def test_in_a_pipe_an_article_is_a_paragraph_with_the_words_in_brackets(newsmill: Newsmill, folder: Path) -> None:
    outcome = newsmill("search", "harbour", "strikes", "-w", folder)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == ("[Harbour] [strike] ends\nThe [harbour] [strike] is over.\n2026-03-02  Post  aaa1\n")


def test_more_than_the_limit_is_told(newsmill: Newsmill, folder: Path) -> None:
    outcome = newsmill("search", "harbour", "-w", folder, "--limit", "1", "--newest")
    assert outcome.err == "1 of 2 articles: --limit shows more\n"
    assert "aaa1" in outcome.out


def test_on_a_terminal_the_words_are_bold_with_and_without_colour(
    newsmill: Newsmill, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    coloured = newsmill("search", "harbour strike", "-w", folder).out
    monkeypatch.setenv("NO_COLOR", "1")
    bare = newsmill("search", "harbour strike", "-w", folder).out
    assert "\x1b[36m" in coloured
    assert "\x1b[36m" not in bare
    assert "\x1b[1mstrike\x1b[0m is over" in coloured
    assert "\x1b[1mstrike\x1b[0m is over" in bare
    monkeypatch.setenv("TERM", "dumb")
    assert newsmill("search", "harbour strike", "-w", folder).out.startswith("[Harbour] [strike] ends\n")


@pytest.mark.parametrize("terminal", [True, False])
def test_what_an_article_says_is_obeyed_by_no_terminal(
    newsmill: Newsmill, folder: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
    for options in ([], ["--quotes"], ["-f", "table"]):
        out = newsmill("search", "tram", "-w", folder, *options).out
        assert "tram" in out
        assert "\x1b[31m" not in out


def test_data_has_the_words_bare_and_formulas_inert(newsmill: Newsmill, folder: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(newsmill("search", "tram", "-w", folder, "-f", "csv").out))
    assert row["title"].startswith("'=1+1")
    assert row["outlet"] == "'@Wire"
    assert row["snippet"].startswith("The tram was late.")
    (said,) = json.loads(newsmill("search", "tram", "--quotes", "-w", folder, "-f", "json").out)
    assert (said["day"], said["speaker"], said["quote"]) == ("2026-03-04", "Ada Berg", "The tram was late.")


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "md", "html", "txt"])
def test_a_file_is_written_in_the_form_of_its_suffix(
    newsmill: Newsmill, folder: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"found.{suffix}"
    outcome = newsmill("search", "tram", "-w", folder, "-o", file)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    if suffix == "parquet":
        assert parquet.read_table(file).column("article_id").to_pylist() == ["bad1"]
    else:
        assert "bad1" in file.read_text()
        assert "<b>" not in file.read_text() or suffix in {"csv", "json", "txt"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "nothing to search for: write words"),
        (['"harbour'], 2, "the quotation mark at character 1 is not closed"),
        (["harb*"], 2, "no search by how a word begins"),
        (["harbour", "--since", "soon"], 2, "--since 'soon' cannot be used: write a day as YYYY-MM-DD"),
        (
            ["harbour", "--speaker", "Nemo"],
            0,
            "nothing found: nobody called 'Nemo' is quoted; the nearest are 'Ada Berg'",
        ),
        (["zeppelin"], 0, "nothing found: no article has 'zeppelin'"),
        (["zeppelin", "-f", "json"], 0, "nothing found: no article has 'zeppelin'"),
        (["harbour", "-w", "nowhere"], 3, "no warehouse at nowhere"),
    ],
)
def test_a_mistake_is_told_in_a_line(
    newsmill: Newsmill, folder: Path, arguments: list[str], code: int, message: str
) -> None:
    outcome = newsmill("search", "-w", folder, *arguments)
    assert (outcome.code, outcome.err.count("\n")) == (code, 1)
    assert message in outcome.err


def test_index_makes_the_index_and_says_what_it_holds(newsmill: Newsmill, folder: Path) -> None:
    outcome = newsmill("search", "--index", "-w", folder)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("the search index holds 3 articles and 1 quote, as of 20")


def test_an_empty_warehouse_says_how_to_load(newsmill: Newsmill, tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "w"):
        pass
    assert "newsmill ingest PATH" in newsmill("search", "harbour", "-w", tmp_path / "w").err


def test_every_option_stands_on_the_page_of_search() -> None:
    page = (PROJECT / "docs" / "search.md").read_text(encoding="utf-8")
    options = set(inspect.signature(search).parameters) - {"words", "warehouse", "form", "output"}
    assert [name for name in sorted(options) if f"--{name}" not in page] == []
