"""What tests share: a Prefect home of their own, one Prefect server, and the command line called in this process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run; the long forms look for new ones.
settings.register_profile("newsmill", derandomize=True, deadline=None)
settings.load_profile("newsmill")

PREFECT_HOME = tempfile.mkdtemp(prefix="newsmill-prefect-")
# Set before anything imports Prefect, which reads its settings then.
os.environ.update(PREFECT_HOME=PREFECT_HOME, PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="CRITICAL")
os.environ.pop("PREFECT_API_URL", None)
# Tests write their inputs just before they load them.
os.environ["NEWSMILL_SETTLE_SECONDS"] = "0"

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """The address of a real Prefect server that all tests of a session share."""
    from flows.server import prefect_server

    with prefect_server() as server:
        assert server is not None
        server.wait()
        yield server.api_url


@pytest.fixture
def load(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the ingest flow in this process: load(paths, warehouse=..., **parameters)."""
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    from flows.ingest import ingest

    def run(*paths: Path, **parameters: Any) -> Any:
        return ingest(
            paths=[str(path) for path in paths],
            **{k: str(v) if isinstance(v, Path) else v for k, v in parameters.items()},
        )

    return run


@pytest.fixture
def retry(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the retry flow in this process: retry(warehouse=..., **parameters)."""
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    from flows.retry import retry as flow

    return flow


@pytest.fixture
def newsmill(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Calls the command line in this process."""
    from flows.cli import main

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["newsmill", *map(str, arguments)])
        capsys.readouterr()
        before = dict(os.environ)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            # Commands tell the processes that they start by the environment.
            os.environ.clear()
            os.environ.update(before)
        captured = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def shell() -> Callable[..., Outcome]:
    """Calls the command line in a process of its own, as a user does."""

    def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            cwd=cwd,
            env={**{k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"}, **environment},
            capture_output=True,
            text=True,
            timeout=240,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run
