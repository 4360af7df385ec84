"""Tables as they stand in docs/benchmarks.md."""

import sys
from collections.abc import Sequence


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table: the first column is text, all others numbers."""
    say("| " + " | ".join(head) + " |")
    say("|---|" + "---:|" * (len(head) - 1))
    for row in rows:
        say("| " + " | ".join(row) + " |")
