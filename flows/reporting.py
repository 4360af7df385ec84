"""Commands that answer ready-made questions and say what the tables hold: report, schema.

Comes in: options. Goes out: answers on standard output or in a file.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.asking import open_at
from flows.errors import InputError
from flows.options import At, OutputFormat, Warehouse, read_settings, say
from flows.render import Format, format_of, render, save

if TYPE_CHECKING:
    from warehouse.queries import Report

ReportFormat = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="How to write the rows.  [default: by the suffix of FILE, else table]",
        show_default=False,
    ),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write to.", show_default=False)
]


def report(
    name: Annotated[str | None, typer.Argument(help="Name of the report; without it, all are listed.")] = None,
    warehouse: Warehouse = None,
    at: At = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day of publication.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of publication.")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only that outlet.")] = None,
    subject: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Words of the name that is asked for.")
    ] = None,
    other: Annotated[str | None, typer.Option(metavar="NAME", help="Words of the name on the other side.")] = None,
    label: Annotated[str | None, typer.Option(help="Only names of that label: PERSON, ORG, GPE, …")] = None,
    limit: Annotated[str | None, typer.Option(metavar="ROWS", help="Rows at most.")] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="PARAMETER=VALUE", help="Any other parameter of the report.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what the report answers and takes.")] = False,
    form: ReportFormat = None,
    output: OutputFile = None,
) -> None:
    """Answer a ready-made question, such as who is quoted most. docs/sql.md lists them."""
    from warehouse.queries import bind_parameters, explain_no_rows, find_report, list_reports, run_report

    settings = read_settings(warehouse=warehouse)
    out = Console()
    if name is None:
        for listed in list_reports(settings.reports):
            say(out, f"{listed.name:<20}{listed.title}")
        return
    chosen = find_report(name, settings.reports)
    if explain:
        _explain(chosen, out)
        return
    given = {"since": since, "until": until, "outlet": outlet, "name": subject, "other": other, "label": label}
    given |= {"limit": limit, **_read_values(values or [])}
    bind_parameters(chosen, given)
    with open_at(settings.warehouse, at) as connection:
        rows = run_report(connection, chosen, given)
        nothing = "" if rows.num_rows else explain_no_rows(connection, chosen, given)
    written = format_of(output, form)
    if output is None:
        render(rows, written, out, chosen.title, nothing=nothing)
    else:
        save(rows, written, output, chosen.title, nothing=nothing)
    if nothing and (output is not None or written in {Format.CSV, Format.JSON, Format.PARQUET}):
        say(Console(stderr=True), nothing)


def schema(
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="A table or view; without it, all are listed.")
    ] = None,
    warehouse: Warehouse = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Say what the tables and views hold: what a row is, and what each column means."""
    from warehouse.catalog import connect
    from warehouse.describe import describe_table, describe_tables, title_of

    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        if table is None:
            render(describe_tables(connection), form, Console())
        else:
            render(describe_table(connection, table), form, Console(), title_of(connection, table))


def _explain(chosen: "Report", out: Console) -> None:
    from warehouse.queries import option_of

    say(out, chosen.title)
    if chosen.notes:
        say(out, " ".join(chosen.notes))
    for each in chosen.parameters:
        default = " (needed)" if each.is_required else f" (default: {each.default})" if each.default else ""
        say(out, f"  {option_of(each.name):<14}{each.meaning}{default}")


def _read_values(texts: list[str]) -> dict[str, str]:
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"--set '{text}' cannot be used: write PARAMETER=VALUE, such as --set step=week")
        values[name.strip()] = value
    return values
