"""What a run says while it goes: a live bar on a terminal, plain lines elsewhere.

Comes in: steps of the flow. Goes out: text on standard error. The flow reports to whatever `reporting_to` has set.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from flows.logbook import LogFormat, chosen_log

LINE_SECONDS = 10
"""At most one plain line of progress in that time."""


class Reporter:
    """Says nothing; the base of the others. `console`: what it writes to."""

    console: Console | None = None

    def note(self, text: str) -> None:
        """Something worth a line."""

    def start(self, files: int, total_bytes: int) -> None:
        """The work is known: so many files, so many bytes."""

    def start_articles(self, articles: int, total_chars: int) -> None:
        """The work is known: so many stored articles, so many characters. Then `advance` counts no files."""

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """A shard has been committed."""

    def finish(self) -> None:
        """All is done, or given up."""


class LineReporter(Reporter):
    """Plain lines, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = self.console = console
        self._files = self._articles = self._bytes = 0
        self._total_files = self._total_articles = self._total_bytes = 0
        self._started = self._last_line = time.monotonic()

    def note(self, text: str) -> None:
        """Prints the line."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def start(self, files: int, total_bytes: int) -> None:
        """Prints what there is to do."""
        self._total_files, self._total_bytes = files, total_bytes
        self._started = self._last_line = time.monotonic()
        self.note(f"reading {files:,} files ({total_bytes / 1e6:,.1f} MB)")

    def start_articles(self, articles: int, total_chars: int) -> None:
        """Prints what there is to do."""
        self._total_articles, self._total_bytes = articles, total_chars
        self._started = self._last_line = time.monotonic()
        self.note(f"extracting from {articles:,} articles ({total_chars:,} characters)")

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """Prints a line now and then."""
        self._files += files
        self._articles += articles
        self._bytes += total_bytes
        now = time.monotonic()
        if now - self._last_line < LINE_SECONDS:
            return
        self._last_line = now
        seconds = now - self._started
        left = seconds * (self._total_bytes - self._bytes) / max(self._bytes, 1)
        done = f"{self._files:,}/{self._total_files:,} files, {self._articles:,} articles"
        if self._total_articles:
            done = f"{self._articles:,}/{self._total_articles:,} articles"
        self.note(f"{done}, {self._articles / seconds:,.1f} articles/s, {_duration(left)} left")


class BarReporter(Reporter):
    """A live line on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = self.console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[files]}{task.fields[articles]:,} articles"),
            TextColumn("{task.fields[rate]:,.1f} articles/s"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._files = self._articles = 0
        self._task = self._progress.add_task("starting", total=None, files="", articles=0, rate=0.0)
        self._started = time.monotonic()
        self._progress.start()

    def note(self, text: str) -> None:
        """Prints the line above the bar."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def start(self, files: int, total_bytes: int) -> None:
        """Shows the bar, empty."""
        self._started = time.monotonic()
        self._progress.update(self._task, description=f"{files:,} files", total=total_bytes)

    def start_articles(self, articles: int, total_chars: int) -> None:
        """Shows the bar, empty."""
        self._started = time.monotonic()
        self._progress.update(self._task, description=f"{articles:,} articles", total=total_chars)

    def advance(self, files: int, articles: int, total_bytes: int) -> None:
        """Moves the bar."""
        self._files += files
        self._articles += articles
        rate = self._articles / max(time.monotonic() - self._started, 1e-3)
        files_done = f"{self._files:,} files  " if self._files else ""
        self._progress.update(self._task, advance=total_bytes, files=files_done, articles=self._articles, rate=rate)

    def finish(self) -> None:
        """Takes the bar away."""
        self._progress.stop()


_REPORTER: ContextVar[Reporter] = ContextVar("reporter", default=Reporter())  # noqa: B039 - it has no state


def reporter() -> Reporter:
    """Where the running flow reports to."""
    return _REPORTER.get()


@contextmanager
def reporting_to(console: Console) -> Iterator[Reporter]:
    """Lets flows report to that console while the block runs."""
    chosen: Reporter = Reporter()
    if chosen_log() is LogFormat.PROGRESS:
        chosen = BarReporter(console) if console.is_terminal else LineReporter(console)
    try:
        with set_reporter(chosen):
            yield chosen
    finally:
        chosen.finish()


@contextmanager
def set_reporter(chosen: Reporter) -> Iterator[None]:
    """Lets flows report to that one while the block runs."""
    token = _REPORTER.set(chosen)
    try:
        yield
    finally:
        _REPORTER.reset(token)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
