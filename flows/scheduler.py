"""Keeps the deployments of one warehouse running, each run in a process of its own, until a signal ends it.

Comes in: an order. Goes out: runs; lines that say what is done when.
"""

import asyncio
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runner import Runner

from flows.deployments import HOURLY, Order, check_ours, make_deployments, put_runs_right
from flows.errors import ServerError

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class _Runner(Runner):
    """Prefect's runner, but that Ctrl-C and SIGTERM end the runs under way first, in order, and then itself."""

    _ending: asyncio.Task[None] | None = None

    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """The answer to both signals; the second one ends at once."""
        if self._ending is not None or self._loop is None:
            raise KeyboardInterrupt
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(self.astop())


def serve_until_stopped(order: Order, tell: Callable[[str], None]) -> None:
    """Registers the deployments, loads once, and then runs what is due. Returns where a signal has ended it.

    Raises InputError where a deployment of that name is somebody else's, ServerError where the server refuses one.
    """
    deployments = make_deployments(order)
    runner = _Runner(name=f"newsmill{order.suffix}", limit=None)
    with get_client(sync_client=True) as client:
        found = put_runs_right(client, check_ours(client, deployments))
        for name in found.crashed:
            tell(f"run '{name}' was under way when 'newsmill serve' was ended: marked as crashed")
        if found.skipped:
            tell(f"{found.skipped:,} runs were due while 'newsmill serve' was not running: skipped")
        try:
            ids = [runner.add_deployment(deployment) for deployment in deployments]
        except PrefectHTTPStatusError as error:
            raise ServerError(f"the Prefect server refuses a deployment: {error}") from error
        _load_now(client, ids[0])
    times = f"every {_describe(order.every)}" if order.every else f"at '{order.cron}'"
    times = "every full hour" if not order.every and order.cron == HOURLY else times
    tell(f"ingest {times}, report daily at 06:00, maintain nightly at 03:30 (UTC); Ctrl-C stops")
    before = signal.signal(signal.SIGINT, runner.handle_sigterm)
    try:
        asyncio.run(runner.start())
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGINT, before)


def _describe(interval: timedelta) -> str:
    seconds = int(interval.total_seconds())
    length, name = next((n, name) for n, name in _UNITS if seconds % n == 0)
    return f"{seconds // length} {name}"


def _load_now(client: SyncPrefectClient, deployment_id: Any) -> None:
    """What has come in since the last run need not wait for the next."""
    client.create_flow_run_from_deployment(deployment_id, name="at-start")
