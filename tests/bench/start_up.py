"""How long a user waits: from the shell to the first article in the language stage, and for what has little to do."""

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench.commands import CommandLine, last_counts, running_server
from tests.bench.corpus import write_corpus
from tests.bench.printing import print_table, say

TEXTS = 20
FIRST_ARTICLE = "ingest, to the first article in the language stage"


def print_start_up(root: Path, newsmill: CommandLine, rounds: int, *, is_small: bool) -> None:
    """The table: medians, the first use of Prefect on a machine too."""
    folder, warehouse, home = root / "corpus", root / "warehouse", newsmill.prefect_home
    write_corpus(folder, None, TEXTS)
    found: dict[str, list[float]] = {}
    for number in range(0 if is_small else rounds):
        took = first_article(CommandLine(root / f"prefect-{number}"), folder, warehouse)
        found.setdefault(f"{FIRST_ARTICLE}, first use on this machine", []).append(took)
    with running_server(home) as api_url:
        served = CommandLine(home, {"PREFECT_API_URL": api_url})
        served.run("ingest", str(folder), "-w", str(warehouse))
        runs: dict[str, Callable[[], float]] = {
            FIRST_ARTICLE: lambda: first_article(newsmill, folder, warehouse),
            "ingest, nothing to do": lambda: newsmill.run("ingest", str(folder), "-w", str(warehouse)).seconds,
            "with PREFECT_API_URL, to the first article": lambda: first_article(served, folder, warehouse),
            "with PREFECT_API_URL, nothing to do": lambda: (
                served.run("ingest", str(folder), "-w", str(warehouse)).seconds
            ),
            "sql": lambda: newsmill.run("sql", "SELECT count(*) FROM articles", "-w", str(warehouse)).seconds,
            "report overview": lambda: newsmill.run("report", "overview", "-w", str(warehouse)).seconds,
            "status": lambda: newsmill.run("status", "-w", str(warehouse)).seconds,
            "search": lambda: newsmill.run("search", "minister", "-w", str(warehouse)).seconds,
            "--help": lambda: newsmill.run("--help").seconds,
        }
        if is_small:
            runs = {name: run for name, run in runs.items() if "ingest, to" not in name and "first" not in name}
        for _ in range(rounds):
            for name, run in runs.items():
                found.setdefault(name, []).append(run())
    say("")
    print_table(
        ["command", "seconds", "from", "to"],
        [[name, f"{median(took):.2f}", f"{min(took):.2f}", f"{max(took):.2f}"] for name, took in found.items()],
    )


def first_article(newsmill: CommandLine, folder: Path, warehouse: Path) -> float:
    """Seconds from the start of the command until the first article was in the language stage."""
    shutil.rmtree(warehouse, ignore_errors=True)
    ended = newsmill.run("ingest", str(folder), "-w", str(warehouse))
    return float(last_counts(warehouse)["first_enriched_at"]) - ended.started_at
