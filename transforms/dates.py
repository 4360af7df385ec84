"""When an article was published, and how that is known.

Comes in: what its record states, its path and address, its text, and what the user says of the whole input. Goes out: a
`Publication`. The first of these that names a day decides: the record, the path (file, archive member, then address),
the dateline, the option. Nothing else does: the time of a file is when it was copied.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from transforms.datelines import Dateline, find_dateline, resolve_day
from transforms.path_dates import find_path_date, find_path_month
from transforms.stated_dates import DateOrder, DateReading, check_moment, order_shown, read_date

METADATA, PATH, DATELINE, OPTION = "metadata", "path", "dateline", "option"

_LONGEST_KEPT = 200


@dataclass(slots=True, frozen=True)
class Publication:
    """The time of publication in UTC, a day as its midnight, and its source; both None where nothing tells it.

    `unparsed` is what the record states where that was not taken, and `problem` why: `unreadable`, `ambiguous`,
    `future` or `too_early`. `dateline_place` stands as in the text.
    """

    published_at: datetime | None = None
    source: str | None = None
    unparsed: str | None = None
    problem: str | None = None
    dateline_place: str | None = None


def date_article(
    stated: Any,
    path: str,
    url: str | None,
    text: str,
    option: date | None = None,
    order: DateOrder | None = None,
    now: datetime | None = None,
) -> Publication:
    """When an article was published.

    `stated` is the date field of the record, `path` the file and member with slashes, `option` the day that the user
    gives to undated articles, `order` that of day and month in dates in numbers. Raises nothing.
    """
    reading = read_date(stated, order, now)
    dateline = find_dateline(text)
    published_at, source = _first_source(reading, path, url, dateline, option, now)
    return Publication(
        published_at,
        source,
        str(stated)[:_LONGEST_KEPT] if reading.problem else None,
        reading.problem,
        dateline.place if dateline else None,
    )


def _first_source(
    reading: DateReading, path: str, url: str | None, dateline: Dateline | None, option: date | None,
    now: datetime | None,
) -> tuple[datetime | None, str | None]:  # fmt: skip
    if reading.moment:
        return reading.moment, METADATA
    address = _path_of(url)
    for place in (path, address):
        if moment := _taken(find_path_date(place), now):
            return moment, PATH
    if dateline and (moment := _taken(_day_of(dateline, path, address, option), now)):
        return moment, DATELINE
    return (_midnight(option), OPTION) if option else (None, None)


def _day_of(dateline: Dateline, path: str, address: str, option: date | None) -> date | None:
    if not dateline.day:
        return None
    return resolve_day(dateline, find_path_month(path) or find_path_month(address), option)


def _path_of(url: str | None) -> str:
    try:
        return urlsplit(url).path if url else ""
    except ValueError:
        return ""


def _taken(day: date | None, now: datetime | None) -> datetime | None:
    moment = _midnight(day) if day else None
    return moment if moment and not check_moment(moment, now) else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


__all__ = [
    "DATELINE", "METADATA", "OPTION", "PATH", "DateOrder", "DateReading", "Publication", "date_article",
    "find_path_date", "find_path_month", "order_shown", "read_date",
]  # fmt: skip
