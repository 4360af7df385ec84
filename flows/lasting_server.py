"""A Prefect server that lasts as long as `newsmill serve`, and whose database lasts longer.

Comes in: an address, and the folder of the database. Goes out: a server process with user interface and scheduler; it
is started again where it ends by itself, and ends with the process that started it, however that ends.

`python -m flows.lasting_server HOST PORT` is that server.
"""

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from flows.errors import ServerError
from flows.server import TemporaryServer, serve_until_alone

DATABASE_FILE = "prefect.db"
LOG_FILE = "server.log"
LEAVE_SECONDS = 6
"""The server of a `serve` that was killed takes so long to end."""

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
"""What a client on this machine asks for where a server listens at all addresses."""


class LastingServer(TemporaryServer):
    """A Prefect server at an address that the user knows. Raises ServerError where another process listens there."""

    def __init__(self, home: Path, host: str, port: int) -> None:
        _check_free(host, port)
        self._home = home
        self._host = host
        self._port = port
        self.ui_url = f"http://{ANY_ADDRESS.get(host, host)}:{port}"
        self.api_url = f"{self.ui_url}/api"
        self._process = self._start()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> "LastingServer":
        return self

    def _start(self) -> subprocess.Popen[bytes]:
        with (self._home / LOG_FILE).open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.lasting_server", self._host, str(self._port)],
                env={**os.environ, **self._environment()},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for `newsmill serve`, which then ends the server itself.
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            "PREFECT_API_URL": self.api_url,
            # Relative, so that it is right in a browser on any machine.
            "PREFECT_UI_API_URL": "/api",
            "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self._home.resolve() / DATABASE_FILE}",
            # What goes wrong stands in its log, whatever this process shows.
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
            "PREFECT_LOGGING_INTERNAL_LEVEL": "WARNING",
            # Nothing is told to anybody.
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    def _last_words(self) -> str:
        words = (self._home / LOG_FILE).read_text(encoding="utf-8", errors="replace")
        return f"{(words.strip().splitlines() or ['it said nothing'])[-1]} ({self._home / LOG_FILE})"


def _check_free(host: str, port: int) -> None:
    """Raises ServerError where another process listens there, and goes on doing so."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while error := _bind_error(host, port):
        if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            raise ServerError(
                f"no Prefect server can be started at {host}:{port}: {(error.strerror or str(error)).lower()}: give"
                f" another --port, or, where a Prefect server runs there, PREFECT_API_URL=http://{host}:{port}/api"
            ) from error
        time.sleep(0.5)


def _bind_error(host: str, port: int) -> OSError | None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None


if __name__ == "__main__":
    serve_until_alone(int(sys.argv[2]), sys.argv[1])
