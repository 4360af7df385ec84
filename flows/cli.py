"""The command line: `newsmill COMMAND`.

Comes in: arguments. Goes out: answers on standard output, progress and errors (one line each) on standard error, and an
exit code: 0 done, 1 done with quarantined records under --strict, 2 wrong usage, 3 failed, 4 verify has found something
wrong, 130 interrupted. Commands that load are here; those that ask stand in `asking.py` and `reporting.py`, those that
look after the warehouse in `upkeep.py`, and `reextract` in `reextracting.py`.

Commands import what they need when they run: questions to the warehouse never wait for Prefect or spaCy.
"""

import os
import sys
from datetime import datetime
from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows import asking, backfilling, measuring, observing, pages, reextracting, reporting, searching, serving, upkeep
from flows.errors import FlowsError, InputError
from flows.launching import launching, run_flow
from flows.logbook import LogFormat, chosen_log
from flows.options import (
    DONE,
    FAILED,
    INTERRUPTED,
    QUARANTINED,
    After,
    AfterOption,
    ModelOption,
    OutputFormat,
    ToOption,
    VerboseOption,
    Warehouse,
    WorkersOption,
    read_settings,
)
from flows.render import Format, plain, render
from transforms.dates import DateOrder
from transforms.errors import TransformsError
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from flows.ingest import IngestSummary
    from flows.settings import Settings

app = typer.Typer(
    name="newsmill",
    help="News files in, tables of who said and did what out, questions in SQL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PublishedOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of publication where a record states none."),
]
PublisherOption = Annotated[str | None, typer.Option(metavar="NAME", help="Outlet where a record states none.")]
FieldMapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="COLUMN=FIELD,…", help="Fields of records by column: title=headline,text=lead+content_clean."
    ),
]
DateOrderOption = Annotated[
    DateOrder | None,
    typer.Option(help="How to read 03/04/2021, where no other date of the corpus tells.", show_default=False),
]


def main() -> None:
    """The console script. Turns every foreseen error into one line and an exit code."""
    errors = Console(stderr=True)
    try:
        app()
    except (FlowsError, TransformsError, WarehouseError) as error:
        errors.print(f"newsmill: {plain(error)}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        errors.print("newsmill: interrupted; what was committed stays, and the same command goes on from there")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        if {"--verbose", "-v"} & set(sys.argv):
            raise
        message = f"newsmill: failed: {type(error).__name__}: {plain(error)}; --verbose shows more"
        errors.print(message, markup=False, highlight=False, soft_wrap=True)
        sys.exit(FAILED)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsmill {distribution_version('newsmill')}")
        raise typer.Exit


@app.callback()
def newsmill(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """News files in, tables of who said and did what out, questions in SQL."""


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or patterns with '*'.")],
    corpus: Annotated[
        str | None, typer.Option(help="Name of the collection.  [default: name of the folder]", show_default=False)
    ] = None,
    warehouse: Warehouse = None,
    published: PublishedOption = None,
    publisher: PublisherOption = None,
    field_map: FieldMapOption = None,
    date_order: DateOrderOption = None,
    workers: WorkersOption = None,
    model: ModelOption = None,
    again: Annotated[bool, typer.Option("--again", help="Read unchanged files, too.")] = False,
    after: AfterOption = After.KEEP,
    to: ToOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where records were quarantined.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Load news files: text, JSON, CSV, Parquet, HTML, WARC, news XML, feeds, mail; also packed, and from URLs.

    Formats are told by content. Unchanged files are passed over, changed ones replace their rows, deleted ones keep
    them. docs/inputs.md has the formats and fields.
    """
    with launching(verbose=verbose) as launch:
        # While the server is starting: all of this takes imports, and seldom says no.
        from flows.discover import check_paths
        from flows.early import load_model_early
        from flows.inbox import plan_clearing
        from flows.locations import hide_secrets
        from transforms.fields import parse_field_map
        from warehouse.catalog import has_warehouse

        if corpus is not None and (not corpus.strip() or "/" in corpus):
            raise InputError(f"--corpus '{corpus}' cannot be used: give a name without '/'")
        settings = read_settings(warehouse=warehouse, workers=workers, model=model)
        # Prefect keeps the parameters of a run.
        paths = [hide_secrets(path) for path in paths]
        check_paths(paths)
        plan_clearing(after, str(to) if to else None, paths)
        parse_field_map(field_map or [])
        has_warehouse(settings.warehouse)
        load_model_early(paths, corpus, settings, again=again)
        summary: IngestSummary = launch(
            "flows.ingest",
            "ingest",
            {
                "paths": paths,
                "warehouse": str(settings.warehouse),
                "corpus": corpus,
                "published": published.date() if published else None,
                "publisher": publisher,
                "field_map": field_map,
                "date_order": date_order,
                "workers": settings.workers,
                "model": settings.model,
                "again": again,
                "after": after,
                "to": str(to.expanduser().resolve()) if to else None,
            },
        )
    _print_summary(summary, settings)
    if strict and summary.quarantined:
        raise typer.Exit(QUARANTINED)


quarantine = typer.Typer(help="List, show and try again the records that could not be loaded.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")

ErrorType = Annotated[
    str | None, typer.Option("--error-type", metavar="KIND", help="Only rejects of that kind.", show_default=False)
]
FilePattern = Annotated[
    str | None,
    typer.Option("--file", metavar="PATTERN", help="Only those of such files: 'corpus/2025*'.", show_default=False),
]


@quarantine.command("list")
def list_quarantine(
    warehouse: Warehouse = None,
    error_type: ErrorType = None,
    file: FilePattern = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    form: OutputFormat = Format.TABLE,
) -> None:
    """List the records in quarantine, with the reason of each."""
    from warehouse.catalog import connect
    from warehouse.quarantine import Selection, count_rejects, list_rejects

    selection = Selection(_known_error_type(error_type), file)
    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        rows = list_rejects(connection, selection, limit)
        total = count_rejects(connection, selection)
    render(rows, form, Console())
    if rows.num_rows < total:
        Console(stderr=True).print(f"{rows.num_rows:,} of {total:,}: --limit shows more", highlight=False)


@quarantine.command("show")
def show_quarantine(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="As the list names it: 'corpus/file.jsonl#17'.")],
    warehouse: Warehouse = None,
) -> None:
    """Show all that is known of one record in quarantine, and how it begins."""
    from warehouse.catalog import connect
    from warehouse.quarantine import show_reject

    with connect(read_settings(warehouse=warehouse).warehouse) as connection:
        found = show_reject(connection, record)
    out = Console()
    for row in found:
        for name, value in row.items():
            if value is not None and name != "sample":
                out.print(f"{name:<16}{plain(value)}", markup=False, highlight=False, soft_wrap=True)
        if row["sample"]:
            out.print(f"\n{row['sample']}", markup=False, highlight=False, soft_wrap=True)


@quarantine.command("retry")
def retry_quarantine(
    warehouse: Warehouse = None,
    error_type: ErrorType = None,
    file: FilePattern = None,
    published: PublishedOption = None,
    publisher: PublisherOption = None,
    field_map: FieldMapOption = None,
    date_order: DateOrderOption = None,
    workers: WorkersOption = None,
    model: ModelOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where records stay in quarantine.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Read the records in quarantine again, and load those that can be read now.

    They are read as before, but for the options given here. Files that have changed are read as a whole.
    """
    from transforms.fields import parse_field_map
    from warehouse.catalog import has_warehouse
    from warehouse.errors import WarehouseNotFoundError

    settings = read_settings(warehouse=warehouse, workers=workers, model=model)
    parse_field_map(field_map or [])
    if not has_warehouse(settings.warehouse):
        raise WarehouseNotFoundError(settings.warehouse)
    summary: IngestSummary = run_flow(
        "flows.retry",
        "retry",
        {
            "warehouse": str(settings.warehouse),
            "error_type": _known_error_type(error_type),
            "files": file,
            "published": published.date() if published else None,
            "publisher": publisher,
            "field_map": field_map,
            "date_order": date_order,
            "workers": settings.workers,
            "model": settings.model,
        },
        verbose=verbose,
    )
    _print_summary(summary, settings)
    if strict and summary.quarantined:
        raise typer.Exit(QUARANTINED)


def _known_error_type(name: str | None) -> str | None:
    from transforms.readers.error_types import ERROR_TYPES

    if name is not None and name not in ERROR_TYPES:
        raise InputError(f"--error-type '{name}' is not known: {', '.join(ERROR_TYPES)}")
    return name


for command in (
    backfilling.backfill,
    reextracting.reextract,
    asking.sql,
    reporting.report,
    reporting.schema,
    searching.search,
    pages.dashboard,
    pages.show,
    observing.status,
    asking.snapshots,
    upkeep.verify,
    upkeep.maintain,
    upkeep.undo,
    asking.export,
    asking.connect,
    serving.serve,
    measuring.metrics,
):
    app.command()(command)


def _print_summary(summary: "IngestSummary", settings: "Settings") -> None:
    if chosen_log() is LogFormat.JSON:
        # The event that ends the run has it all.
        return
    out = Console(stderr=True)

    def line(text: str) -> None:
        out.print(text, markup=False, highlight=False, soft_wrap=True)

    if summary.files_of_other_kinds and summary.files:
        line(f"passed over {summary.files_of_other_kinds:,} files of other kinds")
    if summary.files:
        line(
            f"{summary.articles:,} articles ({summary.duplicates:,} duplicates) from {summary.files:,} files"
            f" in {summary.seconds:,.1f} s: {summary.entities:,} entities, {summary.quotes:,} quotes,"
            f" {summary.events:,} events"
        )
        if summary.files_unchanged:
            line(f"{summary.files_unchanged:,} other files are unchanged since they were loaded")
    if summary.unserved:
        line(
            f"{summary.unserved:,} articles are in a language that {settings.model} does not serve: they are stored,"
            " and not analysed"
        )
    if ambiguous := summary.notes["date_ambiguous"]:
        line(
            f"{ambiguous:,} dates could be read with the day or with the month first, and were left out:"
            " ingest --again with --date-order dmy or mdy"
        )
    if summary.quarantined:
        line(f"{summary.quarantined:,} records were quarantined: 'newsmill quarantine list' says why")


if __name__ == "__main__":
    main()
