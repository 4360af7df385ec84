"""One Prefect server for a run and all its worker processes.

Where PREFECT_API_URL (or Prefect's active profile) names a server, that one is used. Else a temporary one is started on
a free port of this machine, and ends with the process that started it, however that ends. Where it ends before, it is
started again at the same address.

`python -m flows.server PORT` is that temporary server; it stops when its standard input is closed.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from flows.ending import ending_on_signals
from flows.errors import ServerError
from flows.importing import without_collector

API_URL = "PREFECT_API_URL"
START_SECONDS = 120
STOP_SECONDS = 5
DRAIN_SECONDS = 15
RESTARTS = 3
CLIENT_RETRIES = "4"
"""Half a minute for every request, in which a server may come back. By Prefect's default a run without one takes six
minutes to end."""
WATCH_SECONDS = 0.2
_SERVER_ENVIRONMENT = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}


class TemporaryServer:
    """A Prefect server process of our own. Starting returns at once; `wait` blocks until it answers."""

    def __init__(self) -> None:
        self._port = _free_port()
        self.api_url = f"http://127.0.0.1:{self._port}/api"
        self._process = self._start()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(self._port)],
            env={**os.environ, **_SERVER_ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # Ctrl-C in the terminal is for the run, which then ends the server itself.
            start_new_session=True,
        )

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Returns when the server answers. Raises ServerError where it does not in time or ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"the temporary Prefect server ended as it started: {self._last_words()}")
            if _answers(self.api_url):
                self._watcher = threading.Thread(target=self._keep_alive, daemon=True)
                self._watcher.start()
                return
            time.sleep(0.05)
        self.stop()
        raise ServerError(f"the temporary Prefect server did not answer within {seconds:.0f} s")

    def stop(self) -> None:
        """Ends the server and waits for that."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
            if self._process.stdin:
                self._process.stdin.close()
        else:
            # Nobody has used it. While it imports it ends at once; while it makes its database, when that is done.
            self._process.terminate()
        try:
            self._process.wait(timeout=STOP_SECONDS if self._watcher else START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_streams()

    def _keep_alive(self) -> None:
        """Starts the server again where it ends by itself. What asks it in between tries again for a while."""
        for _ in range(RESTARTS):
            while self._process.poll() is None:
                if self._stopping.wait(WATCH_SECONDS):
                    return
            self._close_streams()
            self._process = self._start()

    def _close_streams(self) -> None:
        for stream in (self._process.stdin, self._process.stderr):
            if stream:
                stream.close()

    def _last_words(self) -> str:
        words = self._process.stderr.read().decode("utf-8", "replace") if self._process.stderr else ""
        return (words.strip().splitlines() or ["it said nothing"])[-1]

    def __enter__(self) -> "TemporaryServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()


@contextmanager
def prefect_server() -> Iterator[TemporaryServer | None]:
    """A server for what is done inside: the one that is configured (None), or a temporary one that is starting.

    PREFECT_API_URL is set for this process and those that it starts. SIGTERM ends what is done inside as Ctrl-C does.
    """
    # What Prefect's threads cannot send while a server is away they send later; without that they tell of each event.
    os.environ.setdefault("PREFECT_LOGGING_INTERNAL_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_CLIENT_MAX_RETRIES", CLIENT_RETRIES)
    logging.raiseExceptions = False
    with ending_on_signals():
        if url := configured_api_url():
            with _naming_faults(url):
                yield None
            return
        with _temporary_server() as server, _naming_faults(server.api_url):
            yield server


@contextmanager
def _naming_faults(api_url: str) -> Iterator[None]:
    """Raises ServerError for what Prefect raises where the server fails it, or is gone for longer than it tries."""
    try:
        yield
    except Exception as error:
        if reason := _fault_of(error):
            raise ServerError(
                f"the Prefect server at {api_url} {reason}; what was committed stays, and the same command goes on from"
                " there"
            ) from error
        raise


def _fault_of(error: BaseException) -> str | None:
    """What the server did, where it is at fault for that."""
    if "prefect.exceptions" not in sys.modules:
        return None
    import httpx
    from prefect.exceptions import PrefectHTTPStatusError

    if isinstance(error, httpx.TransportError):
        return "does not answer any more: see why it ended, and start it again"
    if isinstance(error, PrefectHTTPStatusError) and error.response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return f"failed with status {error.response.status_code}: check that the disk of its database has room"
    return None


@contextmanager
def _temporary_server() -> Iterator[TemporaryServer]:
    with TemporaryServer() as server:
        os.environ[API_URL] = server.api_url
        try:
            yield server
        finally:
            _send_what_is_queued()
            del os.environ[API_URL]


@contextmanager
def without_heartbeats() -> Iterator[None]:
    """Runs inside send no heartbeats, for whose thread Prefect waits up to a second as a flow ends.

    They tell a server of runs that were killed; a temporary one ends with its run.
    """
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _send_what_is_queued() -> None:
    """Lets Prefect's threads send their events and logs while the server is still there to take them.

    They would try again and again otherwise, for more than a minute, as the process ends.
    """
    if "prefect.events.worker" not in sys.modules:
        return
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=DRAIN_SECONDS)


def configured_api_url() -> str | None:
    """The server that the user has named, by environment or Prefect's active profile, without importing Prefect."""
    if url := os.environ.get(API_URL):
        return url
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    path = Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml"))
    try:
        profiles = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return None
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    url = profiles.get("profiles", {}).get(active, {}).get(API_URL)
    return str(url) if url else None


def check_answers(api_url: str) -> None:
    """Raises ServerError where no Prefect server answers at that address."""
    if not _answers(api_url, timeout=10):
        raise ServerError(
            f"no Prefect server answers at {api_url} ({API_URL}): start it with 'prefect server start', or unset"
            f" {API_URL} to run with a temporary one"
        )


def _answers(api_url: str, timeout: float = 1) -> bool:
    try:
        with urllib.request.urlopen(f"{api_url.rstrip('/')}/health", timeout=timeout) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve_until_alone(port: int, host: str = "127.0.0.1") -> None:
    """Runs a Prefect server in this process until its standard input is closed."""
    # Imported before uvicorn handles signals: until then SIGTERM ends this at once.
    with without_collector():
        import uvicorn
        from prefect.server.api.server import create_app

    config = uvicorn.Config(
        create_app,
        factory=True,
        host=host,
        port=port,
        log_level="error",
        lifespan="on",
    )
    server = uvicorn.Server(config)

    def watch() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        time.sleep(3)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    server.run()


if __name__ == "__main__":
    serve_until_alone(int(sys.argv[1]))
