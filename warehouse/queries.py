"""Questions to a warehouse: the user's SQL, and reports, which are SQL files with a comment head.

Comes in: a read-only connection and a statement. Goes out: pyarrow tables.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.errors import QueryError, ReportNotFoundError


@dataclass(slots=True, frozen=True)
class Report:
    """A question with a name. `title` is the first line of the comment head, `notes` the others."""

    name: str
    title: str
    notes: tuple[str, ...]
    sql: str


def run_sql(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The rows that the statement answers. Raises QueryError with DuckDB's words in one line."""
    try:
        result = connection.sql(sql)
        return result.to_arrow_table() if result is not None else pa.table({})
    except duckdb.Error as error:
        raise QueryError(explain(error)) from error


def explain(error: duckdb.Error) -> str:
    """What DuckDB says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith("^")]
    return " ".join(line for line in lines if not line.startswith("LINE "))


def list_reports(own: Path | None = None) -> list[Report]:
    """All reports, by name. One in the user's own folder replaces one of ours of the same name."""
    reports: dict[str, Report] = {}
    for folder in (Path(str(files("warehouse"))) / "reports", own):
        if folder is not None:
            reports.update({path.stem: _read_report(path) for path in folder.glob("*.sql")})
    return [reports[name] for name in sorted(reports)]


def find_report(name: str, own: Path | None = None) -> Report:
    """The report of that name. Raises ReportNotFoundError, which names the nearest."""
    reports = {report.name: report for report in list_reports(own)}
    if name in reports:
        return reports[name]
    near = get_close_matches(name, reports, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    raise ReportNotFoundError(f"there is no report '{name}': {hint}'newsmill report' lists all")


def _read_report(path: Path) -> Report:
    text = path.read_text(encoding="utf-8")
    head = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        head.append(line.removeprefix("--").strip())
    return Report(path.stem, head[0] if head else path.stem, tuple(head[1:]), text)
