"""The dashboard: one page on all that a warehouse holds, or on a period of it.

Comes in: a read-only connection. Goes out: an HTML file. What is asked stands in queries/, what it looks like in
templates/dashboard.html.j2; this module asks, draws and puts together. All lists are bounded, so that the page stays
small whatever the size of the warehouse. The same warehouse gives the same page, byte for byte.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from warehouse.errors import ParameterError
from warehouse.pages.asking import Row, asking
from warehouse.pages.charts import (
    PALETTE,
    Series,
    bar_chart,
    column_chart,
    heat_rows,
    matrix,
    meter,
    share_bar,
    sparkline,
)
from warehouse.pages.document import short_name, show_share, write_page
from warehouse.pages.passages import event_passage, quote_passage
from warehouse.pages.world import WORLD, Bounds, Spot, draw_map, find_crowd
from warehouse.queries import find_report, run_report

TITLE = "Newsmill"
NAMES = 50
SPEAKERS = 50
PAIRS = 40
PLACES = 80
RISING = 25
MATRIX = 10
FALSE_ALARMS = 0.05
"""Share of false alarms among rising names that is put up with."""

PASSAGES = 6
"""Passages of text that a row opens."""

WIDE, NARROW = 1096, 340
"""Widths of a chart on a desk and on a phone."""

CLASSES = {
    "Verbal cooperation": 1,
    "Material cooperation": 3,
    "Verbal conflict": 2,
    "Material conflict": 5,
    "Civic life": 4,
}
"""Class of events to the number of its colour."""

KINDS = {"person": "People", "organisation": "Organisations", "place": "Places"}

Ask = Callable[..., list[Row]]


@dataclass(slots=True, frozen=True)
class Timeline:
    """The buckets of the period, without gaps: days, weeks, months or years."""

    unit: str
    buckets: tuple[date, ...]

    @property
    def labels(self) -> list[str]:
        """A label a bucket."""
        form = {"day": "%-d %b", "week": "%-d %b %y", "month": "%b %Y", "year": "%Y"}[self.unit]
        return [bucket.strftime(form) for bucket in self.buckets]

    def fill(self, counts: Mapping[date, int]) -> tuple[int, ...]:
        """A number a bucket, 0 where there is none."""
        return tuple(counts.get(bucket, 0) for bucket in self.buckets)


def write_dashboard(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    *,
    since: date | None = None,
    until: date | None = None,
    title: str = TITLE,
) -> Path:
    """Writes the page on the articles published from `since` to `until` (both included) and answers its path.

    A target that ends in .html or .htm is the file; any other is a folder, and the file index.html in it. With a
    period, articles without a date are left out. Raises ParameterError, PageNotWrittenError.
    """
    if since and until and since > until:
        raise ParameterError(f"--since {since} is later than --until {until}: swap them")
    file = target if target.suffix.lower() in {".html", ".htm"} else target / "index.html"
    with asking(connection, since=since, until=until) as questions:
        period = questions.ask_one("period")
        if not period["articles"]:
            return write_page(
                file,
                "empty.html.j2",
                title=title,
                since=since,
                until=until,
                counts=questions.ask_one("counts"),
                as_of=None,
            )
        passages = _Passages()
        values = _gather(connection, questions.ask, period, passages)
    return write_page(
        file,
        "dashboard.html.j2",
        {"passages": passages.found, "details": passages.details},
        title=title,
        since=since,
        until=until,
        **values,
    )


def _gather(connection: duckdb.DuckDBPyConnection, ask: Ask, period: Row, passages: "_Passages") -> dict[str, Any]:
    """All that the template shows."""
    timeline = make_timeline(period["first_day"], period["last_day"])
    ask("chosen_articles", unit=timeline.unit)
    ask("chosen_names")
    ask("chosen_quotes")
    ask("chosen_events")
    ask("top_names", names=NAMES)
    return {
        "period": period,
        "as_of": period["as_of"],
        "timeline": timeline,
        "totals": ask("totals")[0],
        "counts": ask("counts")[0],
        "volumes": _volumes(ask("volume"), timeline),
        "names": _names(ask, timeline),
        "rising": _rising(connection, period),
        "speakers": _speakers(ask, passages),
        "events": _events(ask, timeline, passages),
        "pairs": _pairs(ask, passages),
        "maps": _maps(ask, passages),
        "quality": [
            row | {"share": show_share(row["part"], row["whole"]), "meter": meter(row["part"] / (row["whole"] or 1))}
            for row in ask("quality")
        ],
        "quarantine": ask("quarantine"),
    }


def make_timeline(first: date | None, last: date | None) -> Timeline:
    """Buckets from the first day to the last: at most about 62, of the smallest unit for which that holds."""
    if first is None or last is None:
        return Timeline("day", ())
    days = (last - first).days + 1
    unit = "day" if days <= 62 else "week" if days <= 434 else "month" if days <= 1900 else "year"
    bucket, buckets = _start_of(first, unit), []
    while bucket <= last:
        buckets.append(bucket)
        bucket = _next(bucket, unit)
    return Timeline(unit, tuple(buckets))


def _start_of(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(day=1, month=1)}[unit]


def _next(bucket: date, unit: str) -> date:
    days = {"day": 1, "week": 7, "month": 31, "year": 366}[unit]
    return _start_of(bucket + timedelta(days=days), unit)


def _volumes(rows: Sequence[Row], timeline: Timeline) -> list[Row]:
    """A view of volume by outlet and one by section: charts and the numbers behind them."""
    views = []
    for by, heading in (("outlet", "By outlet"), ("section", "By section")):
        totals: dict[str, int] = defaultdict(int)
        counts: dict[tuple[str, date | None], int] = defaultdict(int)
        for row in rows:
            totals[row[by]] += row["articles"]
            counts[row[by], row["bucket"]] += row["articles"]
        names = sorted(totals, key=lambda name: (-totals[name], name))
        shown = names if len(names) <= PALETTE else names[: PALETTE - 1]
        series = [
            Series(short_name(name), timeline.fill({b: n for (of, b), n in counts.items() if of == name and b}), colour)
            for colour, name in enumerate(shown, start=1)
        ]
        if len(shown) < len(names):
            rest: dict[date, int] = defaultdict(int)
            for (name, bucket), number in counts.items():
                if name not in shown and bucket:
                    rest[bucket] += number
            series.append(Series("others", timeline.fill(rest), PALETTE))
        views.append(
            _over_time(timeline, series, 260)
            | {"by": by, "heading": heading, "totals": [(short_name(name), totals[name]) for name in names[:40]]}
        )
    # Where there is but one outlet, sections tell more.
    return views if len(views[0]["totals"]) > 1 else views[::-1]


def _over_time(timeline: Timeline, series: Sequence[Series], height: int) -> Row:
    """Columns over time, for desk and phone; one bar a series where there is but one bucket."""
    if len(timeline.buckets) > 1:
        charts = [column_chart(timeline.labels, series, width, height) for width in (WIDE, NARROW)]
    else:
        sums = [sum(one.values) for one in series]
        charts = [bar_chart([one.name for one in series], sums, width) for width in (WIDE, NARROW)]
    table = [(label, [one.values[place] for one in series]) for place, label in enumerate(timeline.labels)]
    return {"wide": charts[0], "narrow": charts[1], "series": series, "table": table}


def _names(ask: Ask, timeline: Timeline) -> list[Row]:
    """The most named, kind by kind, each with a line of how often over time."""
    over_time: dict[tuple[str, str], dict[date, int]] = defaultdict(dict)
    for row in ask("names_over_time"):
        over_time[row["kind"], row["entity"]][row["bucket"]] = row["articles"]
    rows = [row | {"line": _line(timeline, over_time[row["kind"], row["entity"]], row["name"])} for row in ask("names")]
    return [
        {"kind": kind, "heading": heading, "rows": [row for row in rows if row["kind"] == kind]}
        for kind, heading in KINDS.items()
    ]


def _line(timeline: Timeline, counts: Mapping[date, int], name: str) -> Markup:
    values = timeline.fill(counts)
    if len(values) < 2:
        return Markup("")
    peak = max(range(len(values)), key=lambda place: values[place])
    return sparkline(values, f"{short_name(name)}: most in {timeline.labels[peak]} ({values[peak]:,})")


def _rising(connection: duckdb.DuckDBPyConnection, period: Row) -> Row:
    """Names that rise in the newer half of the period, or in its last 30 days where it is longer than 60.

    It is the answer of the report of that name, but for names of which more than one in twenty may be a false alarm.
    """
    if not period["first_day"] or period["first_day"] == period["last_day"]:
        return {"rows": [], "turn": None}
    days = min(((period["last_day"] - period["first_day"]).days + 1) // 2, 30)
    turn = period["last_day"] - timedelta(days=days - 1)
    given = {"since": str(turn), "until": str(period["last_day"]), "limit": str(RISING)}
    rows = [
        row | {"now": show_share(row["share"], 1), "then": show_share(row["share_before"], 1)}
        for row in run_report(connection, find_report("rising"), given).to_pylist()
        if row["q"] <= FALSE_ALARMS
    ]
    return {"rows": rows, "turn": turn, "days": days}


def _speakers(ask: Ask, passages: "_Passages") -> list[Row]:
    rows = ask("speakers", speakers=SPEAKERS)
    opened = _by_owner(ask("quotes_of_speakers", who=[row["speaker"] for row in rows], each=PASSAGES))
    return [
        row
        | {
            "share": share_bar(
                [("direct", row["direct"], 1), ("mixed", row["mixed"], 4), ("indirect", row["indirect"], 2)]
            ),
            "is_direct": show_share(row["direct"], row["quotes"]),
            "detail": passages.add(
                f"Quotes of {short_name(row['name'])}",
                row["quotes"],
                map(quote_passage, opened.get(row["speaker"], [])),
            ),
        }
        for row in rows
    ]


def _events(ask: Ask, timeline: Timeline, passages: "_Passages") -> Row:
    """Events over time by class and by type, and the types with passages to open."""
    by_class: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    by_type: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in ask("events_over_time"):
        by_class[row["class"]][row["bucket"]] += row["events"]
        by_type[row["event_type"]][row["bucket"]] += row["events"]
    series = [
        Series(name, timeline.fill(by_class[name]), colour) for name, colour in CLASSES.items() if name in by_class
    ]
    types = ask("event_types")
    opened = _by_owner(
        ask("events_of", by="type", who=[_key(row, "event_type", "class") for row in types], each=PASSAGES)
    )
    often = sorted(by_type, key=lambda name: (-sum(by_type[name].values()), name))[:16]
    lines = [(_words(name), timeline.fill(by_type[name])) for name in often]
    return _over_time(timeline, series, 240) | {
        "heat": [heat_rows(lines, timeline.labels, width) for width in (WIDE, NARROW)]
        if len(timeline.buckets) > 1
        else [],
        "types": [
            row
            | {
                "name": _words(row["event_type"]),
                "share": show_share(row["happened"], row["events"]),
                "line": _line(timeline, by_type[row["event_type"]], row["event_type"]),
                "detail": passages.add(
                    f"Events: {_words(row['event_type'])}",
                    row["events"],
                    map(event_passage, opened.get(_key(row, "event_type", "class"), [])),
                ),
            }
            for row in types
        ],
    }


def _pairs(ask: Ask, passages: "_Passages") -> Row:
    """Who acts on whom: the commonest pairs, and a matrix of those who act and receive most."""
    rows = ask("pairs", pairs=PAIRS)
    opened = _by_owner(
        ask("events_of", by="pair", who=[_key(row, "actor", "recipient") for row in rows], each=PASSAGES)
    )
    cells = {
        (short_name(row["actor"]), short_name(row["recipient"])): row["events"] for row in ask("matrix", size=MATRIX)
    }
    actors, recipients = list(dict.fromkeys(a for a, _ in cells)), _by_number(cells)
    return {
        "matrix": matrix(actors, recipients, cells) if cells else None,
        "rows": [
            row
            | {
                "types": ", ".join(_words(name) for name in (row["types"] or "").split(", ") if name),
                "detail": passages.add(
                    f"{short_name(row['actor'])} → {short_name(row['recipient'])}",
                    row["events"],
                    map(event_passage, opened.get(_key(row, "actor", "recipient"), [])),
                ),
            }
            for row in rows
        ],
    }


def _by_number(cells: Mapping[tuple[str, str], int]) -> list[str]:
    received: dict[str, int] = defaultdict(int)
    for (_, recipient), number in cells.items():
        received[recipient] += number
    return sorted(received, key=lambda name: (-received[name], name))


def _maps(ask: Ask, passages: "_Passages") -> list[Row]:
    """A map of the places that are named and one of events, with the places as rows."""
    events = ask("event_places", places=PLACES)
    keys = [_place_key(row) for row in events]
    opened = _by_owner(ask("events_of", by="place", who=keys, each=PASSAGES))
    for key, row in zip(keys, events, strict=True):
        row["number"] = row["events"]
        row["detail"] = passages.add(
            f"Events in {short_name(row['place'])}", row["events"], map(event_passage, opened.get(key, []))
        )
    named = [row | {"number": row["articles"], "detail": ""} for row in ask("named_places", named=2 * PLACES)]
    return [
        _map(ask, "named", "Places named", "articles", named),
        _map(ask, "events", "Places of events", "events", events),
    ]


def _map(ask: Ask, by: str, heading: str, unit: str, rows: list[Row]) -> Row:
    """The world and, where most is close together, a close-up of that part."""
    spots = [
        Spot(short_name(row["place"]), row["latitude"], row["longitude"], row["number"], row["detail"]) for row in rows
    ]
    crowd = find_crowd(spots)
    drawings = []
    for bounds, width in ((WORLD, 650 if crowd else WIDE), (crowd, WIDE - 650 - 24)):
        if bounds:
            land = _land(ask, bounds)
            wide, narrow = (draw_map(spots, land, bounds, size, unit) for size in (width, NARROW))
            drawings.append({"wide": wide, "narrow": narrow})
    return {"by": by, "heading": heading, "unit": unit, "rows": rows[:PLACES], "drawings": drawings}


def _land(ask: Ask, bounds: Bounds) -> list[tuple[int, int]]:
    """Where people live; nothing where the warehouse lacks the seed of places."""
    if not ask("has_places")[0]["tables"]:
        return []
    return [(row["band"], row["cell"]) for row in ask("land", **asdict(bounds))]


def _place_key(row: Row) -> str:
    numbers = (row["latitude"], row["longitude"])
    return "|".join(str(part) for part in (row["place"], row["country"], *numbers) if part is not None)


def _key(row: Row, *names: str) -> str:
    return "|".join(str(row[name]) for name in names)


def _words(event_type: str) -> str:
    """REPORT_RESULTS as "report results"."""
    return event_type.replace("_", " ").lower()


def _by_owner(rows: Sequence[Row]) -> dict[str, list[Row]]:
    return {owner: list(group) for owner, group in groupby(rows, key=lambda row: str(row["owner"]))}


class _Passages:
    """Passages that rows of the page open. The same passage stands once, whoever opens it."""

    def __init__(self) -> None:
        self.found: list[Row] = []
        self.details: dict[str, Row] = {}
        self._places: dict[str, int] = {}

    def add(self, heading: str, total: int, passages: Iterator[Row]) -> str:
        """Keeps the passages and answers the id under which the page opens them; '' where there are none."""
        numbers = []
        for passage in passages:
            place = self._places.setdefault(repr(passage), len(self.found))
            if place == len(self.found):
                self.found.append(passage)
            numbers.append(place)
        if not numbers:
            return ""
        key = f"d{len(self.details)}"
        self.details[key] = {"heading": heading, "total": total, "items": numbers}
        return key
