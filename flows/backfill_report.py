"""What a backfill tells: its plan before it starts, and what became of each partition.

Comes in: a plan, or results. Goes out: lines and tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from flows.discover import describe_nothing
from flows.errors import FlowsError, InputError
from flows.estimates import Speed, counted, spell_clock, spell_duration
from flows.locations import shown_location
from flows.partitions import UNDATED, ArchiveChoice, Plan, Survey

if TYPE_CHECKING:
    from flows.ingest import IngestSummary

COMPLETED = "completed"
FAILED = "failed"
NOT_STARTED = "not started"


@dataclass(slots=True, frozen=True)
class PartitionResult:
    """What became of a partition. Counts are of what was committed, also where it failed."""

    partition: str
    status: str
    run_id: str | None = None
    files: int = 0
    articles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    entities: int = 0
    quotes: int = 0
    events: int = 0
    unserved: int = 0
    ambiguous: int = 0
    seconds: float = 0.0
    reason: str | None = None
    """Why it failed, in one line."""

    def describe(self) -> str:
        """In a few words."""
        if self.reason:
            return f"{self.status}: {self.reason}"
        return f"{self.articles:,} articles in {spell_duration(self.seconds)}"


def result_of(
    name: str, status: str, summary: "IngestSummary", seconds: float, reason: str | None = None
) -> PartitionResult:
    """The result of the partition of that name, of whose run that is the summary."""
    return PartitionResult(
        partition=name,
        status=status,
        run_id=summary.run_id or None,
        files=summary.files,
        articles=summary.articles,
        duplicates=summary.duplicates,
        quarantined=summary.quarantined,
        entities=summary.entities,
        quotes=summary.quotes,
        events=summary.events,
        unserved=summary.unserved,
        ambiguous=summary.notes["date_ambiguous"],
        seconds=round(seconds, 1),
        reason=reason,
    )


class BackfillFailedError(FlowsError):
    """Partitions have failed. `results` are those of all."""

    def __init__(self, results: tuple[PartitionResult, ...]) -> None:
        super().__init__(results)
        self.results = results

    def __str__(self) -> str:
        failed = sum(result.status == FAILED for result in self.results)
        left = sum(result.status == NOT_STARTED for result in self.results)
        reason = next((result.reason for result in reversed(self.results) if result.reason), None)
        said = f"{failed:,} of {len(self.results):,} partitions failed"
        if left:
            said += f", the last of them all for the same reason, and {left:,} were not begun"
        return f"{said}: {reason}; the same command goes on with what is left"


# --- the plan ---------------------------------------------------------------------------------------------------------


def describe_plan(plan: Plan, choice: ArchiveChoice, speed: Speed) -> list[str]:
    """What there is to do, how long it will take, and what the user should know before it starts: one line each."""
    survey = plan.survey
    if not plan.partitions:
        survey.discovery.unchanged = plan.unchanged
        return [describe_nothing(choice.paths, survey.discovery)]
    seconds = speed.seconds_for(plan.total_bytes, len(plan.partitions))
    lines = [
        f"{counted(plan.files, 'file')} ({plan.total_bytes / 1e6:,.1f} MB) in"
        f" {counted(len(plan.partitions), 'partition')},"
        f" {_first_to_last(plan)}: about {spell_duration(seconds)} ({speed.describe()})"
    ]
    if plan.unchanged:
        lines.append(f"unchanged since they were loaded: {counted(plan.unchanged, 'other file')}")
    if survey.out_of_range:
        lines.append(f"outside the range: {counted(survey.out_of_range, 'other file')}")
    if survey.partly_in_range:
        lines.append(
            f"only partly in the range: {counted(survey.partly_in_range, 'file')} of which the path tells no more than"
            " the month or year; loaded whole"
        )
    return [*lines, *_describe_undated(survey, choice), *_describe_too_large(survey, choice, speed)]


def check_chosen(plan: Plan, choice: ArchiveChoice) -> None:
    """Raises InputError where there are files, and none lies in the range that was asked for."""
    if not plan.survey.chosen and plan.survey.found:
        raise InputError(_describe_range(plan.survey, choice))


def _describe_range(survey: Survey, choice: ArchiveChoice) -> str:
    where = ", ".join(shown_location(path) for path in choice.paths)
    if not survey.periods:
        return f"no path in {where} tells a date ({counted(survey.undated, 'file')}): leave --no-undated out"
    asked = f"from {choice.since or 'the beginning'} to {choice.until or 'the end'}"
    undated = f", and {survey.left_undated:,} tell none" if survey.left_undated else ""
    return (
        f"no file in {where} lies in the range {asked}: their paths tell {min(survey.periods)} to"
        f" {max(survey.periods)}{undated}"
    )


def table_of_plan(plan: Plan, speed: Speed) -> pa.Table:
    """One row a partition that has anything to read, in the order of loading. Times are hours:minutes:seconds."""
    seconds = [speed.seconds_for(partition.total_bytes) for partition in plan.partitions]
    return pa.table(
        {
            "partition": [partition.name for partition in plan.partitions],
            "files": pa.array([partition.files for partition in plan.partitions], pa.int64()),
            "unchanged": pa.array([partition.unchanged for partition in plan.partitions], pa.int64()),
            "megabytes": pa.array([round(p.total_bytes / 1e6, 3) for p in plan.partitions], pa.float64()),
            "estimated_time": pa.array([spell_clock(each) for each in seconds], pa.string()),
        }
    )


def _first_to_last(plan: Plan) -> str:
    first, last = plan.partitions[0], plan.partitions[-1]
    return first.name if first is last else f"from {first.name} to {last.name}"


def _describe_undated(survey: Survey, choice: ArchiveChoice) -> list[str]:
    if survey.left_undated:
        return [f"left out, for want of a date in the path: {counted(survey.left_undated, 'file')}"]
    if not survey.undated:
        return []
    is_filtered = choice.since is not None or choice.until is not None
    lines = []
    if not survey.periods:
        lines.append(
            f"no path tells a date: {counted(survey.undated, 'file')} to load in the order of names, in partitions of"
            f" {choice.part_bytes >> 20:,} MB; dates that stand in the records are read as ever"
        )
    elif choice.by.value != "folder":
        lines.append(f"without a date in the path: {counted(survey.undated, 'file')}, to come last, as '{UNDATED}'")
    if is_filtered:
        lines.append(
            f"--from and --to cannot choose among {counted(survey.undated, 'file')} without a date in the path: all are"
            " loaded; --no-undated leaves them out"
        )
    return lines


def _describe_too_large(survey: Survey, choice: ArchiveChoice, speed: Speed) -> list[str]:
    if not survey.largest:
        return []
    size = survey.largest.size or 0
    return [
        f"larger than a partition is to be ({choice.part_bytes >> 20:,} MB of text):"
        f" {counted(survey.too_large, 'file')}; the largest, {survey.largest.file_uri} ({size / 1e6:,.1f} MB), is"
        f" loaded by one run of about {spell_duration(speed.seconds_for(size))}, for which others wait; where that is"
        " interrupted it begins anew"
    ]


# --- the results ------------------------------------------------------------------------------------------------------


def table_of_results(results: Sequence[PartitionResult]) -> pa.Table:
    """One row a partition, in the order of loading; with the reasons, where any failed."""
    counts = ("articles", "duplicates", "quarantined", "entities", "quotes", "events")
    columns = {"partition": pa.array([result.partition for result in results], pa.string())}
    columns |= {name: pa.array([getattr(result, name) for result in results], pa.int64()) for name in counts}
    columns["seconds"] = pa.array([result.seconds for result in results], pa.float64())
    columns["status"] = pa.array([result.status for result in results], pa.string())
    if any(result.reason for result in results):
        columns["reason"] = pa.array([result.reason for result in results], pa.string())
    return pa.table(columns)


def describe_results(results: Sequence[PartitionResult], model: str) -> list[str]:
    """What was done in all, in a few lines."""

    def total(name: str) -> int:
        return sum(getattr(result, name) for result in results)

    lines = [
        f"{total('articles'):,} articles ({total('duplicates'):,} duplicates) from {counted(total('files'), 'file')}"
        f" in {counted(len(results), 'partition')}, {spell_clock(sum(result.seconds for result in results))}:"
        f" {total('entities'):,} entities, {total('quotes'):,} quotes, {total('events'):,} events"
    ]
    if unserved := total("unserved"):
        lines.append(
            f"{unserved:,} articles are in a language that {model} does not serve: they are stored, and not analysed"
        )
    if ambiguous := total("ambiguous"):
        lines.append(
            f"{ambiguous:,} dates could be read with the day or with the month first, and were left out:"
            " 'newsmill ingest --again' with --date-order dmy or mdy"
        )
    if quarantined := total("quarantined"):
        lines.append(f"{quarantined:,} records were quarantined: 'newsmill quarantine list' says why")
    return lines
