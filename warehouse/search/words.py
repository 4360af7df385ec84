"""Reads what a user looks for.

Comes in: text such as `harbour "pay talks" strike OR walkout -pilots`. Goes out: its words and phrases, and the same as
an expression of SQLite's FTS5, in which every word is quoted: nothing that a user types is syntax of FTS5.

All words must be there, in any order and form; words between quotation marks must follow each other; of words joined by
OR one is enough; a word or phrase behind a minus (or NOT) must not be there.
"""

import re
from dataclasses import dataclass

from warehouse.search.errors import WordsError

MOST_CHARACTERS = 1000
MOST_TERMS = 50

_TOKEN = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(slots=True, frozen=True)
class Words:
    """What is looked for: of each of `groups` one term, and none of `excluded`. A term is a word or a phrase."""

    groups: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()

    def expression(self) -> str:
        """The same for FTS5. It needs a group."""
        wanted = " AND ".join(f"({_any_of(group)})" for group in self.groups)
        return f"({wanted}) NOT ({_any_of(self.excluded)})" if self.excluded else wanted


def read_words(text: str) -> Words:
    """The words and phrases of the text; none where it has none. Raises WordsError, which says what is wrong."""
    text = "".join(char if char.isprintable() else " " for char in text).translate(_CURLY).strip()
    if len(text) > MOST_CHARACTERS:
        raise WordsError(f"{len(text):,} characters are too many to search for: write {MOST_CHARACTERS:,} at most")
    if text.count('"') % 2:
        place = text.rindex('"') + 1
        raise WordsError(
            f"'{text}' cannot be searched for: the quotation mark at character {place} is not closed;"
            ' write "an exact phrase" between two'
        )
    words = _group(text)
    if words.excluded and not words.groups:
        raise WordsError(f"'{text}' only says what to leave out: add a word to look for")
    if sum(map(len, words.groups)) + len(words.excluded) > MOST_TERMS:
        raise WordsError(f"too many words to search for: write {MOST_TERMS} at most")
    return words


def _group(text: str) -> Words:
    groups: list[tuple[str, ...]] = []
    excluded: list[str] = []
    joins = leaves_out = False
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if word == "OR":
            if joins or leaves_out or not groups:
                raise _misplaced(text)
            joins = True
        elif word == "NOT":
            leaves_out = True
        elif word == "AND":
            continue
        elif term := _term_of(word, match["phrase"]):
            if leaves_out or match["minus"] or (word and word.startswith("-")):
                if joins:
                    raise _misplaced(text)
                excluded.append(term)
                leaves_out = False
            elif joins:
                groups[-1] = (*groups[-1], term)
                joins = False
            else:
                groups.append((term,))
    if joins:
        raise _misplaced(text)
    return Words(tuple(groups), tuple(excluded))


def _term_of(word: str | None, phrase: str | None) -> str | None:
    """The term without signs at its ends; None where it has neither letter nor digit, and could not be found."""
    if word is None:
        term = " ".join((phrase or "").split())
    elif word.endswith("*") and word != "*":
        raise WordsError(
            f"'{word}' cannot be searched for: there is no search by how a word begins; other forms of a word are found"
            " without it ('elections' finds 'election')"
        )
    else:
        term = word.strip("-")
    return term if any(char.isalnum() for char in term) else None


def _misplaced(text: str) -> WordsError:
    return WordsError(f"'{text}' cannot be searched for: OR stands between two words, such as: strike OR walkout")


def _any_of(terms: tuple[str, ...]) -> str:
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
