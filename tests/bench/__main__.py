"""How fast newsmill is: `make bench`, or `python -m tests.bench [PART ...] [--texts FOLDER] [--newest PYTHON]`.

Each part prints a table as it stands in docs/benchmarks.md. Parts: rates, start, memory, discovery; all of them where
none is named. All is measured in one sitting, in turns; other work on the machine makes every figure in seconds worse,
ratios less so. `make bench-language` and `make bench-reports` measure their subjects alone.
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path

import duckdb
import prefect

from tests.bench.commands import CommandLine
from tests.bench.discovery import print_discovery
from tests.bench.memory import print_memory
from tests.bench.printing import say
from tests.bench.rates import print_rates
from tests.bench.start_up import print_start_up

PARTS = ("rates", "start", "memory", "discovery")
SMALL = {"texts": 8, "rounds": 1, "sizes": [20], "files": 20}


def main() -> None:
    """Prints the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast newsmill is.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--texts", type=Path, metavar="FOLDER", help="*.txt to run on, else invented articles")
    parser.add_argument("--newest", type=Path, metavar="PYTHON", help="interpreter with the newest spaCy and textacy")
    parser.add_argument("--number", type=int, default=1_000, help="texts, for rates")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000, 50_000], help="articles, for memory")
    parser.add_argument("--files", type=int, default=100_000, help="files, for discovery")
    parser.add_argument("--small", action="store_true", help="as small as can be: only whether it works")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if asked.small:
        asked.number, asked.rounds, asked.sizes, asked.files = SMALL.values()
    say(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, Prefect"
        f" {prefect.__version__}, DuckDB {duckdb.__version__}\n"
    )
    with tempfile.TemporaryDirectory(prefix="newsmill-bench-") as root:
        for part in asked.parts or PARTS:
            say(f"## {part}\n")
            print_part(part, Path(root) / part, CommandLine(Path(root) / "prefect"), asked)
            say("")


def print_part(part: str, root: Path, newsmill: CommandLine, asked: argparse.Namespace) -> None:
    """Runs one part in that folder, which it makes."""
    match part:
        case "rates":
            print_rates(root, newsmill, asked.texts, asked.number, asked.rounds, asked.newest, is_small=asked.small)
        case "start":
            print_start_up(root, newsmill, asked.rounds, is_small=asked.small)
        case "memory":
            print_memory(root, newsmill, asked.sizes)
        case "discovery":
            print_discovery(root, newsmill, asked.files)


if __name__ == "__main__":
    main()
