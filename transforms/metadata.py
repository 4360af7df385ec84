"""Names that moved, for tests that still import them from here: see `transforms.fields` and `transforms.dates`."""

from datetime import datetime
from typing import Any

from transforms.dates import read_date
from transforms.fields import FIELD_NAMES


def parse_published(value: Any) -> datetime | None:
    """The moment that `transforms.dates.read_date` reads."""
    return read_date(value).moment


__all__ = ["FIELD_NAMES", "parse_published"]
