"""The report flow: files in a folder, artifacts in Prefect, and a line for each mistake before anything is written."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.errors import InputError, OutputError
from flows.render import Format
from tests.e2e.test_ingest import ask_prefect
from tests.warehouse import newsroom
from warehouse.catalog import open_for_writing
from warehouse.errors import ParameterError, ReportNotFoundError


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report-flow") / "warehouse"
    with open_for_writing(folder) as connection:
        newsroom.fill(connection)
    return folder


@pytest.fixture
def write(prefect_api: str, warehouse: Path, tmp_path: Path) -> Callable[..., Any]:
    """Runs the flow into the folder 'out', and answers what it wrote and the id of its run."""
    from flows.report import report

    def run(**parameters: Any) -> tuple[list[Any], Any]:
        state = report(**{"folder": str(tmp_path / "out"), "warehouse": str(warehouse)} | parameters, return_state=True)
        return state.result(), str(state.state_details.flow_run_id)

    return run


def test_reports_and_dashboard_are_written_and_stand_in_prefect(
    write: Callable[..., Any], prefect_api: str, tmp_path: Path
) -> None:
    written, run_id = write(reports=["speakers", "share_of_voice"], form=Format.JSON)
    assert [Path(file.path).name for file in written] == ["speakers.json", "share_of_voice.json", "dashboard.html"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "dashboard.html",
        "share_of_voice.json",
        "speakers.json",
    ]
    rows = json.loads((tmp_path / "out" / "speakers.json").read_text())
    assert len(rows) == written[0].rows > 1
    artifacts = {artifact["key"]: artifact["data"] for artifact in ask_prefect(prefect_api, "artifacts", run_id)}
    assert set(artifacts) == {"report-files", "report-speakers", "report-share-of-voice"}
    assert f"| {rows[1]['speaker']} |" in artifacts["report-speakers"]
    assert f"| {written[0].rows} |" in artifacts["report-files"]


def test_nothing_of_an_article_is_markup_in_an_artifact(write: Callable[..., Any], prefect_api: str) -> None:
    _, run_id = write(reports=["quotes"], parameters={"quotes": {"name": "script"}}, dashboard=False)
    (shown,) = (one["data"] for one in ask_prefect(prefect_api, "artifacts", run_id) if one["key"] == "report-quotes")
    assert "window.hacked" in shown
    assert "<" not in shown


def test_a_period_and_an_outlet_go_to_the_reports_that_take_them(write: Callable[..., Any], tmp_path: Path) -> None:
    write(reports=["outlets", "quality"], since="2026-03-10", outlet="Alpha Post", form=Format.JSON, dashboard=False)
    outlets = json.loads((tmp_path / "out" / "outlets.json").read_text())
    assert {row["outlet"] for row in outlets} <= {"Alpha Post", "Beta Wire", None}
    write(reports=["volumes"], last_days=1, form=Format.MARKDOWN, dashboard=False)
    assert (tmp_path / "out" / "volumes.md").exists()


MISTAKES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"reports": ["speekers"]}, ReportNotFoundError, "did you mean 'speakers'"),
    ({"reports": ["quotes"]}, ParameterError, "report 'quotes' needs --name"),
    ({"parameters": {"verbs": {"name": "Berg"}}}, InputError, "parameters are given for 'verbs', which is none of"),
    ({"last_days": 7, "since": date(2026, 3, 10)}, InputError, "last_days and since cannot go together"),
    ({"last_days": 0}, InputError, "last_days 0 cannot be used"),
    (
        {"since": date(2026, 3, 10), "until": date(2026, 3, 1)},
        ParameterError,
        "--since 2026-03-10 is later than --until",
    ),
]


@pytest.mark.parametrize(("parameters", "error", "message"), MISTAKES)
def test_a_mistake_is_told_before_anything_is_written(
    warehouse: Path, tmp_path: Path, parameters: dict[str, Any], error: type[Exception], message: str
) -> None:
    from flows.report import report

    with pytest.raises(error, match=message):
        report.fn(folder=str(tmp_path / "out"), warehouse=str(warehouse), **parameters)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_one_line(warehouse: Path, tmp_path: Path) -> None:
    from flows.report import report

    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="name another folder"):
        report.fn(folder=str(tmp_path / "file" / "out"), warehouse=str(warehouse))
