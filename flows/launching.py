"""Starts a flow from the command line: with a Prefect server of its own where none is configured, and with progress.

Comes in: where the flow is, and its parameters. Goes out: what it answers; what it says goes to standard error.
"""

import os
from importlib import import_module
from typing import Any

from rich.console import Console


def run_flow(module: str, name: str, parameters: dict[str, Any], *, verbose: bool) -> Any:
    """Runs the flow of that module to its end. With `verbose`, Prefect's log is shown. Raises what the flow raises."""
    if not verbose:
        # Prefect logs every state to the terminal; all of it still goes to its server.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from flows.logbook import choose_log
    from flows.options import read_settings
    from flows.progress import reporting_to
    from flows.server import check_answers, configured_api_url, prefect_server

    choose_log(read_settings().log)
    with reporting_to(Console(stderr=True)), prefect_server() as server:
        # Prefect takes as long to import as its server to start: at the same time.
        run = getattr(import_module(module), name)

        if server:
            server.wait()
        else:
            check_answers(configured_api_url() or "")
        return run(**parameters)
