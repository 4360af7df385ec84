"""Maps without borders or tiles: dots where people live, circles where something is.

Comes in: the cells of a grid that are inhabited, and places with coordinates and numbers. Goes out: SVG. The map of the
world is in the projection Equal Earth (Šavrič, Patterson and Jenny 2018), which shows areas in their true proportion; a
close-up is a plain grid, as wide at its middle latitude as on the ground.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from warehouse.pages.charts import CHARACTER, shorten

WORLD_STEP = 1.8
"""Degrees of latitude between the dots of the world."""

NAME_LENGTH = 22
"""Characters of a place's name that a map shows."""

CROWD = 0.35
"""Share of all that has to lie in a window for a close-up of it."""

_WINDOW = (11.0, 18.0)
"""Half the height and width of such a window, in degrees."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796

Cells = Sequence[tuple[int, int]]


@dataclass(slots=True, frozen=True)
class Spot:
    """A place on the map: degrees, a number, and the id of what the page shows of it (empty: nothing)."""

    name: str
    latitude: float
    longitude: float
    number: int
    detail: str = ""


@dataclass(slots=True, frozen=True)
class Bounds:
    """A part of the world, in degrees, and the height in degrees of the grid on which its dots lie."""

    south: float
    north: float
    west: float
    east: float
    step: float

    def holds(self, spot: Spot) -> bool:
        """Whether the spot lies in it."""
        return self.south <= spot.latitude <= self.north and self.west <= spot.longitude <= self.east


WORLD = Bounds(-57, 80, -180, 180, WORLD_STEP)


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Equal Earth coordinates of a point given in degrees: x from -2.71 to 2.71, y from -1.32 to 1.32, north up."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return x, theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))


def find_crowd(spots: Sequence[Spot]) -> Bounds | None:
    """The part of the world where most of it is, where spots are too close there for the map of the world."""
    high, wide = _WINDOW
    windows = [
        [s for s in spots if abs(s.latitude - at.latitude) <= high and abs(s.longitude - at.longitude) <= wide]
        for at in spots[:40]
    ]
    crowd = max(windows, key=lambda window: sum(spot.number for spot in window), default=[])
    if len(crowd) < 4 or sum(spot.number for spot in crowd) < CROWD * sum(spot.number for spot in spots):
        return None
    south, north = _span([spot.latitude for spot in crowd], 8.0)
    middle = math.cos(math.radians((south + north) / 2))
    west, east = _span([spot.longitude for spot in crowd], (north - south) / middle)
    return Bounds(south, north, west, east, round((north - south) / 55, 2))


def draw_map(spots: Sequence[Spot], land: Cells, bounds: Bounds, width: int, unit: str) -> Markup:
    """The map, with a circle a spot whose area grows with its number; the largest are named.

    `land` has cells (band, cell) of the grid of the bounds, as queries/land.sql makes them. `unit` is what is counted.
    """
    is_world = bounds == WORLD
    place, height, pitch = _world(width) if is_world else _close_up(bounds, width)
    largest = max((spot.number for spot in spots), default=1)
    biggest = 9 + width / 75
    circles = [
        _Circle(spot, *place(spot.latitude, spot.longitude), max(2.0, biggest * math.sqrt(spot.number / largest)))
        for spot in sorted(spots, key=lambda one: (-one.number, one.name, one.latitude, one.longitude))
        if bounds.holds(spot)
    ]
    dots = sorted({tuple(round(value) for value in place(*_centre(*cell, bounds.step))) for cell in land})
    label = f"{'World map' if is_world else 'Close-up'}, {unit} by place; the table below has the numbers"
    return Markup(
        '<svg class="map" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<path class="land" stroke-width="{:.1f}" d="{}"/>{}{}</svg>'
    ).format(
        width,
        height,
        width,
        height,
        label,
        max(pitch * 0.66, 1.3),
        "".join(f"M{x} {y}h0" for x, y in dots),
        Markup("").join(_draw(circle, unit) for circle in circles),
        Markup("").join(_name(circle, x) for circle, x in _choose_names(circles, width, height)),
    )


@dataclass(slots=True, frozen=True)
class _Circle:
    spot: Spot
    x: float
    y: float
    radius: float


_Place = Callable[[float, float], tuple[float, float]]


def _world(width: int) -> tuple[_Place, int, float]:
    """How points of the world lie on the drawing, its height, and how far apart dots are."""
    scale = width / (2 * project(0, 180)[0])
    top = project(WORLD.north, 0)[1]

    def place(latitude: float, longitude: float) -> tuple[float, float]:
        x, y = project(latitude, longitude)
        return width / 2 + x * scale, (top - y) * scale

    return place, round((top - project(WORLD.south, 0)[1]) * scale), scale * project(WORLD_STEP, 0)[1]


def _close_up(bounds: Bounds, width: int) -> tuple[_Place, int, float]:
    narrowing = math.cos(math.radians((bounds.south + bounds.north) / 2))
    scale = width / ((bounds.east - bounds.west) * narrowing)

    def place(latitude: float, longitude: float) -> tuple[float, float]:
        return (longitude - bounds.west) * narrowing * scale, (bounds.north - latitude) * scale

    return place, round((bounds.north - bounds.south) * scale), bounds.step * scale


def _span(values: Sequence[float], least: float) -> tuple[float, float]:
    """From the smallest value to the largest, with a margin, and at least so wide."""
    middle, half = (min(values) + max(values)) / 2, max((max(values) - min(values)) / 2 * 1.15, least / 2)
    return round(middle - half, 2), round(middle + half, 2)


def _centre(band: int, cell: int, step: float) -> tuple[float, float]:
    latitude = (band + 0.5) * step
    return latitude, max(-180.0, min(180.0, (cell + 0.5) * step / math.cos(math.radians(latitude))))


def _draw(circle: _Circle, unit: str) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" data-tip="{}"{}/>').format(
        circle.x,
        circle.y,
        circle.radius,
        f"{circle.spot.name}\n{circle.spot.number:,} {unit}",
        Markup(' data-open="{}"').format(circle.spot.detail) if circle.spot.detail else "",
    )


def _choose_names(circles: Sequence[_Circle], width: int, height: int) -> list[tuple[_Circle, float]]:
    """The largest circles whose names fit beside others, each with the x where its name starts."""
    taken: list[tuple[float, float, float, float]] = []
    chosen = []
    for circle in circles:
        long = CHARACTER * 1.1 * len(shorten(circle.spot.name, NAME_LENGTH))
        for x in (circle.x + circle.radius + 3, circle.x - circle.radius - 3 - long):
            box = (x, circle.y - 7, x + long, circle.y + 7)
            is_inside = box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height
            if is_inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                chosen.append((circle, x))
                break
        if len(chosen) >= width // 45:
            break
    return chosen


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _name(circle: _Circle, x: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(
        x, circle.y + 4, shorten(circle.spot.name, NAME_LENGTH)
    )
