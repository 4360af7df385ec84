"""Charts as SVG: columns over time, bars, sparklines, shares, a matrix.

Comes in: labels and numbers. Goes out: markup in which every text is escaped. Colours and type are left to classes of
assets/page.css, so that charts follow the light or dark look; `data-tip` is what page.js shows beside the pointer.
Lengths are units of the drawing, which the page scales down but never up: text stays readable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

PALETTE = 6
"""Number of colours for series; assets/page.css has as many."""

CHARACTER = 6.4
"""Mean width of a character of 11.5 units height."""


@dataclass(slots=True, frozen=True)
class Series:
    """One row of numbers with a name. `colour` is the number of its class, from 1 to PALETTE."""

    name: str
    values: tuple[int, ...]
    colour: int


def column_chart(labels: Sequence[str], series: Sequence[Series], width: int, height: int) -> Markup:
    """Stacked columns, one a label. Hidden from screen readers: the page has the numbers in a table beside it."""
    left, right, top, bottom = 44, 8, 12, 24
    inner, tall = width - left - right, height - top - bottom
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    ticks = round_ticks(max(totals, default=0))
    scale = tall / ticks[-1]
    step = inner / max(len(labels), 1)
    thick = min(max(step * 0.82, 1), 44)
    parts = [_grid(ticks, left, width - right, top + tall, scale)]
    for place, label in enumerate(labels):
        x = left + step * place
        tip = [label, *(f"{one.name}: {one.values[place]:,}" for one in series if one.values[place])]
        stack, y = [], float(top + tall)
        for one in series:
            size = one.values[place] * scale
            y -= size
            if size:
                stack.append(_rect(x + (step - thick) / 2, y, thick, size, f"c{one.colour}"))
        parts.append(
            Markup(
                '<g class="hit" data-tip="{}"><rect class="touch" x="{}" y="{}" width="{}" height="{}"/>{}</g>'
            ).format("\n".join(tip), _n(x), top, _n(step), tall, Markup("").join(stack))
        )
    parts.append(_column_labels(labels, left, step, height - 7))
    return _drawing(width, height, parts)


def bar_chart(labels: Sequence[str], values: Sequence[int], width: int, colour: int = 1) -> Markup:
    """Horizontal bars, one a label, with the number behind each."""
    row, left = 26, min(width * 0.42, 14 + CHARACTER * max((len(label) for label in labels), default=0))
    room = width - left - 60
    largest = max([*values, 1])
    parts = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        y, size = place * row, room * value / largest
        parts.append(
            Markup(
                '<g class="hit" data-tip="{}"><text class="name" x="{}" y="{}">{}</text>{}'
                '<text class="value" x="{}" y="{}">{}</text></g>'
            ).format(
                f"{label}: {value:,}",
                _n(left - 8),
                y + 17,
                shorten(label, int((left - 8) / CHARACTER)),
                _rect(left, y + 4, max(size, 1), row - 8, f"c{colour}"),
                _n(left + size + 6),
                y + 17,
                f"{value:,}",
            )
        )
    return _drawing(width, max(len(labels), 1) * row, parts)


def sparkline(values: Sequence[int], label: str) -> Markup:
    """A small line without axes, on a scale of its own; `label` is what a screen reader says instead."""
    width, height = 96, 22
    largest = max([*values, 1])
    step = (width - 4) / max(len(values) - 1, 1)
    points = [(2 + step * place, height - 2 - (height - 5) * value / largest) for place, value in enumerate(values)]
    base = height - 2
    line = " ".join([f"2,{base}", *(f"{_n(x)},{y:.0f}" for x, y in points), f"{width - 2},{base}"])
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>'
    ).format(width, height, width, height, label, line)


def share_bar(parts: Sequence[tuple[str, int, int]]) -> Markup:
    """One bar cut into named parts: (name, number, colour)."""
    width, height = 120, 12
    total = sum(count for _, count, _ in parts) or 1
    pieces, x = [], 0.0
    for _, count, colour in parts:
        size = width * count / total
        pieces.append(_rect(x, 0, size, height, f"c{colour}"))
        x += size
    label = ", ".join(f"{name} {count:,}" for name, count, _ in parts)
    return Markup(
        '<svg class="share" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}" data-tip="{}">'
        "{}</svg>"
    ).format(width, height, width, height, label, label.replace(", ", "\n"), Markup("").join(pieces))


def meter(share: float) -> Markup:
    """A bar that is filled to the share, 0 to 1. For the eye only: the number stands beside it."""
    width, height = 160, 10
    return Markup('<svg class="meter" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true">{}{}</svg>').format(
        width, height, width, height, _rect(0, 0, width, height, "rest"), _rect(0, 0, width * share, height, "c1")
    )


def heat_rows(rows: Sequence[tuple[str, Sequence[int]]], labels: Sequence[str], width: int) -> Markup:
    """Rows of shaded cells over time, each on one common scale."""
    row, top = 22, 4
    left = min(width * 0.36, 14 + CHARACTER * max((len(name) for name, _ in rows), default=0))
    step = (width - left - 8) / max(len(labels), 1)
    largest = max((value for _, values in rows for value in values), default=1) or 1
    parts = []
    for number, (name, values) in enumerate(rows):
        y = top + number * row
        cells = [
            _cell(left + step * place, y, step, row, value, largest, f"{name}, {labels[place]}: {value:,}")
            for place, value in enumerate(values)
            if value
        ]
        parts.append(
            Markup('<text class="name" x="{}" y="{}">{}</text>{}{}').format(
                _n(left - 8),
                y + 15,
                shorten(name, int((left - 8) / CHARACTER)),
                _rect(left, y + 1, step * len(labels), row - 2, "rest"),
                Markup("").join(cells),
            )
        )
    bottom = top + len(rows) * row
    parts.append(_column_labels(labels, left, step, bottom + 15))
    return _drawing(width, bottom + 22, parts)


def matrix(rows: Sequence[str], columns: Sequence[str], cells: dict[tuple[str, str], int]) -> Markup:
    """A shaded table of pairs: a row an actor, a column a recipient. Columns are named at a slant."""
    size, top = 40, 132
    left = 26 + CHARACTER * max((len(shorten(name, 26)) for name in rows), default=0)
    largest = max(cells.values(), default=1)
    width, height = left + size * len(columns) + 90, top + size * len(rows) + 6
    parts = [
        Markup(
            '<text class="hint" x="{}" y="{}">actor ↓</text><text class="hint" x="{}" y="{}">recipient →</text>'
        ).format(_n(left - 10), top - 8, _n(left - 10), top - 24)
    ]
    for place, name in enumerate(columns):
        x = left + size * place + size / 2
        parts.append(
            Markup('<text class="slant" transform="translate({} {}) rotate(-45)">{}</text>').format(
                _n(x), top - 8, shorten(name, 22)
            )
        )
    for number, actor in enumerate(rows):
        y = top + size * number
        parts.append(
            Markup('<text class="name" x="{}" y="{}">{}</text>').format(
                left - 10, _n(y + size / 2 + 4), shorten(actor, 26)
            )
        )
        for place, recipient in enumerate(columns):
            x, value = left + size * place, cells.get((actor, recipient), 0)
            if not value:
                parts.append(_rect(x + 1, y + 1, size - 2, size - 2, "rest"))
                continue
            parts.append(_cell(x, y, size, size, value, largest, f"{actor} → {recipient}: {value:,}"))
            parts.append(
                Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                    "count strong" if value > largest * 0.45 else "count", _n(x + size / 2), _n(y + size / 2 + 4), value
                )
            )
    return _drawing(width, height, parts)


def round_ticks(largest: int, wanted: int = 4) -> list[int]:
    """Round numbers from 0 to at least `largest`, about as many as wanted."""
    rough = max(largest / wanted, 1)
    power = 1
    while power * 10 <= rough:
        power *= 10
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * place for place in range(-(-max(largest, 1) // step) + 1)]


def shorten(text: str, length: int) -> str:
    """The text, cut to that many characters with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: max(length - 1, 1)].rstrip() + "…"


def _grid(ticks: Sequence[int], left: float, right: float, base: float, scale: float) -> Markup:
    lines = [
        Markup('<line x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}">{}</text>').format(
            left,
            right,
            _n(base - tick * scale),
            _n(base - tick * scale),
            left - 8,
            _n(base - tick * scale + 4),
            _brief(tick),
        )
        for tick in ticks
    ]
    return Markup('<g class="grid">{}</g>').format(Markup("").join(lines))


def _column_labels(labels: Sequence[str], left: float, step: float, y: float) -> Markup:
    if not labels:
        return Markup("")
    widest = max(map(len, labels)) * CHARACTER + 14
    every = max(int(-(-widest // step)), 1)
    texts = [
        Markup('<text x="{}" y="{}">{}</text>').format(_n(left + step * (place + 0.5)), _n(y), labels[place])
        for place in range(every // 2 if every > 1 else 0, len(labels), every)
        if left + step * (place + 0.5) + widest / 2 <= left + step * len(labels) + 22
    ]
    return Markup('<g class="axis">{}</g>').format(Markup("").join(texts))


def _cell(x: float, y: float, width: float, height: float, value: int, largest: int, tip: str) -> Markup:
    heat = min(5, 1 + int(4.999 * (value / largest) ** 0.6))
    return Markup('<rect class="heat h{}" x="{}" y="{}" width="{}" height="{}" data-tip="{}"/>').format(
        heat, _n(x + 0.5), _n(y + 1), _n(max(width - 1, 0.5)), _n(height - 2), tip
    )


def _rect(x: float, y: float, width: float, height: float, css: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        css, _n(x), _n(y), _n(width), _n(height)
    )


def _drawing(width: float, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true">{}</svg>').format(
        _n(width), _n(height), _n(width), _n(height), Markup("").join(parts)
    )


def _brief(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:g}M"
    return f"{number / 1000:g}k" if number >= 10_000 else f"{number:,}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
