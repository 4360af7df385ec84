"""Reads the word lists of `seeds/` that extraction works from.

Comes in: the name of a CSV file with a header. Goes out: their rows, cached for the life of the process.
"""

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path


def default_seeds_dir() -> Path:
    """The seeds that come with newsmill."""
    return Path(str(files("seeds")))


@cache
def read_seed(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `seeds/NAME.csv`, each a dict of column to text ('' where the cell is empty).

    Raises FileNotFoundError where the seeds folder has no such file.
    """
    path = default_seeds_dir() / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
