"""Where tasks are done: in this process, or in a pool of worker processes on this machine.

Comes in: tasks. Goes out: `Job`s, which answer what the task does. The same tasks run on each kind; all leave the
language stage to a process of its own (`isolation.py`). Worker processes share the coordinator's Prefect server through
PREFECT_API_URL, and end when the coordinator does, however it ends. Where one of them is killed, as the system does for
want of memory, the pool is made anew, and what it had not finished is done again.
"""

import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import active_children, connection, parent_process
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.errors import WorkersLostError
from flows.isolation import isolated_process, stop_isolated_processes
from flows.progress import reporter
from flows.settings import Runner

Result = TypeVar("Result")
Parameter = TypeVar("Parameter")

ATTEMPTS = 3
"""Times that a task is begun where worker processes are killed while it is under way."""


class Workers:
    """The task runner of a run, as a context manager. Left by an exception, it ends what is under way at once."""

    def __init__(self, kind: Runner, workers: int, model: str, memory_bytes: int) -> None:
        self._kind = kind
        self._workers = workers
        self._language = (model, memory_bytes)
        self._processes_of_others = set(active_children())
        self._runner = self._make()
        self.generation = 0

    def submit(self, work: Any, *, careful: Mapping[str, Any] | None = None, **parameters: Any) -> "Job[Any]":
        """Starts the task, as soon as a worker is free. `careful`: other parameters for its last attempt."""
        return Job(self, work, parameters, careful)

    @property
    def is_inline(self) -> bool:
        """Whether tasks are done in this process, which then must outlive them."""
        return self._kind is Runner.INLINE

    def begin(self, work: Any, parameters: dict[str, Any]) -> PrefectFuture[Any]:
        """Starts one attempt at it."""
        future: PrefectFuture[Any] = self._runner.submit(
            work, {name: unvisited(value) for name, value in parameters.items()}
        )
        return future

    def rebuild(self, generation: int) -> None:
        """Makes the pool of that generation anew, unless that has been done."""
        if generation != self.generation:
            return
        reporter().note("a worker process was killed, perhaps for want of memory: starting it again")
        self._runner.__exit__(None, None, None)
        self._runner = self._make()
        self._runner.__enter__()
        self.generation += 1

    def __enter__(self) -> "Workers":
        self._runner.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is not None:
            self._end_at_once()
        self._runner.__exit__(kind, error, tb)

    def _make(self) -> TaskRunner[Any]:
        if self._kind is Runner.INLINE:
            # It loads the model while files are found and read.
            isolated_process(*self._language).start()
            return ThreadPoolTaskRunner(max_workers=1)
        return ProcessPoolTaskRunner(max_workers=self._workers, initializer=prepare_worker, initargs=self._language)

    def _end_at_once(self) -> None:
        for process in set(active_children()) - self._processes_of_others:
            process.kill()
        stop_isolated_processes()


class Job(Generic[Result]):
    """A task under way."""

    def __init__(
        self, workers: Workers, work: Any, parameters: dict[str, Any], careful: Mapping[str, Any] | None = None
    ) -> None:
        self._workers = workers
        self._work = work
        self._parameters = parameters
        self._careful = careful or {}
        self._begin()

    def result(self) -> Result:
        """Waits for what the task answers, and raises what it raises.

        Raises WorkersLostError where worker processes are killed again and again.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                self._workers.rebuild(self._generation)
                if attempt == ATTEMPTS - 1:
                    self._parameters |= self._careful
                self._begin()
            # A pool that breaks ends all tasks under way: this one is begun again.
            with suppress(BrokenProcessPool):
                answer: Result = self._future.result()
                return answer
        raise WorkersLostError(
            f"worker processes were killed {ATTEMPTS} times during the task '{self._work.name}', most likely for want"
            " of memory: what was committed stays; run the same command again with fewer --workers"
        )

    def _begin(self) -> None:
        self._generation = self._workers.generation
        self._future = self._workers.begin(self._work, self._parameters)


def unvisited(value: Parameter) -> Parameter:
    """The value as a task's parameter that Prefect hands over as it is.

    It would walk through a collection in search of other tasks' results, and copy it, as often as the task is begun.
    """
    return cast(Parameter, quote(value))


def prepare_worker(model: str, memory_bytes: int) -> None:
    """Runs once in each worker process: no life without the parent, and a process of its own for the language stage."""
    # Ctrl-C in the terminal is for the run, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", BLIS_NUM_THREADS="1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    isolated_process(model, memory_bytes).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    stop_isolated_processes()
    os._exit(1)
