"""Loads the model while the Prefect server is starting, where there is something to do for it.

A small input is done by the run itself, which would else begin to load the model when it knows that it has work. To
look for that here takes a moment at most; whatever is wrong with the inputs, the run will say.
"""

import time
from collections.abc import Sequence
from contextlib import suppress

from flows.discover import discover_files
from flows.isolation import isolated_process
from flows.locations import is_url
from flows.settings import Runner, Settings
from warehouse.ledger import opened_ledger

LOOK_SECONDS = 0.5


def load_model_early(paths: Sequence[str], corpus: str | None, settings: Settings, *, again: bool) -> bool:
    """Starts the language process of this one, if the run will want it; answers whether it does. Never raises."""
    with suppress(Exception):
        if _is_small_work(paths, corpus, settings, again=again):
            isolated_process(settings.model, settings.text_limits().memory_bytes).start()
            return True
    return False


def _is_small_work(paths: Sequence[str], corpus: str | None, settings: Settings, *, again: bool) -> bool:
    """Whether there are new or changed files, so few that no pool is started; no, where that takes long to find out."""
    if any(map(is_url, paths)):
        return False
    until = time.monotonic() + LOOK_SECONDS
    total_bytes = files = 0
    with opened_ledger(settings.warehouse) as known:
        for file in discover_files(paths, corpus, known, again=again):
            files += 1
            total_bytes += file.size or 0
            if time.monotonic() > until:
                return False
    return files > 0 and settings.runner_for(total_bytes) is Runner.INLINE
