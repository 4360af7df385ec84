"""Says which mentions are the same: the fullest name, an id and the country of each name of an article.

Comes in: the names of an article in order of text, labels settled. Goes out: an `Identity` for each name that has one.
Countries and their peoples get the country's ISO 3166-1 alpha-3 code as id. People and organisations get an id from
label and normalised full name, the same in every article; a last name that no full name explains gets one that holds
inside its article only, so that it is never merged with another man's.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from transforms.entities.definitions import LONGEST_ACRONYM, SMALL_WORDS
from transforms.entities.lists import (
    aliases,
    country_names,
    country_of_name,
    country_of_people,
    is_part_of_country,
    last_words,
    legal_forms,
    metonyms,
    organizations,
)
from transforms.entities.people import chain_people
from transforms.entities.words import Name, Words

IDENTIFIED_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"})
_PLACES = frozenset({"GPE", "LOC"})


@dataclass(slots=True, frozen=True)
class Identity:
    """The fullest form of a name, its id, and its country (alpha-3) where the name itself tells it."""

    name: str
    entity_id: str
    country: str | None = None


@lru_cache(maxsize=10_000)
def identify(label: str, name: str) -> str:
    """The id of an entity: the same label and name, whatever case and spacing, give the same id in every article."""
    key = f"{label}:{normalise(label, name)}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def normalise(label: str, name: str) -> str:
    """The name without case, superfluous blanks, dots and, of an organisation, the legal form."""
    parts = [part.rstrip(".,") or part for part in name.casefold().split()]
    if label == "ORG":
        while len(parts) > 1 and parts[-1] in legal_forms():
            parts.pop()
    return " ".join(parts)


def identify_names(names: Sequence[Name], words: Words) -> list[Identity | None]:
    """The identity of each name; None for dates, numbers and the like."""
    people = chain_people([name for name in names if name.label == "PERSON"], words)
    organisations = _Organisations([name for name in names if name.label == "ORG"], words)
    article: str | None = None
    found: list[Identity | None] = []
    for name in names:
        if name.label not in IDENTIFIED_LABELS:
            found.append(None)
            continue
        text = words.phrase(name.start, name.end)
        if name.label == "PERSON":
            person = people[name.start]
            text = person.name if person is not None else text
            if person is None and _alias("PERSON", text) is None:
                article = article or hashlib.sha256(words.text.encode(errors="replace")).hexdigest()
                found.append(Identity(text, identify("PERSON", f"{text} {article}")))
                continue
        elif name.label == "ORG":
            text = organisations.full_name(text)
        found.append(_identity(name.label, _alias(name.label, text) or text))
    return found


@lru_cache(maxsize=10_000)
def _identity(label: str, text: str) -> Identity:
    country = _country(label, text)
    if country is not None and not is_part_of_country(text, country):
        return Identity(country_names()[country], country, country)
    if country is not None:
        return Identity(text, identify(label, text), country)
    seat = metonyms().get(text.casefold()) if label != "PERSON" else None
    if seat is not None:
        return Identity(text, identify("ORG", text), seat)
    return Identity(text, identify(label, text))


def _country(label: str, text: str) -> str | None:
    if label in _PLACES:
        return country_of_name(text)
    return country_of_people(text) or country_of_name(text) if label == "NORP" else None


def _alias(label: str, text: str) -> str | None:
    known = aliases()
    return known.get((label, " ".join(text.casefold().split()))) if known else None


class _Organisations:
    """The full names of an article's organisations, by acronym and by first word."""

    __slots__ = ("_by_acronym", "_by_first", "_forms")

    def __init__(self, names: Sequence[Name], words: Words) -> None:
        self._forms: dict[str, str] = {}
        self._by_acronym: dict[str, set[str]] = defaultdict(set)
        self._by_first: dict[str, set[str]] = defaultdict(set)
        for name in names:
            text = words.phrase(name.start, name.end)
            key = normalise("ORG", text)
            if key in self._forms:
                if (not text.isupper(), len(text)) > (not self._forms[key].isupper(), len(self._forms[key])):
                    self._forms[key] = text
                continue
            self._forms[key] = text
            parts = text.split()
            if len(parts) > 1:
                for acronym in acronyms_of(parts):
                    self._by_acronym[acronym].add(key)
                if key != parts[0].casefold() and parts[0].isalpha() and parts[0].casefold() not in last_words():
                    self._by_first[parts[0].casefold()].add(key)

    def full_name(self, text: str) -> str:
        """The fullest form in the article of the organisation that TEXT names."""
        known = organizations().get(text.casefold())
        if known is not None:
            return known
        key = normalise("ORG", text)
        longer: set[str] = set()
        if " " not in text and text.isupper() and 2 <= len(text) <= LONGEST_ACRONYM:
            longer = self._by_acronym.get(text.replace(".", ""), set())
        if not longer and " " not in key:
            longer = self._by_first.get(key, set())
        if len(longer) == 1:
            key = next(iter(longer))
        return self._forms.get(key, text)


def acronyms_of(parts: Sequence[str]) -> set[str]:
    """The initials of a name, with and without its small words: 'World Health Organization' gives 'WHO'."""
    letters = [part[0].upper() for part in parts if part[0].isalpha()]
    main = [part[0].upper() for part in parts if part[0].isalpha() and part.casefold() not in SMALL_WORDS]
    return {"".join(kept) for kept in (letters, main) if 2 <= len(kept) <= LONGEST_ACRONYM}
