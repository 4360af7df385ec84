"""Pages are complete, bounded, the same for the same warehouse, and show hostile text as text."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import newsroom
from warehouse.catalog import connect, open_for_writing
from warehouse.errors import ArticleNotFoundError, PageNotWrittenError, ParameterError
from warehouse.pages import write_article, write_dashboard
from warehouse.pages.article import CHARACTERS
from warehouse.pages.charts import round_ticks, shorten
from warehouse.pages.dashboard import make_timeline
from warehouse.pages.document import one_line, web_address
from warehouse.pages.marks import Span, mark_text
from warehouse.pages.passages import quote_passage
from warehouse.pages.world import Spot, find_crowd, project


class Page(HTMLParser):
    """What a browser without scripts sees: elements with their attributes, and the text of one element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "br", "rect", "img"}:
            self._open.append(f"{tag}.{dict(attrs).get('class') or ''}")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].split(".")[0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        within = " ".join(self._open)
        if "div.text" in within and "span.chip" not in within:
            self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("pages") / "warehouse"
    with open_for_writing(warehouse) as connection:
        newsroom.fill(connection)
    return warehouse


@pytest.fixture
def lake(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(folder) as connection:
        yield connection


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("pages") / "empty"
    with open_for_writing(warehouse):
        pass
    return warehouse


def script_data(page: str) -> dict[str, dict[str, dict[str, object]]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_a_folder_gets_an_index_and_a_file_is_taken_by_its_name(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert write_dashboard(lake, tmp_path / "site") == tmp_path / "site" / "index.html"
    assert write_dashboard(lake, tmp_path / "new" / "page.html") == tmp_path / "new" / "page.html"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]


def test_the_dashboard_counts_what_stands_in_the_warehouse(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    page = write_dashboard(lake, tmp_path / "page.html", title="Trams").read_text()
    tiles = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))
    assert tiles["articles"] == "31"
    assert tiles["outlets"] == "3"
    assert tiles["quotes"] == "38"
    assert tiles["events"] == "38"
    assert "<h1>Trams</h1>" in page
    assert "Articles of 2 Mar 2026 to 12 Apr 2026" in page


def test_a_period_takes_articles_from_its_first_day_to_its_last(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    since, until = newsroom.FIRST_DAY, newsroom.FIRST_DAY + timedelta(days=4)
    page = write_dashboard(lake, tmp_path / "page.html", since=since, until=until).read_text()
    expected = lake.execute(
        "SELECT count(*) FROM articles WHERE published_date BETWEEN ? AND ?", [since, until]
    ).fetchall()[0][0]
    assert f"<dt>articles</dt><dd>{expected}</dd>" in page
    assert "Articles published from 2 Mar 2026 to 6 Mar 2026" in page


def test_a_period_that_ends_before_it_begins_is_refused(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        write_dashboard(lake, tmp_path, since=date(2026, 3, 2), until=date(2026, 3, 1))
    assert str(caught.value) == "--since 2026-03-02 is later than --until 2026-03-01: swap them"


def test_an_empty_warehouse_says_how_to_ingest(empty: Path, tmp_path: Path) -> None:
    with connect(empty) as connection:
        page = write_dashboard(connection, tmp_path / "page.html").read_text()
    assert "No articles yet" in page
    assert "newsmill ingest PATH" in page


def test_an_empty_period_says_that_there_are_other_articles(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    page = write_dashboard(lake, tmp_path / "page.html", since=date(2030, 1, 1)).read_text()
    assert "None of the 31 articles was published on or after 1 Jan 2030." in page


def test_the_same_warehouse_gives_the_same_page(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = write_dashboard(lake, tmp_path / "1.html").read_bytes()
    assert write_dashboard(lake, tmp_path / "2.html").read_bytes() == first


def test_the_connection_stays_as_it_was(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_dashboard(lake, tmp_path)
    assert lake.execute("SELECT current_catalog()").fetchall() == [("newsmill",)]
    assert lake.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]


def test_rows_open_passages_whose_marks_are_the_words_they_name(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    data = script_data(write_dashboard(lake, tmp_path / "page.html").read_text())
    passages = [passage for passage in data["passages"] if passage["id"] != "hostile"]  # type: ignore[index]
    marked: dict[str, set[str]] = defaultdict(set)
    for passage in passages:
        for start, end, css in passage["marks"]:
            marked[css].add(passage["text"][start:end])
    assert marked["trigger"] == {"met"}
    assert marked["actor"] <= set(newsroom.PEOPLE)
    assert marked["speaker"] == set(newsroom.PEOPLE[:5])
    assert all(words.startswith("The tram number") for words in marked["quote"])
    assert all(0 < len(detail["items"]) <= 6 for detail in data["details"].values())  # type: ignore[arg-type]


def test_a_name_that_comes_up_rises_and_one_that_stays_does_not(tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "w") as connection:
        for number in range(40):
            key, day = f"{number:032x}", newsroom.FIRST_DAY + timedelta(days=number)
            names = ["Stays"] if number % 4 == 0 else ["Rises"] if number > 28 else []
            newsroom.insert(connection, "articles", [newsroom.article(key, "x", day, source_uri=key)])
            newsroom.insert(
                connection,
                "entities",
                [
                    {
                        "article_id": key,
                        "mention_no": 1,
                        "published_date": day,
                        "name": name,
                        "label": "PERSON",
                        "entity_id": name,
                    }
                    for name in names
                ],
            )
    with connect(tmp_path / "w") as connection:
        page = write_dashboard(connection, tmp_path / "page.html").read_text()
    rising = page[page.index('id="rising"') : page.index('id="speakers"')]
    assert "In a larger share of articles since 22 Mar 2026 than in the 20 days before" in rising
    assert "<bdi>Rises</bdi>" in rising
    assert "<bdi>Stays</bdi>" not in rising


def test_a_quote_in_a_long_text_is_shown_with_its_sentence() -> None:
    before, after = "It rained. " * 40, " It rained on." * 40
    text = f'{before}"We saw it," said Bo Carling in Oslo.{after}'
    start = text.index("We saw")
    found = quote_passage(_quote(text, start, start + 10, text.index("Bo"), text.index(" in Oslo")))
    assert found["text"] == '"We saw it," said Bo Carling in Oslo.'
    assert [found["text"][start:end] for start, end, _ in found["marks"]] == ["We saw it,", "Bo Carling"]


def test_of_a_sentence_without_end_the_words_around_the_quote_are_shown() -> None:
    text = "rain and " * 60 + "he said it was late" + " and rain" * 60
    start = text.index("it was")
    found = quote_passage(_quote(text, start, start + 11, text.index("he said"), text.index(" said")))
    assert found["text"].startswith("… ")
    assert found["text"].endswith(" …")
    assert len(found["text"]) < 360
    assert [found["text"][start:end] for start, end, _ in found["marks"]] == ["he", "it was late"]


def _quote(text: str, start: int, end: int, speaker_start: int, speaker_end: int) -> dict[str, object]:
    """A row as queries/quotes_of_speakers.sql has it."""
    origin = max(start - 300, 0)
    columns = ("title", "url", "cue", "day", "confidence", "is_negated")
    return dict.fromkeys(columns) | {
        "article_id": "a", "outlet": "(outlet not stated)", "quote_type": "direct", "start_char": start,
        "end_char": end, "speaker_start": speaker_start, "speaker_end": speaker_end, "around_start": origin,
        "around": text[origin : end + 300],
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["dashboard", "article"])
def test_hostile_text_reaches_the_page_as_text(kind: str, lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write = write_dashboard if kind == "dashboard" else (lambda lake, file: write_article(lake, "hostile", file))
    page = write(lake, tmp_path / "page.html").read_text()
    elements = Page(page).elements
    assert [tag for tag, _ in elements].count("script") == 2
    assert not [tag for tag, _ in elements if tag == "img"]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert not [a for tag, a in elements if tag == "a" and (a.get("href") or "").startswith("javascript")]
    assert "{{ 7*7 }}" in page
    assert "\x00" not in page


def test_a_page_fetches_nothing_and_lets_only_its_own_script_run(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for page in (write_dashboard(lake, tmp_path / "1.html"), write_article(lake, "hostile", tmp_path / "2.html")):
        elements = Page(page.read_text()).elements
        policy = next(a["content"] for tag, a in elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert not [a for tag, a in elements if a.get("src") or tag == "link" or "style" in a]


def test_the_text_of_an_article_is_all_there(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    page = Page(write_article(lake, newsroom.article_id(3), tmp_path / "page.html").read_text())
    text = lake.execute("SELECT text FROM articles WHERE article_id = ?", [newsroom.article_id(3)]).fetchall()[0][0]
    assert page.text == text
    links = {(a.get("href") or "")[1:] for tag, a in page.elements if tag == "a" and (a.get("href") or "")[:3] == "#m-"}
    assert links == {"m-q1", "m-v1", "m-e1", "m-e2", "m-e3"}
    assert links <= {a["id"] for _, a in page.elements if a.get("id")}


@pytest.mark.parametrize("wanted", ["article_id", "source_uri", "url", "beginning"])
def test_an_article_is_found_by_each_of_its_names(wanted: str, lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    key = newsroom.article_id(5)
    name = {"article_id": key, "source_uri": f"n/{key[:6]}", "url": "https://news.example/5", "beginning": key[:8]}
    assert "Tram number 5 runs</h1>" in write_article(lake, name[wanted], tmp_path / "page.html").read_text()


def test_an_unknown_article_says_how_to_find_one(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(ArticleNotFoundError) as caught:
        write_article(lake, "nothing", tmp_path / "page.html")
    assert str(caught.value) == (
        "there is no article 'nothing': newsmill search 'words of its headline' shows the article_id of each it finds"
    )


def test_a_file_that_cannot_be_written_is_an_error_of_one_line(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PageNotWrittenError) as caught:
        write_dashboard(lake, tmp_path / "file" / "page.html")
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'file' / 'page.html'}: File exists; name another file with -o"
    )


def test_of_a_very_long_article_the_beginning_is_shown(tmp_path: Path) -> None:
    text = "The tram came. " * 70_000
    with open_for_writing(tmp_path / "w") as connection:
        newsroom.insert(connection, "articles", [newsroom.article("long", text, None, title="Long")])
        newsroom.insert(
            connection,
            "entities",
            [
                {"article_id": "long", "mention_no": no, "text": "tram", "name": "tram", "label": "PRODUCT",
                 "start_char": at, "end_char": at + 4}
                for no, at in enumerate(range(4, len(text), 1500), start=1)
            ],
        )  # fmt: skip
    with connect(tmp_path / "w") as connection:
        file = write_article(connection, "long", tmp_path / "page.html")
    page = Page(file.read_text())
    assert page.text == text[:CHARACTERS]
    assert file.stat().st_size < 1_000_000
    assert "the first 200,000 of 1,050,000 characters" in file.read_text()


@given(
    st.text(alphabet="ab <&\n", max_size=30),
    st.lists(st.tuples(st.integers(-2, 32), st.integers(-2, 32)), max_size=8),
)
def test_marks_that_overlap_leave_the_text_as_it_is(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(start, end, f"k{n}", "k-quote", "CHIP", True) for n, (start, end) in enumerate(places)]
    page = Page(f'<div class="text">{mark_text(text, spans)}</div>')
    assert page.text == text
    fitting = {f"k{n}" for n, (start, end) in enumerate(places) if 0 <= start < end <= len(text)}
    assert {a["id"] for _, a in page.elements if a.get("id")} == {f"m-{key}" for key in fitting}


@pytest.mark.parametrize(
    ("days", "unit", "buckets"),
    [(1, "day", 1), (62, "day", 62), (63, "week", 10), (500, "month", 17), (4000, "year", 11)],
)
def test_a_timeline_has_buckets_without_gaps(days: int, unit: str, buckets: int) -> None:
    first = date(2020, 1, 1)
    timeline = make_timeline(first, first + timedelta(days=days - 1))
    assert (timeline.unit, len(timeline.buckets)) == (unit, buckets)
    assert len(set(timeline.labels)) == buckets


def test_a_timeline_of_nothing_has_no_buckets() -> None:
    assert make_timeline(None, None).buckets == ()


@given(st.integers(0, 10**9))
def test_ticks_are_round_and_reach_the_largest_number(largest: int) -> None:
    ticks = round_ticks(largest)
    assert ticks[0] == 0
    assert ticks[-1] >= largest
    assert 2 <= len(ticks) <= 6
    assert str(ticks[1]).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://news.example/1?a=1&b=2", "https://news.example/1?a=1&b=2"),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//news.example", None),
        ("http://[bad", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, link: str | None) -> None:
    assert web_address(url) == link


def test_texts_are_shown_in_one_line_and_cut_with_an_ellipsis() -> None:
    assert one_line(" a\x00\n b\x1b ") == "a b"
    assert shorten("Ferry Crews", 6) == "Ferry…"


def test_a_close_up_shows_where_most_is_and_none_where_all_is_spread() -> None:
    near = [Spot(str(n), 50 + n / 2, n, 10) for n in range(6)]
    far = [Spot(str(n), -40 + 20 * n, -150 + 60 * n, 10) for n in range(6)]
    crowd = find_crowd([*near, *far[:1]])
    assert crowd is not None
    assert all(crowd.holds(spot) for spot in near)
    assert not crowd.holds(far[0])
    assert find_crowd(far) is None
    assert find_crowd([]) is None


def test_the_projection_is_equal_earth() -> None:
    assert project(0, 0) == (0.0, 0.0)
    assert project(0, 180)[0] == pytest.approx(2.70663, abs=1e-5)
    assert project(90, 0)[1] == pytest.approx(1.31733, abs=1e-4)
