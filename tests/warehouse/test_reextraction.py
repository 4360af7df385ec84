"""Stored articles are chosen, staged and committed again shard by shard, and readers see each article whole."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import schemas
from tests.warehouse.staged import Files
from tests.warehouse.told import few_seeds, load_run, run_info
from warehouse.catalog import TABLES_FOLDER, connect, open_for_writing
from warehouse.chosen import (
    NO_CONDITION,
    Choice,
    ChosenArticles,
    ConditionError,
    Position,
    check_condition,
    measure_choice,
)
from warehouse.errors import ParameterError
from warehouse.promises import SLICE, list_promises
from warehouse.reextraction import find_changes, find_failures, publish_changes
from warehouse.runs import COMPLETED, FAILED, finish_run, last_runs, start_run
from warehouse.snapshots import list_snapshots
from warehouse.staging import StagedShard
from warehouse.undo import UNDONE_TABLES, UndoRefusedError, undo_run
from warehouse.verify import check_promise, check_tables

# Days follow from the length of a text: months one to three. Those of the last file are taken away.
FILES: Files = {
    "c/a.jsonl": [(f"a{number}", f"Mayor Ada Cole opened bridge {'x' * number}.") for number in range(7)],
    "c/b.jsonl": [("b0", "Mayor Ada Cole opened  bridge ."), ("b1", "Das Wehr wurde geöffnet.")],
    "c/z.jsonl": [(f"z{number}", f"No day is known of this one, {'y' * number}.") for number in range(3)],
}
UNDATED = "article_id IN (SELECT article_id FROM articles WHERE file_uri = 'c/z.jsonl')"
EVERYTHING = Choice(NO_CONDITION, "en")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of eleven originals, three of them without a day, one in German, and a duplicate. Tests copy it."""
    folder = tmp_path_factory.mktemp("reextraction") / "warehouse"
    with open_for_writing(folder, few_seeds(folder.parent / "seeds")) as connection:
        load_run(connection, folder.parent / "staged", FILES, paths="first")
        connection.execute(f"UPDATE entities SET published_date = NULL WHERE {UNDATED}")
        connection.execute(f"UPDATE articles SET published_date = NULL, published_at = NULL WHERE {UNDATED}")
        connection.execute("UPDATE articles SET language = 'de' WHERE source_uri = 'b1'")
    return folder


@pytest.fixture
def connection(original: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    shutil.copytree(original, tmp_path / "w")
    with open_for_writing(tmp_path / "w", original.parent / "seeds") as connection:
        yield connection


def choose(
    connection: duckdb.DuckDBPyConnection, folder: Path, choice: Choice = EVERYTHING, shard_chars: int = 150
) -> ChosenArticles:
    shutil.rmtree(folder / "staging", ignore_errors=True)
    return ChosenArticles(connection, folder / "staging", choice, shard_chars)


def staged_ids(chosen: ChosenArticles, wave_shards: int = 2) -> list[list[str]]:
    """The identities of every shard, as they are staged."""
    return [
        shard.read("accepted", schemas.ARTICLES)["source_uri"].to_pylist() for _, shard in chosen.stage(wave_shards)
    ]


def extract(shard: StagedShard, *, text: str = "Cole", sentences: int = 3, failing: str = "") -> None:
    """Stands for the language stage: finds that one entity in every article in English, where it is."""
    rows = shard.read("accepted", schemas.ARTICLES).to_pylist()
    kept = [row for row in rows if row["source_uri"] != failing]
    for row in kept:
        row["sentence_count"] = sentences if row["language"] != "de" else None
    found = [
        {
            "article_id": row["article_id"],
            "mention_no": 1,
            "published_date": row["published_date"],
            "sentence_no": 1,
            "text": text,
            "start_char": row["text"].index(text),
            "end_char": row["text"].index(text) + len(text),
            "label": "PERSON",
            "recognizer": "model",
        }
        for row in kept
        if row["language"] != "de" and text in row["text"]
    ]
    failed = [
        {"source_uri": row["source_uri"], "file_uri": row["file_uri"], "error_type": "enrich_error", "stage": "enrich"}
        for row in rows
        if row not in kept
    ]
    shard.write("enriched", pa.Table.from_pylist(kept, schema=schemas.ARTICLES))
    shard.write("failed", pa.Table.from_pylist(failed, schema=schemas.QUARANTINE))
    shard.write("entities", pa.Table.from_pylist(found, schema=schemas.ENTITIES))
    shard.write("quotes", schemas.QUOTES.empty_table())
    shard.write("events", schemas.EVENTS.empty_table())


def publish(connection: duckdb.DuckDBPyConnection, shard: StagedShard, run_id: str) -> int:
    """Commits the shard, and answers how many of its articles have changed."""
    changes = find_changes(connection, shard)
    publish_changes(connection, shard, changes, run_id, {"articles": shard.number})
    return changes.articles


def extract_all(connection: duckdb.DuckDBPyConnection, folder: Path, text: str = "Cole") -> tuple[str, int]:
    """A whole run. Answers its id, and how many articles have changed."""
    run_id = start_run(connection, run_info("reextract", text=text))
    changed = 0
    for _, shard in choose(connection, folder).stage(2):
        extract(shard, text=text)
        changed += publish(connection, shard, run_id)
    finish_run(connection, run_id, COMPLETED, {"articles": 10})
    return run_id, changed


def entities(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute(
        "SELECT source_uri, list(e.text ORDER BY e.text) FROM articles JOIN entities AS e USING (article_id) GROUP BY 1"
    ).fetchall()
    return dict(rows)


def broken(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [finding.name for finding in check_tables(connection) if finding.broken]


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in UNDONE_TABLES}


def data_files(folder: Path) -> set[Path]:
    return set((folder / TABLES_FOLDER).rglob("*.parquet"))


def test_every_original_is_staged_once_in_the_order_of_days_and_those_without_a_day_last(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for wave_shards in (1, 2, 64):
        chosen = choose(connection, tmp_path, shard_chars=60)
        found = staged_ids(chosen, wave_shards)
        wanted = connection.execute(
            "SELECT source_uri FROM articles WHERE duplicate_of IS NULL ORDER BY published_date NULLS LAST, article_id"
        ).fetchall()
        assert [uri for shard in found for uri in shard] == [uri for (uri,) in wanted]
    assert len(found) > 3
    assert any(len(shard) > 1 for shard in found)
    assert not [shard for shard in found if {uri[0] for uri in shard} >= {"a", "z"}]
    assert [planned.articles for planned in chosen.shards] == [len(shard) for shard in found]


def test_behind_every_shard_the_rest_is_chosen_and_nothing_else(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    chosen = choose(connection, tmp_path, shard_chars=60)
    everything = staged_ids(chosen)
    assert {shard.last.published_date for shard in chosen.shards} > {None, date(2026, 1, 1)}
    for number, planned in enumerate(chosen.shards, start=1):
        position = Position.from_json(json.loads(json.dumps(planned.last.to_json())))
        assert position == planned.last
        rest = staged_ids(choose(connection, tmp_path, Choice(NO_CONDITION, "en", position), shard_chars=60))
        assert [uri for shard in rest for uri in shard] == [uri for shard in everything[number:] for uri in shard]


def test_a_condition_chooses_among_articles_and_is_measured(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    conditions = {
        "source_uri = 'a3'": {"a3"},
        "source_uri LIKE 'z%' OR source_uri = 'a1' -- and that is all": {"a1", "z0", "z1", "z2"},
        "published_date IS NULL AND source_uri <> 'z0'": {"z1", "z2"},
        "article_id IN (SELECT article_id FROM entities WHERE text LIKE '% xx.')": {"a2"},
        "title = 'a) or (b' OR source_uri = 'b0'": set(),
    }
    for condition, wanted in conditions.items():
        check_condition(connection, condition)
        choice = Choice(condition, "en")
        found = {uri for shard in staged_ids(choose(connection, tmp_path, choice)) for uri in shard}
        assert found == wanted
        assert measure_choice(connection, choice).articles == len(wanted)
    size = measure_choice(connection, EVERYTHING)
    assert (size.articles, size.losing, size.duplicates, size.unserved) == (10, 1, 1, 0)
    words = connection.execute("SELECT sum(word_count) FROM articles WHERE duplicate_of IS NULL AND language IS NULL")
    assert size.words == words.fetchall()[0][0]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("publishr = 'The Ledger'", 'Referenced column "publishr" not found'),
        ("1=1) OR (1=1", 'syntax error at or near ")"'),
        ("1=1) --", 'syntax error at or near ")"'),
        ("true; DROP TABLE articles", "more than one statement"),
        ("article_id IN (SELECT article_id FROM", "syntax error at end of input"),
        ("true ORDER BY title", 'syntax error at or near "ORDER"'),
        ("published_date > 'tomorrow'", "invalid date field format"),
        ("article_id = ?", "parameter"),
        ("article_id = $language", "parameter"),
        ("count(*) > 1", "aggregates"),
        ("true /*", "unterminated"),
        ("SELECT true", "syntax error"),
        ("", "syntax error"),
    ],
)
def test_what_is_no_condition_over_articles_is_refused_in_one_line(original: Path, condition: str, reason: str) -> None:
    with connect(original) as reader, pytest.raises(ConditionError) as caught:
        check_condition(reader, condition)
    message = str(caught.value)
    assert isinstance(caught.value, ParameterError)
    assert reason in message
    assert "\n" not in message
    assert message.startswith(f'--where "{condition}" cannot be used: ')


def test_between_two_commits_a_reader_sees_all_old_or_all_new_rows_of_an_article_and_every_promise_holds(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = entities(connection)
    run_id = start_run(connection, run_info("reextract"))
    shards = [shard for _, shard in choose(connection, tmp_path).stage(64)]
    assert len(shards) == 3
    done: set[str] = set()
    for number, shard in enumerate(shards):
        extract(shard)
        publish(connection, shard, run_id)
        done |= set(shard.read("accepted", schemas.ARTICLES)["source_uri"].to_pylist())
        with connect(tmp_path / "w") as reader:
            found = entities(reader)
            counted = reader.execute("SELECT source_uri FROM articles WHERE sentence_count = 3").fetchall()
            # All promises take seconds: once, in the middle.
            assert number != 1 or broken(reader) == []
        assert {uri: found[uri] for uri in found if uri not in done} == {
            uri: before[uri] for uri in before if uri not in done
        }
        assert {uri: found[uri] for uri in found if uri in done} == {
            uri: ["Cole"] for uri in done if uri.startswith("a")
        }
        assert {uri for (uri,) in counted} == done - {"b1"}
    assert done == set(before)


def test_an_article_that_the_model_does_not_serve_any_more_loses_its_rows_and_is_passed_over_from_then_on(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    extract_all(connection, tmp_path)
    assert "b1" not in entities(connection)
    assert connection.execute("SELECT sentence_count FROM articles WHERE source_uri = 'b1'").fetchone() == (None,)
    counted = "SELECT DISTINCT sentence_count FROM articles WHERE duplicate_of IS NULL AND language IS NULL"
    assert connection.execute(counted).fetchall() == [(3,)]
    size = measure_choice(connection, EVERYTHING)
    assert (size.losing, size.unserved) == (0, 1)
    assert "b1" not in {uri for shard in staged_ids(choose(connection, tmp_path)) for uri in shard}


def test_a_second_run_that_finds_the_same_writes_no_row(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _, changed = extract_all(connection, tmp_path)
    assert changed == 11
    before, files = contents(connection), data_files(tmp_path / "w")
    _, changed = extract_all(connection, tmp_path)
    assert changed == 0
    assert contents(connection) == before
    assert data_files(tmp_path / "w") == files


def test_where_one_article_differs_the_rows_of_the_others_are_not_written_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    extract_all(connection, tmp_path)
    before = contents(connection)
    connection.execute(
        "UPDATE entities SET label = 'ORG' WHERE article_id = (FROM (SELECT min(article_id) FROM entities))"
    )
    files = data_files(tmp_path / "w")
    run_id, changed = extract_all(connection, tmp_path)
    assert changed == 1
    assert contents(connection) == before
    added = data_files(tmp_path / "w") - files
    assert {path.relative_to(tmp_path / "w" / TABLES_FOLDER).parts[1] for path in added} == {"entities"}
    written = [row for row in list_snapshots(connection, 50).to_pylist() if row["run_id"] == run_id]
    assert sum(row["rows_added"] or 0 for row in written) == 1


def test_an_article_that_failed_keeps_its_rows_and_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = entities(connection)
    run_id = start_run(connection, run_info("reextract"))
    failures: dict[str, str] = {}
    for _, shard in choose(connection, tmp_path).stage(2):
        extract(shard, failing="a4")
        publish(connection, shard, run_id)
        failures |= find_failures(connection, shard)
    found = entities(connection)
    assert found["a4"] == before["a4"]
    assert found["a3"] == ["Cole"]
    assert connection.execute("SELECT article_id FROM articles WHERE source_uri = 'a4'").fetchall() == [
        (article_id,) for article_id in failures
    ]
    assert list(failures.values()) == ["enrich_error"]


def test_a_shard_all_of_whose_articles_failed_changes_nothing(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = contents(connection)
    run_id = start_run(connection, run_info("reextract"))
    [(_, shard)] = choose(connection, tmp_path, Choice("source_uri = 'a4'", "en")).stage(2)
    extract(shard, failing="a4")
    assert publish(connection, shard, run_id) == 0
    assert contents(connection) == before


def test_an_undone_run_brings_the_old_rows_back(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    before = contents(connection)
    run_id, _ = extract_all(connection, tmp_path)
    done = undo_run(connection, run_id)
    assert contents(connection) == before
    assert (done.removed["entities"], done.restored["entities"], done.restored["articles"]) == (7, 11, 11)
    with pytest.raises(UndoRefusedError, match="undone already: it can be run again"):
        undo_run(connection, run_id)


def test_a_run_whose_past_has_expired_is_not_undone(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    run_id, _ = extract_all(connection, tmp_path)
    connection.execute("CALL ducklake_expire_snapshots('newsmill', older_than => now())")
    after = contents(connection)
    for dry_run in (True, False):
        with pytest.raises(UndoRefusedError) as caught:
            undo_run(connection, run_id, dry_run=dry_run)
        assert str(caught.value) == (
            f"run {run_id} cannot be undone: the snapshot before it, which holds the rows that it replaced, has"
            " expired; 'newsmill reextract' with the model and word lists of before rebuilds them"
        )
    assert contents(connection) == after
    assert connection.execute("SELECT status FROM runs WHERE run_id = ?", [run_id]).fetchone() == (COMPLETED,)


def test_a_run_that_goes_on_knows_what_it_had_counted(connection: duckdb.DuckDBPyConnection) -> None:
    run_id = start_run(connection, run_info("reextract", where="a"))
    finish_run(connection, run_id, FAILED, {"articles": 4})
    assert start_run(connection, run_info("reextract", where="a")) == run_id
    [run] = last_runs(connection, "reextract")
    assert (run.run_id, run.status, run.parameters, run.counts) == (run_id, "running", {"where": "a"}, {"articles": 4})
    other = start_run(connection, run_info("reextract", where="b"))
    assert [(run.run_id, run.counts) for run in last_runs(connection, "reextract")] == [
        (other, {}), (run_id, {"articles": 4})
    ]  # fmt: skip


@pytest.mark.parametrize("changed", ["newsmill_version", "model", "model_version", "seeds_sha256"])
def test_a_run_does_not_go_on_with_another_version(connection: duckdb.DuckDBPyConnection, changed: str) -> None:
    info = run_info("ingest")
    run_id = start_run(connection, info)
    assert start_run(connection, replace(info, **{changed: "other"})) != run_id


def test_rows_that_another_pipeline_wrote_since_may_have_labels_of_their_own(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    [labels] = [promise for promise in list_promises() if promise.name == "labels"]
    changes = {
        "UPDATE entities SET label = 'SHIP'": 11,
        "UPDATE runs SET started_at = started_at - INTERVAL 1 HOUR": 11,
        "INSERT INTO runs BY NAME SELECT 'r' AS run_id, 'reextract' AS flow, now() AS started_at,"
        " 'completed' AS status, 'en_core_web_md' AS model": 11,
        "UPDATE runs SET model = 'de_ships' WHERE run_id = 'r'": 0,
        "UPDATE runs SET status = 'undone' WHERE run_id = 'r'": 11,
    }
    for change, wrong in changes.items():
        connection.execute(change)
        assert check_promise(connection, labels, [SLICE]).broken == wrong, change


def test_articles_beyond_the_bounds_that_ducklake_knows_are_chosen_and_staged(tmp_path: Path) -> None:
    with open_for_writing(tmp_path / "w", few_seeds(tmp_path / "seeds")) as connection:
        # A first commit that begins with a file without days, and a second one: its days become the bounds of all.
        for rows in (
            "('none', NULL), ('rain', DATE '2026-01-05'), ('snow', DATE '2026-03-05')",
            "('hail', '2026-02-01')",
        ):
            connection.execute(
                "INSERT INTO articles BY NAME SELECT source_uri, source_uri AS article_id, day::DATE AS published_date,"
                f" 'It fell.' AS text, 8 AS char_count, 2 AS word_count FROM (VALUES {rows}) AS t (source_uri, day)"
            )
        choice = Choice("published_date >= '2026-03-01'", "en")
        assert measure_choice(connection, choice).articles == 1
        assert staged_ids(choose(connection, tmp_path, choice)) == [["snow"]]
        everything = staged_ids(choose(connection, tmp_path, EVERYTHING, shard_chars=8), wave_shards=1)
        assert everything == [["rain"], ["hail"], ["snow"], ["none"]]
