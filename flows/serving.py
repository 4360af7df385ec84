"""The command serve: ingest, report and maintain of one warehouse on a schedule, on one machine.

Comes in: inputs and times. Goes out: runs, until Ctrl-C or SIGTERM ends it in order, which is success. It uses the
Prefect server that PREFECT_API_URL names, else one of its own, with its database in `<warehouse>/prefect`.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.errors import InputError
from flows.logbook import LOG_VARIABLE, LogFormat
from flows.options import (
    After,
    AfterOption,
    ModelOption,
    ToOption,
    Warehouse,
    WorkersOption,
    parse_duration,
    read_settings,
    say,
)
from transforms.dates import DateOrder

if TYPE_CHECKING:
    from flows.lasting_server import LastingServer

PREFECT_FOLDER = "prefect"
LOCK_FILE = "serve.lock"
DEFAULT_PORT = 4200


def serve(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="What ingest loads: files, folders, patterns.")],
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="Load so often: 15m, 1h, 1d.  [default: every full hour]")
    ] = None,
    cron: Annotated[
        str | None, typer.Option(metavar="CRON", help="Load at these times, UTC: '*/15 6-22 * * *'.")
    ] = None,
    reports: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the daily reports.")] = Path("reports"),
    warehouse: Warehouse = None,
    corpus: Annotated[
        str | None, typer.Option(help="Name of the collection.  [default: name of the folder]", show_default=False)
    ] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Outlet where a record states none.")] = None,
    field_map: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD,…", help="Fields of records by column.")
    ] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="How to read 03/04/2021.", show_default=False)] = None,
    after: AfterOption = After.KEEP,
    to: ToOption = None,
    workers: WorkersOption = None,
    model: ModelOption = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where several warehouses share a Prefect server: ingest-NAME, …")
    ] = None,
    host: Annotated[str, typer.Option(help="Address of the Prefect server that is started here.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of it.")] = DEFAULT_PORT,
    log_format: Annotated[LogFormat, typer.Option(help="How runs are told of.")] = LogFormat.TEXT,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log, too.")] = False,
) -> None:
    """Load every hour, write reports every day, maintain every night: with Prefect's user interface, until Ctrl-C."""
    from flows.discover import check_paths
    from flows.inbox import plan_clearing
    from flows.locations import hide_secrets
    from transforms.fields import parse_field_map

    interval = _read_interval(every, cron)
    if name is not None and (not name.strip() or set(name) & set("/%")):
        raise InputError(f"--name '{name}' cannot be used: give a name without '/' and '%'")
    if corpus is not None and (not corpus.strip() or "/" in corpus):
        raise InputError(f"--corpus '{corpus}' cannot be used: give a name without '/'")
    settings = read_settings(warehouse=warehouse, workers=workers, model=model)
    paths = [_absolute(hide_secrets(path)) for path in paths]
    check_paths(paths)
    plan_clearing(after, str(to) if to else None, paths)
    parse_field_map(field_map or [])
    given: dict[str, Any] = {"corpus": corpus, "publisher": publisher, "field_map": field_map, "date_order": date_order}
    given |= {"workers": workers, "model": model}
    if after is not After.KEEP:
        given |= {"after": after, "to": _absolute(str(to)) if to else None}
    parameters: dict[str, Any] = {"paths": paths} | {key: value for key, value in given.items() if value is not None}
    out = Console(stderr=True)
    folder = settings.warehouse.expanduser().resolve()
    with _only_one(folder) as home, _prefect(home, host, port, log_format, verbose) as server:
        # Prefect takes as long to import as its server to start: at the same time.
        from flows.deployments import HOURLY, Order
        from flows.scheduler import serve_until_stopped

        if server:
            server.wait()
            say(out, f"Prefect's user interface: {server.ui_url}")
        order = Order(
            str(folder),
            parameters,
            str(reports.expanduser().resolve()),
            interval,
            cron or HOURLY,
            f"-{name}" if name else "",
        )
        serve_until_stopped(order, lambda line: say(out, line))
    say(out, "stopped; a run that was under way is gone on with by the next one")


def _read_interval(every: str | None, cron: str | None) -> timedelta | None:
    if cron is not None and not re.fullmatch(r"\s*([\w*/,#?-]+\s+){4}[\w*/,#?-]+\s*", cron):
        raise InputError(f"--cron '{cron}' cannot be read: write it like '*/15 6-22 * * *'")
    if every is None:
        return None
    if cron is not None:
        raise InputError("--every and --cron cannot go together: give one of them")
    interval = parse_duration("--every", every)
    if not interval:
        raise InputError(f"--every '{every}' cannot be used: give a second or more")
    return interval


def _absolute(path: str) -> str:
    from flows.locations import is_url

    return path if is_url(path) else str(Path(path).expanduser().absolute())


@contextmanager
def _only_one(folder: Path) -> Iterator[Path]:
    """The folder of what Prefect keeps for a warehouse, which is made where there is none. One process has it."""
    from filelock import FileLock, Timeout

    from warehouse.catalog import has_warehouse, open_for_writing

    if not has_warehouse(folder):
        with open_for_writing(folder):
            pass
    home = folder / PREFECT_FOLDER
    home.mkdir(exist_ok=True)
    lock = FileLock(home / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"another 'newsmill serve' runs for {folder}: stop it first") from None
    try:
        yield home
    finally:
        lock.release()


@contextmanager
def _prefect(
    home: Path, host: str, port: int, log_format: LogFormat, verbose: bool
) -> "Iterator[LastingServer | None]":
    """The Prefect server that is configured (None), or one of our own that is starting."""
    from flows.lasting_server import LastingServer
    from flows.served import SERVED_BY
    from flows.server import API_URL, check_answers, configured_api_url

    os.environ[SERVED_BY] = str(os.getpid())
    os.environ[LOG_VARIABLE] = log_format.value
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        os.environ.setdefault("PREFECT_LOGGING_INTERNAL_LEVEL", "CRITICAL")
    if url := configured_api_url():
        check_answers(url)
        yield None
        return
    with LastingServer(home, host, port) as server:
        os.environ[API_URL] = server.api_url
        yield server
