"""The benchmark works: its smallest form prints every table. Its figures say nothing."""

import subprocess
import sys


def test_the_smallest_benchmark_prints_every_table() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--small"], capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:] + ended.stdout[-2000:]
    for row in ("newsmill ingest", "ingest, nothing to do", "status"):
        assert f"| {row} |" in ended.stdout
    for head in ("words/s", "command", "MB coordinator", "unchanged files"):
        assert head in ended.stdout


def test_a_part_that_does_not_exist_is_named_with_those_that_do() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench", "rate"], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert "no such part: rate; there are rates, start, memory, discovery" in ended.stderr
