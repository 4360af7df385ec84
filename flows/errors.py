"""What can go wrong with a run. Every message is one line: what, where, why, what to do."""

import os
import signal
import tempfile


class FlowsError(Exception):
    """A run cannot start or go on.

    `exit_code` is that of the command line. `is_transient`: the same may well succeed later, with nothing changed.
    """

    exit_code = 3
    is_transient = False


class InputError(FlowsError):
    """What the user named as input cannot be used: wrong usage."""

    exit_code = 2


class OutputError(FlowsError):
    """What was asked for cannot be written."""


class BinaryOutputError(InputError):
    """Bytes were to be written to a terminal: wrong usage."""

    def __init__(self) -> None:
        super().__init__("Parquet is not for a terminal: name a file with -o FILE")


class ServerError(FlowsError):
    """The Prefect server cannot be started or reached."""

    is_transient = True


class StagingError(FlowsError):
    """What is read of a file cannot be written down: the machine's fault, and no record's.

    `folder` is where it was to be written; the one for temporary files, where none is given.
    """

    def __init__(self, file_uri: str, error: OSError, folder: str | None = None) -> None:
        super().__init__(file_uri, error, folder)
        self.file_uri = file_uri
        self.error = error
        self.folder = folder

    def __str__(self) -> str:
        reason = os.strerror(self.error.errno).lower() if self.error.errno else self.error
        return (
            f"cannot go on with {self.file_uri}: {reason}: check that {self.folder or tempfile.gettempdir()} has room"
            " and may be written to; what was committed stays, and the same command goes on from there"
        )


class LanguageProcessError(FlowsError):
    """The process of the language stage cannot do anything."""

    is_transient = True


class ReadingProcessError(FlowsError):
    """A file ends the processes that read it, and it cannot be said where."""


class WorkersLostError(FlowsError):
    """Worker processes have ended again and again."""

    is_transient = True


class ProcessEndedError(Exception):
    """The process that was to answer has ended. A negative exit code is the signal that ended it."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


def describe_exit(exit_code: int) -> str:
    """An exit code in words: 'exit code 1', 'SIGSEGV'."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
