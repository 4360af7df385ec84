"""The benchmark works: its smallest form prints every table. Its figures say nothing."""

import subprocess
import sys

import pytest


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], capture_output=True, text=True, timeout=600, check=False
    )


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (("rates", "start"), ("| newsmill ingest |", "words/s", "| ingest, nothing to do |", "| status |")),
        pytest.param(("memory", "discovery"), ("MB coordinator", "unchanged files"), marks=pytest.mark.long),
    ],
)
def test_the_smallest_benchmark_prints_its_tables(parts: tuple[str, ...], told: tuple[str, ...]) -> None:
    ended = bench("--small", *parts)
    assert ended.returncode == 0, ended.stderr[-2000:] + ended.stdout[-2000:]
    for words in told:
        assert words in ended.stdout


def test_a_part_that_does_not_exist_is_named_with_those_that_do() -> None:
    ended = bench("rate")
    assert ended.returncode == 2
    assert "no such part: rate; there are rates, start, memory, discovery" in ended.stderr
