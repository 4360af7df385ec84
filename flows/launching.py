"""Starts a flow from the command line: with a Prefect server of its own where none is configured, and with progress.

Comes in: where the flow is, and its parameters. Goes out: what it answers; what it says goes to standard error.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rich.console import Console

from flows.importing import without_collector

if TYPE_CHECKING:
    from flows.server import TemporaryServer

Launch = Callable[[str, str, Mapping[str, Any]], Any]
"""Runs the flow of a module, by name, with these parameters, and answers what it answers."""


def run_flow(module: str, name: str, parameters: Mapping[str, Any], *, verbose: bool) -> Any:
    """Runs the flow of that module to its end. With `verbose`, Prefect's log is shown. Raises what the flow raises."""
    with launching(verbose=verbose) as launch:
        return launch(module, name, parameters)


@contextmanager
def launching(*, verbose: bool) -> Iterator[Launch]:
    """Starts a Prefect server where none is configured: it takes seconds, in which parameters can be looked at."""
    if not verbose:
        # Prefect logs every state to the terminal; all of it still goes to its server.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from flows.server import prefect_server

    with prefect_server() as server:
        from flows.logbook import choose_log
        from flows.options import read_settings
        from flows.progress import reporting_to

        choose_log(read_settings().log)

        def launch(module: str, name: str, parameters: Mapping[str, Any]) -> Any:
            return _run(server, module, name, parameters)

        with reporting_to(Console(stderr=True)):
            yield launch


def _run(server: "TemporaryServer | None", module: str, name: str, parameters: Mapping[str, Any]) -> Any:
    from flows.server import check_answers, configured_api_url, without_heartbeats

    # Prefect takes as long to import as its server to start: at the same time.
    with without_collector():
        run = getattr(import_module(module), name)
        # Prefect imports it as the first flow starts, which is when the server answers.
        import_module("fastapi")
    if server:
        server.wait()
    else:
        check_answers(configured_api_url() or "")
    with without_heartbeats() if server else nullcontext():
        return run(**parameters)
