"""The command `newsmill reextract`: rows anew from stored articles.

Comes in: options. Goes out: what was done on standard error; with --dry-run, what would be on standard output.
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.launching import run_flow
from flows.options import ModelOption, VerboseOption, Warehouse, WorkersOption, read_settings, say
from flows.render import plain

if TYPE_CHECKING:
    from flows.reextract import ReextractSummary
    from flows.settings import Settings
    from transforms.models import InstalledModel
    from warehouse.chosen import ChoiceSize


def reextract(
    warehouse: Warehouse = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="SQL",
            help="Only articles for which that holds: \"published_date >= '2026-01-01' AND section = 'Politics'\".",
            show_default=False,
        ),
    ] = None,
    workers: WorkersOption = None,
    model: ModelOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much there is to do, and do nothing.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Rebuild entities, quotes and events from stored articles, after a change of model or word lists.

    Nothing is read from files. What was interrupted goes on with the same command.
    """
    from transforms.models import find_model

    settings = read_settings(warehouse=warehouse, workers=workers, model=model)
    found = find_model(settings.model)
    size = _measure(settings, where, found.language)
    if dry_run or not size.articles + size.losing:
        for line in describe_size(size, found, where):
            say(Console(stderr=not dry_run), line)
        return
    parameters = {
        "warehouse": str(settings.warehouse),
        "where": where,
        "model": settings.model,
        "workers": settings.workers,
    }
    for line in describe_summary(run_flow("flows.reextract", "reextract", parameters, verbose=verbose), found):
        say(Console(stderr=True), line)


def _measure(settings: "Settings", where: str | None, language: str) -> "ChoiceSize":
    from warehouse.catalog import connect
    from warehouse.chosen import NO_CONDITION, Choice, check_condition, measure_choice

    with connect(settings.warehouse) as connection:
        if where is not None:
            check_condition(connection, where)
        return measure_choice(connection, Choice(where or NO_CONDITION, language))


def describe_size(size: "ChoiceSize", model: "InstalledModel", where: str | None) -> list[str]:
    """How much there is to do, in a few lines."""
    from warehouse.queries import EMPTY_WAREHOUSE

    if not size.articles + size.losing + size.duplicates + size.unserved:
        return [f'no article matches --where "{plain(where)}": nothing to do' if where else EMPTY_WAREHOUSE]
    lines = [
        f"{size.articles:,} articles, {size.words:,} words, {size.chars:,} characters,"
        f" to run through {model.name} {model.version}"
    ]
    if size.losing:
        lines.append(f"{size.losing:,} articles to lose their rows: {_not_served(model)}")
    if size.duplicates:
        lines.append(f"{size.duplicates:,} duplicates, which have no rows, to pass over")
    if size.unserved:
        lines.append(f"{size.unserved:,} articles without rows to pass over: {_not_served(model)}")
    return lines


def describe_summary(summary: "ReextractSummary", model: "InstalledModel") -> list[str]:
    """What a run has done, in a few lines."""
    lines = [
        f"{summary.articles:,} articles in {summary.seconds:,.1f} s: {summary.entities:,} entities,"
        f" {summary.quotes:,} quotes, {summary.events:,} events; {summary.changed:,} of them have changed"
    ]
    if summary.cleared:
        lines.append(f"{summary.cleared:,} articles have lost their rows: {_not_served(model)}")
    if summary.failed:
        lines.append(
            f"{summary.failed:,} articles could not be analysed and keep the rows that they had:"
            f" newsmill sql \"SELECT counts->'failures' FROM runs WHERE run_id = '{summary.run_id}'\" names them"
        )
    return lines


def _not_served(model: "InstalledModel") -> str:
    return f"they are in a language that {model.name} does not serve"
