"""How long a run takes that finds nothing new among many files."""

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

import schemas
from flows.discover import Discovery, discover_files
from flows.worklist import Worklist
from tests.bench.commands import CommandLine
from tests.bench.printing import print_table, say
from warehouse.catalog import open_for_writing
from warehouse.ledger import LOADED, known_files

FILES_A_FOLDER = 1_000


def print_discovery(root: Path, newsmill: CommandLine, files: int) -> None:
    """Discovery alone, and the whole command, over files that the ledger knows."""
    archive, warehouse = root / "archive", root / "warehouse"
    for number in range(files):
        folder = archive / f"{number // FILES_A_FOLDER:04}"
        if number % FILES_A_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:07}.txt").write_text(f"Story {number}.", encoding="utf-8")
    newsmill.run("ingest", str(archive / "0000" / "0000000.txt"), "-w", str(warehouse))
    with open_for_writing(warehouse) as lake:
        know_all(lake, archive)
        started = time.perf_counter()
        found = Discovery()
        left = Worklist(
            lake, discover_files([str(archive)], None, partial(known_files, lake), again=False, counts=found)
        )
        seconds = time.perf_counter() - started
    if left.files or found.unchanged != files:
        raise SystemExit(f"{left.files} of {files} files are taken for new")
    whole = newsmill.run("ingest", str(archive), "-w", str(warehouse), is_watched=True)
    say("")
    print_table(
        ["unchanged files", "s discovery", "s whole command", "MB coordinator"],
        [[f"{files:,}", f"{seconds:.1f}", f"{whole.seconds:.1f}", f"{whole.peaks.coordinator:,.0f}"]],
    )


def know_all(lake: duckdb.DuckDBPyConnection, archive: Path) -> None:
    """Writes into the ledger that every file of the archive is loaded as it is."""
    now = datetime.now(UTC)
    rows = [
        {
            "file_uri": file.file_uri,
            "location": file.location,
            "size": file.size,
            "mtime": file.mtime,
            "sha256": "0" * 64,
            "status": LOADED,
            "article_count": 1,
            "quarantined_count": 0,
            "run_id": "made",
            "committed_at": now,
        }
        for file in discover_files([str(archive)], None, partial(known_files, lake), again=False)
    ]
    lake.register("made", pa.Table.from_pylist(rows, schema=schemas.FILES))
    lake.execute("INSERT INTO files BY NAME FROM made")
    lake.unregister("made")
