"""The command status: how a warehouse is doing, once or again and again.

Comes in: options. Goes out: tables for people or JSON for programs on standard output. Nothing is written.
"""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from flows.errors import InputError
from flows.options import OutputFormat, Warehouse, read_settings, say
from flows.render import Format, plain, render

if TYPE_CHECKING:
    import duckdb

    from warehouse.status import Progress, Status

NO_RUN = "no run yet: 'newsmill ingest PATH...' starts the first"


def status(
    warehouse: Warehouse = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run in progress, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Look so often, with --watch.")] = 2.0,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Show runs, row counts, quarantine and the last snapshot; --watch follows the run in progress."""
    from warehouse.catalog import connect
    from warehouse.status import read_status

    if form not in {Format.TABLE, Format.JSON}:
        raise InputError(f"status cannot be written as {form}: give --format table or json")
    folder = read_settings(warehouse=warehouse).warehouse
    out = Console()
    with connect(folder) as connection:
        if watch:
            _watch(connection, folder, every, form, out)
            return
        found = read_status(connection, folder)
    if form is Format.JSON:
        out.file.write(json.dumps(_to_json(found, folder), ensure_ascii=False, indent=1) + "\n")
        return
    say(out, f"{folder.resolve()}, snapshot {found.snapshot_id} of {found.snapshot_at:%Y-%m-%d %H:%M:%S}Z")
    for title, table in (("rows", found.rows), ("last runs", found.runs), ("quarantine", found.quarantine)):
        out.print(f"\n{title}", style="bold")
        render(table, Format.TABLE, out)


def _watch(connection: "duckdb.DuckDBPyConnection", folder: Path, every: float, form: Format, out: Console) -> None:
    """Looks again and again. On a terminal one line stays in place; elsewhere there is a line for each change."""
    from warehouse.status import read_progress

    told = ""
    with (
        _until_interrupted() as interrupted,
        Live(console=out, auto_refresh=False) if out.is_terminal else _Lines(out) as live,
    ):
        while not interrupted.is_set():
            found = read_progress(connection, folder)
            text = json.dumps(_progress_json(found), default=str) if form is Format.JSON else _describe(found)
            if out.is_terminal or _without_time(found) != told:
                live.update(Text(text), refresh=True)
            told = _without_time(found)
            interrupted.wait(every)


@contextmanager
def _until_interrupted() -> Iterator[Event]:
    """Set by Ctrl-C, which ends watching and is no failure. Raised in a query it would become DuckDB's error."""
    interrupted = Event()
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


class _Lines:
    """One line below the other, where Live has one in place."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def update(self, text: Text, *, refresh: bool) -> None:
        self._out.print(text, soft_wrap=True)
        if refresh:
            self._out.file.flush()

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _describe(found: "Progress | None") -> str:
    if found is None:
        return NO_RUN
    seconds = found.seconds()
    minutes, rest = divmod(round(seconds), 60)
    rows = ", ".join(
        f"{count:,} {'quarantined' if table == 'quarantine' else table}" for table, count in found.rows.items()
    )
    rate = f", {found.rows['articles'] / seconds:,.1f} articles/s" if seconds > 0 and found.rows["articles"] else ""
    when = f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    return f"{found.flow} {plain(found.run_id)} {found.status} {when}: {rows}{rate}"


def _without_time(found: "Progress | None") -> str:
    return str(found and (found.run_id, found.status, found.rows))


def _progress_json(found: "Progress | None") -> dict[str, Any]:
    if found is None:
        return {"run_id": None}
    return {
        "run_id": found.run_id,
        "flow": found.flow,
        "status": found.status,
        "started_at": found.started_at.isoformat(),
        "seconds": round(found.seconds(), 3),
        "rows": found.rows,
    }


def _to_json(found: "Status", folder: Path) -> dict[str, Any]:
    return {
        "warehouse": str(folder.resolve()),
        "snapshot_id": found.snapshot_id,
        "snapshot_at": found.snapshot_at.isoformat(),
        "is_writing": found.is_writing,
        "rows": {row["table_name"]: row["rows"] for row in found.rows.to_pylist()},
        "runs": found.runs.to_pylist(),
        "quarantine": found.quarantine.to_pylist(),
    }
