"""The tree of errors is closed: what a user may meet is known, says what it is, and has its exit code."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import flows
import transforms
import warehouse
from flows.errors import FlowsError
from flows.locations import LocationError
from tests.conftest import PROJECT
from transforms.errors import TransformsError
from warehouse.errors import WarehouseError

ROOTS = (FlowsError, TransformsError, WarehouseError)
CODES = {2: "wrong usage", 3: "failed"}
RELIABILITY = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")

INSIDE = {
    "ContainerError", "DamagedError", "LimitError", "LethalError", "ProcessEndedError", "RecordTooLargeError",
    "UndecodableError",
}  # fmt: skip
"""Become rejects, or another error, before anybody sees them."""


def all_errors() -> dict[str, type[Exception]]:
    """Every exception class of the project by name, but for those that a module keeps to itself."""
    found = {}
    for package in (flows, transforms, warehouse):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if Path(str(module.module_finder.path)).name == "__pycache__":  # type: ignore[union-attr]
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                is_own = isinstance(value, type) and value.__module__ == module.name
                if is_own and issubclass(value, Exception) and not name.startswith("_"):
                    found[name] = value
    return found


ERRORS = all_errors()


def test_every_error_is_of_the_tree_or_stays_inside() -> None:
    foreseen = {name for name, kind in ERRORS.items() if issubclass(kind, ROOTS)}
    assert len(foreseen) > 30
    assert set(ERRORS) - foreseen == INSIDE


@pytest.mark.parametrize("name", sorted(name for name, kind in ERRORS.items() if issubclass(kind, ROOTS)))
def test_an_error_has_a_meaning_and_an_exit_code(name: str) -> None:
    kind = ERRORS[name]
    assert kind.__doc__
    assert kind.exit_code in CODES  # type: ignore[attr-defined]
    # What may pass by itself is no fault of the one who asked.
    assert not (kind.is_transient and kind.exit_code == 2)  # type: ignore[attr-defined]


def test_what_is_transient_stands_on_the_page() -> None:
    transient = sorted(name for name, kind in ERRORS.items() if getattr(kind, "is_transient", False))
    assert transient
    assert [name for name in [*transient, "LocationError"] if f"`{name}`" not in RELIABILITY] == []


def test_a_server_that_is_away_is_no_wrong_usage() -> None:
    import errno

    away, missing = LocationError("away", errno.EHOSTUNREACH), LocationError("missing", errno.ENOENT)
    assert (away.exit_code, away.is_transient) == (3, True)
    assert (missing.exit_code, missing.is_transient) == (2, False)
