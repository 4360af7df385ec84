"""A search finds what the tables have, the best first; the index follows them, whatever happens to it."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.warehouse.newsroom import article, insert
from warehouse import search
from warehouse.catalog import open_for_writing
from warehouse.data_files import stray_files
from warehouse.errors import ParameterError, WarehouseNotFoundError
from warehouse.maintenance import Policy, maintain
from warehouse.search.contents import fold, read_states
from warehouse.search.errors import NoIndexError, WordsError
from warehouse.search.file import reading
from warehouse.search.index import FOLDER, keep_up
from warehouse.search.words import Words, read_words

ROWS = [
    ("docks", date(2026, 3, 2), "Alpha Post", "Harbour strike ends",
     "Dock workers in São Paulo voted. “We go back,” Ada Berg said, “on Monday.” The elections come later."),
    ("pilots", date(2026, 3, 5), "Beta Wire", "Pilots stay out",
     "The strike of the pilots goes on. A walkout at the harbour was called off, Bo Carling told Ada Berg."),
    ("vote", date(2026, 4, 1), "Alpha Post", "Election day",
     "An election was held in Lima. The co-operation of the U.S. was praised. Pay talks were not."),
    ("talks", date(2026, 4, 9), "Élan", "Talks", "They talk of pay in the harbour of Bergen."),
    ("undated", None, None, None, "A notice of the harbour board, without a day."),
]  # fmt: skip
QUOTES = [
    ("docks", 1, "We go back,", "Ada Berg", 1),
    ("docks", 2, "on Monday.", "Ada Berg", 1),
    ("pilots", 1, "A walkout at the harbour was called off", "Bo Carling", 2),
]
NAMES = [("docks", "São Paulo"), ("docks", "Ada Berg"), ("pilots", "Bo Carling"), ("pilots", "Ada Berg"),
         ("vote", "Lima"), ("talks", "Bergen"), ("pilots", "harbour")]  # fmt: skip
TEXTS = {row[0]: row[4] for row in ROWS}
DAYS = {row[0]: row[1] for row in ROWS}


def add(
    connection: Any, key: str, day: date | None, outlet: str | None, title: str | None, text: str, **more: Any
) -> None:
    insert(
        connection, "articles", [article(key, text, day, publisher=outlet, title=title, content_sha256=text, **more)]
    )


def quote_row(key: str, number: int, text: str, speaker: str, group: int) -> dict[str, Any]:
    start = TEXTS[key].index(text)
    return {"article_id": key, "quote_no": number, "published_date": DAYS[key], "text": text, "start_char": start,
            "end_char": start + len(text), "speaker_name": speaker, "group_no": group}  # fmt: skip


def name_row(number: int, key: str, name: str) -> dict[str, Any]:
    start = TEXTS[key].index(name)
    return {"article_id": key, "mention_no": number, "published_date": DAYS[key], "text": name, "label": "ORG",
            "start_char": start, "end_char": start + len(name), "entity_id": name, "name": name}  # fmt: skip


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of five articles and a copy of one, with its index. Tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("search") / "warehouse"
    with open_for_writing(folder) as connection:
        for row in ROWS:
            add(connection, *row)
        add(
            connection,
            "copy",
            date(2026, 3, 3),
            "Beta Wire",
            "Harbour strike ends",
            TEXTS["docks"],
            duplicate_of="docks",
        )
        insert(connection, "quotes", [quote_row(*row) for row in QUOTES])
        insert(connection, "entities", [name_row(number, *row) for number, row in enumerate(NAMES, start=1)])
    search.update_index(folder)
    return folder


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "w"))


def found(folder: Path, words: str = "", **options: Any) -> list[str]:
    return search.find_articles(folder, words, **options).column("article_id").to_pylist()  # type: ignore[no-any-return]


def write(folder: Path, *statements: str) -> None:
    with open_for_writing(folder) as connection:
        for statement in statements:
            connection.execute(statement)


def index_file(folder: Path) -> Path:
    (path,) = (folder / FOLDER).glob("index-*.sqlite")
    return path


def held(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that the index holds, without the numbers that it gives."""
    with reading(index_file(folder)) as index:
        questions = {
            "articles": "SELECT article_id, day, outlet, state, title, text FROM articles JOIN article_words ON"
            " article_words.rowid = doc",
            "quotes": "SELECT article_id, quote_no, name, text FROM quotes JOIN articles USING (doc) JOIN quote_words"
            " ON quote_words.rowid = quote LEFT JOIN names ON name_id = speaker_id",
            "names": "SELECT article_id, name FROM article_names JOIN articles USING (doc) JOIN names USING (name_id)",
            "named": "SELECT article_id, quote_no, name FROM quote_names JOIN quotes USING (quote)"
            " JOIN articles USING (doc) JOIN names USING (name_id)",
        }
        return {table: sorted(index.execute(question).fetchall(), key=repr) for table, question in questions.items()}


def made_anew(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    shutil.rmtree(folder / FOLDER)
    search.update_index(folder)
    return held(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("harbour strike", Words((("harbour",), ("strike",)))),
        ("“pay  talks” AND strike", Words((("pay talks",), ("strike",)))),
        ("strike OR walkout OR 'lock-out' harbour", Words((("strike", "walkout", "'lock-out'"), ("harbour",)))),
        ('strike -pilots NOT "pay talks" -- & -', Words((("strike",),), ("pilots", "pay talks"))),
        ("a\x00b NEAR(x) col:y ^z", Words((("a",), ("b",), ("NEAR(x)",), ("col:y",), ("^z",)))),
        (" \n", Words()),
    ],
)
def test_words_phrases_alternatives_and_exclusions_are_read(text: str, words: Words) -> None:
    assert read_words(text) == words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('pay "talks', "the quotation mark at character 5 is not closed"),
        ("-pilots", "only says what to leave out"),
        ("OR strike", "OR stands between two words"),
        ("strike OR", "OR stands between two words"),
        ("strike OR -pilots", "OR stands between two words"),
        ("elect*", "no search by how a word begins"),
        ("x" * 1001, "too many"),
        (" ".join("x" * 51), "too many words"),
    ],
)
def test_words_that_cannot_be_searched_for_are_refused_in_a_line(text: str, says: str) -> None:
    with pytest.raises(WordsError, match=says) as refused:
        read_words(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "articles"),
    [
        ("harbour strike", ["docks", "pilots"]),
        ("HARBOUR Strikes", ["docks", "pilots"]),
        ("elections", ["vote", "docks"]),
        ("Sao Paulo", ["docks"]),
        ("são paulo", ["docks"]),
        ('"strike harbour"', []),
        ('"harbour strike"', ["docks"]),
        ("strike OR walkout -dock", ["pilots"]),
        ('pay -"pay talks"', ["talks"]),
        ("pay talk", ["talks", "vote"]),
        ("U.S. cooperation", []),
        ("U.S. co-operation", ["vote"]),
        ("without a day", ["undated"]),
        ("title:strike", []),
        ('harbour" OR "" NOT "', []),
    ],
)
def test_articles_are_found_by_their_words_the_best_first(original: Path, words: str, articles: list[str]) -> None:
    assert found(original, words) == articles


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        ({"speakers": ["berg"]}, ["docks"]),
        ({"speakers": ["Berg", "Carling"]}, []),
        ({"entities": ["ada BERG"]}, ["pilots", "docks"]),
        ({"entities": ["ada BERG", "sao paulo"]}, ["docks"]),
        ({"entities": ["ber"]}, []),
        ({"outlet": "élan"}, ["talks"]),
        ({"since": "2026-03-05", "until": date(2026, 4, 1)}, ["vote", "pilots"]),
        ({"words": "harbour", "newest_first": True}, ["talks", "pilots", "docks", "undated"]),
        ({"words": "harbour", "newest_first": True, "limit": 1}, ["talks"]),
        ({"words": "harbour", "entities": ["Ada Berg"], "until": "2026-03-04"}, ["docks"]),
    ],
)
def test_articles_are_found_by_speaker_name_outlet_and_day(
    original: Path, options: dict[str, Any], articles: list[str]
) -> None:
    assert found(original, **options) == articles


def test_words_that_were_looked_for_are_marked(original: Path) -> None:
    (row,) = search.find_articles(original, "sao elections", marks=("<", ">")).to_pylist()
    assert row["title"] == "Harbour strike ends"
    assert "in <São> Paulo voted" in row["snippet"]
    assert "The <elections> come later" in row["snippet"]
    assert row["score"] > 0


def test_quotes_are_found_with_the_pieces_of_an_interrupted_one_together(original: Path) -> None:
    (row,) = search.find_quotes(original, "back Monday", marks=("[", "]")).to_pylist()
    assert row["quote"] == "We go [back], … on [Monday]."
    assert (row["speaker"], row["article_id"], row["quote_no"], row["day"]) == (
        "Ada Berg",
        "docks",
        1,
        date(2026, 3, 2),
    )


@pytest.mark.parametrize(
    ("options", "quotes"),
    [
        ({"words": "harbour"}, [("pilots", 1)]),
        ({"words": "strike"}, []),
        ({"speakers": ["Ada"]}, [("docks", 1)]),
        ({"entities": ["harbour"]}, [("pilots", 1)]),
        ({"entities": ["Ada Berg"]}, []),
        ({"words": "walkout", "speakers": ["Ada"]}, []),
    ],
)
def test_quotes_are_found_by_who_says_them_and_who_is_named_in_them(
    original: Path, options: dict[str, Any], quotes: list[tuple[str, int]]
) -> None:
    table = search.find_quotes(original, **options)
    assert list(zip(*(table.column(name).to_pylist() for name in ("article_id", "quote_no")), strict=True)) == quotes


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"words": "harbour zeppelin"}, "no article has 'zeppelin'"),
        ({"words": "walkout Lima"}, "no article has all these words"),
        ({"words": "harbour", "outlet": "Alfa Post"}, "there is no outlet 'Alfa Post'; the nearest are 'Alpha Post'"),
        (
            {"words": "harbour", "speakers": ["Karling"]},
            "nobody called 'Karling' is quoted; the nearest are 'Bo Carling'",
        ),
        ({"words": "harbour", "entities": ["Limo"]}, "nobody and nothing is called 'Limo'; the nearest are 'Lima'"),
        ({"words": "harbour", "since": "2027-01-01"}, "articles are dated 2026-03-02 to 2026-04-09"),
        ({"words": "strike", "entities": ["Lima"]}, "no article has all that is asked for"),
    ],
)
def test_an_empty_answer_says_what_is_not_there(original: Path, options: dict[str, Any], says: str) -> None:
    asked = {"words": "", "speakers": [], "entities": [], "outlet": None, "since": None, "until": None} | options
    wanted = search.make_wanted(**asked, newest_first=False, limit=5)
    answer, nothing = search.search(original, wanted, "articles", ("", ""), pytest.fail)
    assert answer.rows.num_rows == 0
    assert says in nothing


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "nothing to search for"),
        ({"words": "x", "since": "soon"}, "--since 'soon' cannot be used"),
        ({"words": "x", "since": "2026-02-01", "until": "2026-01-01"}, "swap them"),
        ({"words": "x", "speakers": [" "]}, "--speaker needs a name"),
    ],
)
def test_options_that_cannot_be_used_are_refused_in_a_line(original: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        found(original, **options)


def test_a_folder_without_a_warehouse_gets_no_index(tmp_path: Path) -> None:
    with pytest.raises(WarehouseNotFoundError):
        found(tmp_path / "none", "x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_terminal_would_obey_is_not_in_the_index(folder: Path) -> None:
    with open_for_writing(folder) as connection:
        hostile = "\x1b]0;owned\x07 \x9b31m \u202eevil\u200b word\x02bold\x03\nhar\u00adbour \x00 end"
        add(connection, "hostile", None, "\x1b[2J", "T\x1b[1mitle", hostile)
    (row,) = search.find_articles(folder, "evil end").to_pylist()
    shown = row["title"] + row["snippet"] + row["outlet"]
    assert shown.isprintable()
    assert "hostile" in found(folder, "harbour")


CHANGES = [
    "UPDATE articles SET title = 'A new headline' WHERE article_id = 'vote'",
    "UPDATE quotes SET speaker_name = 'Cleo Dorn' WHERE article_id = 'pilots'",
    "UPDATE quotes SET text = 'We stay,' WHERE article_id = 'docks' AND quote_no = 1",
    "UPDATE entities SET name = 'Bergen Harbour' WHERE article_id = 'talks'",
    "DELETE FROM entities WHERE article_id = 'docks'",
    "DELETE FROM quotes WHERE article_id = 'docks' AND quote_no = 2",
    "UPDATE articles SET duplicate_of = NULL WHERE article_id = 'copy'",
    "UPDATE articles SET duplicate_of = 'copy' WHERE article_id = 'docks'",
    "DELETE FROM articles WHERE article_id = 'undated'",
    "UPDATE articles SET publisher = 'Gamma', text = 'Other', content_sha256 = 'x' WHERE article_id = 'talks'",
    "INSERT INTO articles BY NAME SELECT 'new' AS article_id, 'Fresh' AS title, 'Fresh words' AS text",
]


def test_the_index_follows_every_change_of_the_tables_and_is_as_one_made_anew(folder: Path) -> None:
    before = index_file(folder)
    with open_for_writing(folder) as connection:
        for place, change in enumerate(CHANGES):
            was = read_states(connection)
            connection.execute(change)
            assert read_states(connection) != was, change
            if place in {5, len(CHANGES) - 1}:
                keep_up(folder, pytest.fail)
    assert index_file(folder) == before
    followed = held(folder)
    assert followed == made_anew(folder)
    assert found(folder, "Fresh") == ["new"]
    assert found(folder, speakers=["Dorn"]) == ["pilots"]


def test_the_index_follows_when_snapshots_have_expired_and_files_were_merged(folder: Path) -> None:
    write(folder, *CHANGES[:3])
    with open_for_writing(folder) as connection:
        for _ in maintain(connection, folder, Policy(keep_snapshots=timedelta(0), grace=timedelta(0))):
            pass
        connection.execute(CHANGES[4])
    keep_up(folder, pytest.fail)
    followed = held(folder)
    assert followed == made_anew(folder)


def test_a_search_without_news_writes_nothing(folder: Path) -> None:
    path = index_file(folder)
    state = (path.stat().st_mtime_ns, path.read_bytes())
    found(folder, "harbour")
    assert (path.stat().st_mtime_ns, path.read_bytes()) == state


def test_maintenance_and_verify_let_the_index_be(folder: Path) -> None:
    with open_for_writing(folder) as connection:
        assert list(stray_files(connection, folder, before=datetime.now(UTC) + timedelta(days=1))) == []


def test_an_index_far_behind_answers_and_says_so_until_it_is_updated(folder: Path) -> None:
    write(folder, *CHANGES[:2])
    lines: list[str] = []
    stale = keep_up(folder, lines.append, most=1)
    (line,) = lines
    assert f"is of {stale.time:%Y-%m-%d %H:%M}Z, and 2 articles have come, gone or changed since" in line
    assert "'newsmill search --index' brings it up to date" in line
    search.update_index(folder)
    assert found(folder, "headline") == ["vote"]


def test_beside_a_process_that_writes_the_index_a_search_answers_from_what_is_there(folder: Path) -> None:
    write(folder, CHANGES[0])
    with FileLock(folder / FOLDER / "writer.lock"), pytest.warns(UserWarning, match="1 article has .* another process"):
        assert found(folder, "election day") == ["vote"]
    assert found(folder, "election day") == []


def test_without_an_index_a_search_waits_for_the_process_that_makes_it(folder: Path) -> None:
    shutil.rmtree(folder / FOLDER)
    (folder / FOLDER).mkdir()
    lock = FileLock(folder / FOLDER / "writer.lock", thread_local=False)
    lock.acquire()
    release = threading.Timer(0.5, lock.release)
    release.start()
    with pytest.warns(UserWarning, match="waiting for it"):
        assert found(folder, "lima") == ["vote"]
    release.join()


@pytest.mark.parametrize("has_index", [True, False])
def test_in_a_folder_that_cannot_be_written_to_the_index_that_is_there_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, has_index: bool
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    write(folder, CHANGES[0])
    if not has_index:
        shutil.rmtree(folder / FOLDER)
    monkeypatch.setattr(FileLock, "acquire", refuse)
    if has_index:
        with pytest.warns(UserWarning, match="1 article has .* cannot be written to"):
            assert found(folder, "election day") == ["vote"]
    else:
        with pytest.raises(NoIndexError, match="Read-only file system"):
            found(folder, "election")


def test_a_reader_sees_one_state_of_the_index_while_another_process_writes_it(folder: Path) -> None:
    write(folder, CHANGES[0])
    path, title = index_file(folder), "SELECT title FROM article_words WHERE article_words MATCH 'lima'"
    writer = threading.Thread(target=search.update_index, args=[folder])
    with reading(path) as index:
        assert index.execute(title).fetchone() == ("Election day",)
        writer.start()
        while writer.is_alive() and not path.with_name(f"{path.name}-journal").exists():
            time.sleep(0.01)
        writer.join(0.5)
        assert index.execute(title).fetchone() == ("Election day",)
    writer.join()
    assert found(folder, "headline") == ["vote"]


KILLED = """
import os, signal, sys
from warehouse.search import contents, index
add = contents.add_articles
def add_and_die(lake, into, wanted):
    into.execute("PRAGMA cache_spill = 1")
    into.execute("PRAGMA cache_size = 1")
    add(lake, into, wanted)
    os.kill(os.getpid(), signal.SIGKILL)
contents.add_articles = add_and_die
index.keep_up(index.Path(sys.argv[1]), print)
"""


@pytest.mark.parametrize("from_nothing", [True, False])
def test_a_process_that_is_killed_while_it_writes_the_index_leaves_no_half_of_one(
    folder: Path, from_nothing: bool
) -> None:
    if from_nothing:
        shutil.rmtree(folder / FOLDER)
    write(folder, *CHANGES)
    died = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False, cwd=Path(__file__).parents[2])
    assert died.returncode == -signal.SIGKILL
    left = {path.name for path in (folder / FOLDER).iterdir()}
    assert ("unfinished.sqlite" in left) is from_nothing
    assert any(name.endswith("-journal") for name in left) is not from_nothing
    assert found(folder, "fresh") == ["new"]
    assert "unfinished.sqlite" not in {path.name for path in (folder / FOLDER).iterdir()}
    followed = held(folder)
    assert followed == made_anew(folder)


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_pages(path: Path) -> None:
    """All pages but the first three, which say what tables there are and what the index is of."""
    content = bytearray(path.read_bytes())
    for page in range(4096 * 3, len(content), 4096):
        content[page : page + 200] = b"\xff" * 200
    path.write_bytes(content)


def forget_facts(path: Path) -> None:
    with closing(sqlite3.connect(path)) as index:
        index.execute("DROP TABLE facts")
        index.commit()


def age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as index:
        index.execute("UPDATE facts SET value = 'newsmill 0.0.1, format 1' WHERE key = 'made_by'")
        index.commit()


@pytest.mark.parametrize("harm", [overwrite, cut_off, empty, spoil_pages, forget_facts, age])
def test_an_index_that_is_damaged_or_of_another_version_is_made_again(
    folder: Path, harm: Callable[[Path], None]
) -> None:
    before = index_file(folder)
    harm(before)
    with pytest.warns(
        UserWarning, match="made again: it was made by another" if harm is age else "made again: its file"
    ):
        assert found(folder, "strike harbour") == ["docks", "pilots"]
    assert index_file(folder) != before
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found(folder, "strike harbour") == ["docks", "pilots"]


def test_a_deleted_index_is_made_again(folder: Path) -> None:
    shutil.rmtree(folder / FOLDER)
    assert found(folder, "strike harbour") == ["docks", "pilots"]


def test_names_are_compared_without_case_signs_and_diacritics() -> None:
    assert fold("  São-Paulo's  ÉLAN ") == " sao paulo s elan "
