"""The language stage of one shard: staged articles to staged entities, quotes and events.

Comes in: a shard with `accepted.parquet`. Goes out: `enriched`, `failed`, `entities`, `quotes` and `events` in its
folder, and counts. Runs in a worker process, which loads the model once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import schemas
from flows.tables import table_of
from transforms.models import find_model
from transforms.readers.record import SAMPLE_CHARS
from transforms.rows import Rejection
from warehouse.staging import StagedShard

ENRICH = "enrich"
ENRICH_ERROR = "enrich_error"


@dataclass(slots=True, frozen=True)
class ShardEnriched:
    """What the language stage made of a shard. `unserved` articles are in a language that the model does not serve."""

    shard: StagedShard
    articles: int
    words: int
    entities: int
    quotes: int
    events: int
    unserved: int
    failed_ids: tuple[str, ...]
    started_at: float
    seconds: float


class ChildRows:
    """Collects the rows of one child table, with the article each belongs to."""

    def __init__(self) -> None:
        self._rows: list[Any] = []
        self._article_ids: list[str] = []
        self._published_dates: list[date | None] = []

    def add(self, rows: Sequence[Any], article_id: str, published: date | None) -> None:
        """Adds dataclass rows of one article."""
        self._rows.extend(rows)
        self._article_ids.extend([article_id] * len(rows))
        self._published_dates.extend([published] * len(rows))

    def table(self, schema: pa.Schema) -> pa.Table:
        """All rows so far."""
        return table_of(self._rows, schema, {"article_id": self._article_ids, "published_date": self._published_dates})


def enrich_shard(shard: StagedShard, model: str) -> ShardEnriched:
    """Runs the model once over each accepted article that is no duplicate and that the model's language serves."""
    # spaCy takes seconds to import, and the coordinator does without it.
    from transforms.extraction import Extraction, extract_all
    from transforms.language import load_model

    started_at = time.time()
    nlp = load_model(model)
    accepted = shard.read("accepted", schemas.ARTICLES)
    originals = _originals(accepted, find_model(model).language)
    children = {name: ChildRows() for name in schemas.CHILD_TABLES}
    sentence_counts: dict[str, int] = {}
    failures: dict[str, Exception] = {}
    texts, days = originals["text"].to_pylist(), originals["published_date"].to_pylist()
    results = extract_all(nlp, zip(texts, days, strict=True))
    for article_id, published, result in zip(originals["article_id"].to_pylist(), days, results, strict=True):
        if not isinstance(result, Extraction):
            failures[article_id] = result
            continue
        sentence_counts[article_id] = result.sentence_count
        children["entities"].add(result.mentions, article_id, published)
        children["quotes"].add(result.quotes, article_id, published)
        children["events"].add(result.events, article_id, published)
    tables = {name: rows.table(schemas.TABLES[name]) for name, rows in children.items()}
    for name, table in tables.items():
        shard.write(name, table)
    shard.write("failed", _failed_rows(accepted, failures))
    shard.write("enriched", _with_sentences(accepted, sentence_counts, failures))
    return ShardEnriched(
        shard=shard,
        articles=accepted.num_rows - len(failures),
        words=pc.sum(accepted["word_count"]).as_py() or 0,
        entities=tables["entities"].num_rows,
        quotes=tables["quotes"].num_rows,
        events=tables["events"].num_rows,
        unserved=_count_unserved(accepted, find_model(model).language),
        failed_ids=tuple(failures),
        started_at=started_at,
        seconds=time.time() - started_at,
    )


def _count_unserved(accepted: pa.Table, language: str) -> int:
    """Articles in a language that the model does not serve: stored, and not run through it."""
    return int(pc.sum(pc.fill_null(pc.not_equal(accepted["language"], language), False)).as_py() or 0)


def _originals(accepted: pa.Table, language: str) -> pa.Table:
    served = pc.fill_null(pc.equal(accepted["language"], language), True)
    return accepted.filter(pc.and_(pc.is_null(accepted["duplicate_of"]), served))


def _with_sentences(accepted: pa.Table, counts: dict[str, int], failures: dict[str, Exception]) -> pa.Table:
    kept = accepted.filter(pc.invert(pc.is_in(accepted["article_id"], pa.array(list(failures), pa.string()))))
    column = pa.array([counts.get(article_id) for article_id in kept["article_id"].to_pylist()], pa.int32())
    return kept.set_column(kept.schema.get_field_index("sentence_count"), "sentence_count", column)


def _failed_rows(accepted: pa.Table, failures: dict[str, Exception]) -> pa.Table:
    failed = accepted.filter(pc.is_in(accepted["article_id"], pa.array(list(failures), pa.string())))
    rejections = [
        Rejection(
            file_uri=row["file_uri"],
            record_no=row["record_no"],
            source_uri=row["source_uri"],
            stage=ENRICH,
            error_type=ENRICH_ERROR,
            message=_explain(failures[row["article_id"]]),
            sample=row["text"][:SAMPLE_CHARS],
            member=row["member"],
        )
        for row in failed.to_pylist()
    ]
    return table_of(rejections, schemas.QUARANTINE)


def _explain(error: Exception) -> str:
    return f"the language stage failed on this text: {type(error).__name__}: {error}"
