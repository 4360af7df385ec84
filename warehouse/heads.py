"""The comment heads of SQL files, which say what a report or view answers.

Comes in: the text of a file. Goes out: its title, notes, parameters and the meaning of its columns:

    -- Who is quoted most?                              the title
    -- A row is a person or body.                       notes
    -- $limit INTEGER = 20: rows at most                a parameter with its default
    -- $name TEXT required: whose quotes                one that has to be given
    --   speaker: who is quoted                         a column, set in by three blanks; * stands for all others
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a parameter takes."""

    DATE = "DATE"
    TEXT = "TEXT"
    INTEGER = "INTEGER"
    REAL = "REAL"


@dataclass(slots=True, frozen=True)
class Parameter:
    """A value that a report is asked with. `default` is as the head has it; None is NULL."""

    name: str
    kind: Kind
    meaning: str
    default: str | None = None
    is_required: bool = False


@dataclass(slots=True, frozen=True)
class Head:
    """What stands in the comment lines at the top of a file."""

    title: str
    notes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]


_PARAMETER = re.compile(r"\$(\w+) (DATE|TEXT|INTEGER|REAL)(?: (required)| = ([^:]+))?: (.+)")
_COLUMN = re.compile(r"-- {3}(\S+): (.+)")


def read_head(sql: str) -> Head:
    """The head of a file's text. Lines that are neither parameter nor column are the title and notes."""
    texts: list[str] = []
    parameters: list[Parameter] = []
    columns: dict[str, str] = {}
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        if column := _COLUMN.fullmatch(line):
            columns[column[1]] = column[2]
        elif found := _PARAMETER.fullmatch(text):
            name, kind, required, default, meaning = found.groups()
            parameters.append(Parameter(name, Kind(kind), meaning, default, bool(required)))
        else:
            texts.append(text)
    return Head(texts[0] if texts else "", tuple(texts[1:]), tuple(parameters), columns)
