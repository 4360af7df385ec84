"""What Prefect shows of a run: its progress while it goes, and the throughput of the runs up to it.

Comes in: what the run reports. Goes out: artifacts on its page in Prefect, and events in the log.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import duckdb
import pyarrow as pa
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact

from flows.logbook import LogFormat, chosen_log, log_event
from flows.progress import Reporter, reporter, set_reporter
from warehouse.status import read_throughput

ARTIFACT_SECONDS = 10.0
"""Progress goes to Prefect's server at most once in that time."""


class ShownProgress(Reporter):
    """Passes on what a run reports, and shows how far it is as an artifact."""

    def __init__(self, inner: Reporter, run_id: str) -> None:
        self._inner = inner
        self._run_id = run_id
        self._artifact: UUID | None = None
        self._total = self._done = 0
        self._last = 0.0

    def note(self, text: str) -> None:
        """Passes it on, or tells of it in the log."""
        if chosen_log() is LogFormat.PROGRESS:
            self._inner.note(text)
        log_event("note", self._run_id, message=text)

    def start(self, files: int, total_bytes: int) -> None:
        """Begins at 0 %."""
        self._inner.start(files, total_bytes)
        log_event("work", self._run_id, files=files, bytes=total_bytes)
        self._begin(total_bytes)

    def start_articles(self, articles: int, total_chars: int) -> None:
        """Begins at 0 %."""
        self._inner.start_articles(articles, total_chars)
        log_event("work", self._run_id, articles=articles, characters=total_chars)
        self._begin(total_chars)

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """Goes on, by bytes or characters."""
        self._inner.advance(files, articles, total_bytes)
        self._done += total_bytes
        if self._artifact and time.monotonic() - self._last >= ARTIFACT_SECONDS:
            self._update(min(100.0, 100 * self._done / max(self._total, 1)))

    def complete(self) -> None:
        """All is done."""
        if self._artifact:
            self._update(100.0)

    def _begin(self, total: int) -> None:
        self._total, self._done, self._last = total, 0, time.monotonic()
        answer = create_progress_artifact(0.0, key="progress", description=f"How far run {self._run_id} is")
        self._artifact = answer if isinstance(answer, UUID) else None

    def _update(self, percent: float) -> None:
        assert self._artifact is not None
        self._last = time.monotonic()
        update_progress_artifact(self._artifact, round(percent, 1))


@contextmanager
def shown_progress(run_id: str) -> Iterator[None]:
    """Shows on its page in Prefect how far the run inside is."""
    shown = ShownProgress(reporter(), run_id)
    with set_reporter(shown):
        yield
    shown.complete()


def show_throughput(connection: duckdb.DuckDBPyConnection) -> None:
    """Shows articles and words a second of the last runs that analysed any."""
    table: pa.Table = read_throughput(connection)
    if table.num_rows:
        create_table_artifact(
            table.to_pylist(), key="throughput", description="Articles and words a second, by run, the newest first"
        )
        newest = table.to_pylist()[0]
        get_run_logger().info("%s articles/s, %s words/s", newest["articles_per_second"], newest["words_per_second"])
