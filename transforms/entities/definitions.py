"""Finds acronyms where the text defines them: 'World Health Organization (WHO)'.

Comes in: the words of an article. Goes out: for each definition the long form and the acronym as `Name`s. The initials
of the long form must spell the acronym, as in Schwartz and Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text" (2003), where any letters may.
"""

from collections.abc import Iterator

from transforms.entities.lists import country_of_name
from transforms.entities.words import Name, NameBoard, Words

SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "on", "to", "a", "an", "&", "de", "du", "des", "la", "at"})
LONGEST_ACRONYM = 8


def tie_acronyms(board: NameBoard, words: Words) -> None:
    """Puts the long form and the acronym of each definition on the board with one label."""
    for start, end, acronym in _definitions(words):
        label = "GPE" if country_of_name(words.phrase(start, end)) else "ORG"
        for name in _names_of(board, start, end):
            if name.label in ("LAW", "EVENT", "FAC", "LOC", "PRODUCT"):
                label = name.label
        board.put(Name(start, end, label, "model", is_settled=True))
        board.put(Name(acronym, acronym + 1, label, "model", is_settled=True))


def is_acronym(text: str) -> bool:
    """Two to eight capitals, small letters at the end allowed: 'WHO', 'MoD', 'U.N.'."""
    letters = text.replace(".", "")
    return 2 <= len(letters) <= LONGEST_ACRONYM and letters.isalpha() and letters[0].isupper() and letters[-1].isupper()


def _definitions(words: Words) -> Iterator[tuple[int, int, int]]:
    texts = words.texts
    for index, text in enumerate(texts):
        if (
            text == "("
            and index
            and index + 2 < len(texts)
            and texts[index + 2] in (")", ",", ";")
            and is_acronym(texts[index + 1])
        ):
            start = _long_form(index, texts[index + 1].replace(".", "").upper(), words)
            if start is not None:
                yield start, index, index + 1


def _long_form(end: int, letters: str, words: Words) -> int | None:
    """The token where the long form begins whose initials spell `letters`; None where they do not."""
    index, left = end, len(letters)
    while left and index > 0 and end - index < 2 * len(letters) + 2:
        index -= 1
        text = words.texts[index]
        if "\n" in text:
            return None
        if text[0].upper() == letters[left - 1] and (text[0].isupper() or text.casefold() in SMALL_WORDS):
            left -= 1
        elif text.casefold() not in SMALL_WORDS and text not in ("-", ",") and not text.startswith(("'", "’")):
            return None
    return index if not left and words.texts[index][0].isupper() and end - index > 1 else None


def _names_of(board: NameBoard, start: int, end: int) -> Iterator[Name]:
    for index in range(start, end):
        name = board.at(index)
        if name is not None:
            yield name
