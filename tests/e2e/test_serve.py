"""`newsmill serve` on a real Prefect server of its own: a schedule fires, rows land, and it ends in order."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml
from filelock import FileLock

from flows.errors import InputError
from tests.conftest import PROJECT, Outcome
from tests.e2e.test_ingest import BRIDGE, FLOOD, ask

PATIENCE_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def post(api: str, path: str, body: dict[str, Any]) -> Any:
    request = Request(f"{api}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as response:
        return json.load(response)


def wait_for(what: Callable[[], Any], serving: "subprocess.Popen[str]") -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and serving.poll() is None:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing came of it; exit code {serving.poll()}")


@pytest.mark.long
def test_a_schedule_fires_rows_land_a_killed_run_has_crashed_and_sigterm_ends_it_in_order(tmp_path: Path) -> None:
    inbox, warehouse = tmp_path / "wire", tmp_path / "warehouse"
    inbox.mkdir()
    (inbox / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    with (tmp_path / "said").open("w") as said:
        serving = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "serve", str(inbox), "--every", "3s", "--warehouse", str(warehouse),
             "--reports", str(tmp_path / "reports"), "--port", str(port), "--log-format", "json"],
            env={k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"}
            | {"PREFECT_RUNNER_POLL_FREQUENCY": "1", "NEWSMILL_RUNNER": "inline"},
            stderr=said, stdout=said, text=True,
        )  # fmt: skip

    def told(event: str) -> list[dict[str, Any]]:
        lines = [line for line in (tmp_path / "said").read_text().splitlines() if line.startswith("{")]
        return [found for found in map(json.loads, lines) if found["event"] == event]

    def runs(state: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = post(
            api, "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": [state]}}}}
        )
        return found

    try:
        (first,) = wait_for(lambda: told("end")[:1], serving)
        assert (first["status"], first["articles"]) == ("completed", 1)
        (inbox / "flood.txt").write_text(FLOOD, encoding="utf-8")
        second = wait_for(lambda: next((end for end in told("end") if end["articles"] and end != first), None), serving)
        (shard,) = [one for one in told("shard") if one["run_id"] == second["run_id"]]
        assert (shard["shard"], shard["articles"]) == (1, 1)
        assert ask(warehouse, "SELECT source_uri, run_id FROM articles ORDER BY 1") == [
            ("wire/bridge.txt", first["run_id"]),
            ("wire/flood.txt", second["run_id"]),
        ]
        assert any(run["auto_scheduled"] for run in wait_for(lambda: runs("COMPLETED")[1:], serving))

        with FileLock(warehouse / "writer.lock"):
            waiting = wait_for(lambda: runs("RUNNING"), serving)
            os.kill(wait_for(lambda: _flow_process(serving.pid), serving), signal.SIGKILL)
            (crashed,) = wait_for(lambda: runs("CRASHED"), serving)
        assert [run["id"] for run in waiting] == [crashed["id"]]
        assert "SIGKILL" in crashed["state"]["message"]
        done = len(told("end"))
        wait_for(lambda: told("end")[done:], serving)
    finally:
        serving.terminate()
        assert serving.wait(60) == 0
    assert (tmp_path / "said").read_text().splitlines()[-1].startswith("stopped")
    assert not _answers(port)


def _flow_process(parent: int) -> int | None:
    """The process of a flow run that `serve` has started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            child_of = int(stat.read_text().rpartition(")")[2].split()[1])
            if child_of == parent and b"prefect.engine" in (stat.parent / "cmdline").read_bytes():
                return int(stat.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def order(prefect_api: str, tmp_path: Path) -> Any:
    from flows.deployments import Order

    return Order(str(tmp_path / "warehouse"), {"paths": [str(tmp_path)]}, "reports", suffix=f"-{tmp_path.name}")


def test_runs_that_nobody_runs_any_more_have_crashed_and_late_ones_are_skipped(order: Any, prefect_api: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Running, Scheduled

    from flows.deployments import check_ours, make_deployments, put_runs_right

    deployments = make_deployments(order)
    ids = [deployment.apply() for deployment in deployments]
    now = datetime.now(UTC)
    with get_client(sync_client=True) as client:
        running = client.create_flow_run_from_deployment(ids[0], state=Running())
        asked_for = client.create_flow_run_from_deployment(ids[0], state=Scheduled(scheduled_time=now))
        # Three mornings of reports on which no `serve` was running.
        missed = {"start_time": (now - timedelta(days=3)).isoformat(), "end_time": now.isoformat(), "max_runs": 3}
        post(prefect_api, f"deployments/{ids[1]}/schedule", missed)
        assert sorted(check_ours(client, deployments)) == sorted(ids)
        found = put_runs_right(client, ids)
        assert (found.crashed, found.skipped) == ([running.name], 3)
        assert client.read_flow_run(running.id).state.name == "Crashed"
        assert client.read_flow_run(asked_for.id).state.name == "Scheduled"
        again = put_runs_right(client, ids)
        assert (again.crashed, again.skipped) == ([], 0)


def test_a_deployment_of_another_warehouse_is_not_taken_over(order: Any) -> None:
    from dataclasses import replace

    from prefect.client.orchestration import get_client

    from flows.deployments import check_ours, make_deployments

    for deployment in make_deployments(order):
        deployment.apply()
    with (
        get_client(sync_client=True) as client,
        pytest.raises(InputError, match=r"of warehouse .*: give this one a name with --name"),
    ):
        check_ours(client, make_deployments(replace(order, warehouse="/elsewhere")))


def test_prefect_yaml_has_the_deployments_of_serve(order: Any) -> None:
    from dataclasses import replace

    from prefect.flows import load_flow_from_entrypoint

    from flows.deployments import make_deployments

    written = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    served = make_deployments(replace(order, suffix=""))
    assert [one["name"] for one in written] == ["ingest", "report", "maintain", "backfill"]
    for one, other in zip(written, served, strict=True):
        assert load_flow_from_entrypoint(str(PROJECT / one["entrypoint"])).name == other.name == one["name"]
        assert (one["description"], one["tags"]) == (other.description, other.tags)
        assert set(one["parameters"]) == set(other.parameters)
        assert one["concurrency_limit"] == {"limit": other.concurrency_limit, "collision_strategy": "CANCEL_NEW"}
        crons = [(schedule["cron"], schedule["timezone"]) for schedule in one["schedules"]]
        assert crons == [(each.schedule.cron, each.schedule.timezone) for each in other.schedules or []]


def test_every_parameter_of_a_deployment_is_described_in_its_form(order: Any) -> None:
    from flows.deployments import make_deployments

    for deployment in make_deployments(order):
        form = deployment._parameter_openapi_schema.properties
        assert form
        assert [name for name, field in form.items() if not field.get("description")] == []
        assert [name for name, field in form.items() if not {"type", "anyOf", "allOf", "$ref"} & set(field)] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--every", "5m", "--cron", "* * * * *"], "--every and --cron cannot go together"),
        (["--every", "often"], "--every 'often' is no length of time"),
        (["--every", "0s"], "--every '0s' cannot be used"),
        (["--name", "a/b"], "--name 'a/b' cannot be used"),
        (["--cron", "hourly please"], "--cron 'hourly please' cannot be read"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_started(
    newsmill: Callable[..., Outcome], tmp_path: Path, options: list[str], message: str
) -> None:
    ended = newsmill("serve", tmp_path, *options, "--warehouse", tmp_path / "w")
    assert ended.code == 2
    assert ended.err.startswith(f"newsmill: {message}")
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "w").exists()


def test_a_port_in_use_and_a_second_serve_are_one_line(
    newsmill: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import lasting_server

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(lasting_server, "LEAVE_SECONDS", 0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = newsmill("serve", tmp_path, "--port", port, "--warehouse", tmp_path / "w")
    assert ended.code == 3
    assert f"no Prefect server can be started at 127.0.0.1:{port}: address already in use: give another" in ended.err
    with FileLock(tmp_path / "w" / "prefect" / "serve.lock"):
        ended = newsmill("serve", tmp_path, "--warehouse", tmp_path / "w")
    assert ended.code == 2
    assert "another 'newsmill serve' runs for" in ended.err


def test_a_server_that_is_not_there_is_one_line_that_says_how_to_start_one(
    newsmill: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    ended = newsmill("serve", tmp_path, "--warehouse", tmp_path / "w")
    assert ended.code == 3
    assert "start it with 'prefect server start', or unset PREFECT_API_URL" in ended.err


def test_the_automations_of_the_page_are_taken_by_prefect(prefect_api: str) -> None:
    from uuid import uuid4

    from prefect.events.schemas.automations import AutomationCore

    page = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    block = page.partition("```yaml\n")[2].partition("```")[0].replace("WEBHOOK", str(uuid4()))
    found = [AutomationCore.model_validate(one) for one in yaml.safe_load(block)["automations"]]
    assert [one.actions[0].type for one in found] == ["change-flow-run-state", "call-webhook"]
    told_of = found[1].trigger.match_related.root  # type: ignore[union-attr]
    assert told_of["prefect.resource.id"] == "prefect.tag.newsmill"


def test_every_line_of_a_run_is_json_where_that_is_asked_for(
    newsmill: Callable[..., Outcome], prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.logbook import LogFormat, choose_log

    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    monkeypatch.setenv("NEWSMILL_LOG", "json")
    try:
        ended = newsmill("ingest", tmp_path / "wire", "--warehouse", tmp_path / "w")
    finally:
        choose_log(LogFormat.PROGRESS)
    assert ended.code == 0, ended.err
    events = [json.loads(line) for line in ended.err.splitlines()]
    assert [event["event"] for event in events] == ["start", "work", "shard", "end"]
    assert len({event["run_id"] for event in events}) == 1
    assert (events[2]["articles"], events[3]["articles"], events[3]["status"]) == (1, 1, "completed")
