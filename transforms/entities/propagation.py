"""Adds what the model missed: later mentions of names already found, countries and peoples, names in capitals.

Comes in: the names of an article, labels settled. Goes out: the same with the added ones, whose recognizer is
'propagated' or 'gazetteer'.
"""

from collections import Counter
from functools import lru_cache

from transforms.entities.lists import country_of_name, country_of_people, place_label
from transforms.entities.spans import is_initial
from transforms.entities.words import Name, NameBoard, Words

_LONGEST = 5
_PROPAGATED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})


def add_missed_names(board: NameBoard, words: Words) -> None:
    """Adds mentions in one pass over the words."""
    capitals = find_capital_lines(words)
    known = _known_names(board, words, capitals)
    _clear_capital_lines(board, words, capitals, known)
    longest: dict[str, int] = {}
    for key in known:
        longest[key[0]] = max(len(key), longest.get(key[0], 0))
    end = 0
    for index in words.capitals:
        if index >= end and board.at(index) is None and words.texts[index][0].isalnum():
            added = _find_at(index, board, words, known, longest, capitals[index] == 1)
            if added is not None:
                board.put(added)
                end = added.end


def find_capital_lines(words: Words) -> bytearray:
    """A flag a token: 1 where its line is written in capitals, as headlines are."""
    flags = bytearray(len(words))
    start = 0
    for line in words.text.split("\n"):
        if line[:80].upper() == line[:80] and sum(map(str.isupper, line[:200])) > 5 and " " in line.strip():
            first, last = words.token_at(start), words.token_at(start + len(line))
            flags[first:last] = b"\x01" * (last - first)
        start += len(line) + 1
    return flags


def _known_names(board: NameBoard, words: Words, capitals: bytearray) -> dict[tuple[str, ...], str]:
    """The names of the body by their tokens in lower case, people also by their last names."""
    known: dict[tuple[str, ...], str] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for name in board.in_order():
        if name.label not in _PROPAGATED or name.end - name.start > _LONGEST:
            continue
        if capitals[name.start] and not name.is_settled:
            continue
        key = tuple(words.lowers[name.start : name.end])
        seen[key] += 2 if name.is_settled or len(key) > 1 or words.texts[name.start].isupper() else 1
        known.setdefault(key, name.label)
        if name.label == "PERSON" and len(key) > 1 and len(key[-1]) > 2 and key[-1][0].isalpha():
            known.setdefault(key[-1:], "PERSON")
            seen[key[-1:]] += 2
    return {
        key: label for key, label in known.items() if seen[key] >= 2 and (len(key) > 1 or _is_telling(key[0], words))
    }


def _is_telling(word: str, words: Words) -> bool:
    """Whether a single word is never a common word in this article."""
    return len(word) > 1 and not words.is_common(word)


def _clear_capital_lines(
    board: NameBoard, words: Words, capitals: bytearray, known: dict[tuple[str, ...], str]
) -> None:
    """Drops the model's names in lines of capitals, which it reads badly, but those that the text below has too and
    single words."""
    if not 0 < sum(capitals) <= len(words) / 2:
        return
    for name in board.in_order():
        if capitals[name.start] and not name.is_settled and name.label in _PROPAGATED:
            key = tuple(words.lowers[name.start : name.end])
            if key not in known and (len(key) > 1 or words.is_common(key[0])):
                board.drop(name)


def _find_at(
    index: int,
    board: NameBoard,
    words: Words,
    known: dict[tuple[str, ...], str],
    longest: dict[str, int],
    is_capital_line: bool,
) -> Name | None:
    for length in range(longest.get(words.lowers[index], 0), 0, -1):
        end = index + length
        label = known.get(tuple(words.lowers[index:end]))
        if label is None or not board.is_free(index, end):
            continue
        if length > 1 or is_capital_line or _stands_alone(index, board, words):
            return Name(index, end, label, "propagated")
    if is_initial(words.texts[index]) and not is_capital_line:
        end = index + 1
        while end < len(words) and is_initial(words.texts[end]) and end < index + 3:
            end += 1
        if (
            end < len(words)
            and words.texts[end].istitle()
            and len(words.texts[end]) > 2
            and board.is_free(index, end + 1)
        ):
            return Name(index, end + 1, "PERSON", "gazetteer")
    return _find_place(index, board, words, is_capital_line)


def _find_place(index: int, board: NameBoard, words: Words, is_capital_line: bool) -> Name | None:
    for length in (3, 2, 1):
        end = index + length
        if end > len(words) or not words.texts[end - 1][0].isupper() or not board.is_free(index, end):
            continue
        phrase = words.text[words.starts[index] : words.ends[end - 1]]
        label = _nation_label(phrase)
        if label is None and (is_capital_line or words.before(index) in ("in", "near")):
            label = place_label(phrase)
        if label and (length > 1 or is_capital_line or _stands_alone(index, board, words)):
            return Name(index, end, label, "gazetteer")
    return None


@lru_cache(maxsize=10_000)
def _nation_label(phrase: str) -> str | None:
    """NORP for a people, GPE for a country; most words that begin with a capital are neither."""
    if country_of_people(phrase):
        return "NORP"
    return "GPE" if country_of_name(phrase) else None


def _stands_alone(index: int, board: NameBoard, words: Words) -> bool:
    """Whether the word is tagged a proper noun and no part of a longer name: not 'Lund' in 'Lund Holdings'."""
    if not words.tags[index].startswith(("NNP", "JJ")) and words.tags[index] != "NNPS":
        return False
    following = index + 1
    if following < len(words) and _is_name_part(following, board, words):
        return False
    return index == 0 or not _is_name_part(index - 1, board, words)


def _is_name_part(index: int, board: NameBoard, words: Words) -> bool:
    text = words.texts[index]
    return board.at(index) is None and text[0].isupper() and words.tags[index].startswith("NNP") and len(text) > 1
