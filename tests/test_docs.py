"""The pages name what the code has: every command, every option of ingest, every kind of reject, every setting."""

import inspect
import re

import pytest

import flows.enriching
import warehouse.marking
from flows.cli import app, ingest, quarantine
from flows.settings import Settings
from tests.conftest import PROJECT
from transforms.fields import FIELD_NAMES
from transforms.lexicon import read_seed
from transforms.readers import FORMATS
from transforms.readers.error_types import ERROR_TYPES
from transforms.repairs import REPAIRS

README = (PROJECT / "README.md").read_text(encoding="utf-8")
INPUTS = (PROJECT / "docs" / "inputs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [command.callback.__name__ for command in app.registered_commands if command.callback]
    + [f"quarantine {command.name}" for command in quarantine.registered_commands],
)
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"newsmill {command}" in README or (" " in command and command in README)


def test_every_option_of_ingest_stands_in_the_readme() -> None:
    hidden = {"paths", "verbose"}
    spelled = {"field_map": "map", "date_order": "date-order"}
    missing = [
        name
        for name in inspect.signature(ingest).parameters
        if name not in hidden and f"--{spelled.get(name, name)}" not in README
    ]
    assert missing == []


def test_every_setting_stands_in_the_readme() -> None:
    assert [name for name in Settings.model_fields if f"`{name}`" not in README] == []


def test_every_field_name_stands_on_the_page_of_inputs() -> None:
    assert [n for names in FIELD_NAMES.values() for n in names if f"`{n}`" not in INPUTS] == []


def test_every_kind_of_reject_stands_on_the_page_of_inputs() -> None:
    rows = {tuple(cell.strip(" `") for cell in line.split("|")[1:4]) for line in INPUTS.splitlines() if "|" in line}
    assert [(stage, kind) for kind, (stage, why) in ERROR_TYPES.items() if (stage, kind, why) not in rows] == []


def test_no_kind_of_reject_is_made_that_is_not_known() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "transforms").rglob("*.py")))
    made = set(re.findall(r'(?:DECODE|PARSE|READ), "(\w+)"', source))
    made |= {warehouse.marking.SUPERSEDED, warehouse.marking.REPEATED}
    made.add(flows.enriching.ENRICH_ERROR)
    assert len(made) > 8
    assert made - set(ERROR_TYPES) == set()


def test_every_repair_stands_on_the_page_of_inputs() -> None:
    assert [name for name in REPAIRS if f"`{name}`" not in INPUTS] == []


def test_every_suffix_of_a_format_stands_on_the_page_of_inputs() -> None:
    assert [suffix for format_ in FORMATS for suffix in format_.suffixes if f"`{suffix}`" not in INPUTS] == []


def test_every_rule_of_quotes_stands_on_its_page() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "transforms/quotes").rglob("*.py")))
    rules = set(re.findall(r'(?:Attribution|Content)\(\s*"(\w+)"', source)) | set(
        re.findall(r'_stretch\("(\w+)"', source)
    )
    rules |= set(re.findall(r'^\s+"(\w+)": \(re\.compile', source, re.MULTILINE))
    page = (PROJECT / "docs" / "quotes.md").read_text(encoding="utf-8")
    assert len(rules) > 20
    assert [rule for rule in sorted(rules) if f"`{rule}`" not in page] == []


def test_every_type_and_sector_of_events_stands_on_its_page() -> None:
    page = (PROJECT / "docs" / "events.md").read_text(encoding="utf-8")
    names = {row["event_type"] for row in read_seed("event_types")}
    names |= {row["sector"] for seed in ("sectors", "actor_names") for row in read_seed(seed) if row["sector"]}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
