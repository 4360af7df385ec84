"""Marks stretches of a text that may overlap: the text is cut at every start and end, as HTML elements must nest.

Comes in: a text and spans of it. Goes out: markup whose text, but for the chips, is exactly the text that came in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(slots=True, frozen=True)
class Span:
    """A stretch of the text: offsets, the key of the row it belongs to, and its class.

    `chip` is a label shown behind it; `is_target` says that the row's link leads here.
    """

    start: int
    end: int
    key: str
    css: str
    chip: str = ""
    is_target: bool = False


def mark_text(text: str, spans: Iterable[Span]) -> Markup:
    """The text as markup. Spans that do not lie in it are left out."""
    fitting = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    return Markup("").join(_segments(text, fitting))


def _segments(text: str, spans: Sequence[Span]) -> Iterator[Markup]:
    starts, ends = defaultdict(list), defaultdict(list)
    for span in spans:
        starts[span.start].append(span)
        ends[span.end].append(span)
    places = sorted({0, len(text), *starts, *ends})
    active: dict[Span, None] = {}
    for place, following in zip(places, [*places[1:], len(text)], strict=True):
        for span in ends[place]:
            active.pop(span, None)
        for span in starts[place]:
            active[span] = None
            if span.is_target:
                yield Markup('<span id="m-{}"></span>').format(span.key)
        if place == following:
            continue
        piece = escape(text[place:following])
        closing = [span for span in ends[following] if span.chip and span in active]
        yield _segment(piece, list(active), closing) if active else piece


def _segment(piece: Markup, spans: Sequence[Span], closing: Sequence[Span]) -> Markup:
    keys = " ".join(dict.fromkeys(span.key for span in spans))
    css = " ".join(dict.fromkeys(span.css for span in spans))
    chips = Markup("").join(
        Markup('<span class="chip of-{}" aria-hidden="true">{}</span>').format(_family(span), span.chip)
        for span in closing
    )
    return Markup('<span data-a="{}" class="{}">{}{}</span>').format(keys, css, piece, chips)


def _family(span: Span) -> str:
    """What the chip is switched on and off with."""
    return span.css.rsplit("k-", 1)[-1] if "is-entity" not in span.css else "entity"
