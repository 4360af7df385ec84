"""The reextract flow: stored articles in, their entities, quotes and events anew, after a change of model or seeds.

    choose -> for each shard of articles: stage the texts -> enrich -> compare -> publish

The language stage is that of ingest, with its limits; all else is done here, by the one process that writes. Shards are
published in the order of day and article_id, each in one transaction that also says how far the run has come. A run
that was cut off goes on behind that article, even where others have written since; what these brought is done, or
passed over, by its place in the order.
"""

import shutil
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import duckdb
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.ending import raise_if_ending
from flows.enriching import ShardEnriched
from flows.ingest import enrich_task, make_settings, try_again
from flows.progress import reporter
from flows.runners import Job, Workers
from flows.running import describe_run, recorded_run
from flows.settings import Settings
from transforms.models import find_model
from warehouse.catalog import STAGING_FOLDER, connect, has_warehouse
from warehouse.chosen import NO_CONDITION, Choice, ChosenArticles, PlannedShard, Position, check_condition
from warehouse.errors import WarehouseNotFoundError
from warehouse.reextraction import Changes, find_changes, find_failures, publish_changes
from warehouse.runs import COMPLETED, UNDONE, UNFINISHED, finish_run, last_runs
from warehouse.staging import StagedShard

FLOW_NAME = "reextract"

MOST_FAILURES = 100
"""At most so many articles that failed are written down by name."""


@dataclass(slots=True, frozen=True)
class ReextractSummary:
    """What a run has done, with the runs that it continues."""

    run_id: str
    articles: int = 0
    """Articles that went through the language stage."""
    changed: int = 0
    """Articles of which a row or the count of sentences is another now."""
    cleared: int = 0
    """Articles that have lost their rows: they are in a language that the model does not serve."""
    failed: int = 0
    """Articles on which the language stage failed: they keep the rows that they had."""
    entities: int = 0
    quotes: int = 0
    events: int = 0
    """Rows that were found, changed or not."""
    words: int = 0
    seconds: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    """Kind of error by article_id, of the first that failed."""
    continues: tuple[str, ...] = ()
    position: Position | None = None
    """The last article that is done; None where all are."""

    def after(
        self, planned: PlannedShard, enriched: ShardEnriched, changed: int, failures: Mapping[str, str]
    ) -> "ReextractSummary":
        """The same with one more shard."""
        room = MOST_FAILURES - len(self.failures)
        return replace(
            self,
            articles=self.articles + enriched.articles - enriched.unserved,
            changed=self.changed + changed,
            cleared=self.cleared + enriched.unserved,
            failed=self.failed + len(failures),
            entities=self.entities + enriched.entities,
            quotes=self.quotes + enriched.quotes,
            events=self.events + enriched.events,
            words=self.words + enriched.words,
            failures=self.failures | dict(list(failures.items())[:room]),
            position=planned.last,
        )

    def counts(self) -> dict[str, Any]:
        """All counts by name, as `runs.counts` keeps them."""
        counts = asdict(self)
        del counts["run_id"]
        counts["position"] = self.position.to_json() if self.position else None
        return {name: value for name, value in counts.items() if value or isinstance(value, int | float)}

    @classmethod
    def from_counts(cls, run_id: str, counts: Mapping[str, Any]) -> "ReextractSummary":
        """From what `counts` answered."""
        known = {name: counts[name] for name in cls.__slots__ if name in counts}
        position = counts.get("position")
        return cls(
            run_id,
            **known
            | {
                "continues": tuple(counts.get("continues", ())),
                "position": Position.from_json(position) if position else None,
            },
        )


@task(
    name="publish",
    task_run_name="publish-{shard.number}",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=try_again,
)
def publish_task(
    connection: duckdb.DuckDBPyConnection, shard: StagedShard, changes: Changes, run_id: str, counts: dict[str, Any]
) -> None:
    """Commits one shard in one transaction."""
    publish_changes(connection, shard, changes, run_id, counts)


@flow(name=FLOW_NAME)
def reextract(
    warehouse: str | None = None, where: str | None = None, model: str | None = None, workers: int | None = None
) -> ReextractSummary:
    """Rebuilds entities, quotes and events from the stored text of articles.

    Args:
        warehouse: folder of the warehouse
        where: only articles for which that condition over columns of `articles` holds, in SQL
        model: spaCy pipeline, by name or path
        workers: worker processes

    Raises ConditionError, WarehouseError, ModelNotFoundError.
    """
    settings = make_settings(warehouse, workers, model)
    if not has_warehouse(settings.warehouse):
        raise WarehouseNotFoundError(settings.warehouse)
    if where is not None:
        with connect(settings.warehouse) as reader:
            check_condition(reader, where)
    with recorded_run(ReextractRun, FLOW_NAME, make_parameters(where, settings.model), settings) as run:
        run.extract(where)
    return run.summary


def make_parameters(where: str | None, model: str) -> dict[str, Any]:
    """What must be the same for one run to go on where another was cut off. Raises ModelNotFoundError."""
    info = describe_run(FLOW_NAME, {}, model)
    return {
        "where": where,
        "model": model,
        "model_version": info.model_version,
        "seeds_sha256": info.seeds_sha256,
        "newsmill_version": info.newsmill_version,
    }


class ReextractRun:
    """One run in progress: what it has done so far, and where shards are staged."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
        self.summary = earlier_summary(connection, run_id)
        self._connection = connection
        self._settings = settings
        self._staging = settings.warehouse / STAGING_FOLDER
        self._seconds_before = self.summary.seconds
        self._started = time.monotonic()

    def extract(self, where: str | None) -> None:
        """Stages, enriches, compares and publishes, shard by shard."""
        settings, limits = self._settings, self._settings.text_limits()
        self._sweep()
        if self.summary.position:
            done = self.summary.articles + self.summary.cleared + self.summary.failed
            reporter().note(f"going on behind {done:,} articles that are done already")
        choice = Choice(where or NO_CONDITION, find_model(settings.model).language, self.summary.position)
        chosen = ChosenArticles(self._connection, self._staging, choice, settings.shard_bytes)
        total_chars = sum(planned.chars for planned in chosen.shards)
        reporter().start_articles(sum(planned.articles for planned in chosen.shards), total_chars)
        if not chosen.shards:
            return
        kind = settings.runner_for(total_chars)
        under_way: deque[tuple[PlannedShard, Job[ShardEnriched]]] = deque()
        with Workers(kind, settings.workers, settings.model, limits.memory_bytes) as workers:
            # While a wave is staged the workers are busy with the one before it.
            for planned, shard in chosen.stage(settings.wave_shards):
                if len(under_way) >= settings.wave_shards:
                    self._publish(*under_way.popleft())
                job = workers.submit(enrich_task, shard=shard, model=settings.model, limits=limits)
                under_way.append((planned, job))
            while under_way:
                self._publish(*under_way.popleft())

    def close(self, status: str) -> None:
        """Writes down how the run ended, and removes what it has staged."""
        self._sweep()
        position = None if status == COMPLETED else self.summary.position
        self.summary = replace(self.summary, position=position, seconds=self._seconds())
        finish_run(self._connection, self.summary.run_id, status, self.summary.counts())

    def show(self) -> None:
        """Shows on its page in Prefect what the run has done."""
        counts = {name: value for name, value in self.summary.counts().items() if isinstance(value, int | float)}
        lines = [f"| {name} | {value:,} |" for name, value in counts.items()]
        create_markdown_artifact(
            "\n".join([f"Run `{self.summary.run_id}`", "", "| what | count |", "|---|---:|", *lines]),
            key="reextract-summary",
            description="What the run extracted again",
        )
        get_run_logger().info("extracted again from %s articles", self.summary.articles)

    def _publish(self, planned: PlannedShard, job: Job[ShardEnriched]) -> None:
        enriched = job.result()
        raise_if_ending()
        shard = enriched.shard
        changes = find_changes(self._connection, shard)
        summary = self.summary.after(planned, enriched, changes.articles, find_failures(self._connection, shard))
        summary = replace(summary, seconds=self._seconds())
        publish_task(self._connection, shard, changes, summary.run_id, summary.counts())
        # Only what is committed counts, wherever the run ends.
        self.summary = summary
        shutil.rmtree(shard.folder)
        reporter().advance(0, planned.articles, planned.chars)

    def _seconds(self) -> float:
        return round(self._seconds_before + time.monotonic() - self._started, 3)

    def _sweep(self) -> None:
        """Removes what this run, or one that crashed before it, has staged."""
        shutil.rmtree(self._staging, ignore_errors=True)


def earlier_summary(connection: duckdb.DuckDBPyConnection, run_id: str) -> ReextractSummary:
    """What the run, which has just started, goes on from.

    That is its own work before it was cut off; or that of the last run of this flow, where others have written since,
    it was cut off, and it had the same parameters. What has been undone is done again.
    """
    runs = {run.run_id: run for run in last_runs(connection, FLOW_NAME)}
    own = runs.pop(run_id)
    last = own if own.counts else next(iter(runs.values()), own)
    if last.status not in UNFINISHED or last.parameters != own.parameters or not last.counts.get("position"):
        return ReextractSummary(run_id)
    earlier = ReextractSummary.from_counts(run_id, last.counts)
    if last is not own:
        earlier = replace(earlier, continues=(*earlier.continues, last.run_id))
    if any(runs[continued].status == UNDONE for continued in earlier.continues):
        return ReextractSummary(run_id)
    return earlier
