"""Where tasks are done: in this process, or in a pool of worker processes on this machine.

The same tasks run on each. Worker processes share the coordinator's Prefect server through PREFECT_API_URL, load the
model as they start, and end when the coordinator does, however it ends.
"""

import os
import threading
from multiprocessing import connection, parent_process
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.settings import Runner


def make_runner(kind: Runner, workers: int, model: str) -> TaskRunner[Any]:
    """The task runner of that kind. It must be entered as a context manager."""
    if kind is Runner.INLINE:
        return ThreadPoolTaskRunner(max_workers=1)
    return ProcessPoolTaskRunner(max_workers=workers, initializer=prepare_worker, initargs=(model,))


def choose_runner(kind: Runner, total_bytes: int, inline_bytes: int) -> Runner:
    """What 'auto' means for an input of that size: a small one is done before a pool has started."""
    if kind is not Runner.AUTO:
        return kind
    return Runner.INLINE if total_bytes <= inline_bytes else Runner.PROCESSES


def prepare_worker(model: str) -> None:
    """Runs once in each worker process: one thread for the matrices, no life without the parent, the model loaded."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", BLIS_NUM_THREADS="1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    from transforms.language import load_model

    load_model(model)


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
