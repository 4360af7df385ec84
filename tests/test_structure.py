"""The house stays as DESIGN has it: imports go one way, rows and schemas agree, nothing of a machine is committed."""

import ast
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

import schemas
from tests.conftest import PROJECT
from transforms.rows import Article, Event, Mention, Quote, Rejection

FORBIDDEN = {
    "transforms": {"flows", "warehouse", "prefect", "duckdb"},
    "warehouse": {"flows", "transforms", "prefect", "spacy"},
    "schemas.py": {"flows", "transforms", "warehouse", "prefect", "duckdb", "spacy"},
}


def imported_by(path: Path) -> set[str]:
    """Top-level packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("place", FORBIDDEN)
def test_imports_go_one_way(place: str) -> None:
    root = PROJECT / place
    modules = [root] if root.is_file() else sorted(root.rglob("*.py"))
    assert modules
    wrong = {str(m.relative_to(PROJECT)): imported_by(m) & FORBIDDEN[place] for m in modules}
    assert {module: names for module, names in wrong.items() if names} == {}


@pytest.mark.parametrize(
    ("row", "table", "added_later"),
    [
        (Article, "articles", {"sentence_count", "duplicate_of", "ingested_at", "run_id"}),
        (Mention, "entities", {"article_id", "published_date"}),
        (Quote, "quotes", {"article_id", "published_date"}),
        (Event, "events", {"article_id", "published_date"}),
        (Rejection, "quarantine", {"run_id", "quarantined_at"}),
    ],
)
def test_rows_in_flight_have_the_columns_of_their_table(row: type, table: str, added_later: set[str]) -> None:
    assert {field.name for field in fields(row)} | added_later == set(schemas.TABLES[table].names)


def test_nothing_committed_names_this_machine() -> None:
    names = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "py" + "pi.org", "python" + "hosted"]
    found = subprocess.run(
        ["git", "grep", "-nIF", *(part for name in names for part in ("-e", name))],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""
