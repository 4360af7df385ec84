"""Stages and publishes articles without the language stage, to test what the warehouse makes of them."""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from transforms.articles import hash_content
from warehouse.chosen import NO_CONDITION, Choice, ChosenArticles
from warehouse.ledger import LOADED, FileRecord
from warehouse.marking import WaveMarker
from warehouse.publish import ShardCounts, publish_shard
from warehouse.reextraction import find_changes, publish_changes
from warehouse.rejects import LAST_RECORD, FailedText
from warehouse.staging import StagedShard

POISON = "x x x"
"""A text that the language stage cannot take."""

Files = Mapping[str, Sequence[tuple[str, str]]]
"""Records by file: pairs of identity and text, in the order of the file."""


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    run_id: str,
    files: Files,
    *,
    shard_files: int = 1,
    waves: int = 1,
    label: str = "ORG",
    part_records: int = LAST_RECORD,
) -> None:
    """Runs mark and publish over the files, in shards of that many files or parts of them, and in that many waves."""
    parts = [part for file in sorted(files) for part in cut(file, files[file], part_records)]
    groups = [joined(parts[first : first + shard_files]) for first in range(0, len(parts), shard_files)]
    size = -(-len(groups) // waves) or 1
    marker = WaveMarker(connection, run_id)
    failed: list[FailedText] = []
    counts: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    numbered = list(enumerate(groups, start=1))
    for first in range(0, len(groups), size):
        shards = [stage(folder / str(number), number, group) for number, group in numbered[first : first + size]]
        marker.mark(shards)
        for shard, group in zip(shards, groups[first : first + size], strict=True):
            held = {part.file for part in group}
            records = [
                replace(part.file_record(), article_count=counts[part.file][0], quarantined_count=counts[part.file][1])
                for part in group
            ]
            growth = finish(connection, shard, run_id, failed, label, records).by_file
            # As the run keeps them: of files of which more is to come.
            for file in held | (growth.keys() & counts.keys()):
                more = growth.get(file, (0, 0))
                counts[file] = (counts[file][0] + more[0], counts[file][1] + more[1])


@dataclass(slots=True, frozen=True)
class Part:
    """Records of one file, from that number on."""

    file: str
    first_record: int
    records: Sequence[tuple[str, str]]
    is_last: bool

    def file_record(self) -> FileRecord:
        """What the shard that holds it tells the ledger."""
        last = None if self.is_last else self.first_record + len(self.records) - 1
        return replace(file_record(self.file), first_record=self.first_record, last_record=last)


def cut(file: str, records: Sequence[tuple[str, str]], part_records: int) -> Iterator[Part]:
    """The parts of a file, of at most that many records; an empty file is one part."""
    for first in range(0, len(records) or 1, part_records):
        yield Part(file, first + 1, records[first : first + part_records], first + part_records >= len(records))


def joined(parts: Sequence[Part]) -> list[Part]:
    """Those of one file as one: a shard holds each file once."""
    whole: dict[str, Part] = {}
    for part in parts:
        before = whole.get(part.file)
        whole[part.file] = (
            replace(before, records=[*before.records, *part.records], is_last=part.is_last) if before else part
        )
    return list(whole.values())


def stage(folder: Path, number: int, parts: Sequence[Part]) -> StagedShard:
    """A shard whose parts of files have been read."""
    shard = StagedShard(number, str(folder), tuple(part.file for part in parts if part.is_last))
    rows = [
        article(part.file, record_no, identity, text)
        for part in parts
        for record_no, (identity, text) in enumerate(part.records, start=part.first_record)
    ]
    shard.write("articles", pa.Table.from_pylist(rows, schema=schemas.ARTICLES))
    shard.write("rejected", schemas.QUARANTINE.empty_table())
    return shard


def reextract(connection: duckdb.DuckDBPyConnection, folder: Path, run_id: str, label: str, shard_chars: int) -> None:
    """Runs the made-up language stage over all stored articles again; their entity has that label then."""
    chosen = ChosenArticles(connection, folder, Choice(NO_CONDITION, "en"), shard_chars)
    for _, shard in chosen.stage(wave_shards=2):
        enrich(shard, label)
        publish_changes(connection, shard, find_changes(connection, shard), run_id, {})
    shutil.rmtree(folder)


def finish(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    run_id: str,
    failed: list[FailedText] | None = None,
    label: str = "ORG",
    files: Sequence[FileRecord] | None = None,
) -> ShardCounts:
    """Enriches the shard and publishes it. Adds to the texts that have failed."""
    failed = [] if failed is None else failed
    failed += enrich(shard, label)
    files = [file_record(file) for file in shard.completes] if files is None else files
    counts = publish_shard(connection, shard, files, run_id, failed)
    shutil.rmtree(shard.folder)
    return counts


def enrich(shard: StagedShard, label: str) -> list[FailedText]:
    """Enriches the shard with one made-up entity an original. Answers the texts that have failed."""
    rows = shard.read("accepted", schemas.ARTICLES).to_pylist()
    poisoned = [row for row in rows if row["duplicate_of"] is None and row["text"] == POISON]
    failed = [FailedText(row["content_sha256"], "enrich_error", "poison") for row in poisoned]
    accepted = pa.Table.from_pylist([row for row in rows if row not in poisoned], schema=schemas.ARTICLES)
    originals = [row for row in accepted.to_pylist() if row["duplicate_of"] is None]
    mentions = [
        {
            "article_id": row["article_id"],
            "mention_no": 1,
            "published_date": row["published_date"],
            "sentence_no": 1,
            "text": row["text"],
            "start_char": 0,
            "end_char": len(row["text"]),
            "label": label,
            "recognizer": "model",
        }
        for row in originals
    ]
    shard.write("enriched", accepted)
    shard.write("failed", pa.Table.from_pylist([rejection(row) for row in poisoned], schema=schemas.QUARANTINE))
    shard.write("entities", pa.Table.from_pylist(mentions, schema=schemas.ENTITIES))
    shard.write("quotes", schemas.QUOTES.empty_table())
    shard.write("events", schemas.EVENTS.empty_table())
    return failed


def rejection(row: Mapping[str, object]) -> dict[str, object]:
    """A row of quarantine for an article that the language stage could not take."""
    kept = {name: row[name] for name in ("file_uri", "record_no", "source_uri")}
    return kept | {"stage": "enrich", "error_type": "enrich_error", "message": "poison", "sample": row["text"]}


def file_record(file_uri: str) -> FileRecord:
    """A file as the ledger knows it."""
    return FileRecord(file_uri, f"/inputs/{file_uri}", 10, datetime(2026, 1, 1, tzinfo=UTC), "0" * 64, LOADED)


def article(file: str, record_no: int, identity: str, text: str) -> dict[str, object]:
    """A row of articles."""
    return {
        "article_id": hashlib.sha256(identity.encode()).hexdigest()[:32],
        "source_uri": identity,
        "corpus": "c",
        "text": text,
        "char_count": len(text),
        "word_count": len(text.split()),
        "content_sha256": hash_content(text),
        "published_at": datetime(2026, 1 + len(text) % 3, 1, tzinfo=UTC),
        "published_date": date(2026, 1 + len(text) % 3, 1),
        "file_uri": file,
        "record_no": record_no,
    }


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str | None]]:
    """What stands in the warehouse: by identity the file it is from, its text, and whose duplicate it is."""
    rows = connection.execute(
        "SELECT a.source_uri, a.file_uri, a.text, o.source_uri FROM articles a"
        " LEFT JOIN articles o ON o.article_id = a.duplicate_of ORDER BY ALL"
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows), "an identity stands twice"
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def broken_promises(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """Promises of the tables that do not hold, with how many rows break each."""
    checks = {
        "a duplicate of nothing": "SELECT count(*) FROM articles"
        " WHERE duplicate_of IS NOT NULL AND duplicate_of NOT IN"
        " (SELECT article_id FROM articles WHERE duplicate_of IS NULL)",
        "a duplicate of another text": "SELECT count(*) FROM articles a JOIN articles o"
        " ON o.article_id = a.duplicate_of WHERE a.content_sha256 <> o.content_sha256",
        "two originals of one text": "SELECT count(*) FROM (SELECT content_sha256 FROM articles"
        " WHERE duplicate_of IS NULL GROUP BY ALL HAVING count(*) > 1)",
        "an original without rows": "SELECT count(*) FROM articles WHERE duplicate_of IS NULL AND article_id NOT IN"
        " (SELECT article_id FROM entities)",
        "a duplicate with rows": "SELECT count(*) FROM articles JOIN entities USING (article_id)"
        " WHERE duplicate_of IS NOT NULL",
        "rows of nobody": "SELECT count(*) FROM entities WHERE article_id NOT IN (SELECT article_id FROM articles)",
        "rows of another version": "SELECT count(*) FROM articles a JOIN entities e USING (article_id)"
        " WHERE a.text <> e.text OR a.published_date <> e.published_date",
        "two articles of one identity": "SELECT count(*) - count(DISTINCT article_id) FROM articles",
        "rows doubled": "SELECT count(*) - count(DISTINCT (article_id, mention_no)) FROM entities",
        "a file twice in the ledger": "SELECT count(*) - count(DISTINCT file_uri) FROM files",
    }
    found = [(name, connection.execute(sql).fetchone()[0]) for name, sql in checks.items()]
    return [(name, count) for name, count in found if count]
