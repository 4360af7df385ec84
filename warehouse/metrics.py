"""The state of a warehouse as OpenMetrics text, for Prometheus and whatever else reads that.

Comes in: a read-only connection, and the folder. Goes out: text by OpenMetrics 1.0
(https://prometheus.io/docs/specs/om/open_metrics_spec/): families with TYPE, UNIT and HELP, times as seconds since
1970, sizes as bytes, `# EOF` at the end. All are gauges: rows can be replaced and runs undone, so no total only grows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

import schemas
from warehouse.catalog import CATALOG, CATALOG_FILE, TABLES_FOLDER
from warehouse.runs import COMPLETED, CRASHED, FAILED, RUNNING, UNDONE
from warehouse.status import is_writing

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
MOST_OUTLETS = 100
"""Series by outlet are given for so many, the largest; more would be a burden to what stores them."""

_STATES = (RUNNING, COMPLETED, FAILED, CRASHED, UNDONE)

Value = float | int


@dataclass(slots=True, frozen=True)
class Family:
    """A metric with its samples: labels and value. Without samples it is left out."""

    name: str
    help: str
    samples: list[tuple[Mapping[str, str], Value]]
    unit: str = ""


def read_metrics(connection: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """All metrics of the warehouse in that folder as OpenMetrics text."""
    return write_text([*_runs(connection, is_writing(folder)), *_rows(connection), *_storage(connection, folder)])


def write_text(families: Iterable[Family]) -> str:
    """OpenMetrics text of these families."""
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        lines.append(f"# TYPE {family.name} gauge")
        if family.unit:
            lines.append(f"# UNIT {family.name} {family.unit}")
        lines.append(f"# HELP {family.name} {_escape(family.help)}")
        lines += [f"{family.name}{_labels(labels)} {value}" for labels, value in family.samples]
    return "".join(f"{line}\n" for line in [*lines, "# EOF"])


def _runs(connection: duckdb.DuckDBPyConnection, writing: bool) -> Iterator[Family]:
    status = "status" if writing else f"if(status = '{RUNNING}', '{CRASHED}', status)"
    last = connection.execute(
        f"""
        SELECT flow, {status}, epoch(started_at), epoch(finished_at), (counts->>'seconds')::DOUBLE,
            (counts->>'articles')::BIGINT
        FROM runs QUALIFY row_number() OVER (PARTITION BY flow ORDER BY started_at DESC, run_id) = 1 ORDER BY flow
        """
    ).fetchall()
    yield Family(
        "newsmill_last_run_status",
        "1 for the status of the flow's last run, 0 for all others.",
        [({"flow": row[0], "status": state}, int(row[1] == state)) for row in last for state in _STATES],
    )
    for name, what, place in (
        ("newsmill_last_run_start_timestamp", "When the flow's last run started, or was last gone on with.", 2),
        ("newsmill_last_run_end_timestamp", "When the flow's last run ended.", 3),
        ("newsmill_last_run_duration", "How long the flow's last run took.", 4),
    ):
        yield _by_flow(f"{name}_seconds", what, last, place, "seconds")
    yield _by_flow("newsmill_last_run_articles", "Articles that the flow's last run wrote.", last, 5)
    completed = connection.execute(
        "SELECT flow, max(epoch(finished_at)) FROM runs WHERE status = 'completed' GROUP BY flow ORDER BY flow"
    ).fetchall()
    yield _by_flow(
        "newsmill_last_success_timestamp_seconds", "When a run of the flow last completed.", completed, 1, "seconds"
    )
    counts = connection.execute(
        "SELECT flow, status, count(*) FROM runs GROUP BY flow, status ORDER BY flow, status"
    ).fetchall()
    yield Family(
        "newsmill_runs",
        "Runs by how they ended.",
        [({"flow": flow, "status": status}, n) for flow, status, n in counts],
    )


def _by_flow(name: str, says: str, rows: list[tuple[object, ...]], place: int, unit: str = "") -> Family:
    found = [({"flow": str(row[0])}, row[place]) for row in rows]
    return Family(name, says, [(labels, value) for labels, value in found if isinstance(value, int | float)], unit)


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Family]:
    query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in schemas.TABLES)
    counted = connection.execute(query).fetchall()
    yield Family("newsmill_rows", "Rows of each table.", [({"table": table}, count) for table, count in counted])
    duplicates = connection.execute("SELECT count(*) FROM articles WHERE duplicate_of IS NOT NULL").fetchone()
    yield Family("newsmill_duplicates", "Articles that are duplicates of another.", _one(duplicates))
    outlets = connection.execute(
        f"""
        SELECT coalesce(publisher, ''), count(*) FROM articles
        GROUP BY publisher ORDER BY count(*) DESC, publisher LIMIT {MOST_OUTLETS}
        """
    ).fetchall()
    # Names that look the same would be the same series twice.
    named: Counter[str] = Counter()
    for outlet, count in outlets:
        named[_plain(outlet)] += count
    yield Family(
        "newsmill_outlet_articles",
        f"Articles by outlet, of the {MOST_OUTLETS} with the most; '' where the outlet is unknown.",
        [({"outlet": outlet}, count) for outlet, count in named.items()],
    )
    rejects = connection.execute(
        "SELECT stage, error_type, count(*) FROM quarantine GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    yield Family(
        "newsmill_quarantined_records",
        "Records in quarantine by kind of error.",
        [({"stage": stage, "error_type": kind}, count) for stage, kind, count in rejects],
    )
    newest = connection.execute(
        "SELECT epoch(max(ingested_at)), epoch(max(published_at) FILTER (published_at <= ?)) FROM articles",
        [datetime.now(UTC)],
    ).fetchone()
    assert newest is not None
    yield Family(
        "newsmill_newest_ingest_timestamp_seconds", "When an article was last written.", _one(newest), "seconds"
    )
    yield Family(
        "newsmill_newest_article_timestamp_seconds",
        "When the newest article was published that is not dated in the future.",
        _one(newest[1:]),
        "seconds",
    )


def _storage(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Family]:
    snapshot = connection.execute(
        f"SELECT count(*), epoch(max(snapshot_time)) FROM ducklake_snapshots('{CATALOG}')"
    ).fetchone()
    assert snapshot is not None
    yield Family("newsmill_snapshots", "Snapshots that can be read.", _one(snapshot))
    yield Family("newsmill_snapshot_timestamp_seconds", "When was last committed.", _one(snapshot[1:]), "seconds")
    files = [path for path in (folder / TABLES_FOLDER).rglob("*") if path.is_file()]
    yield Family("newsmill_data_files", "Parquet files on disk.", [({}, len(files))])
    sizes = {"tables": sum(map(_size, files)), "catalog": sum(map(_size, folder.glob(f"{CATALOG_FILE}*")))}
    yield Family(
        "newsmill_disk_bytes",
        "Bytes on disk, by part of the warehouse.",
        [({"part": part}, size) for part, size in sizes.items()],
        "bytes",
    )
    yield Family(
        "newsmill_writer_lock_held", "1 where a process is writing to the warehouse.", [({}, int(is_writing(folder)))]
    )


def _one(row: tuple[object, ...] | None) -> list[tuple[Mapping[str, str], Value]]:
    return [({}, row[0])] if row and isinstance(row[0], int | float) else []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        # Maintenance may remove it beside us.
        return 0


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escape(text: str) -> str:
    """Text between quotes."""
    return _plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    """One line: some parsers end it at any line break, and lone surrogates cannot be written."""
    return "".join(char if char.isprintable() else " " for char in text)
