"""What a quotation mark looks like: its form, and the characters on each side of it.

Comes in: a text and the bounds of a paragraph. Goes out: the paragraph's `Mark`s, each with what it costs to read it as
one that opens, one that closes, or none at all (an apostrophe, an inch, a slip). Costs are ours, by hand: 0 is what a
careful typesetter does, 2 and more what nobody does on purpose; only their differences matter.
"""

import re
from enum import Enum
from functools import cache
from typing import Literal, NamedTuple

from transforms.lexicon import read_seed

Kind = Literal["double", "single", "guillemet", "bracket"]

SENTENCE_ENDS = frozenset(".!?…。！？")
BRACKETS = {"「": "」", "『": "』", "《": "》", "〈": "〉", "〝": "〟"}

# One set of characters stands first in the pattern, as `re` then skips the text between marks quickly.
_MARK = re.compile(
    r"[\"“”„‟＂«»‹›「」『』《》〈〉〝〟‚`'‘’‛<>](?:"
    # <a href="..."> is no speech; the mark that closes goes with the one that opens.
    r"(?<==[\"“”'’])[^\"“”'’\n]{0,200}[\"“”'’](?=[\s/>])"
    # Wiki markup and rules of marks: '''' and """".
    r"|(?<=')'{3,}|(?<=\")\"{3,}|(?<=’)’{3,}"
    r"|(?<=')''|(?<=')'|(?<=`)`|(?<=‘)‘|(?<=’)’|(?<=<)<|(?<=>)>"
    r"|(?<=[\"“”„‟＂«»‹›「」『』《》〈〉〝〟‚`])"
    # An apostrophe inside a word is none: don't, O’Neill.
    r"|(?<=['‘’‛])(?<!\w['‘’‛])|(?<=['‘’‛])(?!\w))"
)
_FORMS: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(('"', "''", "＂"), ("double", "straight")),
    **dict.fromkeys(("“", "„", "‟", "``", "‘‘"), ("double", "left")),
    **dict.fromkeys(("”", "’’"), ("double", "right")),
    "'": ("single", "upright"),
    **dict.fromkeys(("‘", "‛", "`"), ("single", "turned")),
    "‚": ("single", "low"),
    "’": ("single", "raised"),
    **dict.fromkeys(("«", "‹"), ("guillemet", "leftward")),
    **dict.fromkeys(("»", "›"), ("guillemet", "rightward")),
    "<<": ("guillemet", "from"),
    ">>": ("guillemet", "to"),
    **dict.fromkeys(BRACKETS, ("bracket", "from")),
    **dict.fromkeys(BRACKETS.values(), ("bracket", "to")),
}


_SMALL_GUILLEMETS = frozenset("‹›")


class Shape(Enum):
    """What stands on each side of a mark."""

    BEFORE_TEXT = "blank before it, text behind it"
    AFTER_TEXT = "text before it, blank behind it"
    LOOSE = "blank on both sides"
    TIGHT = "text on both sides"


# What each form costs in each shape, read as opening, as closing, and as none.
_COSTS: dict[str, dict[Shape, tuple[float, float, float]]] = {
    form: dict(zip(Shape, costs, strict=True))
    for form, *costs in (
        # form      BEFORE_TEXT       AFTER_TEXT        LOOSE             TIGHT
        ("straight", (0.0, 2.0, 2.0), (2.0, 0.0, 1.6), (0.6, 0.6, 1.2), (0.8, 0.5, 1.0)),
        # ”He said” and “They see that. “ are slips of the hand or of a conversion; „Nein“ closes with it by right.
        ("left", (0.0, 2.5, 2.0), (1.5, 0.3, 2.0), (0.3, 1.0, 1.5), (0.2, 1.5, 2.0)),
        ("right", (0.5, 1.5, 2.0), (2.5, 0.0, 2.0), (1.0, 0.3, 1.5), (1.5, 0.2, 2.0)),
        ("upright", (0.0, 3.0, 1.0), (3.0, 0.1, 0.8), (3.0, 3.0, 0.0), (3.0, 1.0, 0.0)),
        ("turned", (0.0, 3.0, 1.5), (3.0, 0.3, 0.8), (1.0, 3.0, 0.5), (0.5, 3.0, 0.5)),
        ("low", (0.3, 3.0, 0.6), (3.0, 3.0, 0.0), (3.0, 3.0, 0.0), (3.0, 3.0, 0.0)),
        ("raised", (1.2, 3.0, 0.1), (3.0, 0.1, 0.8), (3.0, 1.0, 0.0), (3.0, 1.0, 0.0)),
        # «Non», « Non » and German »Nein«.
        ("leftward", (0.0, 3.0, 2.0), (2.5, 0.0, 2.0), (0.0, 2.5, 2.0), (0.0, 1.5, 2.0)),
        ("rightward", (0.5, 3.0, 2.0), (3.0, 0.0, 2.0), (2.5, 0.0, 2.0), (1.5, 0.0, 2.0)),
        ("from", (0.0, 9.0, 0.2), (0.0, 9.0, 0.2), (0.0, 9.0, 0.2), (0.0, 9.0, 0.2)),
        ("to", (9.0, 0.0, 0.2), (9.0, 0.0, 0.2), (9.0, 0.0, 0.2), (9.0, 0.0, 0.2)),
    )
}

# Left out when the sides of a mark are looked at: other marks, and characters that are not seen (bidi, zero width).
_UNSEEN = frozenset(
    "\"“”„‟＂'‘’‛`«»‹›\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SIDES_LOOKED_AT = 5
# A paragraph with more marks than these is a rule, a table of ditto marks or noise.
_MANY_MARKS = 20
_CHARACTERS_A_MARK = 4
_OPENING_SIGNS = frozenset("([{")
_JOINING_SIGNS = frozenset("—–-/:=")
_CLOSING_SIGNS = frozenset(",;:!?)]}%。、，")
_TRAILING_SIGNS = frozenset(".…—–-/")
_INTRODUCING = frozenset(",:：")
_PAUSES = frozenset(",.!?;…—–-")
_HEBREW = ("\u0590", "\u05ff")
_YEARS = re.compile(r"\d\ds?\b")
_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"\w{1,8}\Z")
_FEET = re.compile(r"\d['’′][\s-]?\d{1,2}(?:[.½¼¾]\d*)?\Z")


class Mark(NamedTuple):
    """A quotation mark, or what looks like one; `opens`, `closes` and `strays` are the costs of reading it so.

    `begins_sentence` is true where a capital follows and a full stop, or nothing, stands before it; `is_introduced`
    where a comma or a colon does, or nothing. `is_first` is true where nothing of the paragraph stands before it.
    `is_plural` is true where it may be the apostrophe of a plural, as in "the workers' union".
    """

    start: int
    end: int
    kind: Kind
    form: str
    opens: float
    closes: float
    strays: float
    begins_sentence: bool = False
    is_introduced: bool = False
    is_first: bool = False
    is_plural: bool = False

    @property
    def is_small(self) -> bool:
        """Whether it is a single guillemet."""
        return self.form in _SMALL_GUILLEMETS


def read_marks(text: str, start: int, end: int) -> list[Mark]:
    """The marks of the paragraph `text[start:end]`, in order; none where it is made of marks and not of words."""
    matches = list(_MARK.finditer(text, start, end))
    if len(matches) > _MANY_MARKS and len(matches) * _CHARACTERS_A_MARK > end - start:
        return []
    marks = []
    for match in matches:
        form = match.group()
        if form == "'''":
            marks += _read_three(text, match.start(), start, end)
        elif form in _FORMS:
            mark = _read_mark(text, form, match.start(), start, end)
            if mark is not None:
                marks.append(mark)
    return marks


def _read_three(text: str, position: int, start: int, end: int) -> list[Mark]:
    """''He said, 'Stay,''' she wrote: three straight marks are a single and a double one, the double one outside."""
    forms = ("''", "'") if _left_side(text, position, start).isspace() else ("'", "''")
    marks = []
    for form in forms:
        mark = _read_mark(text, form, position, start, end)
        if mark is not None:
            marks.append(mark)
        position += len(form)
    return marks


def _read_mark(text: str, form: str, position: int, start: int, end: int) -> Mark | None:
    kind, name = _FORMS[form]
    after = position + len(form)
    left, right = _left_side(text, position, start), _right_side(text, after, end)
    if _HEBREW[0] <= left <= _HEBREW[1] and _HEBREW[0] <= right <= _HEBREW[1]:
        # Hebrew writes abbreviations with such a mark before the last letter.
        return None
    shape = _shape(left, right)
    opens, closes, strays = _COSTS[name][shape]
    before, behind = _next_seen(text, position, start, -1), _next_seen(text, after, end, 1)
    is_plural = False
    if kind == "single":
        opens, closes, strays, is_plural = _weigh_apostrophe(
            text, position, after, shape, left, right, (opens, closes, strays)
        )
    elif name == "straight":
        opens, closes, strays = _weigh_straight(text, position, shape, left, (before, behind), (opens, closes, strays))
    return Mark(
        position,
        after,
        kind,
        form,
        opens,
        closes,
        strays,
        begins_sentence=(before == "\n" or before in SENTENCE_ENDS or before in ")]") and not behind.islower(),
        is_introduced=before == "\n" or before in _INTRODUCING,
        is_first=before == "\n",
        is_plural=is_plural,
    )


def _left_side(text: str, position: int, start: int) -> str:
    """The character before the mark and its neighbour marks; a line break at the paragraph's start."""
    for index in range(position - 1, max(start, position - _SIDES_LOOKED_AT) - 1, -1):
        if text[index] not in _UNSEEN:
            return text[index]
    return "\n" if position - _SIDES_LOOKED_AT <= start else " "


def _right_side(text: str, position: int, end: int) -> str:
    for index in range(position, min(end, position + _SIDES_LOOKED_AT)):
        if text[index] not in _UNSEEN:
            return text[index]
    return "\n" if position + _SIDES_LOOKED_AT >= end else " "


def _next_seen(text: str, position: int, bound: int, step: int) -> str:
    """The next character that is no blank and no mark, in the direction of `step`; a line break at the bound."""
    index = position if step > 0 else position - 1
    for _ in range(_SIDES_LOOKED_AT):
        if (index >= bound) if step > 0 else (index < bound):
            return "\n"
        if not text[index].isspace() and text[index] not in _UNSEEN:
            return text[index]
        index += step
    return " "


def _shape(left: str, right: str) -> Shape:
    if left == "\n" and right != "\n":
        return Shape.BEFORE_TEXT
    if right == "\n" and left != "\n":
        return Shape.AFTER_TEXT
    is_blank_right = right.isspace()
    ends_clause = is_blank_right or right in _CLOSING_SIGNS or right in _TRAILING_SIGNS
    is_left_open = left.isspace() or left in _OPENING_SIGNS or (left in _JOINING_SIGNS and not ends_clause)
    is_right_open = is_blank_right or right in _CLOSING_SIGNS or (right in _TRAILING_SIGNS and not is_left_open)
    if is_left_open:
        return Shape.LOOSE if is_right_open else Shape.BEFORE_TEXT
    return Shape.AFTER_TEXT if is_right_open else Shape.TIGHT


def _weigh_straight(
    text: str, position: int, shape: Shape, left: str, seen: tuple[str, str], costs: tuple[float, float, float]
) -> tuple[float, float, float]:
    opens, closes, strays = costs
    before, behind = seen
    if left.isdigit() and shape is not Shape.BEFORE_TEXT:
        if _FEET.search(text, max(0, position - 8), position):
            # 6'2" tall
            return opens + 1.0, closes + 1.0, 0.0
        # A 6" pipe, but also "the flood of 1987" he saw.
        strays = 0.4
    elif shape is Shape.LOOSE:
        if before.isdigit():
            strays = 0.4
        elif behind in _CLOSING_SIGNS or (before in _PAUSES and behind.islower()):
            # "It can happen, " he said.
            closes, opens = 0.2, 1.0
        elif before in _INTRODUCING:
            opens, closes = 0.2, 1.0
    return opens, closes, strays


@cache
def _elisions(place: str) -> frozenset[str]:
    return frozenset(row["elision"] for row in read_seed("elisions") if row["place"] == place)


def _weigh_apostrophe(
    text: str, position: int, after: int, shape: Shape, left: str, right: str, costs: tuple[float, float, float]
) -> tuple[float, float, float, bool]:
    opens, closes, strays = costs
    if shape is Shape.BEFORE_TEXT and _is_elision_behind(text, after):
        # 'Tis, rock 'n' roll, the '90s
        return opens + 1.5, closes, 0.0, False
    if shape is not Shape.AFTER_TEXT:
        return opens, closes, strays, False
    if left in _PAUSES:
        # 'It was late,' he said.
        return opens, 0.0, max(strays, 1.2), False
    if left.isdigit():
        # 6' tall
        return opens, 0.3, 0.1, False
    word = _LAST_WORD.search(text, max(0, position - 8), position)
    last = word.group().lower() if word is not None else ""
    if last in _elisions("end"):
        return opens, closes + 1.0, 0.0, False
    if last.endswith(("s", "z", "x")) and right.isspace() and right != "\n":
        # The workers' union
        return opens, 1.2, 0.0, True
    if last.endswith("in") and len(last) > len("win"):
        # goin'
        return opens, 0.4, 0.2, False
    return opens, closes, strays, False


def _is_elision_behind(text: str, position: int) -> bool:
    if _YEARS.match(text, position):
        return True
    word = _WORD.match(text, position, position + 8)
    return word is not None and word.group().lower() in _elisions("start")
