"""How long a load will take: from what past runs have measured, or a rough figure that says that it is one.

Comes in: the warehouse and the settings. Goes out: a `Speed`, and times in words.
"""

from dataclasses import dataclass

from flows.settings import Settings
from transforms.models import find_model
from warehouse.catalog import connect, has_warehouse
from warehouse.speed import measure_speed

ROUGH_BYTES_A_SECOND = 50_000
"""Of a worker on a common core with en_core_web_sm and plain text: some 20 articles of 2,500 bytes."""

PARTITION_SECONDS = 2
"""What a partition takes beside: its sub-flow, its run and the pause after it."""


@dataclass(slots=True, frozen=True)
class Speed:
    """Bytes of input a second, and how many runs that was measured in: 0, where it was never measured."""

    bytes_a_second: float
    runs: int

    def seconds_for(self, total_bytes: int, partitions: int = 1) -> float:
        """Seconds for so many bytes in so many partitions."""
        return total_bytes / self.bytes_a_second + partitions * PARTITION_SECONDS

    def describe(self) -> str:
        """Where the figure comes from."""
        rate = f"{self.bytes_a_second / 1e3:,.0f} KB/s"
        if not self.runs:
            return f"a rough figure: no run was measured here yet that tells, so {rate} are assumed"
        return f"at {rate}, measured in {counted(self.runs, 'run')}"


def counted(number: int, noun: str) -> str:
    """Such as '1 file', '1,200 files'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def expected_speed(settings: Settings) -> Speed:
    """The speed of past runs with the same model; a rough figure where there are none. Raises ModelNotFoundError."""
    model = find_model(settings.model)
    if has_warehouse(settings.warehouse):
        with connect(settings.warehouse) as connection:
            measured = measure_speed(connection, model.name)
        if measured:
            return Speed(measured.bytes_a_second, measured.runs)
    return Speed(ROUGH_BYTES_A_SECOND * settings.workers, 0)


def spell_duration(seconds: float) -> str:
    """Such as '45 s', '12 min', '3 h 20 min', '2 d 4 h'."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def spell_clock(seconds: float) -> str:
    """Hours, minutes and seconds: 0:00:45, 27:46:40."""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
