"""Decides which marks of a paragraph open, close, or are none: all together, at the least cost.

Comes in: the `Mark`s of a paragraph. Goes out: `Pair`s, the outermost passages. A walk over the marks keeps, for each
state that a reader could be in (outside, inside speech, inside a quote within speech), the cheapest reading so far: the
Viterbi algorithm, so that time is linear in the number of marks, and a stray mark is put where it does least harm.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from transforms.quotes.marks.shapes import BRACKETS, Kind, Mark

_OUTSIDE = "outside"
_DOUBLE_IN_DOUBLE = "double in double"
_DOUBLE_IN_SINGLE = "double in single"

_CONTINUES_UNMARKED = 1.0
_NEST = 0.4
_NEST_SENTENCE = 1.5
_NEST_IN_SINGLE = 0.2
_CLOSE_BOTH_SPEECH = 1.0
_CLOSE_BOTH = 2.5
_STRAY_INSIDE_NESTED = 0.8
_REOPEN_SPEECH = 0.3
_REOPEN_SENTENCE = 1.2
_REOPEN_INTRODUCED = 1.2
_REOPEN = 1.5
_SHORT_SINGLE = 30
_SHORT_PLURAL = 0.3
# What it costs to leave a passage open at the paragraph's end.
_UNCLOSED_BEFORE_OPENING = 0.3
_UNCLOSED_BEFORE_CLOSING = 0.8
_UNCLOSED_SPEECH = 1.9
_UNCLOSED = 3.0
_UNCLOSED_NESTED = 0.8
_HOPELESS = 6.0
# Of two readings alike, the one that puts fewer words into somebody's mouth.
_PER_CHARACTER = 0.0003
_LONGEST_COUNTED = 1000


class Neighbours(NamedTuple):
    """What the paragraph before left open, if anything, and the first mark of the paragraph behind."""

    unclosed: Kind | None
    following: Mark | None


class Pair(NamedTuple):
    """An outermost passage: its opening mark, where its text ends, and where its closing mark ends, if it has one.

    `is_reopened` is true where the next mark opens again without this passage having been closed, and
    `is_introduction` where words of the reporter must stand before that next mark.
    """

    opening: Mark
    closing: int
    end: int | None
    continues: bool = False
    is_reopened: bool = False
    is_introduction: bool = False


class _Chain(NamedTuple):
    """The pairs found so far, last first; shared by the readings that agree on them."""

    pair: Pair
    before: "_Chain | None"


class _Reading(NamedTuple):
    cost: float
    opening: Mark | None
    chain: _Chain | None
    continues: bool = False


_Frontier = dict[str, _Reading]
_Moves = Iterable[tuple[str, _Reading]]


def pair_marks(marks: list[Mark], start: int, end: int, neighbours: Neighbours) -> list[Pair]:
    """The outermost pairs of a paragraph that stands at `start` to `end`, in order."""
    frontier: _Frontier = {_OUTSIDE: _Reading(0.0, None, None)}
    if neighbours.unclosed is not None and not marks[0].is_first:
        # “One paragraph without its closing mark.⏎ Another that ends it.”
        opening = Mark(start, start, neighbours.unclosed, "", 0.0, 0.0, 0.0, begins_sentence=True)
        frontier[neighbours.unclosed] = _Reading(_CONTINUES_UNMARKED, opening, None, True)
    if not any(mark.kind == "single" and mark.opens < mark.strays + _UNCLOSED for mark in marks):
        # Only apostrophes: the dogs' and the cats' home.
        marks = [mark for mark in marks if mark.kind != "single" or neighbours.unclosed == "single"]
    for mark in marks:
        frontier = _read(mark, frontier)
    return _in_order(_cheapest_end(frontier, end, neighbours.following))


def _read(mark: Mark, frontier: _Frontier) -> _Frontier:
    following: _Frontier = {}
    for state, reading in frontier.items():
        for next_state, next_reading in _MOVES[state](mark, reading):
            known = following.get(next_state)
            if known is None or next_reading.cost < known.cost:
                following[next_state] = next_reading
    best = min(reading.cost for reading in following.values())
    return {state: reading for state, reading in following.items() if reading.cost <= best + _HOPELESS}


def _outside(mark: Mark, reading: _Reading) -> _Moves:
    yield _OUTSIDE, _Reading(reading.cost + mark.strays, None, reading.chain)
    yield mark.kind, _Reading(reading.cost + mark.opens, mark, reading.chain)


def _in_double(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind != "double":
        yield "double", reading
        return
    yield _OUTSIDE, _close(mark, reading, mark.closes)
    yield "double", _add(reading, mark.strays)
    yield "double", _reopen(mark, reading)
    # "He told me "go away" and left," she said.
    yield _DOUBLE_IN_DOUBLE, _add(reading, mark.opens + (_NEST_SENTENCE if mark.begins_sentence else _NEST))


def _in_double_in_double(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind != "double":
        yield _DOUBLE_IN_DOUBLE, reading
        return
    yield "double", _add(reading, mark.closes)
    both = _CLOSE_BOTH_SPEECH if _is_speech(reading.opening) else _CLOSE_BOTH
    yield _OUTSIDE, _close(mark, reading, mark.closes + both)
    yield _DOUBLE_IN_DOUBLE, _add(reading, mark.strays + _STRAY_INSIDE_NESTED)


def _in_single(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind == "double":
        # British: ‘He told me “go away” and left,’ she said.
        yield _DOUBLE_IN_SINGLE, _add(reading, mark.opens + _NEST_IN_SINGLE)
        yield "single", _add(reading, mark.strays)
    elif mark.kind == "single":
        closes = mark.closes
        if mark.is_plural and reading.opening is not None and mark.start - reading.opening.start <= _SHORT_SINGLE:
            # The 'good workers' are few.
            closes = _SHORT_PLURAL
        yield _OUTSIDE, _close(mark, reading, closes)
        yield "single", _add(reading, mark.strays)
        if mark.begins_sentence:
            yield "single", _reopen(mark, reading)
    else:
        yield "single", reading


def _in_double_in_single(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind == "double":
        yield "single", _add(reading, mark.closes)
        yield _DOUBLE_IN_SINGLE, _add(reading, mark.strays)
    else:
        yield _DOUBLE_IN_SINGLE, reading


def _in_guillemets(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind != "guillemet" or (reading.opening is not None and mark.is_small != reading.opening.is_small):
        yield "guillemet", reading
        return
    yield _OUTSIDE, _close(mark, reading, mark.closes)
    yield "guillemet", _add(reading, mark.strays)
    yield "guillemet", _reopen(mark, reading)


def _in_brackets(mark: Mark, reading: _Reading) -> _Moves:
    if mark.kind == "bracket" and reading.opening is not None and BRACKETS.get(reading.opening.form) == mark.form:
        yield _OUTSIDE, _close(mark, reading, mark.closes)
    else:
        yield "bracket", reading


_MOVES: dict[str, Callable[[Mark, _Reading], _Moves]] = {
    _OUTSIDE: _outside,
    "double": _in_double,
    "single": _in_single,
    "guillemet": _in_guillemets,
    "bracket": _in_brackets,
    _DOUBLE_IN_DOUBLE: _in_double_in_double,
    _DOUBLE_IN_SINGLE: _in_double_in_single,
}


def _add(reading: _Reading, cost: float) -> _Reading:
    return _Reading(reading.cost + cost, reading.opening, reading.chain, reading.continues)


def _close(mark: Mark, reading: _Reading, cost: float) -> _Reading:
    pair = _pair(reading, mark.start, mark.end)
    return _Reading(reading.cost + cost + _length_cost(pair), None, _Chain(pair, reading.chain))


def _reopen(mark: Mark, reading: _Reading) -> _Reading:
    """ "I was there. "It was cold," he said. Speech that is opened again, where a paragraph once began."""
    introduces = not mark.begins_sentence
    if mark.begins_sentence:
        cost = _REOPEN_SPEECH if _is_speech(reading.opening) else _REOPEN_SENTENCE
    else:
        cost = _REOPEN_INTRODUCED if mark.is_introduced else _REOPEN
    pair = _pair(reading, mark.start, None, is_reopened=True, is_introduction=introduces)
    cost += reading.cost + mark.opens + _length_cost(pair)
    return _Reading(cost, mark, _Chain(pair, reading.chain), not introduces)


def _pair(
    reading: _Reading, closing: int, end: int | None, *, is_reopened: bool = False, is_introduction: bool = False
) -> Pair:
    if reading.opening is None:
        raise ValueError("a passage closes that was never opened")
    return Pair(reading.opening, closing, end, reading.continues, is_reopened, is_introduction)


def _length_cost(pair: Pair) -> float:
    return _PER_CHARACTER * min(_LONGEST_COUNTED, pair.closing - pair.opening.end)


def _is_speech(opening: Mark | None) -> bool:
    return opening is not None and (opening.begins_sentence or opening.is_introduced)


def _cheapest_end(frontier: _Frontier, end: int, following: Mark | None) -> _Chain | None:
    best, chain = float("inf"), None
    for state, reading in frontier.items():
        cost, so_far = reading.cost + _unclosed_cost(state, reading.opening, following), reading.chain
        if reading.opening is not None:
            pair = _pair(reading, end, None)
            cost, so_far = cost + _length_cost(pair), _Chain(pair, reading.chain)
        if cost < best:
            best, chain = cost, so_far
    return chain


def _unclosed_cost(state: str, opening: Mark | None, following: Mark | None) -> float:
    """What it costs to end a paragraph inside a passage; less where the next one goes on with it."""
    if opening is None:
        return 0.0
    is_speech = _is_speech(opening)
    cost = _UNCLOSED_SPEECH if is_speech and opening.kind != "single" else _UNCLOSED
    if is_speech and following is not None and following.kind == opening.kind:
        if following.is_first and following.opens < following.strays:
            cost = _UNCLOSED_BEFORE_OPENING
        elif not following.is_first and following.closes < following.opens and opening.kind != "single":
            cost = _UNCLOSED_BEFORE_CLOSING
    return cost + (_UNCLOSED_NESTED if state in (_DOUBLE_IN_DOUBLE, _DOUBLE_IN_SINGLE) else 0.0)


def _in_order(chain: _Chain | None) -> list[Pair]:
    pairs = []
    while chain is not None:
        pairs.append(chain.pair)
        chain = chain.before
    pairs.reverse()
    return pairs
