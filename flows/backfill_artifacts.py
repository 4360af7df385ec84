"""What Prefect shows of a backfill on its page: how far it has come, and what became of each partition.

Comes in: a plan, progress and results. Goes out: artifacts.
"""

import io
from collections.abc import Sequence
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from rich.console import Console

from flows.backfill_report import PartitionResult, table_of_results
from flows.partition_progress import PartitionReporter
from flows.partitions import Partition, Plan
from flows.render import Format, render


class ProgressArtifact:
    """Shows on the page of the backfill in Prefect how far it has come."""

    def __init__(self, plan: Plan) -> None:
        description = f"{len(plan.partitions):,} partitions, {plan.total_bytes / 1e6:,.1f} MB"
        self._id: UUID = create_progress_artifact(0.0, key="backfill-progress", description=description)  # type: ignore[assignment]

    def update(self, progress: PartitionReporter, partition: Partition) -> None:
        """Moves it. Where Prefect's server cannot be asked the backfill goes on."""
        try:
            update_progress_artifact(self._id, progress.share_done * 100, progress.describe(partition))
        except Exception as error:  # noqa: BLE001 - whatever httpx and Prefect make of a server that is away
            get_run_logger().warning("progress is not shown: %s", error)


def publish_table(results: Sequence[PartitionResult]) -> None:
    """Shows on the page of the backfill in Prefect what became of each partition."""
    out = io.StringIO()
    render(table_of_results(results), Format.MARKDOWN, Console(file=out))
    create_markdown_artifact(out.getvalue(), key="backfill-summary", description="What became of each partition")
