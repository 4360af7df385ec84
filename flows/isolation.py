"""Processes of their own for work that may never come back: the language stage, and reading.

Comes in: functions, and what to call them with. Goes out: what they answer. A text that hangs spaCy, crashes it or
takes all memory ends that process and no other: the kernel keeps its limits of time and memory, whatever its code does.

`python -m flows.isolation FD` is that process; it ends when the one that started it does.
"""

import atexit
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from flows.errors import LanguageProcessError, ProcessEndedError, describe_exit

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

WATCH_SECONDS = 0.5
STOP_SECONDS = 5
FIRST_TO_GO = "500"
"""How much sooner than others the Linux OOM killer is to take it, of 1,000."""

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "BLIS_NUM_THREADS": "1"}


@dataclass(slots=True, frozen=True)
class Limits:
    """What one text may cost: `seconds`, and one more for each `pace` characters; `memory_bytes` beyond the model's."""

    seconds: float = 60
    pace: float = 500
    memory_bytes: int = 4 << 30

    def seconds_for(self, chars: int) -> float:
        """Seconds for so many characters. The default is some 50 times what a slow core takes."""
        return self.seconds + chars / self.pace


class IsolatedProcess:
    """The process. It is started when first needed, and again where it has ended; one caller at a time has it.

    With a `model`, it is one for the language stage, of limited memory; without, one for reading.
    """

    def __init__(self, model: str | None = None, memory_bytes: int = 0) -> None:
        self._preparation: tuple[Callable[..., None], tuple[Any, ...]] = (
            (prepare_reading, ()) if model is None else (prepare, (model, memory_bytes))
        )
        self._stage = "reading" if model is None else "the language stage"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_prepared = self._is_stopped = False

    def start(self) -> None:
        """Starts the process, which loads the model by itself, unless it runs."""
        with self._lock:
            self._start()

    def call(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """What the function answers there; what it raises is raised here.

        Raises ProcessEndedError where the process ended on it, LanguageProcessError where it cannot be started.
        """
        with self._lock:
            self._start()
            if not self._is_prepared:
                try:
                    self._receive()
                except ProcessEndedError as error:
                    raise LanguageProcessError(
                        f"{self._stage} cannot be started: its process ended with {describe_exit(error.exit_code)}"
                        " as it loaded what it needs: check that there is memory for it"
                    ) from error
                self._is_prepared = True
            assert self._connection
            # A process that has gone takes nothing: what follows says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._connection.send((function, args, kwargs))
            return cast(Result, self._receive())

    def stop(self) -> None:
        """Ends the process for good, and whatever it is busy with: that call raises ProcessEndedError."""
        self._is_stopped = True
        if process := self._process:
            process.kill()
        with self._lock:
            self._forget()

    def _start(self) -> None:
        if self._is_stopped:
            raise LanguageProcessError(f"{self._stage} has been stopped, as the run is ending")
        if self._process:
            return
        ours, theirs = Pipe()
        with theirs:
            # The paths of this process: what it has imported must be found there, too.
            paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows.isolation", str(theirs.fileno())],
                env={**os.environ, **_ONE_THREAD, "PYTHONPATH": paths},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._connection = ours
        self._is_prepared = False
        function, args = self._preparation
        with suppress(BrokenPipeError, ConnectionResetError):
            ours.send((function, args, {}))

    def _receive(self) -> Any:
        assert self._connection
        try:
            has_succeeded, answer = self._connection.recv()
        except (EOFError, ConnectionResetError):
            raise ProcessEndedError(self._forget()) from None
        except BaseException:
            # Half an answer is no answer: the next caller gets a new process.
            self._forget()
            raise
        if has_succeeded:
            return answer
        raise answer

    def _forget(self) -> int:
        """Ends the process, and answers its exit code; a negative one is the signal that ended it."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection:
            connection.close()
        if not process:
            return 0
        try:
            return process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


_PROCESSES: dict[tuple[str, int], IsolatedProcess] = {}
_READING: list[IsolatedProcess] = []


def isolated_process(model: str, memory_bytes: int) -> IsolatedProcess:
    """The one process that this one keeps for the model; of another model none is left."""
    key = (model, memory_bytes)
    if key not in _PROCESSES:
        _stop_language_process()
        _PROCESSES[key] = IsolatedProcess(model, memory_bytes)
    return _PROCESSES[key]


def reading_process() -> IsolatedProcess:
    """The one process that this one keeps for reading."""
    if not _READING:
        _READING.append(IsolatedProcess())
    return _READING[0]


def stop_isolated_processes() -> None:
    """Ends the processes of this one, whatever they do. Who asks for them next gets new ones."""
    _stop_language_process()
    while _READING:
        _READING.pop().stop()


def _stop_language_process() -> None:
    while _PROCESSES:
        _PROCESSES.popitem()[1].stop()


atexit.register(stop_isolated_processes)


# --- inside the process -----------------------------------------------------------------------------------------------


def allow_seconds(seconds: float) -> None:
    """Ends this process that many seconds from now, unless called again before. 0: never.

    SIGALRM ends a process that does not handle it, also where its code never comes back to the interpreter.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)


def prepare(model: str, memory_bytes: int) -> None:
    """Loads all code, the model and the word lists, and sets what memory may be taken then. No core is dumped."""
    import_module("flows.enriching")
    from transforms.extraction import extract_all
    from transforms.language import load_model

    list(extract_all(load_model(model), [("", None)]))
    _lower(resource.RLIMIT_DATA, _data_bytes() + memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def prepare_reading() -> None:
    """Loads all code that reads. No core is dumped."""
    import_module("flows.reading")
    _lower(resource.RLIMIT_CORE, 0)


def _data_bytes() -> int:
    """What this process has taken so far of what RLIMIT_DATA limits; 0 where the system does not tell."""
    with suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0


def _lower(kind: int, wanted: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _serve(connection: Connection) -> None:
    while True:
        try:
            asked = connection.recv_bytes()
        except (EOFError, ConnectionResetError):
            return
        try:
            function, args, kwargs = pickle.loads(asked)
            answer: tuple[bool, Any] = (True, function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised again where it was called from
            answer = (False, _portable(error))
        allow_seconds(0)
        connection.send(answer)


def _portable(error: Exception) -> Exception:
    """The exception, or where it cannot be sent one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - pickling may raise anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(number: int) -> None:
    """Serves the connection of that number until it is closed."""
    for ending in ENDING_SIGNALS:
        # They are for the one that started this, which then ends it.
        signal.signal(ending, signal.SIG_IGN)
    _end_with_parent()
    # Only Linux knows that file; elsewhere the system chooses.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")
    with Connection(number) as connection:
        _serve(connection)


if __name__ == "__main__":
    main(int(sys.argv[1]))
