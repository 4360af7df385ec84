"""Every promise of the tables is checked, and every check fails where its promise is broken, and only there."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import schemas
from tests.conftest import PROJECT
from tests.warehouse.told import few_seeds, load_run, run_info
from warehouse.catalog import LOCK_FILE, TABLES_FOLDER, connect, open_for_writing
from warehouse.migrations import sql_type
from warehouse.promises import SLICE, list_promises
from warehouse.runs import start_run
from warehouse.verify import abandoned_runs, check_files, check_promise, check_tables, text_slices, verify


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which every promise holds."""
    folder = tmp_path_factory.mktemp("verify") / "warehouse"
    with open_for_writing(folder, few_seeds(folder.parent / "seeds")) as connection:
        load_run(connection, folder.parent / "staged")
    return folder


@pytest.fixture(scope="module")
def writer(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_writing(folder, folder.parent / "seeds") as connection:
        yield connection


def broken(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """The promises that do not hold, with their examples."""
    return {finding.name: finding.examples for finding in check_tables(connection) if finding.broken}


def test_a_sound_warehouse_keeps_every_promise(folder: Path) -> None:
    assert [finding for finding in verify(folder) if finding.broken] == []


A_FERRY = "article_id IN (SELECT article_id FROM articles WHERE source_uri = 'ferry')"
A_RAIN = "article_id IN (SELECT article_id FROM articles WHERE source_uri = 'rain')"
A_WEIR = "article_id IN (SELECT article_id FROM articles WHERE source_uri = 'weir')"
RAIN_ID = "(SELECT article_id FROM articles WHERE source_uri = 'rain')"
WEIR_ID = "(SELECT article_id FROM articles WHERE source_uri = 'weir')"
QUARANTINE = (
    "INSERT INTO quarantine BY NAME SELECT 'c/rain.txt' AS file_uri, 7 AS record_no, 'parse' AS stage,"
    " 'e' AS error_type, 'm' AS message, now() AS quarantined_at, run_id FROM runs; "
)

BREAKS = [
    # one change, and the checks that see it
    ("UPDATE articles SET corpus = NULL", {"articles_filled"}),
    ("UPDATE entities SET label = NULL", {"entities_filled"}),
    ("UPDATE quotes SET group_no = NULL", {"quotes_filled"}),
    ("UPDATE events SET polarity = NULL", {"events_filled"}),
    ("UPDATE files SET location = NULL", {"files_filled"}),
    ("UPDATE runs SET flow = NULL", {"runs_filled"}),
    (QUARANTINE + "UPDATE files SET quarantined_count = 1 WHERE file_uri = 'c/rain.txt';"
     " UPDATE quarantine SET message = NULL", {"quarantine_filled"}),
    ("UPDATE articles SET title = ''", {"articles_never_empty"}),
    ("UPDATE articles SET authors = ['Ann Roe', '']", {"articles_never_empty"}),
    ("UPDATE entities SET name = ''", {"entities_never_empty"}),
    ("UPDATE quotes SET speaker_name = ''", {"quotes_never_empty"}),
    ("UPDATE events SET event_mode = ''", {"events_never_empty"}),
    ("UPDATE files SET etag = ''", {"files_never_empty"}),
    ("UPDATE runs SET model_version = ''", {"runs_never_empty"}),
    (QUARANTINE + "UPDATE files SET quarantined_count = 1 WHERE file_uri = 'c/rain.txt';"
     " UPDATE quarantine SET sample = ''", {"quarantine_never_empty"}),
    ("UPDATE articles SET language = 'English'", {"articles_values"}),
    ("UPDATE articles SET published_source = 'guess'", {"articles_values"}),
    ("UPDATE entities SET recognizer = 'oracle'", {"entities_values"}),
    ("UPDATE entities SET latitude = 91", {"entities_values"}),
    ("UPDATE quotes SET quote_type = 'loud'", {"quotes_values"}),
    ("UPDATE quotes SET confidence = 1.5", {"quotes_values"}),
    ("UPDATE events SET modality = 'maybe'", {"events_values"}),
    ("UPDATE events SET event_date = '2026-02-02', event_date_end = '2026-02-01'", {"events_values"}),
    ("UPDATE events SET actor_country = 'no'", {"events_values"}),
    ("UPDATE files SET status = 'lost' WHERE file_uri = 'c/rain.txt'", {"files_values"}),
    ("UPDATE runs SET status = 'gone'", {"runs_values"}),
    (QUARANTINE + "UPDATE files SET quarantined_count = 1 WHERE file_uri = 'c/rain.txt';"
     " UPDATE quarantine SET stage = 'dream'", {"quarantine_values"}),
    ("INSERT INTO entities SELECT * FROM entities LIMIT 1", {"entities_once"}),
    ("INSERT INTO quotes SELECT * FROM quotes", {"quotes_once"}),
    ("INSERT INTO events SELECT * FROM events", {"events_once"}),
    ("INSERT INTO files SELECT * FROM files WHERE file_uri = 'c/rain.txt'", {"files_once"}),
    ("INSERT INTO runs SELECT * FROM runs", {"runs_once"}),
    # An article that stands twice is counted too often, too.
    (f"INSERT INTO articles SELECT * FROM articles WHERE {A_RAIN}",
     {"articles_once", "source_uris", "ledger_articles"}),
    ("INSERT INTO articles SELECT * REPLACE ('0' AS article_id) FROM articles WHERE source_uri = 'rain';"
     " UPDATE files SET article_count = 2 WHERE file_uri = 'c/rain.txt'", {"article_ids", "source_uris"}),
    ("UPDATE articles SET source_uri = 'other' WHERE source_uri = 'rain'", {"article_ids"}),
    ("INSERT INTO entities BY NAME SELECT * REPLACE ('gone' AS article_id) FROM entities LIMIT 1",
     {"entities_of_articles"}),
    ("INSERT INTO quotes BY NAME SELECT * REPLACE ('gone' AS article_id) FROM quotes", {"quotes_of_articles"}),
    ("INSERT INTO events BY NAME SELECT * REPLACE ('gone' AS article_id, NULL AS quote_no) FROM events",
     {"events_of_articles"}),
    (f"INSERT INTO entities BY NAME SELECT * REPLACE ({RAIN_ID} AS article_id, 'Ann' AS text, 3 AS end_char,"
     f" (SELECT published_date FROM articles WHERE source_uri = 'rain') AS published_date)"
     f" FROM entities WHERE {A_FERRY}", {"entities_of_originals"}),
    (f"INSERT INTO quotes BY NAME SELECT * REPLACE ({RAIN_ID} AS article_id, 'Ann' AS text, 0 AS start_char,"
     " 3 AS end_char, NULL AS cue, NULL AS cue_start, NULL AS cue_end, NULL AS speaker_text, NULL AS speaker_start,"
     " NULL AS speaker_end, (SELECT published_date FROM articles WHERE source_uri = 'rain') AS published_date)"
     " FROM quotes", {"quotes_of_originals"}),
    (f"INSERT INTO events BY NAME SELECT * REPLACE ({RAIN_ID} AS article_id, NULL AS quote_no, 'Ann' AS trigger_text,"
     " 0 AS trigger_start, 3 AS trigger_end, NULL AS actor_text, NULL AS actor_start, NULL AS actor_end,"
     " NULL AS recipient_text, NULL AS recipient_start, NULL AS recipient_end, 0 AS evidence_start,"
     " (SELECT published_date FROM articles WHERE source_uri = 'rain') AS published_date) FROM events",
     {"events_of_originals"}),
    ("UPDATE entities SET published_date = '2000-01-01'", {"entities_dates"}),
    ("UPDATE quotes SET published_date = NULL", {"quotes_dates"}),
    ("UPDATE events SET published_date = '2000-01-01'", {"events_dates"}),
    ("UPDATE entities SET mention_no = 2", {"entities_numbers"}),
    ("UPDATE quotes SET quote_no = 2; UPDATE events SET quote_no = 2", {"quotes_numbers"}),
    ("UPDATE events SET event_no = 0", {"events_numbers"}),
    ("UPDATE entities SET sentence_no = 3", {"entities_sentences"}),
    ("UPDATE quotes SET sentence_no = 0", {"quotes_sentences"}),
    ("UPDATE events SET sentence_no = 3", {"events_sentences"}),
    ("UPDATE entities SET start_char = 1", {"entities_offsets"}),
    ("UPDATE entities SET end_char = end_char + 1", {"entities_offsets"}),
    ("UPDATE quotes SET text = 'the fairy will sail'", {"quotes_offsets"}),
    ("UPDATE quotes SET cue_start = 9", {"quotes_offsets"}),
    ("UPDATE quotes SET cue = NULL", {"quotes_offsets"}),
    ("UPDATE quotes SET speaker_start = NULL, speaker_end = NULL", {"quotes_offsets"}),
    ("UPDATE quotes SET speaker_end = NULL", {"quotes_offsets"}),
    ("UPDATE events SET trigger_text = 'spanked'", {"events_offsets"}),
    ("UPDATE events SET actor_start = -3, actor_end = 0, actor_text = 'her'", {"events_offsets"}),
    ("UPDATE events SET recipient_start = 53, recipient_end = 50", {"events_offsets"}),
    ("UPDATE events SET evidence_end = 55", {"evidence"}),
    ("UPDATE events SET evidence_start = 45", {"evidence"}),
    ("UPDATE articles SET char_count = 5 WHERE source_uri = 'weir'", {"text_counts"}),
    ("UPDATE articles SET word_count = 5 WHERE source_uri = 'weir'", {"text_counts"}),
    ("UPDATE articles SET content_sha256 = 'f' WHERE source_uri = 'weir'", {"content_hashes"}),
    ("UPDATE articles SET published_at = '1999-12-31 23:59:59Z'", {"published_days"}),
    ("UPDATE articles SET duplicate_of = 'gone' WHERE duplicate_of IS NOT NULL", {"duplicates_have_originals"}),
    (f"UPDATE articles SET duplicate_of = {WEIR_ID} WHERE duplicate_of IS NOT NULL", {"duplicates_share_text"}),
    ("UPDATE articles SET duplicate_of = NULL WHERE duplicate_of IS NOT NULL", {"originals_differ"}),
    ("UPDATE events SET quote_no = 9", {"events_in_quotes"}),
    ("UPDATE quotes SET speaker_entity_id = 'nobody'", {"people_are_entities"}),
    ("UPDATE events SET actor_entity_id = 'nobody'", {"people_are_entities"}),
    ("UPDATE events SET recipient_entity_id = 'nobody'", {"people_are_entities"}),
    ("UPDATE events SET event_type = 'DREAM'", {"event_types"}),
    ("UPDATE entities SET label = 'PEOPLE'", {"labels"}),
    ("UPDATE files SET article_count = article_count + 1", {"ledger_articles"}),
    ("UPDATE files SET article_count = 0", {"ledger_articles"}),
    (f"DELETE FROM articles WHERE {A_RAIN}", {"ledger_articles"}),
    (QUARANTINE, {"ledger_rejects"}),
    ("UPDATE files SET quarantined_count = 2", {"ledger_rejects"}),
    ("DELETE FROM files WHERE file_uri = 'c/rain.txt'", {"ledger_files"}),
    ("UPDATE articles SET run_id = 'nobody' WHERE source_uri = 'rain'", {"runs_known"}),
    ("UPDATE files SET run_id = 'nobody'", {"runs_known"}),
    ("UPDATE runs SET finished_at = NULL", {"runs_closed"}),
    ("ALTER TABLE quotes DROP COLUMN rule", {"tables_as_declared"}),
    ("ALTER TABLE quarantine ALTER record_no TYPE BIGINT", {"tables_as_declared"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables(folder: Path) -> duckdb.DuckDBPyConnection:
    """The same tables in memory, where a hundred breaks and looks take seconds."""
    copy = duckdb.connect()
    copy.execute("SET TimeZone = 'UTC'; CREATE SCHEMA seeds")
    with connect(folder) as connection:
        for table in (*schemas.TABLES, "seeds.event_types"):
            copy.register("rows", connection.table(table).to_arrow_table())
            if table in schemas.TABLES:
                columns = ", ".join(f'"{field.name}" {sql_type(field)}' for field in schemas.TABLES[table])
                copy.execute(f"CREATE TABLE {table} ({columns}); INSERT INTO {table} FROM rows")
            else:
                copy.execute(f"CREATE TABLE {table} AS FROM rows")
            copy.unregister("rows")
    return copy


@pytest.mark.parametrize(("change", "checks"), BREAKS, ids=[change[:60] for change, _ in BREAKS])
def test_a_broken_promise_is_found_and_nothing_else(
    tables: duckdb.DuckDBPyConnection, change: str, checks: set[str]
) -> None:
    tables.execute("BEGIN")
    try:
        tables.execute(change)
        found = broken(tables)
    finally:
        tables.execute("ROLLBACK")
    assert set(found) == checks
    assert all(found.values()), "no example"


def test_a_promise_broken_in_the_warehouse_itself_is_found(writer: duckdb.DuckDBPyConnection, folder: Path) -> None:
    writer.execute("BEGIN")
    writer.execute("UPDATE entities SET start_char = 1; DELETE FROM files WHERE file_uri = 'c/rain.txt'")
    found = broken(writer)
    writer.execute("ROLLBACK")
    assert set(found) == {"entities_offsets", "ledger_files"}


def test_every_check_is_seen_to_fail() -> None:
    seen = {name for _, checks in BREAKS for name in checks} | {"data_files_there", "data_files_known", "runs_ended"}
    names = {promise.name for promise in list_promises()} | {"tables_as_declared"}
    assert names - seen == set()


def test_every_check_stands_on_the_page() -> None:
    page = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")
    names = [promise.name for promise in list_promises() if promise.name.split("_")[0] not in schemas.TABLES]
    names += ["tables_as_declared", "data_files_there", "data_files_known", "runs_ended"]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_an_example_names_the_row_and_the_column(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("BEGIN")
    tables.execute("UPDATE quotes SET cue_start = 9, speaker_start = 1")
    found = broken(tables)
    article = tables.execute(f"SELECT article_id FROM articles WHERE {A_FERRY}").fetchone()
    tables.execute("ROLLBACK")
    assert article
    assert found == {"quotes_offsets": (f"{article[0]}#1 cue", f"{article[0]}#1 speaker_text")}


def test_texts_are_checked_in_slices_of_any_size(tables: duckdb.DuckDBPyConnection) -> None:
    offsets = [promise for promise in list_promises() if promise.reads_texts]
    assert [promise.name for promise in offsets] == ["entities_offsets", "quotes_offsets", "events_offsets"]
    tables.execute("BEGIN")
    tables.execute("UPDATE articles SET published_at = NULL, published_date = NULL WHERE source_uri = 'weir'")
    tables.execute(f"UPDATE entities SET published_date = NULL WHERE {A_WEIR}")
    tables.execute("UPDATE entities SET start_char = 1; UPDATE quotes SET start_char = 1")
    counts = []
    for most_chars in (25, 60, 1_000_000):
        slices = list(text_slices(tables, most_chars))
        counts.append([check_promise(tables, promise, slices).broken for promise in offsets])
    tables.execute("ROLLBACK")
    assert counts == [[2, 1, 0]] * 3


def test_a_text_beyond_ascii_is_counted_in_characters(tmp_path: Path) -> None:
    text = "Ærø: the 🦆 said “no”.\u2003Ørsted\u0301 left."
    with open_for_writing(tmp_path / "w", few_seeds(tmp_path / "seeds")) as connection:
        load_run(connection, tmp_path / "staged", {"c/a.txt": [("a", text)]})
        connection.execute("INSERT INTO entities BY NAME SELECT * REPLACE (2 AS mention_no, '🦆' AS text,"
                           " 9 AS start_char, 10 AS end_char) FROM entities")  # fmt: skip
        assert broken(connection) == {}


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns(LOCK_FILE)))


def data_file(folder: Path, table: str = "articles") -> Path:
    return next((folder / TABLES_FOLDER / "main" / table).rglob("*.parquet"))


def test_a_data_file_that_is_missing_is_found(copy: Path) -> None:
    path = data_file(copy, "events")
    path.unlink()
    with connect(copy) as connection:
        findings = {finding.name: finding for finding in check_files(connection, copy)}
    assert findings["data_files_there"].examples == (path.relative_to(copy / TABLES_FOLDER).as_posix(),)
    assert findings["data_files_known"].broken == 0


def test_a_missing_file_does_not_keep_other_checks_from_running(copy: Path) -> None:
    data_file(copy, "events").unlink()
    found = {finding.name: finding for finding in verify(copy)}
    assert found["data_files_there"].broken == 1
    assert found["events_offsets"].broken == 1
    assert found["events_offsets"].examples[0].startswith("cannot be checked: ")
    assert found["entities_offsets"].broken == 0


def test_a_data_file_that_is_cut_short_is_found(copy: Path) -> None:
    path = data_file(copy)
    path.write_bytes(path.read_bytes()[:-1])
    with connect(copy) as connection:
        findings = {finding.name: finding for finding in check_files(connection, copy)}
    assert findings["data_files_there"].broken == 1


def test_a_file_that_the_catalog_does_not_know_is_found_after_a_day(copy: Path) -> None:
    stray = data_file(copy).with_name("stray.parquet")
    stray.write_bytes(b"PAR1")
    with connect(copy) as connection:
        assert not any(finding.broken for finding in check_files(connection, copy))
        long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        os.utime(stray, (long_ago, long_ago))
        findings = {finding.name: finding.examples for finding in check_files(connection, copy)}
    assert findings["data_files_known"] == (stray.relative_to(copy / TABLES_FOLDER).as_posix(),)


def test_a_run_that_nobody_runs_is_found_and_one_that_goes_on_is_not(folder: Path, copy: Path) -> None:
    with open_for_writing(copy, folder.parent / "seeds") as connection:
        run_id = start_run(connection, run_info(paths="b"))
        assert abandoned_runs(copy) == []
    assert abandoned_runs(copy) == [run_id]
    assert [(finding.name, finding.examples) for finding in verify(copy) if finding.broken] == [
        ("runs_ended", (run_id,))
    ]


def test_articles_that_later_records_replaced_are_not_missed(tmp_path: Path) -> None:
    files = {"c/a.txt": [("same", "First."), ("b", "Second.")], "c/z.txt": [("same", "Third.")]}
    with open_for_writing(tmp_path / "w", few_seeds(tmp_path / "seeds")) as connection:
        load_run(connection, tmp_path / "staged", files)
        assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)
        load_run(connection, tmp_path / "staged", {"c/update.txt": [("b", "Better.")]}, paths="b")
        assert broken(connection) == {}


def test_verify_writes_nothing(folder: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in (folder / TABLES_FOLDER).rglob("*"))
    with connect(folder) as connection:
        snapshot = connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('newsmill')").fetchone()
    list(verify(folder))
    with connect(folder) as connection:
        assert connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('newsmill')").fetchone() == snapshot
    assert sorted((path, path.stat().st_mtime_ns) for path in (folder / TABLES_FOLDER).rglob("*")) == before


def test_the_slice_mark_is_true_as_it_stands() -> None:
    assert duckdb.sql(f"SELECT {SLICE}").fetchone() == (True,)
