"""The command metrics: the state of a warehouse as OpenMetrics text.

Comes in: options. Goes out: text on standard output, or in a file that is replaced as a whole, as the textfile
collector of node_exporter wants it.
"""

from pathlib import Path
from typing import Annotated

import typer

from flows.errors import OutputError
from flows.options import Warehouse, read_settings


def metrics(
    warehouse: Warehouse = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="File to write, whole or not at all.", show_default=False),
    ] = None,
) -> None:
    """Print runs, rows, quarantine, ages and sizes as OpenMetrics text, for Prometheus."""
    from warehouse.catalog import connect
    from warehouse.metrics import read_metrics

    folder = read_settings(warehouse=warehouse).warehouse
    with connect(folder) as connection:
        text = read_metrics(connection, folder)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _replace(output, text)


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputError(f"cannot write to {path}: {error.strerror or error}; name another file") from error
