"""The pages name what the code has: every command, every option of ingest, every kind of reject, every setting."""

import inspect
import re

import pytest

import flows.enriching
import flows.reading
import transforms.articles
import transforms.readers.jsonl
import transforms.readers.record
import warehouse.marking
import warehouse.publish
from flows.cli import app, ingest
from flows.settings import Settings
from tests.conftest import PROJECT
from transforms.metadata import FIELD_NAMES

README = (PROJECT / "README.md").read_text(encoding="utf-8")
INPUTS = (PROJECT / "docs" / "inputs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", [command.callback.__name__ for command in app.registered_commands if command.callback]
)
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"newsmill {command}" in README


def test_every_option_of_ingest_stands_in_the_readme() -> None:
    hidden = {"paths", "verbose"}
    missing = [
        name for name in inspect.signature(ingest).parameters if name not in hidden and f"--{name}" not in README
    ]
    assert missing == []


def test_every_setting_stands_in_the_readme() -> None:
    assert [name for name in Settings.model_fields if f"`{name}`" not in README] == []


def test_every_field_name_stands_on_the_page_of_inputs() -> None:
    assert [n for names in FIELD_NAMES.values() for n in names if f"`{n}`" not in INPUTS] == []


def test_every_kind_of_reject_stands_on_the_page_of_inputs() -> None:
    modules = [flows.reading, transforms.articles, transforms.readers.jsonl, transforms.readers.record]
    source = "".join(inspect.getsource(module) for module in modules)
    kinds = set(re.findall(r'"(no_text|not_[a-z0-9_]+|broken_json|unexpected|unreadable|damaged)"', source))
    kinds |= {warehouse.marking.SUPERSEDED, warehouse.marking.REPEATED, warehouse.publish.ORIGINAL_FAILED}
    kinds.add(flows.enriching.ENRICH_ERROR)
    assert len(kinds) >= 11
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in INPUTS] == []
