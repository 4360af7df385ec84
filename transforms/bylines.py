"""Authors' names from bylines.

Comes in: any value of a record's author field. Goes out: the names, one each, in order: 'By Ann Roe and Bo Lund, Staff
Writers | The Herald' is ['Ann Roe', 'Bo Lund'].

Titles, degrees, roles, places, outlets, addresses, dates and editors are no part of a name. A news agency is an author,
'Staff' and 'Admin' are none. The words for all that are `seeds/byline_words.csv`.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from transforms.datelines import is_place
from transforms.lexicon import read_seed
from transforms.outlets import agency_names, outlet_names
from transforms.stated_dates import month_words

# 'María del Carmen Núñez de la Fuente y Soto' has nine words, five without particles; sentences have more.
_MOST_NAME_WORDS = 6
_LONGEST_LITERAL = 5_000
_LONGEST_BYLINE = 1_000

_EMAIL = r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
_EMAIL_AND_NAME = re.compile(rf"<?{_EMAIL}>?\s*\(([^()@]+)\)")
_CONTACT = re.compile(rf"<?(?:mailto:)?{_EMAIL}>?|https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|org|net)/\S+|(?<!\w)@\w+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:[ap]\.?m\b\.?)?(?:\s*[A-Z]{2,4}\b)?", re.IGNORECASE)
# What divides names of equal rank, and what stands between a name and what is said of it.
_BETWEEN_NAMES = re.compile(
    r"\s*(?:[;&+•·\n]|\s/\s)\s*|\s*,?\s+(?:and|und|et)\s+|\s*,\s+(?:with|and)\s+", re.IGNORECASE
)
_BEFORE_NOTE = re.compile(r"\s*\|\s*|\s+[-–—]+\s+|\s*[—]\s*|\s*:\s+")
_PLACE_OR_OUTLET = re.compile(
    r"\s+(?:in|for|at|of|on|from|reports?|reporting|writes|is|was|has|contributed|[Ss]pecial to)\b.*"
)
_CAPITALS_PLACE = re.compile(r"\s+(?:IN|FOR|AT|FROM|REPORTS?|REPORTING)\b.*")
_SLASH = re.compile(r"\s*/\s*")
_LETTERS = re.compile(r"[^\W\d_]")
_WORD_PART = re.compile(r"[^\W\d_]+")


def parse_authors(value: Any) -> list[str] | None:
    """The names of the authors, each once; None where there is none."""
    names: dict[str, str] = {}
    for byline in _bylines(value):
        for name in _names_of(byline):
            names.setdefault(name.casefold(), name)
    return list(names.values()) or None


# -- values -----------------------------------------------------------------------------------------------------------


def _bylines(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a value: of lists each, of objects the name, of text that spells a list its items."""
    if depth > 4:
        return
    if isinstance(value, str):
        literal = _parse_literal(value.strip())
        if literal is None:
            yield value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:_LONGEST_BYLINE]
        else:
            yield from _bylines(literal, depth + 1)
    elif isinstance(value, Mapping):
        yield from _bylines(_name_in(value), depth + 1)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for item in value:
            yield from _bylines(item, depth + 1)


def _name_in(fields: Mapping[Any, Any]) -> Any:
    for name in ("name", "@name", "full_name", "fullName", "display_name", "author", "original", "#text", "byline"):
        if fields.get(name):
            return fields[name]
    first, last = (fields.get(key) for key in ("first_name", "last_name"))
    first, last = first or fields.get("firstname"), last or fields.get("lastname")
    return " ".join(part for part in (first, last) if isinstance(part, str))


def _parse_literal(text: str) -> Any:
    """A list or object in a cell, as JSON or Python write it; None where it is none."""
    if text[:1] + text[-1:] not in {"[]", "{}"} or len(text) > _LONGEST_LITERAL:
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        return list(found) if isinstance(found, set | tuple) else found
    return None


# -- bylines ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _names_of(byline: str) -> list[str]:
    """The names in one byline. A corpus has few authors: they are read once."""
    text = _EMAIL_AND_NAME.sub(r" \1 ", byline).strip()
    text = text[1:-1] if text[:1] + text[-1:] == "()" else text
    text = _without_dates(_CONTACT.sub(" ", text))
    parts = [part for sentence in _sentences(text) for part in _between_names(sentence)]
    inverted = [_uninvert(part) for part in parts]
    if parts and all(inverted):
        return [name for part in inverted if part and (name := _clean_name(part))]
    found = [name for part in parts for name in _names_in_part(part)]
    return list(dict.fromkeys(found))


def _sentences(text: str) -> Iterator[str]:
    """The credits of a byline without what was not written: 'Reporting by Ann Roe; Editing by Bo Lund'."""
    for credit in _credit_break().split(text):
        if not _editing_pattern().match(credit.strip(" .,(")):
            yield credit


def _between_names(text: str) -> list[str]:
    lead = _lead_pattern()
    text = text.strip()
    while (shorter := lead.sub("", text)) != text:
        text = shorter
    return [part for part in _BETWEEN_NAMES.split(text) if part and part.strip(" .,")]


def _names_in_part(part: str) -> Iterator[str]:
    """The names among pieces between commas and strokes; an agency only where no person stands beside it."""
    pieces = [piece for note in _BEFORE_NOTE.split(part) for piece in re.split(r"\s*,\s*", note)]
    pieces = [piece for whole in pieces for piece in _SLASH.split(whole)]
    names = list[str]()
    for piece in pieces:
        bare = piece.strip(" .").lower()
        if names and bare in _words("suffix"):
            names[-1] = f"{names[-1]}, {_in_small_letters(piece.strip())}"
        elif name := _clean_name(piece):
            names.append(name)
    persons = [name for name in names if not _agency(name)]
    # "Ann Roe, London"
    somebody = persons[:1] + [name for name in persons[1:] if not is_place(name)]
    yield from somebody or names


def _uninvert(part: str) -> str | None:
    """'Ann Roe' of 'Roe, Ann', where the part has this form: one last name, one comma, one or two first names."""
    pieces = [piece.strip() for piece in part.split(",")]
    if len(pieces) != 2 or not all(pieces):
        return None
    last, first = (piece.split() for piece in pieces)
    is_single = len(last) == 1 or (len(last) <= 3 and all(word.lower() in _words("particle") for word in last[:-1]))
    names = [*last, *first]
    if not is_single or len(first) > 2 or any(not word[:1].isalpha() for word in names):
        return None
    if not all(word[:1].isupper() or word.lower() in _words("particle") for word in names):
        return None
    is_person = not any(_is_no_name(piece) or _agency(piece) for piece in pieces)
    has_role = any(word.strip(".").lower() in _words("role") | _words("suffix") | _words("degree") for word in names)
    return f"{pieces[1]} {pieces[0]}" if is_person and not has_role else None


def _without_dates(text: str) -> str:
    return _CLOCK.sub(" ", _date_pattern().sub(" ", text)) if any(mark.isdigit() for mark in text) else text


# -- names ------------------------------------------------------------------------------------------------------------


def _clean_name(piece: str) -> str | None:
    """A name without titles, degrees, roles and places; None where nothing of a name is left."""
    text = _BRACKETS.sub(" ", piece)
    text = _CAPITALS_PLACE.sub("", _PLACE_OR_OUTLET.sub("", f" {' '.join(text.split())} "))
    text = _lead_pattern().sub("", text.strip(" .,-–—*\"'“”|_:()[]<>"))
    if agency := _agency(text):
        return agency
    words = _without_notes(text.split())
    text = " ".join(words)
    if not words or len(text) < 2 or _is_no_name(text) or any(mark.isdigit() for mark in text):
        return None
    if sum(word.lower() not in _words("particle") for word in words) > _MOST_NAME_WORDS:
        return None
    return _agency(text) or _in_small_letters(text)


def _without_notes(words: list[str]) -> list[str]:
    """Words of a name without titles before it, and degrees, roles, agencies and outlets behind it."""
    while len(words) > 1 and words[0].strip(".,").lower() in _words("title"):
        words = words[1:]
    while len(words) > 1 and words[-1].strip(".,").lower() in _words("degree"):
        words = words[:-1]
    if len(words) > 2 and words[-1].strip(".,").lower() in _words("role"):
        words = words[:-1]
        while len(words) > 2 and words[-1].strip(".,").lower() in _words("modifier"):
            words = words[:-1]
    for length in range(min(4, len(words) - 2), 0, -1):
        tail = " ".join(words[-length:])
        if _agency(tail) or _folded(tail) in outlet_names() or tail in _short_outlets():
            return words[:-length]
    return words


def _is_no_name(text: str) -> bool:
    """Whether it is a note such as 'Staff', a role such as 'Health Correspondent', or an outlet."""
    folded = _folded(text)
    if not _LETTERS.search(text) or folded in _words("nobody") | _words("outlet") or folded in outlet_names():
        return True
    words = folded.split()
    if all(word.strip(".") in _words("degree") | _words("title") for word in words):
        return True
    return text.startswith(("The ", "the ", "THE ")) or words[-1] in _words("role") or words[0] == "staff"


def _agency(text: str) -> str | None:
    return _agencies().get(_folded(text))


def _folded(text: str) -> str:
    return " ".join(text.split()).lower().strip(" .,").removeprefix("the ")


def _in_small_letters(name: str) -> str:
    """'ANN ROE' as 'Ann Roe', 'RORY McKAY' and 'Ann Roe' as they are. A single short word in capitals is an acronym."""
    words = name.split()
    if name.replace("Mc", "MC") != name.upper() or name == name.lower() or (len(words) == 1 and len(name) <= 4):
        return name
    return " ".join(_capitalised(word, is_first=not no) for no, word in enumerate(words))


def _capitalised(word: str, is_first: bool) -> str:
    bare = word.strip(".,").lower()
    if bare in {"ii", "iii", "iv"} or _is_initials(word):
        return word
    if not is_first and bare in _words("particle"):
        return word.lower()
    return _WORD_PART.sub(_capitalised_part, word)


def _capitalised_part(found: re.Match[str]) -> str:
    part = found[0]
    if found.start() and len(part) == 1 and found.string[found.start() - 1] in "'’":
        return part.lower()
    if part.upper().startswith("MC") and len(part) > 3:
        return f"Mc{part[2:].capitalize()}"
    return part.capitalize()


def _is_initials(word: str) -> bool:
    bare = word.replace(".", "")
    return "." in word[:-1] or (len(bare) == 2 and (bare[1] == "J" or not set(bare) & set("AEIOUY")))


# -- words ------------------------------------------------------------------------------------------------------------


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"].lower() for row in read_seed("byline_words") if row["kind"] == kind)


@cache
def _short_outlets() -> frozenset[str]:
    return frozenset(row["word"] for row in read_seed("byline_words") if row["kind"] == "outlet")


def _alternatives(kind: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_words(kind), key=len, reverse=True))


@cache
def _agencies() -> dict[str, str]:
    """Names of agencies by the name in small letters: as the seeds spell them."""
    named = {row["word"].lower(): row["word"] for row in read_seed("byline_words") if row["kind"] == "agency"}
    return agency_names() | named


@cache
def _lead_pattern() -> re.Pattern[str]:
    """'By', 'Reporting by', 'With additional reporting by', before a name that begins with a capital."""
    return re.compile(rf"^(?i:{_alternatives('reporting')})(?:\s*:\s*|\s+)(?=[^\W\d_])")


@cache
def _editing_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?i:{_alternatives('editing')})\b(?: \w+)?(?:\s+(?i:by)\b|:)")


@cache
def _credit_break() -> re.Pattern[str]:
    """Where one credit ends: at marks, and before 'editing by', 'with additional reporting by' and their like."""
    return re.compile(
        r"\s*[;|\n]\s*|\.\s+(?=[A-Z][a-z]+ (?:[a-z]+ )?by\b)|,?\s+(?=(?i:with (?:additional )?reporting)\b)"
        rf"|(?<![Ww]ith),?\s+(?=(?i:additional|writing|{_alternatives('editing')}) (?:\w+ )?(?i:by)\b)"
    )


@cache
def _date_pattern() -> re.Pattern[str]:
    months = "|".join(sorted(month_words(), key=len, reverse=True))
    return re.compile(
        rf"(?:\b(?:\w+day,?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{months})|(?:{months})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?)"
        r"(?:,?\s+\d{4})?\b)|\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b",
        re.IGNORECASE,
    )
