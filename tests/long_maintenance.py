"""A year of hourly runs into one warehouse with nightly maintenance, and some weeks of them into one without: `make
year`, or fewer hours, days that snapshots are kept, and hours without: `make year HOURS=960 KEPT=10 WITHOUT=240`.

Prints a line for every tenth of the way: files on disk, size of the catalog, time of a commit (mark and publish of one
shard of three articles, median of the last 24) and of a question over all articles. Times are of the processor, not of
the wall, so that other work on the machine does not count. Every hour brings one file, every seventh is an older one
again with a changed text. Nights and months pass by the hours.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from tests.warehouse.staged import article, finish
from warehouse.catalog import CATALOG_FILE, TABLES_FOLDER, open_for_writing
from warehouse.maintenance import Policy, maintain
from warehouse.marking import WaveMarker
from warehouse.runs import COMPLETED, RunInfo, finish_run, start_run
from warehouse.staging import StagedShard

FIRST_DAY = date(2025, 1, 1)
FIRST_NIGHT = datetime(2000, 1, 1, tzinfo=UTC)
FILLER = "News. " * 80
QUESTION = "SELECT corpus, count(*), sum(word_count) FROM articles GROUP BY corpus"


@dataclass(slots=True)
class Year:
    """One warehouse and what was measured of it."""

    folder: Path
    nightly: bool
    kept_days: int = 30
    commit_seconds: list[float] = field(default_factory=list)
    nights: list[datetime] = field(default_factory=list)
    maintenance_seconds: float = 0.0

    def hour(self, connection: duckdb.DuckDBPyConnection, number: int) -> None:
        """One run: one file with three articles of that day."""
        again = number % 7 == 6
        source = number // 2 if again else number
        day = FIRST_DAY + timedelta(hours=source)
        run_id = start_run(connection, RunInfo("ingest", {"hour": number}, None, "0", "m", "0", "0"))
        shard = StagedShard(1, str(self.folder / "staging" / "1"), (f"hour-{source}.jsonl",))
        rows = [
            article(
                shard.completes[0], place, f"hour-{source}-{place}", f"Story {place} of hour {number}. " + "News. " * 80
            )
            | {"published_at": datetime(day.year, day.month, day.day, tzinfo=UTC), "published_date": day}
            for place in (1, 2, 3)
        ]
        shard.write("articles", pa.Table.from_pylist(rows, schema=schemas.ARTICLES))
        shard.write("rejected", schemas.QUARANTINE.empty_table())
        started = time.process_time()
        WaveMarker(connection, run_id).mark([shard])
        finish(connection, shard, run_id)
        self.commit_seconds.append(time.process_time() - started)
        finish_run(connection, run_id, COMPLETED, {"articles": 3})

    def night(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Maintenance, as of a clock on which a day is as long as it has really taken."""
        now = datetime.now(UTC)
        self.nights.append(now)
        if not self.nightly:
            return
        kept_since = self.nights[-self.kept_days] if len(self.nights) >= self.kept_days else FIRST_NIGHT
        started = time.process_time()
        # Files leave the disk by whole days, and all of this takes but one: as of tomorrow, without grace.
        now += timedelta(days=1)
        policy = Policy(keep_snapshots=now - kept_since, grace=timedelta(0))
        list(maintain(connection, self.folder, policy, now=now))
        self.maintenance_seconds += time.process_time() - started

    def measure(self, connection: duckdb.DuckDBPyConnection) -> str:
        """One line of the table."""
        files = [path.stat().st_size for path in (self.folder / TABLES_FOLDER).rglob("*.parquet")]
        catalog = sum(path.stat().st_size for path in self.folder.glob(f"{CATALOG_FILE}*"))
        started = time.process_time()
        connection.execute(QUESTION).fetchall()
        asked = time.process_time() - started
        commit = statistics.median(self.commit_seconds[-24:])
        return (
            f"| {len(self.commit_seconds):,} | {'yes' if self.nightly else 'no'} | {len(files):,}"
            f" | {sum(files) / 1e6:.1f} | {catalog / 1e6:.1f} | {commit * 1e3:.0f} | {asked * 1e3:.0f}"
            f" | {self.maintenance_seconds:.0f} |"
        )


def main(hours_with: int, kept_days: int, hours_without: int) -> None:
    """Runs both, and prints what was measured as they go. Without, each hour takes longer than the one before."""
    sys.stdout.write(
        "| commits | maintenance | files | MB of files | MB of catalog | ms a commit | ms a question"
        " | s of maintenance |\n"
        "|---:|---|---:|---:|---:|---:|---:|---:|\n"
    )
    with tempfile.TemporaryDirectory() as root:
        no_seeds = Path(root) / "seeds"
        no_seeds.mkdir()
        for nightly, hours in ((True, hours_with), (False, hours_without)):
            year = Year(Path(root) / f"nightly-{nightly}", nightly, kept_days)
            for first in range(0, hours, 24):
                with open_for_writing(year.folder, no_seeds) as connection:
                    for number in range(first, min(first + 24, hours)):
                        year.hour(connection, number)
                    year.night(connection)
                    if (number + 1) * 10 // hours != (first * 10) // hours:
                        sys.stdout.write(year.measure(connection) + "\n")
                        sys.stdout.flush()


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:4])))
