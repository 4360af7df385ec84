"""What the commands of the command line share: exit codes, options, settings, and how their values are read.

Comes in: text that a user typed. Goes out: typed values, or an InputError in one line.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.errors import InputError
from flows.render import Format

if TYPE_CHECKING:
    from flows.settings import Settings

DONE = 0
QUARANTINED = 1
WRONG_USAGE = 2
FAILED = 3
BROKEN = 4
INTERRUPTED = 130


class After(StrEnum):
    """What becomes of a file when its rows are committed."""

    KEEP = "keep"
    MOVE = "move"
    DELETE = "delete"


Warehouse = Annotated[
    Path | None,
    typer.Option("--warehouse", "-w", help="Folder of the warehouse.  [default: warehouse/data]", show_default=False),
]
OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="How to write the rows.")]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="SNAPSHOT|TIME",
        help="Read the warehouse as it was: 12, 2026-03-01, 2026-03-01T14:00Z.",
        show_default=False,
    ),
]
WorkersOption = Annotated[int | None, typer.Option(min=1, help="Worker processes.  [default: one a core]")]
ModelOption = Annotated[str | None, typer.Option(help="spaCy pipeline, by name or path.  [default: en_core_web_sm]")]
AfterOption = Annotated[After, typer.Option(help="What becomes of files when their rows are committed.")]
ToOption = Annotated[
    Path | None, typer.Option("--to", metavar="DIR", help="Where --after move puts them.", show_default=False)
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Give up at once where another process is writing.")]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_settings(**given: Any) -> "Settings":
    """The settings, with those options that were given instead. Raises InputError where one cannot be used."""
    from pydantic import ValidationError

    from flows.settings import SETTINGS_FILE, Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"setting '{where}' cannot be used: {first['msg'].lower()}; see {SETTINGS_FILE} and NEWSMILL_* variables"
        ) from error


def parse_at(text: str) -> int | datetime:
    """The number of a snapshot, or a time; UTC where it names no zone. Raises InputError."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"--at '{text}' is neither the number of a snapshot nor a time: write 12, 2026-03-01 or 2026-03-01T14:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_duration(option: str, text: str) -> timedelta:
    """A length of time such as 30d, 12h, 45m, 90s or 2w. Raises InputError, which names the option."""
    match = re.fullmatch(r"(\d{1,4})([smhdw])", text.strip())
    if not match:
        raise InputError(f"{option} '{text}' is no length of time: write a number and a unit, such as 30d, 12h or 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def say(console: Console, text: str) -> None:
    """Writes one line as it is: article text and file names are never read as markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
