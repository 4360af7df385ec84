"""Named instants of a run at which it can be killed: the gaps between two writes.

Comes in: the name of an instant, how often it is to be reached, and what is to be done then, such as a SIGKILL to the
whole process group. The functions around the gaps are wrapped in the process that is to die; the code knows nothing.
"""

import functools
import importlib
from collections.abc import Callable
from typing import Any

BEFORE, AFTER = "before", "after"

INSTANTS: dict[str, tuple[str, str, str]] = {
    "run written down": ("flows.running", "start_run", AFTER),
    "nothing read": ("flows.ingest", "read_shard", BEFORE),
    "file half staged": ("warehouse.staging", "pq.write_table", AFTER),
    "shard staged": ("flows.ingest", "read_shard", AFTER),
    "wave half marked": ("warehouse.marking", "WaveMarker._write", AFTER),
    "wave marked": ("warehouse.marking", "WaveMarker.mark", AFTER),
    "shard enriched": ("flows.ingest", "enrich_shard", AFTER),
    "old rows deleted": ("warehouse.publish", "_delete_removed", AFTER),
    "rows inserted": ("warehouse.publish", "_insert_rows", AFTER),
    "rejects inserted": ("warehouse.publish", "store_rejects", AFTER),
    "all but committed": ("warehouse.publish", "record_files", AFTER),
    "committed": ("flows.ingest", "publish_shard", AFTER),
    "counted, staging not removed": ("flows.ingest", "IngestRun._remember_counts", AFTER),
    "all published, run not closed": ("flows.ingest", "finish_run", BEFORE),
    "run closed": ("flows.ingest", "finish_run", AFTER),
}
"""Module and function by instant, and whether it is before or after the call."""

REEXTRACT_INSTANTS: dict[str, tuple[str, str, str]] = {
    "articles chosen": ("warehouse.chosen", "ChosenArticles._plan", AFTER),
    "texts half staged": ("warehouse.chosen", "ChosenArticles._write", AFTER),
    "changes found": ("flows.reextract", "find_changes", AFTER),
    "rows of one table deleted": ("warehouse.reextraction", "_delete_rows", AFTER),
    "rows of one table inserted": ("warehouse.reextraction", "_insert_rows", AFTER),
    "sentences counted": ("warehouse.reextraction", "_count_sentences", AFTER),
    "position noted": ("warehouse.reextraction", "_note_counts", AFTER),
    "shard committed": ("flows.reextract", "publish_changes", AFTER),
    "all extracted, run not closed": ("flows.reextract", "finish_run", BEFORE),
}
"""The same for `newsmill reextract`."""


def act_at(name: str, times: int, action: Callable[[], None]) -> None:
    """Does that when the instant is reached for that time, counted from 1."""
    module, path, side = (INSTANTS | REEXTRACT_INSTANTS)[name]
    *owners, attribute = path.split(".")
    owner: Any = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, attribute, _wrapped(getattr(owner, attribute), side, times, action))


def _wrapped(function: Callable[..., Any], side: str, times: int, action: Callable[[], None]) -> Callable[..., Any]:
    reached = 0

    def step() -> None:
        nonlocal reached
        reached += 1
        if reached == times:
            action()

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if side == BEFORE:
            step()
        answer = function(*args, **kwargs)
        if side == AFTER:
            step()
        return answer

    return wrapper
