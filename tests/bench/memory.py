"""The most memory that an ingest's processes hold, over inputs of growing size: flat, or a leak."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.commands import CommandLine, last_counts
from tests.bench.corpus import write_records
from tests.bench.printing import print_table, say


def print_memory(root: Path, newsmill: CommandLine, sizes: Sequence[int]) -> None:
    """A line for each number of articles, which each have 60 words in the mean."""
    rows = []
    for size in sizes:
        folder, warehouse = root / f"{size}", root / f"{size}-warehouse"
        write_records(folder, size)
        ended = newsmill.run("ingest", str(folder), "-w", str(warehouse), "--workers", "2", is_watched=True)
        peaks, counts = ended.peaks, last_counts(warehouse)
        rows.append(
            [f"{counts['articles']:,}", f"{counts['words']:,}", f"{ended.seconds:,.0f}"]
            + [f"{peak:,.0f}" for peak in (peaks.coordinator, peaks.worker, peaks.workers, peaks.server)]
        )
    say("")
    print_table(["articles", "words", "s", "MB coordinator", "largest worker", "all workers", "server"], rows)
