"""A setting comes from the nearest place that has it: given, environment, file, default."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.settings import Runner, Settings


@pytest.fixture(autouse=True)
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NEWSMILL_{name.upper()}", raising=False)


def test_without_any_settings_the_defaults_count() -> None:
    settings = Settings()
    assert (settings.warehouse, settings.model, settings.runner) == (
        Path("warehouse/data"),
        "en_core_web_sm",
        Runner.AUTO,
    )
    assert settings.workers >= 1


def test_given_goes_over_environment_over_file_over_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = Settings()
    (tmp_path / "newsmill.toml").write_text('warehouse = "from-file"\nmodel = "file_model"\nwave_shards = 7\n')
    monkeypatch.setenv("NEWSMILL_WAREHOUSE", "from-environment")
    monkeypatch.setenv("NEWSMILL_MODEL", "environment_model")
    settings = Settings(warehouse=Path("given"))
    assert settings.warehouse == Path("given")
    assert settings.model == "environment_model"
    assert settings.wave_shards == 7
    assert settings.shard_bytes == default.shard_bytes


def test_values_of_the_environment_are_read_as_their_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_WORKERS", "3")
    monkeypatch.setenv("NEWSMILL_RUNNER", "inline")
    settings = Settings()
    assert (settings.workers, settings.runner) == (3, Runner.INLINE)


@pytest.mark.parametrize(
    ("content", "where"), [("wearhouse = 'x'", "wearhouse"), ("workers = 0", "workers"), ("runner = 'cloud'", "runner")]
)
def test_a_setting_that_is_unknown_or_out_of_range_is_named(tmp_path: Path, content: str, where: str) -> None:
    (tmp_path / "newsmill.toml").write_text(content)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert [error["loc"] for error in caught.value.errors()] == [(where,)]
