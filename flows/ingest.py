"""The ingest flow: files in, rows of articles, entities, quotes and events in the warehouse.

    discover -> plan -> for each wave of staged parts: read -> mark duplicates -> enrich -> publish

Reading and enriching are tasks a shard, done by the task runner; all else is done here, by the one process that
writes. Tasks take and return paths and counts, never documents. Shards are published in the order of files, so that
the warehouse always holds the beginning of the input, whole files of it; a run that was cut off goes on from there.
"""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.date_orders import find_date_orders
from flows.discover import Discovery, describe_nothing, describe_passed_over, discover_files
from flows.ending import is_ending, raise_if_ending
from flows.enriching import ShardEnriched, enrich_shard
from flows.inbox import Clearer, leave_unfinished, plan_clearing
from flows.isolation import Limits
from flows.locations import is_url, shown_location
from flows.logbook import log_shard
from flows.options import After
from flows.plan import Shard, even_shard_bytes, plan_shards
from flows.progress import reporter
from flows.read_ahead import ReadAhead
from flows.read_isolation import read_in_isolation
from flows.reading import PartRead, ReadOptions, ShardRead, read_shard
from flows.runners import Job, Workers, unvisited
from flows.running import recorded_run
from flows.settings import Runner, Settings
from flows.worklist import Worklist
from transforms.articles import RecordOptions
from transforms.dates import DateOrder
from transforms.fields import parse_field_map
from warehouse.catalog import STAGING_FOLDER
from warehouse.ledger import FileRecord, known_files
from warehouse.marking import WaveMarker
from warehouse.publish import ShardCounts, publish_shard
from warehouse.rejects import FailedText
from warehouse.runs import finish_run
from warehouse.staging import StagedShard

FLOW_NAME = "ingest"

FIRST_WAVE_PARTS = 2
"""Parts a worker in the first wave."""


@dataclass(slots=True)
class IngestSummary:
    """What a run has done. Row counts are of rows that it wrote."""

    run_id: str
    files: int = 0
    files_unchanged: int = 0
    files_unfinished: int = 0
    """Files that were still being written, and are left for the next run."""
    files_cleared: int = 0
    """Files that were moved or deleted when their rows were committed."""
    files_of_other_kinds: int = 0
    articles: int = 0
    duplicates: int = 0
    unserved: int = 0
    """Articles in a language that the model does not serve: stored, and not analysed."""
    quarantined: int = 0
    replaced: int = 0
    entities: int = 0
    quotes: int = 0
    events: int = 0
    words: int = 0
    bytes: int = 0
    """Of the input, as it lies there: by them the time that others will take is estimated."""
    notes: Counter[str] = field(default_factory=Counter)
    """Records by what was repaired in them, where their date comes from, and why a stated date was not taken."""
    seconds: float = 0.0
    first_enriched_at: float | None = None
    """Seconds since 1970 when the first article went into the language stage."""
    enrich_seconds: float = 0.0
    """Wall time from then to the last commit."""

    def add(self, counts: ShardCounts) -> None:
        """Adds what one commit wrote."""
        for name in ("articles", "duplicates", "quarantined", "replaced", "entities", "quotes", "events", "words"):
            setattr(self, name, getattr(self, name) + getattr(counts, name))

    def counts(self) -> dict[str, Any]:
        """All counts by name, as `runs.counts` keeps them."""
        counts = {name: value for name, value in asdict(self).items() if value is not None}
        del counts["run_id"]
        counts["notes"] = dict(sorted(self.notes.items()))
        return counts


def try_again(task: object, task_run: object, state: State[Any]) -> bool:
    """Whether a task that failed is to be tried again: not where a signal has ended it, or nothing would change."""
    error = state.result(raise_on_failure=False)
    return not is_ending() and getattr(error, "is_transient", True)


@task(name="discover", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[1, 5], retry_condition_fn=try_again)
def discover_task(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[str], corpus: str | None, again: bool, found: Discovery
) -> Worklist:
    """Lists the files that are new or changed, and counts what was found."""
    return Worklist(
        connection, discover_files(paths, corpus, partial(known_files, connection), again=again, counts=found)
    )


@task(name="date-orders", cache_policy=NO_CACHE)
def date_orders_task(paths: Sequence[str], corpus: str | None, options: RecordOptions) -> Mapping[str, DateOrder]:
    """Finds out from all dates of the inputs whether day or month stands first in those that could be either."""
    reporter().note(
        "some dates could have the day or the month first: looking through all inputs for dates that tell;"
        " --date-order saves the time"
    )
    return find_date_orders(discover_files(paths, corpus, lambda _: {}, again=True), options)


@task(name="read", task_run_name="read-{number}", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[1, 5])
def read_task(
    shard: Shard, number: int, folder: str, options: ReadOptions, most_parts: int, is_isolated: bool
) -> ShardRead:
    """Reads one shard's files into its folder."""
    return (read_in_isolation if is_isolated else read_shard)(shard, folder, options, most_parts)


@task(name="mark-duplicates", cache_policy=NO_CACHE)
def mark_task(marker: WaveMarker, shards: Sequence[StagedShard]) -> None:
    """Decides what becomes of each article of a wave."""
    marker.mark(shards)


@task(name="enrich", task_run_name="enrich-{shard.number}", cache_policy=NO_CACHE)
def enrich_task(shard: StagedShard, model: str, limits: Limits) -> ShardEnriched:
    """Runs the language stage on one shard."""
    return enrich_shard(shard, model, limits)


@task(
    name="publish",
    task_run_name="publish-{shard.number}",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_condition_fn=try_again,
)
def publish_task(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed: Sequence[FailedText],
) -> ShardCounts:
    """Commits one shard in one transaction."""
    return publish_shard(connection, shard, files, run_id, failed)


@flow(name=FLOW_NAME)
def ingest(
    paths: list[str],
    warehouse: str | None = None,
    corpus: str | None = None,
    published: date | None = None,
    publisher: str | None = None,
    field_map: list[str] | None = None,
    date_order: DateOrder | None = None,
    workers: int | None = None,
    model: str | None = None,
    again: bool = False,
    after: After = After.KEEP,
    to: str | None = None,
) -> IngestSummary:
    """Loads news files into a warehouse.

    Args:
        paths: files, folders, patterns with '*', or URLs
        warehouse: folder of the warehouse
        corpus: name of the collection; else the name of the input folder
        published: day of publication of records that state none
        publisher: outlet of records that state none
        field_map: fields of records by column, as 'title=headline'
        date_order: dmy, mdy or ymd, for numeric dates that could be read in several ways
        workers: worker processes
        model: spaCy pipeline, by name or path
        again: read unchanged files, too
        after: keep, move or delete: what becomes of files when their rows are committed
        to: folder that loaded files are moved to

    Raises InputError, FieldMapError, WarehouseError, ModelNotFoundError.
    """
    settings = make_settings(warehouse, workers, model)
    clearing = plan_clearing(after, to, paths)
    records = RecordOptions(publisher, published, parse_field_map(field_map or []) or None, date_order)
    parameters = {
        "paths": shown_paths(paths),
        "corpus": corpus,
        "published": published,
        "publisher": publisher,
        "field_map": field_map,
        "date_order": date_order,
        "model": settings.model,
        "again": again,
    }
    with opened_run(FLOW_NAME, parameters, settings) as run:
        clearer = Clearer(run.connection, clearing)
        found = Discovery(kept=[] if clearer.is_wanted else None)
        worklist = discover_task(run.connection, paths, corpus, again, found)
        run.summary.files_unfinished, unfinished_bytes = leave_unfinished(worklist, settings.settle_seconds)
        if run.summary.files_unfinished:
            reporter().note(
                f"{run.summary.files_unfinished:,} files are still being written: they are left for the next run"
            )
        run.summary.files = worklist.files
        run.summary.files_unchanged = found.unchanged
        run.summary.files_of_other_kinds = found.other_kinds
        for line in describe_passed_over(found):
            reporter().note(line)
        clearer.clear_unchanged(found.kept or [])
        if worklist.files:
            total_bytes = found.total_bytes - unfinished_bytes
            run.load(
                plan_shards(worklist, run.shard_bytes(total_bytes)),
                total_bytes,
                records,
                partial(date_orders_task, paths, corpus),
                on_committed=clearer.clear_loaded,
            )
        elif not run.summary.files_unfinished:
            reporter().note(describe_nothing(paths, found))
        run.summary.files_cleared = clearer.cleared
        if clearer.left:
            reporter().note(f"{clearer.left:,} loaded files stay where they are: they have changed, or cannot be moved")
    return run.summary


def shown_paths(paths: Sequence[str]) -> list[str]:
    """The inputs as a run's parameters keep them: absolute, without secrets, in one order."""
    return sorted(shown_location(path) if is_url(path) else str(Path(path).expanduser().absolute()) for path in paths)


def make_settings(warehouse: str | None, workers: int | None, model: str | None) -> Settings:
    """The settings, with what a flow's parameters say instead."""
    given = {"warehouse": warehouse, "workers": workers, "model": model}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def opened_run(flow_name: str, parameters: dict[str, Any], settings: Settings) -> "AbstractContextManager[IngestRun]":
    """A run that holds the writer's lock. At its end it is written down how it ended."""
    return recorded_run(IngestRun, flow_name, parameters, settings)


class IngestRun:
    """One run in progress: what has been counted, and where shards are staged."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
        self.connection = connection
        self.summary = IngestSummary(run_id)
        self._settings = settings
        self._staging = settings.warehouse / STAGING_FOLDER
        self._started = time.monotonic()
        self._failed: list[FailedText] = []
        self._earlier_counts: dict[str, tuple[int, int]] = {}

    def shard_bytes(self, total_bytes: int, lent: Workers | None = None) -> int:
        """Bytes of a shard of the input, where it is done by these workers or by those that it will have."""
        settings = self._settings
        is_inline = lent.is_inline if lent else settings.runner_for(total_bytes) is Runner.INLINE
        workers = 1 if is_inline else settings.workers
        return even_shard_bytes(total_bytes, self.summary.files, settings.shard_bytes, workers)

    def load(
        self,
        shards: Iterator[Shard],
        total_bytes: int,
        records: RecordOptions,
        find_orders: Callable[[RecordOptions], Mapping[str, DateOrder]],
        workers: Workers | None = None,
        on_committed: Callable[[Sequence[FileRecord]], None] = lambda files: None,
    ) -> None:
        """Reads, enriches and publishes the shards, wave by wave. `workers` that are given stay for others.

        `on_committed` is told of the files of which all is committed, once a wave.
        """
        settings = self._settings
        self._sweep()
        reporter().start(self.summary.files, total_bytes)
        options = ReadOptions(records, settings.limits(), settings.shard_bytes * 5 // 4)
        kind = settings.runner_for(total_bytes)
        marker = WaveMarker(self.connection, self.summary.run_id)
        limits = settings.text_limits()
        lent = nullcontext(workers) if workers else None
        with lent or Workers(kind, settings.workers, settings.model, limits.memory_bytes) as workers:

            def submit(shard: Shard, number: int, options: ReadOptions, most_parts: int) -> Job[ShardRead]:
                folder = str(self._staging / str(number))
                return workers.submit(
                    read_task,
                    careful={"is_isolated": True},
                    shard=shard,
                    number=number,
                    folder=folder,
                    options=options,
                    most_parts=most_parts,
                    is_isolated=workers.is_inline,
                )

            def settle_dates(options: ReadOptions) -> ReadOptions:
                return replace(options, records=replace(options.records, date_orders=find_orders(options.records)))

            ahead = ReadAhead(submit, shards, options, settle_dates)
            # A small first wave, so that the language stage starts soon.
            first = min(FIRST_WAVE_PARTS * settings.workers, settings.wave_shards)
            ahead.start(first, most_parts=first)
            wave = ahead.take(first)
            while wave:
                mark_task(marker, unvisited([part.shard for part in wave]))
                enriched = [
                    workers.submit(enrich_task, shard=part.shard, model=settings.model, limits=limits) for part in wave
                ]
                # The next wave is read while the last shards of this one are still being enriched.
                ahead.start(settings.wave_shards)
                for part, enrichment in zip(wave, enriched, strict=True):
                    self._publish(part, enrichment.result())
                on_committed([file for part in wave for file in part.files if file.file_uri in part.shard.completes])
                wave = ahead.take(settings.wave_shards)

    def close(self, status: str) -> None:
        """Writes down how the run ended, and removes what it has staged."""
        self._sweep()
        self.summary.seconds = round(time.monotonic() - self._started, 3)
        finish_run(self.connection, self.summary.run_id, status, self.summary.counts())

    def show(self) -> None:
        """Shows on its page in Prefect what the run has done."""
        publish_summary(self.summary)

    def _publish(self, part: PartRead, enriched: ShardEnriched) -> None:
        if self.summary.first_enriched_at is None and enriched.articles:
            self.summary.first_enriched_at = round(enriched.started_at, 3)
        raise_if_ending()
        self._failed.extend(enriched.failed)
        files = [self._with_earlier_counts(file) for file in part.files]
        counts = publish_task(
            self.connection, unvisited(part.shard), unvisited(files), self.summary.run_id, unvisited(self._failed)
        )
        self._remember_counts(part, counts)
        self.summary.add(counts)
        self.summary.unserved += enriched.unserved
        self.summary.files_of_other_kinds += part.passed_over
        self.summary.notes += part.notes
        self.summary.bytes += part.size
        log_shard(self.summary.run_id, part.shard.number, counts, time.time() - enriched.started_at)
        shutil.rmtree(part.shard.folder)
        if self.summary.first_enriched_at is not None:
            self.summary.enrich_seconds = round(time.time() - self.summary.first_enriched_at, 3)
        reporter().advance(len(part.shard.completes), counts.articles, part.size)

    def _with_earlier_counts(self, file: FileRecord) -> FileRecord:
        articles, quarantined = self._earlier_counts.get(file.file_uri, (0, 0))
        return replace(file, article_count=articles, quarantined_count=quarantined)

    def _remember_counts(self, part: PartRead, counts: ShardCounts) -> None:
        """Keeps the counts of files whose end is in a later part."""
        held = {file.file_uri for file in part.files}
        for file_uri in (counts.by_file.keys() & self._earlier_counts.keys()) - held:
            articles, quarantined = self._earlier_counts[file_uri]
            more_articles, more_quarantined = counts.by_file[file_uri]
            self._earlier_counts[file_uri] = (articles + more_articles, quarantined + more_quarantined)
        for file in part.files:
            articles, quarantined = self._earlier_counts.pop(file.file_uri, (0, 0))
            if file.file_uri not in part.shard.completes:
                more_articles, more_quarantined = counts.by_file.get(file.file_uri, (0, 0))
                self._earlier_counts[file.file_uri] = (articles + more_articles, quarantined + more_quarantined)

    def _sweep(self) -> None:
        """Removes what this run, or one that crashed before it, has staged."""
        shutil.rmtree(self._staging, ignore_errors=True)


def publish_summary(summary: IngestSummary) -> None:
    """Shows what a run has done on its page in Prefect."""
    counts = summary.counts()
    counts |= {f"records: {name}": count for name, count in counts.pop("notes").items()}
    lines = [f"| {name.replace('_', ' ')} | {value:,} |" for name, value in counts.items()]
    create_markdown_artifact(
        "\n".join([f"Run `{summary.run_id}`", "", "| what | count |", "|---|---:|", *lines]),
        key="ingest-summary",
        description="What the run loaded",
    )
    get_run_logger().info("ingested %s articles in %.1f s", summary.articles, summary.seconds)
