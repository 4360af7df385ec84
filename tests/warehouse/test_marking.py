"""One identity, one article; one text, one original: whatever the order, the shards and the waves."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import schemas
from tests.warehouse.staged import POISON, Files, article, broken_promises, contents, finish, load
from tests.warehouse.told import few_seeds
from warehouse.catalog import open_for_writing
from warehouse.marking import WaveMarker
from warehouse.publish import ShardCounts, publish_shard
from warehouse.staging import StagedShard


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_writing(tmp_path / "warehouse", few_seeds(tmp_path / "seeds")) as connection:
        yield connection


def quarantined(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, str, str]]:
    return connection.execute("SELECT file_uri, record_no, error_type, message FROM quarantine ORDER BY ALL").fetchall()


def test_of_equal_texts_the_first_in_file_order_is_the_original(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"b": [("b1", "same  words")], "a": [("a1", "same words"), ("a2", "other")]})
    assert contents(lake) == {
        "a1": ("a", "same words", None),
        "a2": ("a", "other", None),
        "b1": ("b", "same  words", "a1"),
    }
    assert broken_promises(lake) == []


def test_a_stored_original_stays_the_original_though_a_new_file_sorts_before_it(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"b": [("b1", "same")]})
    load(lake, tmp_path / "s", "r2", {"a": [("a1", "same")]})
    assert contents(lake)["a1"] == ("a", "same", "b1")


def test_a_changed_file_replaces_its_articles_and_drops_those_it_no_longer_holds(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"a": [("a1", "one"), ("a2", "two")], "b": [("b1", "three")]})
    load(lake, tmp_path / "s", "r2", {"a": [("a1", "one, corrected")]})
    assert contents(lake) == {"a1": ("a", "one, corrected", None), "b1": ("b", "three", None)}
    assert broken_promises(lake) == []


def test_when_the_original_goes_its_first_duplicate_takes_its_place(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"a": [("a1", "same")], "b": [("b1", "same")], "c": [("c1", "same")]})
    load(lake, tmp_path / "s", "r2", {"a": [("a1", "rewritten")]})
    assert contents(lake) == {
        "a1": ("a", "rewritten", None),
        "b1": ("b", "same", None),
        "c1": ("c", "same", "b1"),
    }
    assert broken_promises(lake) == []


@pytest.mark.parametrize("waves", [1, 2])
def test_a_duplicate_that_has_become_the_original_gives_way_to_its_new_version_in_the_same_run(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, waves: int
) -> None:
    load(lake, tmp_path / "s", "r0", {"a": [("u", "p")], "d": [("v", "p")]})
    load(lake, tmp_path / "s", "r1", {"a": [], "c": [("v", "q")]}, waves=waves)
    assert contents(lake) == {"v": ("c", "q", None)}
    assert quarantined(lake) == []


def test_a_duplicate_that_becomes_the_original_stays_an_article_of_the_run_that_brought_it(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r0", {"a": [("u", "p")], "d": [("v", "p")]})
    load(lake, tmp_path / "s", "r1", {"a": []})
    assert lake.execute("SELECT source_uri, duplicate_of, run_id FROM articles").fetchall() == [("v", None, "r0")]


@pytest.mark.parametrize("waves", [1, 2])
def test_all_articles_with_a_text_that_fails_are_rejected_for_the_same_reason(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, waves: int
) -> None:
    load(lake, tmp_path / "s", "r0", {"a": [("u", POISON)], "b": [("v", POISON), ("w", "p")]}, waves=waves)
    assert contents(lake) == {"w": ("b", "p", None)}
    assert lake.execute("SELECT source_uri, error_type, message FROM quarantine ORDER BY ALL").fetchall() == [
        ("u", "enrich_error", "poison"),
        ("v", "enrich_error", "poison"),
    ]
    assert lake.execute("SELECT file_uri, article_count, quarantined_count FROM files ORDER BY ALL").fetchall() == [
        ("a", 0, 1),
        ("b", 1, 1),
    ]


def test_where_the_next_original_fails_all_its_duplicates_go_to_quarantine(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(lake, tmp_path / "s", "r0", {"a": [("u", "p")], "b": [("v", "p"), ("y", "q")], "c": [("w", "p")]})
    monkeypatch.setattr("tests.warehouse.staged.POISON", "p")
    load(lake, tmp_path / "s", "r1", {"a": [("x", "z")]})
    assert contents(lake) == {"x": ("a", "z", None), "y": ("b", "q", None)}
    assert lake.execute("SELECT source_uri FROM quarantine ORDER BY ALL").fetchall() == [("v",), ("w",)]
    assert lake.execute("SELECT file_uri, article_count, quarantined_count FROM files ORDER BY ALL").fetchall() == [
        ("a", 1, 0),
        ("b", 1, 1),
        ("c", 0, 1),
    ]
    assert broken_promises(lake) == []


def test_after_each_commit_duplicates_point_to_an_original_that_stands(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(lake, tmp_path / "s", "r0", {"c": [("u", "p")], "d": [("v", "p")], "e": [("w", "p")]})
    commits = []

    def publish_and_look(*args: Any) -> ShardCounts:
        counts = publish_shard(*args)
        commits.append(broken_promises(lake))
        return counts

    monkeypatch.setattr("tests.warehouse.staged.publish_shard", publish_and_look)
    # A new duplicate comes before its original goes, and another leaves after it.
    load(lake, tmp_path / "s", "r1", {"a": [("x", "p")], "c": [("u", "q")], "e": []})
    assert commits == [[], [], []]
    assert contents(lake) == {"u": ("c", "q", None), "v": ("d", "p", None), "x": ("a", "p", "v")}


def stage_part(folder: Path, number: int, records: dict[int, tuple[str, str]], *, is_last: bool) -> StagedShard:
    """A shard with these records, by number, of the file a."""
    shard = StagedShard(number, str(folder / str(number)), ("a",) if is_last else ())
    rows = [article("a", record_no, identity, text) for record_no, (identity, text) in records.items()]
    shard.write("articles", pa.Table.from_pylist(rows, schema=schemas.ARTICLES))
    shard.write("rejected", schemas.QUARANTINE.empty_table())
    return shard


def test_what_a_run_had_stored_of_a_file_before_it_was_cut_off_is_not_enriched_again(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    begun = stage_part(tmp_path, 1, {1: ("a1", "one"), 2: ("a2", "two"), 3: ("a3", "one")}, is_last=False)
    WaveMarker(lake, "r1").mark([begun])
    finish(lake, begun, "r1")
    [(first_time,)] = lake.execute("SELECT DISTINCT ingested_at FROM articles").fetchall()

    again = [
        stage_part(tmp_path, 1, {1: ("a1", "one"), 2: ("a2", "two, corrected"), 3: ("a3", "one")}, is_last=False),
        stage_part(tmp_path, 2, {4: ("a4", "four"), 5: ("a1", "one, corrected")}, is_last=True),
    ]
    WaveMarker(lake, "r1").mark(again)
    accepted = [shard.read("accepted", schemas.ARTICLES)["source_uri"].to_pylist() for shard in again]
    # The duplicate is the original from the moment on in which its original goes.
    assert accepted == [["a2"], ["a3", "a4", "a1"]]
    for shard in again:
        finish(lake, shard, "r1")
    assert contents(lake) == {
        "a1": ("a", "one, corrected", None),
        "a2": ("a", "two, corrected", None),
        "a3": ("a", "one", None),
        "a4": ("a", "four", None),
    }
    assert quarantined(lake) == [("a", 1, "superseded", "replaced by a later version in record 5 of a")]
    assert broken_promises(lake) == []
    assert lake.execute("SELECT source_uri FROM articles WHERE ingested_at = ?", [first_time]).fetchall() == [("a3",)]


def test_a_record_that_stands_counts_as_an_article_of_its_file(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    records = {1: ("a1", "one"), 2: ("a2", "two")}
    begun = stage_part(tmp_path, 1, records, is_last=False)
    WaveMarker(lake, "r1").mark([begun])
    finish(lake, begun, "r1")
    again = stage_part(tmp_path, 1, records | {3: ("a3", "three")}, is_last=True)
    WaveMarker(lake, "r1").mark([again])
    finish(lake, again, "r1")
    assert lake.execute("SELECT article_count, quarantined_count FROM files").fetchall() == [(3, 0)]


def test_what_another_run_had_stored_is_enriched_again(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    begun = stage_part(tmp_path, 1, {1: ("a1", "one")}, is_last=False)
    WaveMarker(lake, "r1").mark([begun])
    finish(lake, begun, "r1")
    again = stage_part(tmp_path, 1, {1: ("a1", "one")}, is_last=True)
    WaveMarker(lake, "r2").mark([again])
    assert again.read("accepted", schemas.ARTICLES)["source_uri"].to_pylist() == ["a1"]


def test_of_two_versions_in_one_run_the_last_wins_and_the_other_is_quarantined(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"a": [("x", "early")], "b": [("x", "late")]}, waves=2)
    assert contents(lake) == {"x": ("b", "late", None)}
    assert quarantined(lake) == [("a", 1, "superseded", "replaced by a later version in record 1 of b")]


def test_the_same_record_again_in_one_run_is_quarantined_as_repeated(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"a": [("x", "text"), ("x", "text")]})
    assert contents(lake) == {"x": ("a", "text", None)}
    assert quarantined(lake) == [("a", 1, "repeated", "the same article again in record 2 of a")]


def test_a_version_of_a_later_run_replaces_without_quarantine(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load(lake, tmp_path / "s", "r1", {"b": [("x", "early")]})
    load(lake, tmp_path / "s", "r2", {"a": [("x", "late")]})
    assert contents(lake) == {"x": ("a", "late", None)}
    assert quarantined(lake) == []


def test_a_file_that_comes_again_takes_its_old_quarantine_rows_with_it(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(lake, tmp_path / "s", "r1", {"a": [("x", "one"), ("x", "two")]})
    load(lake, tmp_path / "s", "r2", {"a": [("x", "two")]})
    assert quarantined(lake) == []


# Few identities and texts over few files, so that every kind of clash comes up.
records = st.lists(st.tuples(st.sampled_from("uvwxyz"), st.sampled_from(["p", "q", "r q"])), max_size=3)
one_run = st.dictionaries(st.sampled_from("abcd"), records, min_size=1, max_size=4)

# An example takes a second: a failing one is not worth minutes of shrinking.
unhurried = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


@settings(unhurried, max_examples=2)
@given(runs=st.lists(one_run, min_size=1, max_size=3), seed=st.integers(0, 2**16))
def test_shards_and_waves_make_no_difference(
    runs: list[Files], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outcomes = []
    for shard_files, waves in ((4, 1), (1, 4), (1 + seed % 3, 1 + seed % 2)):
        folder = tmp_path_factory.mktemp("marking")
        with open_for_writing(folder / "warehouse", few_seeds(folder / "seeds")) as connection:
            for number, files in enumerate(runs):
                shuffled = dict(random.Random(seed).sample(list(files.items()), len(files)))
                load(connection, folder / "s", f"r{number}", shuffled, shard_files=shard_files, waves=waves)
                assert broken_promises(connection) == []
            outcomes.append((contents(connection), quarantined(connection)))
    assert outcomes[0] == outcomes[1] == outcomes[2]
