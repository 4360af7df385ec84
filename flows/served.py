"""Ends a flow's process in order where `newsmill serve`, which started it, is no more.

Comes in: the process id that `serve` leaves in the environment. Goes out: SIGTERM, on which a run ends in order;
else it would go on unseen, and the next `serve` could not know whether anybody still runs it.
"""

import os
import signal
import threading
import time

SERVED_BY = "NEWSMILL_SERVED_BY"
LOOK_SECONDS = 1.0


def end_with_server() -> None:
    """Watches over the process that serves this one, where there is one. May be called again."""
    server = os.environ.pop(SERVED_BY, None)
    if server and os.getppid() == int(server):
        threading.Thread(target=_watch, args=(int(server),), daemon=True).start()


def _watch(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
