"""Questions to a warehouse: the user's SQL, and reports, which are SQL files with a comment head.

Comes in: a read-only connection, a statement, and the values of its parameters. Goes out: pyarrow tables. Values are
bound to the statement, never written into it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.errors import ParameterError, QueryError, ReportNotFoundError
from warehouse.heads import Kind, Parameter, read_head

Value = str | int | float | date | None

OPTIONS = ("since", "until", "outlet", "name", "other", "label", "limit")
"""Parameters that have an option of their own on the command line."""

EMPTY_WAREHOUSE = "no articles yet: 'newsmill ingest PATH' loads some"
NO_ROWS = "no rows"


@dataclass(slots=True, frozen=True)
class Report:
    """A question with a name. `title` is the first line of the comment head, `notes` are those without a parameter."""

    name: str
    title: str
    notes: tuple[str, ...]
    sql: str
    parameters: tuple[Parameter, ...] = ()


def run_sql(connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Value] | None = None) -> pa.Table:
    """The rows that the statement answers. Raises QueryError with DuckDB's words in one line."""
    try:
        result = connection.sql(sql, params=dict(values) if values else None)
        return result.to_arrow_table() if result is not None else pa.table({})
    except duckdb.Error as error:
        raise QueryError(explain(error)) from error


def run_report(
    connection: duckdb.DuckDBPyConnection, report: Report, given: Mapping[str, str | None] | None = None
) -> pa.Table:
    """The report's answer. `given` has texts by name of parameter; None is as if it were not given.

    Raises ParameterError, which says what the report takes, and QueryError.
    """
    return run_sql(connection, report.sql, bind_parameters(report, given or {}))


def bind_parameters(report: Report, given: Mapping[str, str | None]) -> dict[str, Value]:
    """A value for each parameter of the report, given or default. Raises ParameterError."""
    texts = {name: text for name, text in given.items() if text is not None}
    known = {parameter.name for parameter in report.parameters}
    for name in texts:
        if name not in known:
            raise ParameterError(f"report '{report.name}' has no parameter '{name}': {_list_parameters(report)}")
    values = {
        parameter.name: _value_of(report, parameter, texts.get(parameter.name)) for parameter in report.parameters
    }
    since, until = values.get("since"), values.get("until")
    if isinstance(since, date) and isinstance(until, date) and since > until:
        raise ParameterError(f"--since {since} is later than --until {until}: swap them")
    return values


def explain_no_rows(
    connection: duckdb.DuckDBPyConnection, report: Report, given: Mapping[str, str | None] | None = None
) -> str:
    """Why the report answers nothing, in one line: no articles, an outlet or name that is not there, a period."""
    first, last, articles = connection.execute(
        "SELECT min(published_date), max(published_date), count(*) FROM articles"
    ).fetchall()[0]
    if not articles:
        return EMPTY_WAREHOUSE
    values = bind_parameters(report, given or {})
    if (outlet := values.get("outlet")) and (near := _nearest(connection, _OUTLETS, outlet)):
        return f"{NO_ROWS}: there is no outlet '{outlet}'; the nearest are {near}"
    for name in ("name", "other"):
        if (wanted := values.get(name)) and (near := _nearest(connection, _NAMES, wanted)):
            return f"{NO_ROWS}: nobody is called '{wanted}'; the nearest are {near}"
    if values.get("since") or values.get("until"):
        return f"{NO_ROWS}: articles are dated {first} to {last}"
    return NO_ROWS


def option_of(parameter: str) -> str:
    """How the command line spells a parameter: --since, and --set step= for those that few reports have."""
    return f"--{parameter}" if parameter in OPTIONS else f"--set {parameter}="


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


# Names that hold the words that are asked for are no reason for an empty answer; none is then named.
_NEAREST = """
SELECT list(name) FROM (
    SELECT name FROM ({names}) WHERE name IS NOT NULL GROUP BY name
    QUALIFY NOT bool_or(contains(' ' || lower(name) || ' ', ' ' || lower($wanted) || ' ')) OVER ()
    ORDER BY jaro_winkler_similarity(lower(name), lower($wanted)) DESC, name LIMIT 3
)
"""
_OUTLETS = "SELECT publisher AS name FROM articles"
_NAMES = (
    "SELECT speaker_name AS name FROM quotes UNION ALL SELECT actor_name FROM events"
    " UNION ALL SELECT recipient_name FROM events UNION ALL SELECT name FROM entities WHERE entity_id IS NOT NULL"
)


def _nearest(connection: duckdb.DuckDBPyConnection, names: str, wanted: Value) -> str:
    row = connection.execute(_NEAREST.format(names=names), {"wanted": wanted}).fetchone()
    return ", ".join(f"'{name}'" for name in (row[0] if row else None) or [])


def _value_of(report: Report, parameter: Parameter, given: str | None) -> Value:
    text = parameter.default if given is None else given.strip()
    if not text:
        if parameter.is_required or given is not None:
            raise ParameterError(f"report '{report.name}' needs {option_of(parameter.name)}: {parameter.meaning}")
        return None
    try:
        return _READERS[parameter.kind](text)
    except ValueError:
        raise ParameterError(f"{option_of(parameter.name)} '{text}' cannot be used: {_FORMS[parameter.kind]}") from None


def _read_whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


_READERS: dict[Kind, Callable[[str], Value]] = {
    Kind.DATE: date.fromisoformat,
    Kind.TEXT: str,
    Kind.INTEGER: _read_whole,
    Kind.REAL: float,
}
_FORMS = {
    Kind.DATE: "write a day as YYYY-MM-DD, such as 2026-03-31",
    Kind.TEXT: "write a text",
    Kind.INTEGER: "write a whole number from 0 on",
    Kind.REAL: "write a number, such as 0.05",
}


def _list_parameters(report: Report) -> str:
    if not report.parameters:
        return "it takes none"
    return "it takes " + ", ".join(option_of(parameter.name) for parameter in report.parameters)


def _read_report(path: Path) -> Report:
    text = path.read_text(encoding="utf-8")
    head = read_head(text)
    return Report(path.stem, head.title or path.stem, head.notes, text, _parameters_of(path, text, head.parameters))


def _parameters_of(path: Path, sql: str, stated: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters that the statement has: those its head explains, then others, which take any text."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error:
        # What is wrong with it is told where it is asked.
        return stated
    used = set().union(*(statement.named_parameters for statement in statements))
    known = {parameter.name for parameter in stated}
    others = (Parameter(name, Kind.TEXT, f"a value of {path.name}") for name in sorted(used - known))
    return (*(parameter for parameter in stated if parameter.name in used), *others)
