"""Numbers as English news writes them, read as plain numbers.

Comes in: a MONEY, PERCENT, CARDINAL, ORDINAL or QUANTITY mention. Goes out: its number as text ('1200000000'), or None
where it names no number or more than one: "dozens", "5 to 10", a score of 2-1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache, lru_cache

from transforms.lexicon import read_seed

NUMBER_LABELS = frozenset({"MONEY", "PERCENT", "CARDINAL", "ORDINAL", "QUANTITY"})

_LONGEST = 120
# The parts that news writes with a slash: 1/64 of a point, 2/3 of a cup; 9/11 is a day.
_SLASH_PARTS = frozenset(map(Decimal, (2, 3, 4, 5, 6, 8, 16, 32, 64)))
_LARGEST = Decimal(10) ** 21
# A part of a whole keeps four decimals: two-thirds is 0.6667.
_PARTS = Decimal("0.0001")
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?(?![\d.,]*\d)|(?<!\d)\.\d+)"
    r"(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"|(?P<word>[^\W\d_]+)|(?P<slash>(?<=\d)/(?=\d))|(?P<dash>[-–—−])|(?P<other>\d\S*)"
)
_APPROXIMATE_DIGITS = re.compile(r"\d[\d.,]*\s?(?:s\b|something|odd|plus|\+)")


_SCALE_AFTER = re.compile(r"\s?(?:bn|mn|mln|bln|tn|trn|million|billion|trillion)\b|[mk]\b|[-–]\d", re.IGNORECASE)
# Outside of money the letter is a million in "5m people" and metres in "the 400m".
_METRES_OR_MILLIONS = re.compile(r"(?:[5-9]\d|\d[\d,]{2,})m\b", re.IGNORECASE)
_UNIT_LETTER = re.compile(r"(?<=\d)[a-z]\b", re.IGNORECASE)
_BOUND = re.compile(r"^(?:up|close) to\b", re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class _Token:
    kind: str
    value: Decimal = Decimal(0)
    glued: bool = False
    """Whether it stands right behind a number, as in '5m' and '1.2bn'."""


def number_value(text: str, label: str, *, after: str = "") -> str | None:
    """The number that a mention states, without separators and exponent; percent as percent, cents as part of one.

    `text` is the mention, `label` its spaCy label, `after` up to 12 characters behind it: the model cuts "£277m" into
    "277" and "m". A bound is its number: "more than 100" is '100'.
    """
    if label not in NUMBER_LABELS or len(text) > _LONGEST:
        return None
    text = _BOUND.sub("", text)
    if text[-1:].isdigit() and (rest := _SCALE_AFTER.match(after)):
        text += rest[0]
    return _value_of(text, label)


@lru_cache(maxsize=10_000)
def _value_of(text: str, label: str) -> str | None:
    """The number of a whole mention; few of them are new in the news."""
    if _APPROXIMATE_DIGITS.search(text) or (label != "MONEY" and _METRES_OR_MILLIONS.search(text)):
        return None
    if label == "QUANTITY":
        text = _UNIT_LETTER.sub(" ", text)
    number = read_number(text, ordinal=label == "ORDINAL")
    return None if number is None else plain(number)


def read_number(text: str, *, ordinal: bool = False) -> Decimal | None:
    """The one number in the text. With `ordinal` "third" is 3, else a third."""
    tokens = _tokens(text.lower(), ordinal)
    if tokens is None:
        return None
    negative = bool(tokens) and tokens[0].kind in {"minus", "dash"}
    groups = _groups([token for token in tokens if token.kind not in {"minus", "dash"}])
    if len(groups) != 1:
        return None
    with localcontext() as context:
        context.prec = 40
        number = _sum(groups[0])
    if number is None or number > _LARGEST:
        return None
    return -number if negative else number


def read_count(word: str) -> int | None:
    """A whole number in digits or words: 'twenty-four' is 24, 'a' is 1; None for anything else."""
    if word.isdecimal():
        return int(word) if len(word) < 7 else None
    if word in {"a", "an"}:
        return 1
    kinds = {
        _words().get(part, ("",))[0] for part in re.split(r"[ -]+", word) if not part.isdecimal() and part != "and"
    }
    if not kinds <= {"unit", "tens", "scale"}:
        return None
    number = read_number(word)
    return int(number) if number is not None and number == int(number) and number < 10**6 else None


@cache
def read_ordinal(word: str) -> int | None:
    """'third', '3rd' and 'twenty-first' as a number."""
    number = read_number(word, ordinal=True)
    return int(number) if number is not None and number == int(number) and number < 10**6 else None


def plain(number: Decimal) -> str:
    """The number in digits: no exponent, no zeros behind the last decimal."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


@cache
def _words() -> dict[str, tuple[str, Decimal, str]]:
    return {row["word"]: (row["kind"], Decimal(row["value"] or 0), row["note"]) for row in read_seed("number_words")}


def _tokens(text: str, ordinal: bool) -> list[_Token] | None:
    """The words that count, or None at one that makes the number more than one or none."""
    tokens: list[_Token] = []
    number_end = -1
    for found in _TOKEN.finditer(text):
        if found["number"]:
            tokens.append(_Token("digits", Decimal(found["number"].replace(",", ""))))
            number_end = found.end()
        elif found["word"]:
            token = _read_word(found["word"], found.start() == number_end, ordinal)
            if token is None:
                return None
            tokens.append(token)
        elif found["slash"]:
            tokens.append(_Token("slash"))
        elif found["dash"]:
            # "5-10" and "2-1" are two numbers; a dash before the number is its sign, and "25-pound" has one that binds.
            before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
            if before[-1:].isdigit() and (after[:1].isdigit() or after[:1] == "$"):
                return None
            if not before and after[:1] in "$£€.0123456789":
                tokens.append(_Token("dash"))
        else:
            return None
    return tokens


def _read_word(word: str, glued: bool, ordinal: bool) -> _Token | None:
    kind, value, note = _words().get(word, ("other", Decimal(0), ""))
    if kind in {"range", "vague"}:
        return None
    if note == "behind digits" and not glued:
        # "$5 m" is rare, "$ 5 bn" is not; one letter apart from the digits is no scale.
        return _Token(kind, value) if len(word) > 1 else _Token("other")
    if kind == "ordinal" and not ordinal:
        # There is no part called "first" or "second".
        return _Token("part", 1 / value) if value > 2 else _Token("other")
    if kind == "part" and ordinal:
        return _Token("other")
    if kind == "approximate":
        return _Token("other")
    if word in {"a", "an"}:
        return _Token("article")
    if word in {"and", "of"}:
        return _Token(word)
    return _Token(kind, value, glued)


_SMALL_SCALES = frozenset(map(Decimal, (12, 100)))
_SCALE_ORDINALS = frozenset(map(Decimal, (100, 1000, 1000000)))
_COUNTING = frozenset({"digits", "unit", "tens", "scale", "fraction", "part", "ordinal", "hundredth"})


_PARTIAL = frozenset({"part", "fraction"})


def _joins(token: _Token, after: _Token, in_group: bool) -> bool:
    """Whether "and", "a" or a slash is part of a number: "hundred and five", "and a half", "half a million", "1/2"."""
    if token.kind == "slash":
        return in_group
    if token.kind == "and":
        return in_group and after.kind in _COUNTING | {"article"}
    return token.kind == "article" and after.kind in _PARTIAL | {"scale"}


def _groups(tokens: Sequence[_Token]) -> list[list[_Token]]:
    """The runs of words that make one number each; "and" and "a" bind only between parts of a number."""
    groups: list[list[_Token]] = []
    group: list[_Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else _Token("other")
        binds = token.kind == "of" and bool(group) and group[-1].kind in _PARTIAL
        if token.kind in _COUNTING or _joins(token, after, bool(group)):
            group.append(token)
        elif group and not binds:
            groups.append(group)
            group = []
    if group:
        groups.append(group)
    return [group for group in groups if any(token.kind not in {"hundredth", "and", "article"} for token in group)]


class _SeveralError(Exception):
    """The words are more than one number."""


@dataclass(slots=True)
class _Sum:
    """A number as it grows word by word: "two hundred and five", "1.2 billion", "2 1/2", "half a million"."""

    total: Decimal = Decimal(0)
    """What stands in front of the last scale, that scale included."""
    current: Decimal = Decimal(0)
    factor: Decimal = Decimal(1)
    lowest_scale: Decimal = _LARGEST
    last: str = ""
    is_joined: bool = False
    """Whether "and" stands before the next word."""
    is_counted: bool = False
    is_exact: bool = True

    def add(self, token: _Token) -> None:
        """Takes the next word. Raises _SeveralError where it begins another number."""
        if token.kind == "article":
            return
        if token.kind == "and":
            self._join()
            return
        if token.kind == "hundredth":
            self.factor *= token.value
        elif token.kind == "scale":
            self._add_scale(token.value)
        elif token.kind in _PARTIAL:
            self._add_part(token.value)
            return
        else:
            self._add_digits(token)
        self._count(token.kind)

    def add_fraction(self, top: Decimal, bottom: Decimal) -> None:
        """Takes "1/2"."""
        if bottom not in _SLASH_PARTS or top >= bottom or self.last not in {"", "digits"}:
            raise _SeveralError
        self.current += top / bottom
        self.is_exact = False
        self._count("slash")

    def value(self) -> Decimal:
        """The number; what is no whole number of parts is rounded to four decimals."""
        number = (self.total + self.current if self.is_counted else Decimal(1)) * self.factor
        return number if self.is_exact else number.quantize(_PARTS)

    def _count(self, kind: str) -> None:
        self.is_counted, self.is_joined, self.last = True, False, kind

    def _join(self) -> None:
        if self.last not in {"scale", "digits", "unit", "tens"}:
            raise _SeveralError
        self.is_joined = True

    def _add_digits(self, token: _Token) -> None:
        if not _may_follow(token.kind, token.value, self.last, self.is_joined):
            raise _SeveralError
        if token.kind == "ordinal" and self.last == "scale" and token.value in _SCALE_ORDINALS:
            self.current = (self.current or 1) * token.value
        else:
            self.current += token.value

    def _add_scale(self, scale: Decimal) -> None:
        if scale in _SMALL_SCALES:
            self.current = (self.current or 1) * scale
            return
        if scale >= self.lowest_scale:
            raise _SeveralError
        self.lowest_scale = scale
        self.total += (self.current or Decimal(not self.total)) * scale
        self.current = Decimal(0)

    def _add_part(self, part: Decimal) -> None:
        """In "two and a half" it adds, "two thirds" are two of them, and "half a million" is a part of what follows."""
        self.is_exact = False
        if self.is_joined:
            self.current += part
        elif self.last in {"unit", "digits"}:
            self.current *= part
        else:
            self.factor *= part
            self.last = ""
            return
        self._count("part")


def _sum(tokens: Sequence[_Token]) -> Decimal | None:
    """The number that the words make; None where they make more than one."""
    number = _Sum()
    at = 0
    try:
        while at < len(tokens):
            if [token.kind for token in tokens[at : at + 3]] == ["digits", "slash", "digits"]:
                number.add_fraction(tokens[at].value, tokens[at + 2].value)
                at += 3
            elif tokens[at].kind == "slash":
                return None
            else:
                number.add(tokens[at])
                at += 1
    except _SeveralError:
        return None
    return number.value()


def _may_follow(kind: str, value: Decimal, last: str, joined: bool) -> bool:
    """Whether a number word may stand behind the last one: "twenty one" and "hundred five", not "five six"."""
    if last in {"", "scale"}:
        return True
    return last == "tens" and kind in {"unit", "ordinal"} and 0 < value < 10 and not joined
