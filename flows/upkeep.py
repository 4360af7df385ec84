"""Commands that look after the warehouse: verify, maintain, undo.

Comes in: options. Goes out: what was found or done on standard output, and the exit code: 4 where `verify` has found
something wrong. Commands that write take the writer's lock, and say who holds it where they have to wait.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pyarrow as pa
import typer
from rich.console import Console

from flows.errors import InputError
from flows.options import BROKEN, NoWait, OutputFormat, Warehouse, parse_duration, read_settings, say
from flows.render import Format, plain, render

if TYPE_CHECKING:
    import duckdb

    from warehouse.maintenance import Policy, Step
    from warehouse.undo import Undoing
    from warehouse.verify import Finding

WAIT_SECONDS = 24 * 3600.0
SHORTEST_KEPT = timedelta(hours=1)


def verify(
    warehouse: Warehouse = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Check everything that the tables promise; exit with 4 where something is wrong."""
    from warehouse.verify import verify as check_warehouse

    out = Console()
    findings = []
    for finding in check_warehouse(read_settings(warehouse=warehouse).warehouse):
        findings.append(finding)
        if form is Format.TABLE:
            say(out, describe_finding(finding))
    if form is not Format.TABLE:
        render(_table_of(findings), form, out)
    broken = sum(finding.broken > 0 for finding in findings)
    if form is Format.TABLE:
        say(out, f"{len(findings)} promises, {broken} broken" if broken else f"all {len(findings)} promises hold")
    if broken:
        raise typer.Exit(BROKEN)


def maintain(
    warehouse: Warehouse = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    keep_snapshots: Annotated[
        str, typer.Option(metavar="TIME", help="Snapshots that are older go; --at and undo reach back so far.")
    ] = "30d",
    grace: Annotated[
        str, typer.Option(metavar="TIME", help="Files that nothing needs stay on disk so long, for readers at work.")
    ] = "1d",
    most_merges: Annotated[
        int, typer.Option(min=1, help="Write at most so many merged files; the next call goes on.")
    ] = 500,
    no_wait: NoWait = False,
) -> None:
    """Merge small files, let old snapshots go, and delete files that nothing needs. No answer changes."""
    from warehouse.maintenance import maintain as maintain_warehouse

    policy = make_policy(keep_snapshots, grace, most_merges)
    folder = read_settings(warehouse=warehouse).warehouse
    out = Console()
    with opened_by_writer(folder, no_wait=no_wait) as connection:
        for step in maintain_warehouse(connection, folder, policy, dry_run=dry_run):
            say(out, describe_step(step, dry_run=dry_run))


def undo(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, as 'newsmill status' shows it.")],
    warehouse: Warehouse = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be undone, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    no_wait: NoWait = False,
) -> None:
    """Take back what one run has done: its rows go, and what they replaced comes back."""
    from warehouse.undo import undo_run

    if not (yes or dry_run or sys.stdin.isatty()):
        raise InputError(f"'newsmill undo {run_id}' has nobody to ask: give --dry-run to see what it does, or --yes")
    out = Console()
    with opened_by_writer(read_settings(warehouse=warehouse).warehouse, no_wait=no_wait) as connection:
        if not yes:
            for line in describe_undoing(undo_run(connection, run_id, dry_run=True), dry_run=True):
                say(out, line)
            if dry_run or not typer.confirm("go on?"):
                say(out, "nothing was changed")
                return
        for line in describe_undoing(undo_run(connection, run_id), dry_run=False):
            say(out, line)


@contextmanager
def opened_by_writer(folder: Path, *, no_wait: bool = False) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A connection that may write to a warehouse that is there. Says whom it waits for.

    Raises WarehouseNotFoundError, WarehouseBusyError, and what else `open_for_writing` raises.
    """
    from warehouse.catalog import has_warehouse, open_for_writing
    from warehouse.errors import WarehouseNotFoundError

    if not has_warehouse(folder):
        raise WarehouseNotFoundError(folder)
    errors = Console(stderr=True)

    def note() -> None:
        say(errors, f"{describe_writer(folder)} is writing to {folder}{'' if no_wait else ': waiting for it to end'}")

    with open_for_writing(folder, wait_seconds=0 if no_wait else WAIT_SECONDS, on_wait=note) as connection:
        yield connection


def make_policy(keep_snapshots: str, grace: str, most_merges: int) -> "Policy":
    """How long things are kept. Raises InputError where a time cannot be read, or readers at work would lose theirs."""
    from warehouse.maintenance import Policy

    kept = parse_duration("--keep-snapshots", keep_snapshots)
    if kept < SHORTEST_KEPT:
        raise InputError(f"--keep-snapshots '{keep_snapshots}' is too short for readers at work: give 1h or more")
    return Policy(keep_snapshots=kept, grace=parse_duration("--grace", grace), most_merges=most_merges)


def describe_writer(folder: Path) -> str:
    """Who holds the writer's lock, as far as the tables say."""
    from warehouse.catalog import connect
    from warehouse.runs import RUNNING

    with connect(folder) as connection:
        row = connection.execute(
            "SELECT run_id, flow, started_at FROM runs WHERE status = ? ORDER BY started_at DESC LIMIT 1", [RUNNING]
        ).fetchone()
    return f"run {row[0]} ({row[1]}, since {row[2]:%Y-%m-%d %H:%M}Z)" if row else "another process"


def describe_finding(finding: "Finding") -> str:
    """A promise and how it stands, in one line."""
    if not finding.broken:
        return f"ok      {finding.name:<28}{finding.says}"
    examples = ", ".join(plain(example) for example in finding.examples)
    return f"BROKEN  {finding.name:<28}{finding.says} {finding.broken:,} broken: {examples}"


def describe_step(step: "Step", *, dry_run: bool) -> str:
    """A kind of maintenance and what it has done or would do, in one line."""
    freed = f", {step.bytes_freed / 1e6:,.1f} MB" if step.bytes_freed else ""
    return f"{'would ' if dry_run else ''}{step.name:<9}{step.count:>9,} {step.says}{freed}"


def describe_undoing(undoing: "Undoing", *, dry_run: bool) -> list[str]:
    """What undoing a run does, in a few lines."""
    would = "would be " if dry_run else ""
    lines = [
        f"run {undoing.run_id} ({undoing.flow}):",
        f"  {would}removed: {_describe_rows(undoing.removed)}",
        f"  {would}brought back: {_describe_rows(undoing.restored)}",
    ]
    if undoing.lost:
        lines.append(
            f"  {undoing.lost:,} articles that it replaced cannot be brought back: the snapshot before it has expired"
        )
    if undoing.flow != "reextract":
        lines.append(
            "  its files are new again: the next run over them loads them, unless they are put right or taken away"
        )
    return lines


def _describe_rows(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {table}" for table, count in rows.items() if count) or "nothing"


def _table_of(findings: "list[Finding]") -> pa.Table:
    return pa.table(
        {
            "check": [finding.name for finding in findings],
            "promise": [finding.says for finding in findings],
            "broken": pa.array([finding.broken for finding in findings], pa.int64()),
            "examples": pa.array([list(finding.examples) for finding in findings], pa.list_(pa.string())),
        }
    )
