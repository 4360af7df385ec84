"""Ends a run in order where a signal asks for it: Ctrl-C (SIGINT), or SIGTERM.

Comes in: signals. Goes out: KeyboardInterrupt, or SystemExit with the code of SIGTERM. They are remembered, too: DuckDB
makes a RuntimeError of what a signal handler raises during a query, which Prefect would answer with another try.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from flows.progress import reporter

TERMINATED = 143
"""Exit code of a run that SIGTERM has ended."""

_received: list[int] = []


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Lets SIGINT and SIGTERM end what is done inside, whatever it makes of the exception.

    Raises KeyboardInterrupt or SystemExit. Does nothing outside a main thread, which alone is told of signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
        raise_if_ending()
    except Exception as error:
        if not _received:
            raise
        raise _exception() from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _received.clear()


def is_ending() -> bool:
    """Whether a signal has asked for the end."""
    return bool(_received)


def raise_if_ending() -> None:
    """Raises what the signal has raised before, where one has asked for the end."""
    if _received:
        raise _exception()


def _end(number: int, frame: FrameType | None) -> None:
    if not _received:
        word = "terminated" if number == signal.SIGTERM else "interrupted"
        reporter().note(f"newsmill: {word}; what was committed stays, and the same command goes on from there")
    _received.append(number)
    raise _exception()


def _exception() -> BaseException:
    return SystemExit(TERMINATED) if _received[0] == signal.SIGTERM else KeyboardInterrupt()
