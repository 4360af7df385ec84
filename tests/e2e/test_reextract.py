"""Extracting again leaves the tables that a new load would, whatever the run met on its way."""

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from flows.isolation import stop_isolated_processes
from tests.conftest import PROJECT, Outcome
from tests.e2e.conftest import SHARDS, Deliveries
from tests.e2e.test_ingest import ask
from tests.torture.runs import Ended, Forks, Order, Rows, differences, rows_of
from warehouse.catalog import open_for_writing
from warehouse.migrations import default_seeds_dir, seeds_sha256
from warehouse.undo import undo_run
from warehouse.verify import verify

SPOIL = [
    "DELETE FROM quotes WHERE hash(article_id) % 3 = 0",
    "UPDATE entities SET label = 'ORG' WHERE hash(article_id) % 5 = 0 AND label = 'GPE'",
    "INSERT INTO events BY NAME SELECT * REPLACE (event_no + 9 AS event_no) FROM events WHERE hash(article_id) % 4 = 0",
    "UPDATE articles SET sentence_count = sentence_count + 2 WHERE hash(article_id) % 7 = 0",
]
"""What an older newsmill might have left."""

KILLS = [
    ("articles chosen", 1),
    ("texts half staged", 2),
    ("changes found", 1),
    ("rows of one table deleted", 1),
    ("rows of one table inserted", 2),
    ("sentences counted", 1),
    ("position noted", 2),
    ("shard committed", 1),
    ("all extracted, run not closed", 1),
]
"""Named instants, each reached so many times, one kill after the other."""

SMALLER_SHARDS = SHARDS | {"NEWSMILL_SHARD_BYTES": "900"}


def reextract(forks: Forks, warehouse: Path, *options: str, **how: Any) -> Ended:
    """Runs `newsmill reextract`, in small shards."""
    return forks.run_all(Order(["reextract", "-w", str(warehouse), *options], environment=SMALLER_SHARDS, **how))[0]


def broken(warehouse: Path) -> list[str]:
    return [finding.name for finding in verify(warehouse) if finding.broken]


def write_tiny_model(folder: Path, language: str) -> None:
    """A spaCy pipeline that knows two names, and sentences by their full stops."""
    nlp = spacy.blank(language)
    nlp.meta.update(name="tiny", version="1.0")
    nlp.add_pipe("sentencizer")
    patterns = [{"label": "PERSON", "pattern": "Ada Cole"}, {"label": "GPE", "pattern": "Karvenia"}]
    nlp.add_pipe("entity_ruler").add_patterns(patterns)
    nlp.to_disk(folder)


def name_of(folder: Path, model: str) -> str:
    """What --model takes."""
    return str(folder / model) if (folder / model).is_dir() else model


@pytest.fixture(scope="module")
def loads(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same articles, in two languages, some without a day and some twice, loaded with each of the models."""
    folder = tmp_path_factory.mktemp("models")
    for language in ("en", "de"):
        write_tiny_model(folder / f"tiny_{language}", language)
    records = []
    for number in range(24):
        english = (
            f'"We will open bridge {number} in May," Mayor Ada Cole said on Monday. Police arrested 3 in Karvenia.'
        )
        german = f"Ada Cole hat die Brücke {number} in Karvenia eröffnet. Die Polizei nahm drei Menschen fest."
        record = {"id": number, "text": german if number % 4 == 0 else english}
        record["language"] = "de" if number % 4 == 0 else "en"
        if number % 5:
            record["date"] = f"2026-{1 + number % 3:02}-{1 + number:02}"
        records.append(record)
    records += [record | {"id": f"again{record['id']}"} for record in records[:3]]
    (folder / "wire").mkdir()
    (folder / "wire" / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    for model in ("tiny_en", "tiny_de", "en_core_web_sm"):
        options = ("--model", name_of(folder, model))
        ended = forks.ingest(folder / "wire", folder / f"with_{model}", *options, environment=SHARDS)
        assert ended.code == 0, ended.err
    return folder


@pytest.mark.long
def test_extracting_again_with_another_model_leaves_the_rows_of_a_load_with_it(
    forks: Forks, loads: Path, tmp_path: Path
) -> None:
    shutil.copytree(loads / "with_tiny_en", tmp_path / "w")
    # First all articles in English lose their rows and those in German get some, then the other way round.
    for model, served in (("tiny_de", 6), ("en_core_web_sm", 18)):
        wanted = rows_of(loads / f"with_{model}")
        assert len(differences(rows_of(tmp_path / "w"), wanted)) >= 3
        ended = reextract(forks, tmp_path / "w", "--model", name_of(loads, model))
        assert ended.code == 0, ended.err
        assert differences(rows_of(tmp_path / "w"), wanted) == []
        last = ask(tmp_path / "w", "SELECT model, counts FROM runs ORDER BY started_at DESC LIMIT 1")[0]
        counts = json.loads(last[1])
        assert last[0].startswith(model[-2:] if model == "tiny_de" else "en_core_web_sm")
        assert (counts["articles"], counts["cleared"], counts["changed"]) == (served, 24 - served, 24)
        assert "position" not in counts
    assert broken(tmp_path / "w") == []


def spoil(warehouse: Path) -> None:
    with open_for_writing(warehouse) as connection:
        for statement in SPOIL:
            connection.execute(statement)


@pytest.fixture(scope="module")
def spoilt(deliveries: Deliveries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first delivery, with rows that are not what the model finds. Tests copy it."""
    folder = tmp_path_factory.mktemp("spoilt") / "w"
    shutil.copytree(deliveries.after_first, folder)
    spoil(folder)
    assert len(differences(rows_of(folder), deliveries.first_rows)) == 4
    return folder


@pytest.fixture
def warehouse(spoilt: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(spoilt, tmp_path / "w"))


@pytest.mark.long
def test_a_run_that_is_killed_again_and_again_ends_with_the_rows_of_one_that_was_not(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    for instant, times in KILLS:
        killed = reextract(forks, warehouse, instant=instant, times=times)
        assert killed.code == -9, (instant, killed.err)
    positions = ask(warehouse, "SELECT counts->>'$.position.article_id' FROM runs WHERE flow = 'reextract'")
    assert len(positions) == 1
    assert positions[0][0]
    ended = reextract(forks, warehouse)
    assert ended.code == 0, ended.err
    assert differences(rows_of(warehouse), deliveries.first_rows) == []
    assert ask(warehouse, "SELECT flow, status FROM runs ORDER BY started_at")[-1] == ("reextract", "completed")
    assert not (warehouse / "staging").exists()


@pytest.mark.long
def test_ctrl_c_ends_it_with_a_line_and_the_next_run_does_only_what_is_left(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    ended = reextract(forks, warehouse, instant="position noted", times=4, signal=signal.SIGINT)
    assert ended.code == 130, ended.err
    last = ended.err.strip().splitlines()[-1]
    assert last == "newsmill: interrupted; what was committed stays, and the same command goes on from there"
    [(status, counts)] = ask(warehouse, "SELECT status, counts FROM runs WHERE flow = 'reextract'")
    done = json.loads(counts)
    position = done["position"]
    [(behind, all_of_them)] = ask(
        warehouse,
        f"SELECT count(*) FILTER ((published_date, article_id) <= ('{position['published_date']}'::DATE,"
        f" '{position['article_id']}')), count(*) FROM articles WHERE duplicate_of IS NULL",
    )
    assert status == "failed"
    assert 0 < done["articles"] == behind < all_of_them
    ended = reextract(forks, warehouse)
    assert f"going on behind {behind} articles that are done already" in ended.err
    assert f"extracting from {all_of_them - behind} articles" in ended.err
    assert differences(rows_of(warehouse), deliveries.first_rows) == []
    [(counts,)] = ask(warehouse, "SELECT counts FROM runs WHERE flow = 'reextract'")
    assert json.loads(counts)["articles"] == all_of_them


@pytest.mark.long
def test_where_a_load_came_in_between_a_new_run_goes_on_and_each_can_be_undone(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    before = rows_of(warehouse)
    assert reextract(forks, warehouse, instant="position noted", times=4).code == -9
    half = rows_of(warehouse)
    assert forks.ingest(deliveries.second, warehouse, environment=SHARDS).code == 0
    ended = reextract(forks, warehouse)
    assert ended.code == 0, ended.err
    assert "going on behind" in ended.err
    assert differences(rows_of(warehouse), deliveries.second_rows) == []
    runs = ask(warehouse, "SELECT run_id, flow, status, counts FROM runs ORDER BY started_at")
    assert [run[1:3] for run in runs[-3:]] == [
        ("reextract", "crashed"), ("ingest", "completed"), ("reextract", "completed")
    ]  # fmt: skip
    assert json.loads(runs[-1][3])["continues"] == [runs[-3][0]]
    with open_for_writing(warehouse) as connection:
        for run_id in (runs[-1][0], runs[-2][0]):
            undo_run(connection, run_id)
    assert differences(rows_of(warehouse), half) == []
    with open_for_writing(warehouse) as connection:
        undo_run(connection, runs[-3][0])
    assert differences(rows_of(warehouse), before) == []


def test_a_condition_leaves_all_other_articles_as_they_are(
    forks: Forks, deliveries: Deliveries, warehouse: Path
) -> None:
    old = rows_of(warehouse)
    condition = "published_date >= '2026-05-01' AND title IS NULL"
    ended = reextract(forks, warehouse, "--where", condition)
    assert ended.code == 0, ended.err
    found = rows_of(warehouse)

    def some(rows: Rows, chosen: bool) -> Rows:
        """Of rows with a day, those that the condition chooses, or the others."""
        tables = {name: map(json.loads, rows[name]) for name in ("entities", "quotes", "events")}
        return {
            name: [json.dumps(row) for row in parsed if ((row["published_date"] or "") >= "2026-05-01") == chosen]
            for name, parsed in tables.items()
        }

    assert differences(some(found, True), some(deliveries.first_rows, True)) == []
    assert differences(some(found, False), some(old, False)) == []
    assert differences(some(old, True), some(found, True)) != []


@pytest.mark.long
def test_changed_word_lists_give_the_rows_of_a_load_with_them(
    load: Callable[..., Any], deliveries: Deliveries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.reextract import reextract as flow

    seeds = tmp_path / "packages" / "seeds"
    seeds.mkdir(parents=True)
    for path in (PROJECT / "seeds").glob("*.*"):
        (seeds / path.name).symlink_to(path)
    for name, word in (("event_triggers.csv", "arrest"), ("cues.csv", "tell")):
        lines = (PROJECT / "seeds" / name).read_text("utf-8").splitlines(keepends=True)
        (seeds / name).unlink()
        (seeds / name).write_text("".join(line for line in lines if word not in line), "utf-8")
    # The language stage, in its own process, finds these lists; and so does whoever asks for their hash.
    monkeypatch.syspath_prepend(seeds.parent)
    for module in ("warehouse.migrations", "flows.running"):
        monkeypatch.setattr(f"{module}.default_seeds_dir", lambda: seeds)
    stop_isolated_processes()
    try:
        load(deliveries.first, warehouse=tmp_path / "fresh", corpus="wire", date_order="dmy")
        shutil.copytree(deliveries.after_first, tmp_path / "w")
        summary = flow(warehouse=str(tmp_path / "w"))
    finally:
        stop_isolated_processes()
    wanted = rows_of(tmp_path / "fresh")
    assert {line.split(":")[0] for line in differences(deliveries.first_rows, wanted)} >= {"quotes", "events"}
    assert differences(rows_of(tmp_path / "w"), wanted) == []
    assert 0 < summary.changed < summary.articles
    hashes = ask(tmp_path / "w", "SELECT seeds_sha256, parameters->>'seeds_sha256' FROM runs ORDER BY started_at")
    assert hashes[-1] == (seeds_sha256(seeds), seeds_sha256(seeds))
    assert hashes[0][0] == seeds_sha256(default_seeds_dir())


COMPONENT = """
from spacy.language import Language

@Language.component("choosy")
def choosy(doc):
    if "Monday" in doc.text:
        raise ValueError("no such day")
    return doc
"""


@pytest.fixture
def choosy_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A pipeline that fails on some texts, known to spaCy as any installed component is."""
    packages = tmp_path / "packages"
    metadata = packages / "choosy-1.0.dist-info"
    metadata.mkdir(parents=True)
    (packages / "choosy_component.py").write_text(COMPONENT, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: choosy\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[spacy_factories]\nchoosy = choosy_component:choosy\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(packages)
    Language.component("choosy", func=lambda doc: doc)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("choosy")
    nlp.meta.update(name="choosy", version="1.0")
    nlp.to_disk(tmp_path / "model")
    yield tmp_path / "model"
    stop_isolated_processes()


@pytest.mark.long
def test_an_article_on_which_the_model_fails_keeps_its_rows_and_the_run_names_it(
    newsmill: Callable[..., Outcome],
    prefect_api: str,
    deliveries: Deliveries,
    choosy_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    shutil.copytree(deliveries.after_first, tmp_path / "w")
    done = newsmill("reextract", "-w", tmp_path / "w", "--model", choosy_model)
    assert done.code == 0, done.err
    monday = "article_id IN (SELECT article_id FROM articles WHERE text LIKE '%Monday%' AND duplicate_of IS NULL)"
    kept = ask(tmp_path / "w", f"FROM entities WHERE {monday} ORDER BY ALL")
    assert kept
    assert kept == ask(deliveries.after_first, f"FROM entities WHERE {monday} ORDER BY ALL")
    failed = ask(tmp_path / "w", f"SELECT count(*) FROM articles WHERE {monday}")[0][0]
    last = done.err.strip().splitlines()[-1]
    assert last.startswith(f"{failed} articles could not be analysed and keep the rows that they had: newsmill sql ")
    # The line is a command that can be run as it stands.
    named = newsmill("sql", last.split('"')[1], "-w", tmp_path / "w", "--format", "csv")
    ids = ask(tmp_path / "w", f"SELECT article_id FROM articles WHERE {monday}")
    assert named.code == 0
    assert all(article_id in named.out for (article_id,) in ids)
    assert "enrich_error" in named.out
    assert broken(tmp_path / "w") == []


def test_a_wrong_use_is_one_line_and_its_exit_code(newsmill: Callable[..., Outcome], deliveries: Deliveries) -> None:
    warehouse = deliveries.after_first
    for options, code, line in (
        (("--where", "publishr = 'x'"), 2, "newsmill: --where \"publishr = 'x'\" cannot be used: Binder Error: "),
        (("--where", "1=1) OR (1=1"), 2, 'newsmill: --where "1=1) OR (1=1" cannot be used: '),
        (("--model", "en_core_web_none"), 3, "newsmill: the spaCy pipeline 'en_core_web_none' is not installed: "),
        (("-w", str(warehouse / "none")), 3, "newsmill: no warehouse at "),
        (("--where", "title = 'none'"), 0, "no article matches --where \"title = 'none'\": nothing to do"),
    ):
        ended = newsmill("reextract", "-w", warehouse, *options)
        assert ended.code == code
        assert ended.out == ""
        assert ended.err.startswith(line)
        assert ended.err.count("\n") == 1


def test_a_dry_run_says_how_much_there_is_to_do_and_does_nothing(
    newsmill: Callable[..., Outcome], loads: Path, deliveries: Deliveries
) -> None:
    warehouse = loads / "with_tiny_en"
    snapshots = newsmill("snapshots", "-w", warehouse).out
    done = newsmill("reextract", "-w", warehouse, "--dry-run", "--model", loads / "tiny_de")
    [(words, chars)] = ask(
        warehouse,
        "SELECT sum(word_count), sum(char_count) FROM articles WHERE language = 'de' AND duplicate_of IS NULL",
    )
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"6 articles, {words} words, {chars} characters, to run through de_tiny 1.0",
        "18 articles to lose their rows: they are in a language that de_tiny does not serve",
        "3 duplicates, which have no rows, to pass over",
    ]
    assert newsmill("snapshots", "-w", warehouse).out == snapshots
    nothing = newsmill("reextract", "-w", deliveries.empty, "--dry-run")
    assert nothing.out == "no articles yet: 'newsmill ingest PATH' loads some\n"
