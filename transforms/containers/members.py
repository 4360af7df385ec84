"""What the readers of archives have in common: a member, and its name."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from transforms.containers.streams import BufferedStream

_PLAIN_NAME = re.compile(r"[^\x00-\x1f\\./][^\x00-\x1f\\/]*(?:/[^\x00-\x1f\\./][^\x00-\x1f\\/]*)*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")

NOT_A_FILE = "it is a link or a device: put the file itself into the archive"


@dataclass(slots=True)
class Member:
    """A file in an archive. Walking can start again at `position`.

    `open` raises ContainerError, as reading the stream does. `refusal`: kind of error and message of one not read.
    """

    name: str
    position: int
    open: Callable[[], BufferedStream]
    refusal: tuple[str, str] | None = None


def refused(name: str, position: int, error_type: str, message: str) -> Member:
    """A member that is not read."""

    def nothing_to_open() -> BufferedStream:
        raise AssertionError(message)

    return Member(name, position, nothing_to_open, (error_type, message))


def member_name(name: str) -> str:
    """A member's name as its identity has it: relative, with '/', without '.' and '..'."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    parts: list[str] = []
    for part in _CONTROLS.sub("\ufffd", name.replace("\\", "/")).split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", ".", ".."}:
            parts.append(part)
    return "/".join(parts) or "unnamed"


def readable_name(raw: bytes, otherwise: str) -> str:
    """A name as UTF-8 where it is, as most writers do whatever they say; else in the encoding OTHERWISE."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(otherwise, "replace")
