"""Damaged files of every kind give articles and rejects; `make fuzz` looks at many more."""

from collections.abc import Iterator

import pytest

from tests import fuzz_readers


@pytest.mark.parametrize("kind", fuzz_readers.samples())
def test_damage_costs_no_more_than_rejects(kind: str) -> None:
    name, good = fuzz_readers.samples()[kind]
    assert fuzz_readers.check(name, good) is None
    inputs: Iterator[tuple[str, bytes]] = fuzz_readers._inputs(kind, 0, 40)
    assert [trouble for name, raw in inputs if (trouble := fuzz_readers.check(name, raw))] == []
