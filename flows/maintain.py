"""The maintain flow: a warehouse in, the same warehouse in fewer and larger files out.

For a schedule, such as every night. `newsmill maintain` does the same without Prefect. It waits for a run that is
writing.
"""

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from flows.options import read_settings
from flows.served import end_with_server
from flows.upkeep import describe_step, make_policy, opened_by_writer
from warehouse.maintenance import Step
from warehouse.maintenance import maintain as maintain_warehouse

FLOW_NAME = "maintain"


@flow(name=FLOW_NAME)
def maintain(
    warehouse: str | None = None,
    keep_snapshots: str = "30d",
    grace: str = "1d",
    most_merges: int = 500,
    dry_run: bool = False,
) -> list[Step]:
    """Merges small files, lets old snapshots go, and deletes files that nothing needs.

    Args:
        warehouse: folder of the warehouse
        keep_snapshots: snapshots that are older go, as '30d', '12h' or '2w'
        grace: files that nothing needs stay on disk so long
        most_merges: at most so many merged files are written
        dry_run: say what would be done, and do nothing

    Raises InputError, WarehouseError.
    """
    end_with_server()
    policy = make_policy(keep_snapshots, grace, most_merges)
    folder = read_settings(warehouse=warehouse).warehouse
    steps = []
    with opened_by_writer(folder) as connection:
        for step in maintain_warehouse(connection, folder, policy, dry_run=dry_run):
            steps.append(step)
            get_run_logger().info(describe_step(step, dry_run=dry_run))
    _publish_steps(steps)
    return steps


def _publish_steps(steps: list[Step]) -> None:
    """Shows what was done on the run's page in Prefect."""
    rows = [f"| {step.name} | {step.count:,} | {step.says} | {step.bytes_freed / 1e6:,.1f} |" for step in steps]
    create_markdown_artifact(
        "\n".join(["| work | count | of what | MB freed |", "|---|---:|---|---:|", *rows]),
        key="maintain-summary",
        description="What maintenance did",
    )
