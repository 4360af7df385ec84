"""A run from its start to its end: it holds the writer's lock, is written down, and ends in order on a signal.

Comes in: the name and parameters of a flow. Goes out: a run in progress, whose row in `runs` says at last how it went.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any, Protocol, TypeVar

import duckdb
from prefect.context import FlowRunContext

from flows.ending import ending_on_signals
from flows.logbook import choose_log, log_event
from flows.progress import reporter
from flows.served import end_with_server
from flows.settings import Settings
from flows.showing import show_throughput, shown_progress
from transforms.models import find_model
from warehouse.catalog import open_for_writing
from warehouse.migrations import default_seeds_dir, seeds_sha256
from warehouse.runs import COMPLETED, FAILED, RunInfo, counts_of, start_run


class Run(Protocol):
    """One run in progress."""

    def close(self, status: str) -> None:
        """Writes down how the run ended, and removes what it has staged."""

    def show(self) -> None:
        """Shows on its page in Prefect what a completed run has done."""


SomeRun = TypeVar("SomeRun", bound=Run)


@contextmanager
def recorded_run(
    make: Callable[[duckdb.DuckDBPyConnection, Settings, str], SomeRun],
    flow_name: str,
    parameters: dict[str, Any],
    settings: Settings,
) -> Iterator[SomeRun]:
    """The run that `make` makes of a connection that may write, the settings and the run's id.

    Waits where another process is writing, and says so. Raises ModelNotFoundError, WarehouseError.
    """
    choose_log(settings.log)
    end_with_server()
    info = describe_run(flow_name, parameters, settings.model)
    wait_note = partial(reporter().note, f"another run is writing to {settings.warehouse}: waiting for it to end")
    with ending_on_signals(), open_for_writing(settings.warehouse, on_wait=wait_note) as connection:
        run_id = start_run(connection, info)
        run = make(connection, settings, run_id)
        log_event(
            "start", run_id, flow=flow_name, warehouse=str(settings.warehouse), prefect_run_id=info.prefect_run_id
        )
        status = FAILED
        try:
            with shown_progress(run_id):
                yield run
            status = COMPLETED
        finally:
            run.close(status)
            log_event("end", run_id, flow=flow_name, status=status, **counts_of(connection, run_id))
        run.show()
        show_throughput(connection)


def describe_run(flow_name: str, parameters: dict[str, Any], model: str) -> RunInfo:
    """What is known of a run before it starts. Raises ModelNotFoundError."""
    found_model = find_model(model)
    return RunInfo(
        flow=flow_name,
        parameters=parameters,
        prefect_run_id=_prefect_run_id(),
        newsmill_version=version("newsmill"),
        model=found_model.name,
        model_version=found_model.version,
        seeds_sha256=seeds_sha256(default_seeds_dir()),
    )


def _prefect_run_id() -> str | None:
    context = FlowRunContext.get()
    return str(context.flow_run.id) if context and context.flow_run else None
