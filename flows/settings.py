"""The settings of newsmill: defaults < newsmill.toml < NEWSMILL_* environment < command line options.

Comes in: the environment and the working directory. Goes out: one typed object.
"""

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.isolation import Limits as TextLimits
from flows.logbook import LogFormat
from transforms.containers.limits import DEFAULT_LIMITS, Limits

SETTINGS_FILE = "newsmill.toml"


class Runner(StrEnum):
    """Where the tasks of a run are done."""

    AUTO = "auto"
    INLINE = "inline"
    PROCESSES = "processes"


class Settings(BaseSettings):
    """Everything a user may set once and for all."""

    model_config = SettingsConfigDict(env_prefix="NEWSMILL_", toml_file=SETTINGS_FILE, extra="forbid")

    warehouse: Path = Field(Path("warehouse/data"), description="folder of the warehouse")
    model: str = Field("en_core_web_sm", description="spaCy pipeline, by name or path")
    workers: int = Field(os.cpu_count() or 1, ge=1, description="worker processes")
    log: LogFormat = Field(LogFormat.PROGRESS, description="what runs say: progress, or a text or json line a step")
    runner: Runner = Field(Runner.AUTO, description="inline, processes, or auto: inline for small inputs")
    reports: Path | None = Field(None, description="folder of your own reports, one .sql file each")
    shard_bytes: int = Field(512 * 1024, ge=1, description="bytes of input that one task reads, before decompression")
    wave_shards: int = Field(64, ge=1, description="shards that are staged at a time")
    archive_bytes: int = Field(DEFAULT_LIMITS.archive_bytes, ge=1, description="bytes that one file may unpack to")
    member_bytes: int = Field(DEFAULT_LIMITS.member_bytes, ge=1, description="bytes that one member may unpack to")
    archive_ratio: int = Field(DEFAULT_LIMITS.ratio, ge=1, description="times its size that packed data may unpack to")
    language_seconds: float = Field(60, gt=0, description="seconds that the language stage may take on a text")
    language_pace: float = Field(500, gt=0, description="characters of a text for which it may take a second more")
    language_bytes: int = Field(4 << 30, ge=1 << 28, description="bytes of memory it may take in all, beyond the model")
    settle_seconds: float = Field(2, ge=0, description="time in which a file that was just written must stand still")
    inline_bytes: int = Field(512 * 1024, ge=0, description="inputs up to this size are run inline by 'auto'")

    def runner_for(self, total_bytes: int) -> Runner:
        """Where an input of that size is done: with 'auto' a small one here, before a pool would have started."""
        if self.runner is not Runner.AUTO:
            return self.runner
        return Runner.INLINE if total_bytes <= self.inline_bytes else Runner.PROCESSES

    def limits(self) -> Limits:
        """What packed data may unpack to."""
        return replace(
            DEFAULT_LIMITS,
            archive_bytes=self.archive_bytes,
            member_bytes=self.member_bytes,
            ratio=self.archive_ratio,
        )

    def text_limits(self) -> TextLimits:
        """What the language stage may take for a text."""
        return TextLimits(self.language_seconds, self.language_pace, self.language_bytes)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options over environment over file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
