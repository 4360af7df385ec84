"""The report flow: a warehouse in, chosen reports and the dashboard as files of one folder out.

For a schedule, such as every morning. All files are of one snapshot, each is written whole or not at all, and those of
the day before are replaced. Each report stands on the run's page in Prefect, too, its first rows as Markdown.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from rich.console import Console

from flows.errors import InputError, OutputError
from flows.options import read_settings
from flows.render import Format, plain, render, save, suffix_of
from flows.served import end_with_server
from warehouse.pages import write_dashboard
from warehouse.queries import Report, bind_parameters, explain_no_rows, find_report, run_report
from warehouse.snapshots import connect_now

FLOW_NAME = "report"
CHOSEN = ("overview", "speakers", "people", "organisations", "places", "rising", "events", "gaps", "quality")
DASHBOARD = "dashboard.html"
ARTIFACT_ROWS = 50

Values = dict[str, str]


@dataclass(slots=True, frozen=True)
class WrittenFile:
    """A file that was written, and what it holds. A page has no rows."""

    path: str
    title: str
    rows: int | None = None


@dataclass(slots=True, frozen=True)
class _Order:
    """A report with the values of its parameters."""

    report: Report
    values: Values


@task(name="write", task_run_name="write-{name}", cache_policy=NO_CACHE)
def write_task(
    connection: duckdb.DuckDBPyConnection, name: str, order: _Order, path: Path, form: Format
) -> WrittenFile:
    """Answers one report, writes it to its file and shows it in Prefect."""
    report, rows = order.report, run_report(connection, order.report, order.values)
    nothing = "" if rows.num_rows else explain_no_rows(connection, report, order.values)
    save(rows, form, path, report.title, nothing=nothing)
    create_markdown_artifact(
        _to_markdown(rows, report.title, nothing), key=f"report-{name.replace('_', '-')}", description=report.title
    )
    return WrittenFile(str(path), report.title, rows.num_rows)


@task(name="write-dashboard", cache_policy=NO_CACHE)
def dashboard_task(
    connection: duckdb.DuckDBPyConnection, path: Path, title: str, since: date | None, until: date | None
) -> WrittenFile:
    """Writes the dashboard to its file."""
    return WrittenFile(str(write_dashboard(connection, path, since=since, until=until, title=title)), title)


@flow(name=FLOW_NAME)
def report(
    folder: str = "reports",
    warehouse: str | None = None,
    reports: list[str] | None = None,
    parameters: dict[str, dict[str, str]] | None = None,
    last_days: int | None = None,
    since: date | None = None,
    until: date | None = None,
    outlet: str | None = None,
    form: Format = Format.HTML,
    dashboard: bool = True,
    title: str = "Newsmill",
) -> list[WrittenFile]:
    """Writes reports and the dashboard to a folder.

    Args:
        folder: where the files go: NAME.html for each report, and dashboard.html
        warehouse: folder of the warehouse
        reports: names of reports, as 'newsmill report' lists them; else those most asked for
        parameters: values of single reports' parameters: {"quotes": {"name": "Ann Roe"}}
        last_days: only articles of so many days up to today
        since: only articles of that day or later
        until: only articles of that day or earlier
        outlet: only that outlet, in the reports that can tell
        form: html, markdown, csv, json, parquet or table
        dashboard: write dashboard.html, too
        title: heading of the dashboard

    Raises InputError, ParameterError, ReportNotFoundError before anything is written; OutputError, WarehouseError.
    """
    end_with_server()
    settings = read_settings(warehouse=warehouse)
    since = _first_day(last_days, since)
    common = {"since": since and since.isoformat(), "until": until and until.isoformat(), "outlet": outlet}
    chosen = [find_report(name, settings.reports) for name in reports or CHOSEN]
    orders = _fill_in(chosen, {name: text for name, text in common.items() if text}, parameters or {})
    target = _make_folder(folder)
    with connect_now(settings.warehouse) as connection:
        written = [
            write_task(connection, order.report.name, order, target / f"{order.report.name}{suffix_of(form)}", form)
            for order in orders
        ]
        if dashboard:
            written.append(dashboard_task(connection, target / DASHBOARD, title, since, until))
    for file in written:
        get_run_logger().info("%s", _describe(file))
    _publish_list(written)
    return written


def _first_day(last_days: int | None, since: date | None) -> date | None:
    if last_days is None:
        return since
    if since is not None:
        raise InputError("last_days and since cannot go together: give one of them")
    if last_days < 1:
        raise InputError(f"last_days {last_days} cannot be used: give 1 or more")
    return datetime.now(UTC).date() - timedelta(days=last_days - 1)


def _fill_in(chosen: Sequence[Report], common: Mapping[str, str], own: Mapping[str, Values]) -> list[_Order]:
    """Each report with its values. What is common to all goes to those that take it."""
    unknown = own.keys() - {report.name for report in chosen}
    if unknown:
        raise InputError(f"parameters are given for '{min(unknown)}', which is none of the reports that are written")
    orders = []
    for each in chosen:
        takes = {parameter.name for parameter in each.parameters}
        values = {name: text for name, text in common.items() if name in takes} | own.get(each.name, {})
        bind_parameters(each, values)
        orders.append(_Order(each, values))
    return orders


def _make_folder(folder: str) -> Path:
    target = Path(folder).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write to {target}: {error.strerror or error}; name another folder") from error
    return target


def _to_markdown(rows: pa.Table, title: str, nothing: str) -> str:
    out = io.StringIO()
    render(rows.slice(0, ARTIFACT_ROWS), Format.MARKDOWN, Console(file=out), title, nothing=nothing)
    left = rows.num_rows - ARTIFACT_ROWS
    return out.getvalue() + (f"\n{left:,} more rows stand in the file.\n" if left > 0 else "")


def _describe(file: WrittenFile) -> str:
    return file.path if file.rows is None else f"{file.path}: {file.rows:,} rows"


def _publish_list(written: Sequence[WrittenFile]) -> None:
    """Shows what was written on the run's page in Prefect."""
    table = pa.table({
        "file": [plain(file.path) for file in written],
        "what": [file.title for file in written],
        "rows": pa.array([file.rows for file in written], pa.int64()),
    })  # fmt: skip
    create_markdown_artifact(_to_markdown(table, "", ""), key="report-files", description="Reports that were written")
