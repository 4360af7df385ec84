"""The language stage of one shard: staged articles to staged entities, quotes and events.

Comes in: a shard with `accepted.parquet`. Goes out: `enriched`, `failed`, `entities`, `quotes` and `events` in its
folder, and counts. Runs in a process of its own, which loads the model once (`isolation.py`). Where a text ends that
process, the articles of its shard are done one by one, and only the one at fault goes into quarantine.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from signal import SIGALRM, SIGKILL
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import schemas
from flows.errors import ProcessEndedError, describe_exit
from flows.isolation import IsolatedProcess, Limits, allow_seconds, isolated_process
from flows.tables import table_of
from transforms.models import find_model
from transforms.readers.record import SAMPLE_CHARS
from transforms.rows import Event, Mention, Quote, Rejection
from warehouse.rejects import FailedText
from warehouse.staging import StagedShard

ENRICH = "enrich"
ENRICH_ERROR = "enrich_error"
ENRICH_TIMEOUT = "enrich_timeout"
ENRICH_MEMORY = "enrich_memory"
ENRICH_CRASH = "enrich_crash"

DEFAULT_LIMITS = Limits()


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
    failed: tuple[FailedText, ...]
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


@dataclass(slots=True, frozen=True)
class ArticleRows:
    """What the language stage found in one article."""

    sentence_count: int
    mentions: list[Mention]
    quotes: list[Quote]
    events: list[Event]


def enrich_shard(shard: StagedShard, model: str, limits: Limits = DEFAULT_LIMITS) -> ShardEnriched:
    """Runs the model once over each accepted article that is no duplicate and that the model's language serves.

    Raises LanguageProcessError where the model cannot be loaded.
    """
    process = isolated_process(model, limits.memory_bytes)
    try:
        return process.call(enrich_at_once, shard, model, limits)
    except ProcessEndedError:
        return _enrich_one_by_one(shard, model, limits, process)


def enrich_at_once(shard: StagedShard, model: str, limits: Limits) -> ShardEnriched:
    """The same in this process, which ends where the limits do."""
    # spaCy takes seconds to import, and the coordinator does without it.
    from transforms.extraction import ZONE_WORDS, Extraction, extract_all
    from transforms.language import load_model

    started_at = time.time()
    accepted = shard.read("accepted", schemas.ARTICLES)
    originals = _originals(accepted, find_model(model).language)
    texts, days = originals["text"].to_pylist(), originals["published_date"].to_pylist()
    # Results come zone by zone.
    seconds = limits.seconds_for(ZONE_WORDS * 6 + max(map(len, texts), default=0))
    allow_seconds(seconds)
    results: list[ArticleRows | Exception] = []
    for result in extract_all(load_model(model), zip(texts, days, strict=True)):
        results.append(_rows_of(result) if isinstance(result, Extraction) else result)
        allow_seconds(seconds)
    return _stage(
        shard, accepted, dict(zip(originals["article_id"].to_pylist(), results, strict=True)), model, started_at
    )


def extract_one(text: str, published: date | None, model: str, limits: Limits) -> ArticleRows | Exception:
    """The rows of one article, or what it raised. This process ends where the limits do."""
    from transforms.extraction import Extraction, extract_all
    from transforms.language import load_model

    allow_seconds(limits.seconds_for(len(text)))
    [result] = extract_all(load_model(model), [(text, published)])
    return _rows_of(result) if isinstance(result, Extraction) else result


def _enrich_one_by_one(shard: StagedShard, model: str, limits: Limits, process: IsolatedProcess) -> ShardEnriched:
    started_at = time.time()
    accepted = shard.read("accepted", schemas.ARTICLES)
    originals = _originals(accepted, find_model(model).language)
    results: dict[str, ArticleRows | Exception] = {}
    for row in originals.select(["article_id", "text", "published_date"]).to_pylist():
        results[row["article_id"]] = _extract_twice(row["text"], row["published_date"], model, limits, process)
    return _stage(shard, accepted, results, model, started_at)


def _extract_twice(
    text: str, published: date | None, model: str, limits: Limits, process: IsolatedProcess
) -> ArticleRows | Exception:
    """A text is at fault only where it also ends a fresh process, of which it is the first text."""
    try:
        return process.call(extract_one, text, published, model, limits)
    except ProcessEndedError:
        pass
    try:
        return process.call(extract_one, text, published, model, limits)
    except ProcessEndedError as error:
        return error


def _stage(
    shard: StagedShard,
    accepted: pa.Table,
    results: Mapping[str, ArticleRows | Exception],
    model: str,
    started_at: float,
) -> ShardEnriched:
    """Writes what became of each original by its article_id."""
    days = dict(zip(accepted["article_id"].to_pylist(), accepted["published_date"].to_pylist(), strict=True))
    children = {name: ChildRows() for name in schemas.CHILD_TABLES}
    sentence_counts: dict[str, int] = {}
    failures: dict[str, Exception] = {}
    for article_id, result in results.items():
        if not isinstance(result, ArticleRows):
            failures[article_id] = result
            continue
        sentence_counts[article_id] = result.sentence_count
        children["entities"].add(result.mentions, article_id, days[article_id])
        children["quotes"].add(result.quotes, article_id, days[article_id])
        children["events"].add(result.events, article_id, days[article_id])
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
        failed=_failed_texts(accepted, failures),
        started_at=started_at,
        seconds=time.time() - started_at,
    )


def _rows_of(extraction: Any) -> ArticleRows:
    return ArticleRows(extraction.sentence_count, extraction.mentions, extraction.quotes, extraction.events)


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
            error_type=_error_type(failures[row["article_id"]]),
            message=_explain(failures[row["article_id"]]),
            sample=row["text"][:SAMPLE_CHARS],
            member=row["member"],
        )
        for row in failed.to_pylist()
    ]
    return table_of(rejections, schemas.QUARANTINE)


def _failed_texts(accepted: pa.Table, failures: Mapping[str, Exception]) -> tuple[FailedText, ...]:
    texts = dict(zip(accepted["article_id"].to_pylist(), accepted["content_sha256"].to_pylist(), strict=True))
    return tuple(FailedText(texts[id_], _error_type(error), _explain(error)) for id_, error in failures.items())


def _error_type(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return ENRICH_MEMORY
    if not isinstance(error, ProcessEndedError):
        return ENRICH_ERROR
    # SIGKILL comes from the system, where memory runs out before our limit.
    return {-SIGALRM: ENRICH_TIMEOUT, -SIGKILL: ENRICH_MEMORY}.get(error.exit_code, ENRICH_CRASH)


def _explain(error: Exception) -> str:
    kind = _error_type(error)
    if kind == ENRICH_TIMEOUT:
        return "the language stage did not come to an end on this text: language_seconds sets the time that it may take"
    if kind == ENRICH_MEMORY:
        return "the language stage ran out of memory on this text: language_bytes sets what it may take"
    if isinstance(error, ProcessEndedError):
        return f"the language stage ended its process on this text: {describe_exit(error.exit_code)}"
    return f"the language stage failed on this text: {type(error).__name__}: {error}"
