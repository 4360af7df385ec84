"""What a backfill says while it goes, over hours: one live line on a terminal, a line a partition elsewhere.

Comes in: partitions as they start and end, and the steps of the run of each. Goes out: text on standard error. It
stands in for the reporter of the run, which knows its own partition only.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.estimates import Speed, spell_duration
from flows.partitions import Partition, Plan
from flows.progress import Reporter, reporter, set_reporter

MEASURED_SECONDS = 60
"""From then on the time left is that at the speed of this backfill, and no more that of earlier runs."""


class PartitionReporter(Reporter):
    """Counts, and says nothing; the base of the others."""

    def __init__(self, plan: Plan, speed: Speed) -> None:
        self._partitions = self._partitions_left = len(plan.partitions)
        self._total_bytes = plan.total_bytes
        self._speed = speed
        self._started = time.monotonic()
        self.articles = 0
        self._bytes = 0
        self._ended_bytes = 0
        self._missed_bytes = 0

    def start_partition(self, partition: Partition) -> None:
        """A partition is about to be loaded."""

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """A shard has been committed."""
        self.articles += articles
        self._bytes += total_bytes

    def end_partition(self, partition: Partition, outcome: str) -> None:
        """A partition has been loaded or has failed, as the outcome says in a few words."""
        self._partitions_left -= 1
        read = self._bytes - self._ended_bytes
        # What failed, or has been loaded by others meanwhile, is not left to do.
        self._missed_bytes += max(partition.total_bytes - read, 0)
        self._ended_bytes = self._bytes

    @property
    def share_done(self) -> float:
        """From 0 to 1, by bytes."""
        return min((self._bytes + self._missed_bytes) / max(self._total_bytes, 1), 1.0)

    @property
    def articles_a_second(self) -> float:
        """Since the start."""
        return self.articles / max(time.monotonic() - self._started, 1e-3)

    @property
    def seconds_left(self) -> float:
        """By the speed of this backfill, or of earlier runs as long as little of it is done."""
        seconds = time.monotonic() - self._started
        left = max(self._total_bytes - self._bytes - self._missed_bytes, 0)
        if seconds < MEASURED_SECONDS or not self._bytes:
            return self._speed.seconds_for(left, self._partitions_left)
        return seconds * left / self._bytes

    def describe(self, partition: Partition) -> str:
        """How far the whole has come, in one line."""
        done = (self._bytes + self._missed_bytes) / 1e6
        return (
            f"{partition.number}/{self._partitions} partitions, {self.articles:,} articles,"
            f" {done:,.1f}/{self._total_bytes / 1e6:,.1f} MB, {self.articles_a_second:,.1f} articles/s,"
            f" {self.describe_left()}"
        )

    def describe_left(self) -> str:
        """The time left in words."""
        return f"about {spell_duration(self.seconds_left)} left" if self.share_done < 1 else "done"


class PartitionLines(PartitionReporter):
    """A line a partition, for logs and pipes."""

    def __init__(self, plan: Plan, speed: Speed, console: Console) -> None:
        super().__init__(plan, speed)
        self._console = console

    def note(self, text: str) -> None:
        """Prints the line."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def end_partition(self, partition: Partition, outcome: str) -> None:
        """Prints what became of it, and how far the whole has come."""
        super().end_partition(partition, outcome)
        self.note(f"{partition.name}: {outcome}; {self.describe(partition)}")


class PartitionBar(PartitionReporter):
    """A live line on a terminal."""

    def __init__(self, plan: Plan, speed: Speed, console: Console) -> None:
        super().__init__(plan, speed)
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[says]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            expand=True,
        )
        self._task: TaskID = self._progress.add_task("", total=max(plan.total_bytes, 1), says="", left="")
        self._progress.start()

    def note(self, text: str) -> None:
        """Prints the line above the bar."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def start_partition(self, partition: Partition) -> None:
        """Names it in the line."""
        self._progress.update(self._task, description=f"{partition.name} ({partition.number}/{self._partitions})")
        self._show()

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """Moves the bar."""
        super().advance(files, articles, total_bytes)
        self._show()

    def end_partition(self, partition: Partition, outcome: str) -> None:
        """Moves the bar."""
        super().end_partition(partition, outcome)
        self._show()

    def finish(self) -> None:
        """Takes the line away."""
        self._progress.stop()

    def _show(self) -> None:
        done = self._bytes + self._missed_bytes
        self._progress.update(
            self._task,
            completed=done,
            says=(
                f"{done / 1e6:,.1f}/{self._total_bytes / 1e6:,.1f} MB  {self.articles:,} articles "
                f" {self.articles_a_second:,.1f}/s"
            ),
            left=self.describe_left(),
        )


@contextmanager
def reporting_partitions(plan: Plan, speed: Speed) -> Iterator[PartitionReporter]:
    """Lets the runs of a backfill report to one reporter for all, where the present one reports to."""
    outer = reporter()
    chosen = PartitionReporter(plan, speed)
    if outer.console is not None:
        # There can be only one live line.
        outer.finish()
        kind = PartitionBar if outer.console.is_terminal else PartitionLines
        chosen = kind(plan, speed, outer.console)
    try:
        with set_reporter(chosen):
            yield chosen
    finally:
        chosen.finish()
