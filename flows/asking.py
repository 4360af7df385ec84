"""Commands that ask the warehouse: sql, snapshots, export, connect.

Comes in: options. Goes out: answers on standard output. Nothing is written to the warehouse, but by `sql --write`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.errors import InputError
from flows.options import At, OutputFormat, Warehouse, parse_at, read_settings
from flows.render import Format, render

if TYPE_CHECKING:
    import duckdb


def sql(
    query: Annotated[str, typer.Argument(help="A statement in DuckDB's SQL, or several.")],
    warehouse: Warehouse = None,
    at: At = None,
    write: Annotated[
        bool, typer.Option("--write", help="Let statements change the warehouse, all in one transaction.")
    ] = False,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Ask the warehouse in SQL: read only, unless --write is given."""
    from warehouse.queries import run_sql
    from warehouse.statements import refuse_writes, write_sql

    if write and at is not None:
        raise InputError("--write and --at cannot go together: the past cannot be changed")
    folder = read_settings(warehouse=warehouse).warehouse
    if write:
        from flows.upkeep import opened_by_writer

        with opened_by_writer(folder) as connection:
            rows = write_sql(connection, query)
    else:
        with open_at(folder, at) as connection:
            refuse_writes(connection, query)
            rows = run_sql(connection, query)
    render(rows, form, Console())


def snapshots(
    warehouse: Warehouse = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    form: OutputFormat = Format.TABLE,
) -> None:
    """List the snapshots that --at can read: when, by what, for which run."""
    from warehouse.catalog import connect
    from warehouse.snapshots import list_snapshots

    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        rows = list_snapshots(connection, limit)
    render(rows, form, Console())


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")],
    warehouse: Warehouse = None,
    partitioned: Annotated[bool, typer.Option("--partitioned", help="Split tables by year and month.")] = False,
) -> None:
    """Write every table as plain Parquet, DIR/<table>/*.parquet."""
    from warehouse.export import export_tables
    from warehouse.snapshots import connect_now

    with connect_now(read_settings(warehouse=warehouse).warehouse) as connection:
        rows = export_tables(connection, folder, partitioned=partitioned)
    for table, count in rows.items():
        typer.echo(f"{folder / table}  {count:,} rows")


def connect(
    warehouse: Warehouse = None,
    install: Annotated[
        bool, typer.Option("--install", help="Let the client fetch DuckDB's extensions, instead of loading ours.")
    ] = False,
) -> None:
    """Print the SQL that attaches the warehouse in any DuckDB client."""
    from warehouse.catalog import attach_statements, has_warehouse
    from warehouse.errors import WarehouseNotFoundError

    folder = read_settings(warehouse=warehouse).warehouse
    if not has_warehouse(folder):
        raise WarehouseNotFoundError(folder)
    typer.echo(";\n".join(attach_statements(folder, install=install)) + ";")


def open_at(folder: Path, at: str | None) -> "duckdb.DuckDBPyConnection":
    """A read-only connection to the warehouse as it is, or as it was."""
    from warehouse.catalog import connect
    from warehouse.snapshots import connect_at

    return connect(folder) if at is None else connect_at(folder, parse_at(at))
