"""What can go wrong with a run. Every message is one line: what, where, why, what to do."""

import signal


class FlowsError(Exception):
    """A run cannot start or go on."""


class InputError(FlowsError):
    """What the user named as input cannot be used: wrong usage."""


class OutputError(FlowsError):
    """What was asked for cannot be written."""


class BinaryOutputError(InputError):
    """Bytes were to be written to a terminal: wrong usage."""

    def __init__(self) -> None:
        super().__init__("Parquet is not for a terminal: name a file with -o FILE")


class ServerError(FlowsError):
    """The Prefect server cannot be started or reached."""


class StagingError(FlowsError):
    """What is read of a file cannot be written down: the machine's fault, and no record's."""

    def __init__(self, file_uri: str, error: OSError) -> None:
        super().__init__(file_uri, error)
        self.file_uri = file_uri
        self.error = error

    def __str__(self) -> str:
        return (
            f"cannot go on with {self.file_uri}: {self.error.strerror or self.error}: check that the disk has room and"
            " may be written to; the same command goes on from there"
        )


class LanguageProcessError(FlowsError):
    """The process of the language stage cannot do anything."""


class WorkersLostError(FlowsError):
    """Worker processes have ended again and again."""


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
