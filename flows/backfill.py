"""The backfill flow: an archive of many years in, partition by partition, oldest first.

    plan -> for each partition: a sub-flow that takes the writer's lock, loads it as ingest does, and lets the lock go

Each partition is a run of its own in `runs`, so that an hourly ingest gets in between and what was loaded stands. What
was interrupted goes on with the same command: the ledger knows the files that are done. A partition that fails keeps
none of the others from being loaded.
"""

import os
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from prefect import flow, get_run_logger
from pydantic import Field

from flows.backfill_artifacts import ProgressArtifact, publish_table
from flows.backfill_report import (
    COMPLETED,
    FAILED,
    NOT_STARTED,
    BackfillFailedError,
    PartitionResult,
    check_chosen,
    describe_plan,
    result_of,
)
from flows.discover import describe_passed_over
from flows.ending import ending_on_signals, raise_if_ending
from flows.estimates import expected_speed
from flows.ingest import IngestRun, IngestSummary, date_orders_task, make_settings, shown_paths
from flows.logbook import choose_log, log_event
from flows.partition_progress import PartitionReporter, reporting_partitions
from flows.partitions import ArchiveChoice, Partition, Plan, planned
from flows.periods import Span, check_range
from flows.plan import plan_shards
from flows.progress import reporter
from flows.render import plain
from flows.runners import Workers
from flows.running import recorded_run
from flows.settings import Settings
from flows.worklist import Worklist
from transforms.articles import RecordOptions
from transforms.dates import DateOrder
from transforms.fields import parse_field_map
from warehouse.ledger import known_files

FLOW_NAME = "backfill"
POLITE = 10
"""How nice a backfill is to others that need the processor, from 0 (not at all) to 19."""

PART_MEGABYTES = 64

PAUSE_SECONDS = 0.5
"""Between two partitions nobody holds the writer's lock for so long. Who waits for it looks five times a second."""

SAME_FAILURES = 3
"""So many partitions in a row that fail for one and the same reason, and it is not theirs: no more are begun."""


@dataclass(slots=True, frozen=True)
class BackfillSummary:
    """What became of each partition, in the order of loading, and of how many files that were loaded before."""

    results: tuple[PartitionResult, ...]
    files_unchanged: int = 0


@flow(name=FLOW_NAME)
def backfill(
    paths: list[str],
    warehouse: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    by: Span = Span.MONTH,
    newest_first: bool = False,
    undated: bool = True,
    part_megabytes: Annotated[int, Field(ge=1)] = PART_MEGABYTES,
    corpus: str | None = None,
    published: date | None = None,
    publisher: str | None = None,
    field_map: list[str] | None = None,
    date_order: DateOrder | None = None,
    workers: int | None = None,
    nice: Annotated[int, Field(ge=0, le=19)] = POLITE,
    model: str | None = None,
) -> BackfillSummary:
    """Loads an archive of many years, partition by partition; what is loaded already is passed over.

    Args:
        paths: files, folders, patterns with '*', or URLs
        warehouse: folder of the warehouse
        first_day: only files whose path tells that day or a later one
        last_day: only files whose path tells that day or an earlier one
        by: what a partition is: the files of a year, month or day, as their paths tell it, or of a folder
        newest_first: begin with the newest partition
        undated: load files whose path tells no date, too; they come last
        part_megabytes: partitions with more text than that are cut, so that other runs get in between
        corpus: name of the collection; else the name of the input folder
        published: day of publication of records that state none
        publisher: outlet of records that state none
        field_map: fields of records by column, as 'title=headline'
        date_order: dmy, mdy or ymd, for numeric dates that could be read in several ways
        workers: worker processes
        nice: how far others go first that need the processor, from 0 (not at all) to 19
        model: spaCy pipeline, by name or path

    Raises InputError, FieldMapError, WarehouseError, ModelNotFoundError; BackfillFailedError where partitions failed.
    """
    check_range(first_day, last_day)
    settings = make_settings(warehouse, workers, model)
    records = RecordOptions(publisher, published, parse_field_map(field_map or []) or None, date_order)
    choice = ArchiveChoice(tuple(paths), corpus, by, first_day, last_day, newest_first, undated, part_megabytes << 20)
    parameters = {
        "paths": shown_paths(paths),
        "corpus": corpus,
        "published": published,
        "publisher": publisher,
        "field_map": field_map,
        "date_order": date_order,
        "model": settings.model,
    }
    choose_log(settings.log)
    be_nice(nice)
    speed = expected_speed(settings)
    with ending_on_signals(), planned(choice, settings.warehouse) as plan:
        check_chosen(plan, choice)
        for line in (*describe_passed_over(plan.survey.discovery), *describe_plan(plan, choice, speed)):
            reporter().note(line)
            log_event("note", None, message=line)
        if not plan.partitions:
            return BackfillSummary((), plan.unchanged)
        with reporting_partitions(plan, speed) as progress:
            loading = _Backfill(plan, choice, settings, records, parameters, progress)
            return loading.run()


def be_nice(niceness: int) -> None:
    """Lets others go first that need the processor, before this process and all that it starts. It never gets less."""
    os.nice(max(niceness - os.nice(0), 0))


_UNDER_WAY: ContextVar["_Backfill"] = ContextVar("backfill")


@flow(name="backfill-partition", flow_run_name="{partition}")
def load_partition(partition: str, number: int, files: int, megabytes: float) -> IngestSummary:
    """Loads one partition of the backfill that is under way.

    Args:
        partition: its name
        number: its place in the order of loading, from 1
        files: files to read
        megabytes: their size, as they lie there
    """
    return _load_under_way(number)


def _load_under_way(number: int) -> IngestSummary:
    """Stands for itself: the flow goes to worker processes with all it names, and what is under way cannot."""
    return _UNDER_WAY.get().load(number)


class _Backfill:
    """One backfill in progress."""

    def __init__(
        self,
        plan: Plan,
        choice: ArchiveChoice,
        settings: Settings,
        records: RecordOptions,
        parameters: dict[str, Any],
        progress: PartitionReporter,
    ) -> None:
        self._plan = plan
        self._choice = choice
        self._settings = settings
        self._records = records
        self._parameters = parameters
        self._progress = progress
        self._orders: Mapping[str, DateOrder] | None = None
        self._workers: Workers | None = None
        self._summary: IngestSummary | None = None
        self._results: list[PartitionResult] = []

    def run(self) -> BackfillSummary:
        """Loads all partitions, each in a sub-flow. Raises BackfillFailedError where any of them failed."""
        token = _UNDER_WAY.set(self)
        artifact = ProgressArtifact(self._plan)
        try:
            for partition in self._plan.partitions:
                if self._fails_again_and_again():
                    self._results.append(PartitionResult(partition.name, NOT_STARTED, files=partition.files))
                    continue
                self._progress.start_partition(partition)
                result = self._attempt(partition)
                self._results.append(result)
                self._progress.end_partition(partition, result.describe())
                log_event(
                    "partition",
                    result.run_id,
                    partition=partition.name,
                    status=result.status,
                    progress=self._progress.describe(partition),
                    reason=result.reason,
                )
                artifact.update(self._progress, partition)
                # What waits for the lock gets it now.
                time.sleep(PAUSE_SECONDS)
        except BaseException as error:
            self._end_workers(error)
            raise
        finally:
            _UNDER_WAY.reset(token)
        self._end_workers(None)
        publish_table(self._results)
        if any(result.status != COMPLETED for result in self._results):
            raise BackfillFailedError(tuple(self._results))
        return BackfillSummary(tuple(self._results), self._plan.unchanged)

    def load(self, number: int) -> IngestSummary:
        """Loads the partition of that number: a run that holds the writer's lock."""
        partition = self._plan.partitions[number - 1]
        settings = self._settings
        with recorded_run(IngestRun, FLOW_NAME, self._parameters | {"partition": partition.name}, settings) as run:
            self._summary = run.summary
            # Others may have loaded some of its files since they were planned.
            changed = self._plan.changed_files(partition, partial(known_files, run.connection))
            worklist = Worklist(run.connection, changed)
            run.summary.files = worklist.files
            run.summary.files_unchanged = partition.unchanged + partition.files - worklist.files
            if worklist.files:
                workers = self._lend_workers()
                shards = plan_shards(worklist, run.shard_bytes(partition.total_bytes, workers))
                run.load(shards, partition.total_bytes, self._records, self._find_orders, workers)
        return run.summary

    def _attempt(self, partition: Partition) -> PartitionResult:
        self._summary = None
        started = time.monotonic()
        try:
            load_partition(partition.name, partition.number, partition.files, round(partition.total_bytes / 1e6, 3))
        except Exception as error:  # noqa: BLE001 - stands in the table; the others go on
            raise_if_ending()
            self._end_workers(error)
            get_run_logger().error("partition %s failed", partition.name, exc_info=error)
            reason = plain(str(error) or type(error).__name__).splitlines()[0]
            return self._result(partition, FAILED, time.monotonic() - started, reason)
        raise_if_ending()
        return self._result(partition, COMPLETED, time.monotonic() - started)

    def _result(self, partition: Partition, status: str, seconds: float, reason: str | None = None) -> PartitionResult:
        return result_of(partition.name, status, self._summary or IngestSummary(""), seconds, reason)

    def _fails_again_and_again(self) -> bool:
        last = [(result.status, result.reason) for result in self._results[-SAME_FAILURES:]]
        return bool(self._results) and (
            self._results[-1].status == NOT_STARTED
            or (len(last) == SAME_FAILURES and last[0][0] == FAILED and len(set(last)) == 1)
        )

    def _find_orders(self, options: RecordOptions) -> Mapping[str, DateOrder]:
        """From the dates of the whole archive, looked through once: whatever is loaded first, they are read alike."""
        if self._orders is None:
            self._orders = date_orders_task(list(self._choice.paths), self._choice.corpus, options)
        return self._orders

    def _lend_workers(self) -> Workers:
        """Workers for all partitions, which load the model once."""
        if self._workers is None:
            settings = self._settings
            kind = settings.runner_for(self._plan.total_bytes)
            limits = settings.text_limits()
            self._workers = Workers(kind, settings.workers, settings.model, limits.memory_bytes).__enter__()
        return self._workers

    def _end_workers(self, error: BaseException | None) -> None:
        """Ends them; at once where there is an error: what they still do for one partition must not reach the next."""
        workers, self._workers = self._workers, None
        if workers:
            workers.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
