"""Loads the model while the Prefect server is starting, where there is something to do for it.

A small input is done by the run itself, which would else begin to load the model when it knows that it has work. To
look for that here takes a moment at most; whatever is wrong with the inputs, the run will say.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from flows.discover import InputFile, discover_files
from flows.isolation import isolated_process
from flows.locations import is_url
from flows.settings import Runner, Settings
from warehouse.ledger import KnownFile, opened_ledger

LOOK_FILES = 2_000
"""More files are not looked at: that would take longer than it saves."""


def load_model_early(paths: Sequence[str], corpus: str | None, settings: Settings, *, again: bool) -> bool:
    """Starts the language process of this one, if the run will want it; answers whether it does. Never raises."""
    with suppress(Exception):
        if _is_small_work(paths, corpus, settings, again=again):
            isolated_process(settings.model, settings.text_limits().memory_bytes).start()
            return True
    return False


def _is_small_work(paths: Sequence[str], corpus: str | None, settings: Settings, *, again: bool) -> bool:
    """Whether there are new or changed files, so few that no pool is started; no, where there are many to look at.

    Nothing is read: a file of another size or time counts as changed.
    """
    if any(map(is_url, paths)):
        return False
    files = list(islice(discover_files(paths, corpus, lambda _: {}, again=True), LOOK_FILES + 1))
    if len(files) > LOOK_FILES:
        return False
    with opened_ledger(settings.warehouse) as known:
        entries = {} if again else known([file.file_uri for file in files])
    changed = [file for file in files if not _looks_unchanged(file, entries.get(file.file_uri))]
    total_bytes = sum(file.size or 0 for file in changed)
    return bool(changed) and settings.runner_for(total_bytes) is Runner.INLINE


def _looks_unchanged(file: InputFile, known: KnownFile | None) -> bool:
    return known is not None and known.is_readable and (known.size, known.mtime) == (file.size, file.mtime)
