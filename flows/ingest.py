"""The ingest flow: files in, rows of articles, entities, quotes and events in the warehouse.

    discover -> plan -> for each wave of shards: read -> mark duplicates -> enrich -> publish

Reading and enriching are tasks a shard, done by the task runner; all else is done here, by the one process that
writes. Tasks take and return paths and counts, never documents. Shards are published in the order of files, so that
the warehouse always holds the beginning of the input, whole files of it; a run that was cut off goes on from there.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from flows.discover import Discovery, InputFile, describe_nothing, discover_files
from flows.enriching import ShardEnriched, enrich_shard
from flows.plan import Shard, plan_shards, plan_waves
from flows.progress import reporter
from flows.reading import ReadOptions, ShardRead, read_shard
from flows.runners import choose_runner, make_runner
from flows.settings import Settings
from transforms.models import find_model
from warehouse.catalog import STAGING_FOLDER, open_for_writing
from warehouse.ledger import known_files
from warehouse.marking import WaveMarker
from warehouse.migrations import default_seeds_dir, seeds_sha256
from warehouse.publish import FileRecord, ShardCounts, publish_shard
from warehouse.runs import COMPLETED, FAILED, RunInfo, finish_run, start_run
from warehouse.staging import StagedShard

FLOW_NAME = "ingest"

FIRST_WAVE_SHARDS = 2
"""Shards a worker in the first wave."""


@dataclass(slots=True)
class IngestSummary:
    """What a run has done. Row counts are of rows that it wrote."""

    run_id: str
    files: int = 0
    files_unchanged: int = 0
    files_of_other_kinds: int = 0
    articles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    replaced: int = 0
    entities: int = 0
    quotes: int = 0
    events: int = 0
    words: int = 0
    seconds: float = 0.0
    first_enriched_at: float | None = None
    """Seconds since 1970 when the first article went into the language stage."""
    enrich_seconds: float = 0.0
    """Wall time from then to the last commit."""

    def add(self, counts: ShardCounts) -> None:
        """Adds what one commit wrote."""
        for name in ("articles", "duplicates", "quarantined", "replaced", "entities", "quotes", "events", "words"):
            setattr(self, name, getattr(self, name) + getattr(counts, name))


@task(name="discover", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def discover_task(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[str], corpus: str | None, again: bool
) -> Discovery:
    """Lists the files that are new or changed."""
    return discover_files(paths, corpus, partial(known_files, connection), again=again)


@task(name="plan", cache_policy=NO_CACHE)
def plan_task(files: Sequence[InputFile], settings: Settings) -> list[Sequence[Shard]]:
    """Groups files into shards and shards into waves."""
    shards = plan_shards(files, settings.shard_bytes)
    return plan_waves(shards, settings.wave_shards, FIRST_WAVE_SHARDS * settings.workers)


@task(name="read", task_run_name="read-{shard.number}", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def read_task(shard: Shard, folder: str, options: ReadOptions) -> ShardRead:
    """Reads one shard's files into its folder."""
    return read_shard(shard, folder, options)


@task(name="mark-duplicates", cache_policy=NO_CACHE)
def mark_task(marker: WaveMarker, shards: Sequence[StagedShard]) -> None:
    """Decides what becomes of each article of a wave."""
    marker.mark(shards)


@task(name="enrich", task_run_name="enrich-{shard.number}", cache_policy=NO_CACHE)
def enrich_task(shard: StagedShard, model: str) -> ShardEnriched:
    """Runs the language stage on one shard."""
    return enrich_shard(shard, model)


@task(name="publish", task_run_name="publish-{shard.number}", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_task(
    connection: duckdb.DuckDBPyConnection,
    shard: StagedShard,
    files: Sequence[FileRecord],
    run_id: str,
    failed_originals: Sequence[str],
) -> ShardCounts:
    """Commits one shard in one transaction."""
    return publish_shard(connection, shard, files, run_id, failed_originals)


@flow(name=FLOW_NAME)
def ingest(
    paths: list[str],
    warehouse: str | None = None,
    corpus: str | None = None,
    published: date | None = None,
    publisher: str | None = None,
    workers: int | None = None,
    model: str | None = None,
    again: bool = False,
) -> IngestSummary:
    """Loads news files into a warehouse.

    Args:
        paths: files, folders or patterns with '*'
        warehouse: folder of the warehouse
        corpus: name of the collection; else the name of the input folder
        published: day of publication of records that state none
        publisher: outlet of records that state none
        workers: worker processes
        model: spaCy pipeline, by name or path
        again: read unchanged files, too

    Raises InputError, WarehouseError, ModelNotFoundError.
    """
    given = {"warehouse": warehouse, "workers": workers, "model": model}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    found_model = find_model(settings.model)
    wait_note = partial(reporter().note, f"another run is writing to {settings.warehouse}: waiting for it to end")
    with open_for_writing(settings.warehouse, on_wait=wait_note) as connection:
        info = RunInfo(
            flow=FLOW_NAME,
            parameters={
                "paths": sorted(str(Path(path).expanduser().absolute()) for path in paths),
                "corpus": corpus,
                "published": published,
                "publisher": publisher,
                "model": settings.model,
                "again": again,
            },
            prefect_run_id=_prefect_run_id(),
            newsmill_version=version("newsmill"),
            model=found_model.name,
            model_version=found_model.version,
            seeds_sha256=seeds_sha256(default_seeds_dir()),
        )
        run = IngestRun(connection, settings, start_run(connection, info))
        return run.execute(paths, corpus, ReadOptions(publisher, published), again=again)


class IngestRun:
    """One run in progress: what has been counted, and where shards are staged."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
        self._connection = connection
        self._settings = settings
        self._staging = settings.warehouse / STAGING_FOLDER
        self._started = time.monotonic()
        self._failed_originals: list[str] = []
        self._earlier_counts: dict[str, tuple[int, int]] = {}
        self.summary = IngestSummary(run_id)

    def execute(self, paths: Sequence[str], corpus: str | None, options: ReadOptions, *, again: bool) -> IngestSummary:
        """Does the run to its end, and writes down how it ended."""
        status = FAILED
        try:
            discovery = discover_task(self._connection, paths, corpus, again)
            self.summary.files = len(discovery.files)
            self.summary.files_unchanged = discovery.unchanged
            self.summary.files_of_other_kinds = len(discovery.other_kinds)
            if discovery.files:
                self._load(discovery, options)
            else:
                reporter().note(describe_nothing(paths, discovery))
            status = COMPLETED
        finally:
            self._sweep()
            self.summary.seconds = round(time.monotonic() - self._started, 3)
            finish_run(self._connection, self.summary.run_id, status, _counts_of(self.summary))
        self._publish_summary()
        return self.summary

    def _load(self, discovery: Discovery, options: ReadOptions) -> None:
        settings = self._settings
        self._sweep()
        waves = plan_task(discovery.files, settings)
        reporter().start(len(discovery.files), discovery.total_bytes)
        kind = choose_runner(settings.runner, discovery.total_bytes, settings.inline_bytes)
        marker = WaveMarker(self._connection, self.summary.run_id)
        with make_runner(kind, settings.workers, settings.model) as runner:
            reads = self._submit_reads(runner, waves[0], options)
            for wave, following in zip_longest(waves, waves[1:], fillvalue=()):
                staged = [read.result() for read in reads]
                shards = [read.shard for read in staged]
                mark_task(marker, shards)
                enriched = [self._submit(runner, enrich_task, shard=s, model=settings.model) for s in shards]
                # The next wave is read while the last shards of this one are still being enriched.
                reads = self._submit_reads(runner, following, options)
                for shard, read, enrichment in zip(wave, staged, enriched, strict=True):
                    self._publish(shard, read, enrichment.result())

    def _submit_reads(
        self, runner: TaskRunner[Any], wave: Sequence[Shard], options: ReadOptions
    ) -> list[PrefectFuture[ShardRead]]:
        return [
            self._submit(runner, read_task, shard=shard, folder=str(self._staging / str(shard.number)), options=options)
            for shard in wave
        ]

    @staticmethod
    def _submit(runner: TaskRunner[Any], work: Any, **parameters: Any) -> PrefectFuture[Any]:
        future: PrefectFuture[Any] = runner.submit(work, parameters)
        return future

    def _publish(self, shard: Shard, read: ShardRead, enriched: ShardEnriched) -> None:
        if self.summary.first_enriched_at is None and enriched.articles:
            self.summary.first_enriched_at = round(enriched.started_at, 3)
        self._failed_originals.extend(enriched.failed_ids)
        files = [self._with_earlier_counts(file) for file in read.files]
        counts = publish_task(self._connection, read.shard, files, self.summary.run_id, self._failed_originals)
        self._remember_counts(shard, counts)
        self.summary.add(counts)
        shutil.rmtree(read.shard.folder)
        if self.summary.first_enriched_at is not None:
            self.summary.enrich_seconds = round(time.time() - self.summary.first_enriched_at, 3)
        size = sum(part.size for part in shard.slices)
        reporter().advance(len(shard.completes), counts.articles, size)

    def _with_earlier_counts(self, file: FileRecord) -> FileRecord:
        articles, quarantined = self._earlier_counts.get(file.file_uri, (0, 0))
        return replace(file, article_count=articles, quarantined_count=quarantined)

    def _remember_counts(self, shard: Shard, counts: ShardCounts) -> None:
        """Keeps the counts of a file whose end is in a later shard."""
        for part in shard.slices:
            uri = part.file.file_uri
            articles, quarantined = self._earlier_counts.pop(uri, (0, 0))
            if not part.is_last:
                more_articles, more_quarantined = counts.by_file.get(uri, (0, 0))
                self._earlier_counts[uri] = (articles + more_articles, quarantined + more_quarantined)

    def _sweep(self) -> None:
        """Removes what this run, or one that crashed before it, has staged."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def _publish_summary(self) -> None:
        lines = [f"| {name.replace('_', ' ')} | {value:,} |" for name, value in _counts_of(self.summary).items()]
        create_markdown_artifact(
            "\n".join([f"Run `{self.summary.run_id}`", "", "| what | count |", "|---|---:|", *lines]),
            key="ingest-summary",
            description="What the run loaded",
        )
        get_run_logger().info("ingested %s articles in %.1f s", self.summary.articles, self.summary.seconds)


def _counts_of(summary: IngestSummary) -> dict[str, Any]:
    counts = asdict(summary)
    del counts["run_id"]
    return {name: value for name, value in counts.items() if value is not None}


def _prefect_run_id() -> str | None:
    context = FlowRunContext.get()
    return str(context.flow_run.id) if context and context.flow_run else None
