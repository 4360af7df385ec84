"""What a run tells of its steps: one event a line, as text or as one JSON object, and in the run's log in Prefect.

Comes in: the name of an event, the run and its numbers. Goes out: lines on standard error, where the setting `log` (or
NEWSMILL_LOG) asks for them. `flows/progress.py` is what people watch; this is what programs read.
"""

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

LOG_VARIABLE = "NEWSMILL_LOG"


class LogFormat(StrEnum):
    """How a run tells of its steps."""

    PROGRESS = "progress"
    """A bar on a terminal, a line now and then elsewhere; no events."""
    TEXT = "text"
    JSON = "json"


_chosen = LogFormat.PROGRESS


def choose_log(form: LogFormat) -> None:
    """Sets in which form this process tells of its events."""
    global _chosen
    _chosen = form


def chosen_log() -> LogFormat:
    """In which form this process tells of its events."""
    return _chosen


def log_event(event: str, run_id: str | None, **numbers: Any) -> None:
    """Tells of one step of a run: `shard` committed, run `start` and `end`, a `note`.

    Values are text, numbers, or mappings of these; None is left out. Inside a flow run it goes to Prefect's log, too.
    """
    told = {name: value for name, value in numbers.items() if value is not None}
    if _chosen is not LogFormat.PROGRESS:
        # Where nobody reads the lines any more, the run goes on without them.
        with suppress(OSError):
            sys.stderr.write(_line(event, run_id, told) + "\n")
            sys.stderr.flush()
    _tell_prefect(f"{event}: {_describe(told)}")


def log_shard(run_id: str, number: int, counts: Any, seconds: float) -> None:
    """Tells of a committed shard: rows that it wrote, and seconds from the language stage to the commit."""
    names = ("articles", "duplicates", "quarantined", "entities", "quotes", "events", "words")
    log_event(
        "shard", run_id, shard=number, **{name: getattr(counts, name) for name in names}, seconds=round(seconds, 3)
    )


def _line(event: str, run_id: str | None, told: dict[str, Any]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if _chosen is LogFormat.JSON:
        head = {"time": time, "event": event, **({"run_id": run_id} if run_id else {})}
        return json.dumps(head | told, ensure_ascii=False, default=str)
    return f"{time} {run_id or '-'} {event}: {_describe(told)}"


def _describe(told: dict[str, Any]) -> str:
    """One line of text: control characters of names and messages never reach a terminal."""
    text = ", ".join(f"{name} {_value(value)}" for name, value in told.items())
    return "".join(char if char.isprintable() else " " for char in text)


def _value(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _tell_prefect(text: str) -> None:
    if "prefect" not in sys.modules:
        return
    from prefect.context import FlowRunContext
    from prefect.logging import get_run_logger

    if FlowRunContext.get() is not None:
        get_run_logger().info("%s", text)
