"""The deployments that `newsmill serve` keeps: ingest, report, maintain and backfill of one warehouse.

Comes in: what is to be done when. Goes out: deployments on a Prefect server, and runs put right that nobody runs any
more: those that were under way when a `serve` before this one was killed have crashed, those that were to start while
none was running are skipped. `prefect.yaml` has the same deployments for workers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, FlowRun, State, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow
from prefect.schedules import Cron, Interval, Schedule
from prefect.states import Cancelled, Crashed
from prefect.types.entrypoint import EntrypointType

from flows.backfill import backfill
from flows.errors import InputError
from flows.ingest import ingest
from flows.maintain import maintain
from flows.report import report

TAGS = ["newsmill"]
PAGE_RUNS = 200
"""Runs that are asked for at a time: what a Prefect server gives at most."""

REPORT_TIME = "0 6 * * *"
MAINTAIN_TIME = "30 3 * * *"
HOURLY = "0 * * * *"
ANCHOR = datetime(2020, 1, 6, tzinfo=UTC)
"""Intervals count from a Monday's midnight: every 15 minutes is at :00, :15, :30 and :45."""

ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""A run that would start while another of the same deployment runs is skipped."""

DESCRIPTIONS = {
    "ingest": "Load new and changed news files into the warehouse.",
    "report": "Write reports and the dashboard as files of one folder.",
    "maintain": "Merge small files of the warehouse, let old snapshots go, delete files that nothing needs.",
    "backfill": "Load an archive of many years, partition by partition: started by hand.",
}
ENDED = "the 'newsmill serve' that ran it has ended; the next run goes on from there"
_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


@dataclass(slots=True, frozen=True)
class Order:
    """What is to be done when. Paths are absolute, or URLs."""

    warehouse: str
    ingest: Mapping[str, Any]
    """Parameters of the ingest flow, `paths` among them."""
    reports: str
    every: timedelta | None = None
    cron: str = HOURLY
    """Times of ingest in UTC, where `every` is not given."""
    suffix: str = ""
    """Told apart by it are the deployments of several warehouses on one server."""


@dataclass(slots=True)
class PutRight:
    """Runs that were found as a `serve` before left them, and now say what became of them."""

    crashed: list[str] = field(default_factory=list)
    skipped: int = 0


def make_deployments(order: Order) -> list[RunnerDeployment]:
    """The deployments, not yet on a server. Raises InputError where the times cannot be read."""
    own = {"warehouse": order.warehouse}
    return [
        _make(ingest, order, _ingest_schedule(order), {**order.ingest, **own}),
        _make(report, order, Cron(REPORT_TIME, timezone="UTC"), {"folder": order.reports, **own}),
        _make(maintain, order, Cron(MAINTAIN_TIME, timezone="UTC"), own),
        _make(backfill, order, None, own),
    ]


def check_ours(client: SyncPrefectClient, deployments: Iterable[RunnerDeployment]) -> list[UUID]:
    """The ids of those that are on the server already. Raises InputError where one of them is somebody else's."""
    found = []
    for deployment in deployments:
        known = _find(client, deployment.full_name)
        if known is None:
            continue
        theirs = known.parameters.get("warehouse")
        if known.work_pool_name or theirs != deployment.parameters["warehouse"]:
            whose = f"work pool '{known.work_pool_name}'" if known.work_pool_name else f"warehouse {theirs}"
            raise InputError(
                f"the Prefect server has a deployment '{deployment.full_name}' of {whose}: give this one a name with"
                f" --name, or remove the other with 'prefect deployment delete {deployment.full_name}'"
            )
        found.append(known.id)
    return found


def put_runs_right(client: SyncPrefectClient, deployment_ids: Iterable[UUID]) -> PutRight:
    """Marks runs of these deployments that nobody runs: to be called where nobody else may serve them."""
    found = PutRight()
    now = datetime.now(UTC)
    for deployment_id in deployment_ids:
        for run in _runs_in(client, _UNDER_WAY, deployment_id=deployment_id):
            found.crashed.append(run.name)
            for one in (*_runs_in(client, _UNDER_WAY, parent=run.id), run):
                _say(client, one, Crashed(message=ENDED))
        for run in _runs_in(client, [StateType.SCHEDULED], deployment_id=deployment_id):
            if run.auto_scheduled and run.expected_start_time and run.expected_start_time < now:
                _say(client, run, Cancelled(name="Skipped", message="'newsmill serve' was not running at that time"))
                found.skipped += 1
    return found


def _make(
    flow: Flow[Any, Any], order: Order, schedule: Schedule | None, parameters: dict[str, Any]
) -> RunnerDeployment:
    deployment: RunnerDeployment = flow.to_deployment(  # type: ignore[assignment]
        name=flow.name + order.suffix,
        schedule=schedule,
        parameters=parameters,
        description=DESCRIPTIONS[flow.name],
        tags=TAGS,
        concurrency_limit=ONE_AT_A_TIME,
        # Found by import, wherever newsmill is installed and whatever the working directory.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return deployment


def _ingest_schedule(order: Order) -> Schedule:
    if order.every is not None:
        return Interval(order.every, anchor_date=ANCHOR, timezone="UTC")
    try:
        schedule = Cron(order.cron, timezone="UTC")
        ingest.to_deployment(name="check", schedule=schedule)
    except ValueError as error:
        raise InputError(
            f"--cron '{order.cron}' cannot be read: give five fields, such as '*/15 6-22 * * *'"
        ) from error
    return schedule


def _find(client: SyncPrefectClient, full_name: str) -> DeploymentResponse | None:
    try:
        return client.read_deployment_by_name(full_name)
    except ObjectNotFound:
        return None


def _runs_in(
    client: SyncPrefectClient, types: list[StateType], *, deployment_id: UUID | None = None, parent: UUID | None = None
) -> list[FlowRun]:
    chosen = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types)),
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]) if deployment_id else None,
        parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[parent]) if parent else None,
    )
    runs: list[FlowRun] = []
    while page := client.read_flow_runs(
        flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=PAGE_RUNS, offset=len(runs)
    ):
        runs += page
    return runs


def _say(client: SyncPrefectClient, run: FlowRun, state: State[Any]) -> None:
    client.set_flow_run_state(run.id, state)
