"""The command `newsmill backfill`: an archive of many years, partition by partition.

Comes in: options. Goes out: with --dry-run the plan, else what became of each partition, on standard output; progress
on standard error; exit code 3 where a partition has failed.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.errors import InputError
from flows.launching import run_flow
from flows.options import FAILED, ModelOption, OutputFormat, VerboseOption, Warehouse, WorkersOption, read_settings, say
from flows.periods import Span, check_range, parse_period
from flows.render import Format, plain, render
from transforms.dates import DateOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.backfill_report import PartitionResult
    from flows.partitions import ArchiveChoice
    from flows.settings import Settings


def backfill(
    paths: Annotated[list[str], typer.Argument(metavar="ARCHIVE...", help="Files, folders or patterns with '*'.")],
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Only files of that day, month or year or later: 2015, 2015-03."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Only files of that day, month or year or earlier.")
    ] = None,
    by: Annotated[Span, typer.Option(help="What a partition is; dates are those of paths.")] = Span.MONTH,
    newest_first: Annotated[bool, typer.Option("--newest-first", help="Begin with the newest partition.")] = False,
    undated: Annotated[
        bool, typer.Option("--undated/--no-undated", help="Load files whose paths tell no date, too, as the last.")
    ] = True,
    part_mb: Annotated[
        int,
        typer.Option(
            "--part-mb", min=1, metavar="MB", help="Cut partitions of more text, so that other runs get in between."
        ),
    ] = 64,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan, and do nothing.")] = False,
    corpus: Annotated[
        str | None, typer.Option(help="Name of the collection.  [default: name of the folder]", show_default=False)
    ] = None,
    warehouse: Warehouse = None,
    published: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of publication where a record states none."),
    ] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Outlet where a record states none.")] = None,
    field_map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD,…", help="Fields of records by column, as ingest takes them."),
    ] = None,
    date_order: Annotated[
        DateOrder | None,
        typer.Option(help="How to read 03/04/2021, where no other date of the corpus tells.", show_default=False),
    ] = None,
    workers: WorkersOption = None,
    nice: Annotated[
        int, typer.Option(min=0, max=19, help="How far others go first that need the processor; 19: always.")
    ] = 10,
    model: ModelOption = None,
    form: OutputFormat = Format.TABLE,
    verbose: VerboseOption = False,
) -> None:
    """Load an archive of many years, a month at a time, beside other runs; go on where it was interrupted.

    Files are known by the dates in their paths, and those that are loaded already are passed over. docs/backfill.md
    has it from nothing to a finished backfill.
    """
    from flows.discover import check_paths
    from flows.locations import hide_secrets
    from flows.partitions import ArchiveChoice
    from transforms.fields import parse_field_map
    from warehouse.catalog import has_warehouse

    if corpus is not None and (not corpus.strip() or "/" in corpus):
        raise InputError(f"--corpus '{corpus}' cannot be used: give a name without '/'")
    first_day = parse_period("--from", since).first if since is not None else None
    last_day = parse_period("--to", until).last if until is not None else None
    check_range(first_day, last_day)
    settings = read_settings(warehouse=warehouse, workers=workers, model=model)
    # Prefect keeps the parameters of a run.
    paths = [hide_secrets(path) for path in paths]
    check_paths(paths)
    parse_field_map(field_map or [])
    has_warehouse(settings.warehouse)
    if dry_run:
        choice = ArchiveChoice(tuple(paths), corpus, by, first_day, last_day, newest_first, undated, part_mb << 20)
        _show_plan(choice, settings, form)
        return
    parameters: dict[str, Any] = {
        "paths": paths,
        "warehouse": str(settings.warehouse),
        "first_day": first_day,
        "last_day": last_day,
        "by": by,
        "newest_first": newest_first,
        "undated": undated,
        "part_megabytes": part_mb,
        "corpus": corpus,
        "published": published.date() if published else None,
        "publisher": publisher,
        "field_map": field_map,
        "date_order": date_order,
        "workers": settings.workers,
        "nice": nice,
        "model": settings.model,
    }
    _load(parameters, settings, form, verbose=verbose)


def _show_plan(choice: "ArchiveChoice", settings: "Settings", form: Format) -> None:
    from flows.backfill_report import check_chosen, describe_plan, table_of_plan
    from flows.discover import describe_passed_over
    from flows.estimates import expected_speed
    from flows.partitions import planned

    errors = Console(stderr=True)
    speed = expected_speed(settings)
    with planned(choice, settings.warehouse) as plan:
        check_chosen(plan, choice)
        if plan.partitions:
            render(table_of_plan(plan, speed), form, Console())
        for line in (*describe_passed_over(plan.survey.discovery), *describe_plan(plan, choice, speed)):
            say(errors, line)


def _load(parameters: dict[str, Any], settings: "Settings", form: Format, *, verbose: bool) -> None:
    from flows.backfill_report import BackfillFailedError

    failure = None
    try:
        results = run_flow("flows.backfill", "backfill", parameters, verbose=verbose).results
    except BackfillFailedError as error:
        results, failure = error.results, error
    if not results:
        return
    _show_results(results, settings, form)
    if failure:
        say(Console(stderr=True), f"newsmill: {plain(failure)}")
        raise typer.Exit(FAILED)


def _show_results(results: "Sequence[PartitionResult]", settings: "Settings", form: Format) -> None:
    from flows.backfill_report import describe_results, table_of_results

    render(table_of_results(results), form, Console())
    errors = Console(stderr=True)
    for line in describe_results(results, settings.model):
        say(errors, line)
