"""Puts the spans of the model right: what is no part of a name goes, what the model joined is split.

Comes in: the words of an article. Goes out: `Name`s in order of text that do not overlap.
"""

import re
from collections.abc import Iterable, Iterator

from transforms.entities.lists import (
    country_of_name,
    honorifics,
    legal_forms,
    particles,
    place_label,
    roles,
    title_words,
    words_kept,
    words_outside,
)
from transforms.entities.words import NAME_LABELS, Name, NameBoard, Words

_DETERMINERS = frozenset({"the", "a", "an"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_CUTS = frozenset('"“”„«»‘`()[]{}|;:•*<>=') | {"``", "''", "—", "–", "--", "---", "…", "..."}
_JOINTS = _POSSESSIVES | {"-", "/", ","}
_CONJUNCTIONS = frozenset({"and", "or", "versus", "vs", "vs.", "v"})
_NUMERAL = re.compile(r"(?:II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI|XXIII|Jr|Sr|Jr\.|Sr\.)\Z")
_LONGEST_HEADLINE = 150
_REFERENCE = re.compile(r"\[\d+\]?\Z")


def read_names(words: Words) -> list[Name]:
    """The model's entities as names, in order of text: trimmed, and split where they hold several."""
    return [name for entity in words.entities for name in _correct(Name(*entity), words)]


def _correct(name: Name, words: Words) -> Iterator[Name]:
    if name.label not in NAME_LABELS:
        trimmed = trim(name.start, name.end, words, name.label != "WORK_OF_ART")
        if trimmed is not None:
            yield Name(*trimmed, name.label)
        return
    for start, end in _split(name, words):
        span = _trim_name(start, end, name.label, words)
        if span is not None:
            yield Name(*span, name.label)


def trim(start: int, end: int, words: Words, drops_article: bool = True) -> tuple[int, int] | None:
    """The tokens without white space, a leading article or a trailing possessive; None where nothing is left.

    A title keeps its article: 'A Night in Oakham'.
    """
    while start < end and (words.texts[start].isspace() or (drops_article and words.lowers[start] in _DETERMINERS)):
        start += 1
    while start < end and (words.texts[end - 1].isspace() or words.texts[end - 1] in _POSSESSIVES):
        end -= 1
    return (start, end) if start < end else None


def _split(name: Name, words: Words) -> Iterator[tuple[int, int]]:
    """The stretches between line ends, quotation marks, dashes, brackets, and the conjunctions of people."""
    start = name.start
    for index in _cuts(name, words):
        if start < index:
            yield start, index
        start = index + 1
    if start < name.end:
        yield start, name.end


def _cuts(name: Name, words: Words) -> Iterable[int]:
    for index in range(name.start, name.end):
        text = words.texts[index]
        may_cut = text in _JOINTS or words.lowers[index] in _CONJUNCTIONS
        if text in _CUTS or "\n" in text or (may_cut and _is_cut(index, text, name, words)):
            yield index


def _is_cut(index: int, text: str, name: Name, words: Words) -> bool:
    """'Norway - Ann Roe', 'Norway's Vell', 'Oakham, Norway', 'Ann Roe and Bo Lund'; not 'Trinidad and Tobago'."""
    if country_of_name(words.phrase(name.start, name.end)) is not None:
        return False
    if text in ("-", "/"):
        return not words.is_glued(index)
    if text in _POSSESSIVES:
        return index > name.start and place_label(words.phrase(name.start, index)) is not None
    if text != "," and name.label == "ORG":
        return words.lowers[index] in _CONJUNCTIONS and words.after(index + 1) == "the"
    if text != ",":
        return name.label in ("PERSON", "GPE", "NORP") and words.lowers[index] in _CONJUNCTIONS
    if name.label != "ORG":
        return not _NUMERAL.match(_text_at(index + 1, words))
    return words.after(index + 1).rstrip(".") not in legal_forms() and _ends_in_place(index, name, words)


def _text_at(index: int, words: Words) -> str:
    return words.texts[index] if 0 <= index < len(words) else ""


def _ends_in_place(comma: int, name: Name, words: Words) -> bool:
    """'Lund College, Oslo': what follows the comma is a place."""
    return comma + 1 < name.end and place_label(words.phrase(comma + 1, name.end)) is not None


def _trim_name(start: int, end: int, label: str, words: Words) -> tuple[int, int] | None:
    trimmed = trim(start, end, words)
    if trimmed is None:
        return None
    start, end = trimmed
    while start < end and _is_stray_first(start, end, label, words):
        start += 1
    while start < end and _is_stray_last(start, end, label, words):
        end -= 1
    if label == "PERSON":
        start = _skip_titles(start, end, words)
        while end < len(words) and _NUMERAL.match(words.texts[end]):
            end += 1
    if start >= end or not any(has_capital(words.texts[index]) for index in range(start, end)):
        return None
    return start, end


def has_capital(text: str) -> bool:
    """Whether the word is written with a capital letter anywhere: 'Lund', 'al-Lund', 'iLund'."""
    return text != text.lower()


def _is_stray_first(start: int, end: int, label: str, words: Words) -> bool:
    text, lower = words.texts[start], words.lowers[start]
    if not text[0].isalnum():
        return True
    if end - start == 1:
        return False
    if lower in _DETERMINERS or lower in words_outside():
        return True
    if not has_capital(text) and text.isalpha():
        return lower not in particles()
    return label in ("PERSON", "GPE", "NORP") and text[0].isdigit()


def _is_stray_last(start: int, end: int, label: str, words: Words) -> bool:
    text = words.texts[end - 1]
    if text in _POSSESSIVES or text.isspace():
        return True
    if text.isalpha():
        is_second_half = words.before(end - 1) == "-" and words.is_glued(end - 1)
        return text.islower() and end - start > 1 and not is_second_half and text not in words_kept()
    if text[-1] == ".":
        return text == "." or _REFERENCE.search(text) is not None
    if text[0].isdigit():
        return label != "ORG" or "-" in text or words.before(end - 1) == "-" or words.after(end) == "-"
    return not text[-1].isalnum() or _REFERENCE.search(text) is not None


def _skip_titles(start: int, end: int, words: Words) -> int:
    """The first token behind 'President', 'Prime Minister', 'Lt. Col.'; a title that stands alone is kept."""
    index = start
    while index < end - 1 and words.lowers[index].rstrip(".") in title_words():
        index += 1
        if words.texts[index] in (".", "-"):
            index += 1
    if index > start and index < end and words.lowers[index] in roles():
        index += 1
    return index if index < end else start


def extend_people(board: NameBoard, words: Words) -> None:
    """Adds to a person of one word the initials and the first name that the model left out, and names behind 'Mr'."""
    for name in board.in_order():
        if name.label == "PERSON" and not name.is_settled:
            start = name.start
            while is_initial(_text_at(start - 1, words)) and board.at(start - 1) is None:
                start -= 1
            if start == name.start and name.end - start == 1 and _is_first_name(start - 1, board, words):
                start -= 1
            if start < name.start:
                board.put(Name(start, name.end, "PERSON"))
    titles = honorifics()
    for index in words.capitals:
        if words.lowers[index].rstrip(".") in titles and words.texts[index][0].isupper() and index + 1 < len(words):
            end = index + 1
            while end < min(index + 4, len(words)) and _is_loose_name(end, board, words):
                end += 1
            if end > index + 1 and (board.at(index) is None or board.at(index + 1) is None):
                board.put(Name(index + 1, end, "PERSON"))


def trim_headline_names(board: NameBoard, words: Words) -> None:
    """Takes words off a person in a headline that the article has in small letters: 'Lund Says' of 'Lund Says No'."""
    start = 0
    for line in words.text.split("\n"):
        if len(line) <= _LONGEST_HEADLINE and _is_in_title_case(line):
            last = words.token_at(start + len(line))
            for index in range(words.token_at(start), last):
                name = board.at(index)
                if name is not None and name.start == index and name.label == "PERSON" and not name.is_settled:
                    _trim_common(name, board, words)
        start += len(line) + 1


def _is_in_title_case(line: str) -> bool:
    parts = [part for part in line.split() if part[0].isalpha()]
    capitals = sum(part[0].isupper() for part in parts)
    return len(parts) > 3 and line[-1] not in ".,;:" and capitals >= 0.7 * len(parts)


def _trim_common(name: Name, board: NameBoard, words: Words) -> None:
    start, end = name.start, name.end
    while end - start > 1 and words.is_common(words.lowers[end - 1]):
        end -= 1
    while end - start > 1 and words.is_common(words.lowers[start]):
        start += 1
    if (start, end) != (name.start, name.end):
        board.drop(name)
        board.put(Name(start, end, name.label))


def is_initial(text: str) -> bool:
    """'J.' of 'J. Lund'."""
    return len(text) == 2 and text[1] == "." and text[0].isupper()


def _is_first_name(index: int, board: NameBoard, words: Words) -> bool:
    if not _is_loose_name(index, board, words):
        return False
    lower = words.lowers[index]
    return (
        lower not in title_words()
        and lower not in roles()
        and not words.is_common(lower)
        and words.texts[index].isalpha()
    )


def _is_loose_name(index: int, board: NameBoard, words: Words) -> bool:
    """Whether the word looks like part of a name, 'Lund', and belongs to none."""
    if not 0 <= index < len(words) or board.at(index) is not None:
        return False
    text = words.texts[index]
    return text[0].isupper() and text[1:].islower() and words.tags[index].startswith("NNP")
