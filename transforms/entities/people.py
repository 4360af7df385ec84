"""Tells which person each mention of an article means: full names by their parts, short names by the full ones.

Comes in: the PERSON names of an article in order of text. Goes out: a `Person` for each, None for a last name that no
full name in the article explains.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.entities.lists import first_names, genders, nicknames
from transforms.entities.words import Name, Words

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_QUOTES = frozenset({'"', "“", "”", "'", "‘", "’", "``", "''"})
_MOST_NAMESAKES = 32
"""People of one last name that are kept apart in an article; a list of voters may hold thousands."""


@dataclass(slots=True, eq=False)
class Person:
    """One person of an article: the fullest form of the name, and where full names stand (tokens)."""

    name: str
    firsts: list[str]
    gender: str = ""
    full_at: list[int] = field(default_factory=list)

    def take(self, name: str, firsts: list[str], gender: str, at: int) -> None:
        """One more full name of this person."""
        self.full_at.append(at)
        self.gender = self.gender or gender
        if _fullness(name) > _fullness(self.name):
            self.name, self.firsts = name, firsts


def chain_people(names: Sequence[Name], words: Words) -> dict[int, Person | None]:
    """The person of each name, by the name's first token."""
    by_start = {name.start: name for name in names}
    texts: list[str] = []
    nicknamed: dict[int, str] = {}
    for name in names:
        text = words.phrase(name.start, name.end)
        last = _last_name_behind_nickname(name, words, by_start)
        if last is not None:
            text = f"{text} {words.phrase(last.start, last.end)}"
            nicknamed[name.start] = words.after(name.end + 1)
        texts.append(text)
    forms = [_parts(text) for text in texts]
    short_forms = {" ".join(form[cut:]) for form in forms for cut in range(1, min(len(form), 4))}
    short_forms = {form for form in short_forms if form.split()[0] not in first_names()}
    people: dict[str, list[Person]] = defaultdict(list)
    firsts: dict[str, list[Person]] = defaultdict(list)
    found: dict[int, Person | None] = {}
    bare: list[tuple[Name, list[str]]] = []
    for name, text, form in zip(names, texts, forms, strict=True):
        if len(form) < 2 or " ".join(form) in short_forms:
            bare.append((name, form))
            continue
        gender = _gender(name, words) or first_names().get(form[0], "")
        person = _match_full(text, form, people[form[-1]], gender, name.start)
        found[name.start] = person
        for cut in range(1, min(len(form) - 1, 3)):
            _register(people[" ".join(form[cut:])], person)
        _register(firsts[form[0]], person)
        if name.start in nicknamed:
            _register(firsts[nicknamed[name.start]], person)
    for name, form in bare:
        key = " ".join(form)
        found[name.start] = _nearest(people.get(key, ()), name.start, _gender(name, words)) or _only(
            firsts.get(key, ())
        )
    return found


def _parts(name: str) -> list[str]:
    """The words of a name in lower case without dots and generations: 'J. Lund Jr.' gives 'j', 'lund'."""
    parts = [part.strip(".,") for part in name.casefold().replace(".", ". ").split()]
    kept = [part for part in parts if part and part not in _SUFFIXES]
    return kept or [name.casefold()]


def _fullness(name: str) -> tuple[bool, bool, int, int]:
    """Orders the forms of a name: mixed case before capitals, those that begin with a first name ('Ann Roe' before
    'Poor Ann Roe'), then by words that are no initials, then by length."""
    opens_well = name.split()[0].casefold() in first_names()
    return not name.isupper(), opens_well, sum(len(part.strip(".")) > 1 for part in name.split()), len(name)


def _match_full(name: str, form: list[str], people: list[Person], gender: str, at: int) -> Person:
    for person in reversed(people):
        is_other = gender and person.gender and gender != person.gender and form[0] != person.firsts[0]
        if not is_other and _first_names_agree(form[:-1], person.firsts):
            person.take(name, form[:-1], gender, at)
            return person
    person = Person(name, form[:-1], gender, [at])
    if len(people) < _MOST_NAMESAKES:
        people.append(person)
    return person


def _first_names_agree(firsts: list[str], others: list[str]) -> bool:
    """'j' and 'john', 'bill' and 'william', 'ann' and 'ann marie'; not 'ann' and 'bo'."""
    first, other = firsts[0], others[0]
    if first == other or (len(first) > 1 and first in others) or (len(other) > 1 and other in firsts):
        return True
    if len(first) == 1 or len(other) == 1:
        return first[0] == other[0]
    return bool(
        other in nicknames().get(first, ())
        or first in nicknames().get(other, ())
        or nicknames().get(first, frozenset()) & nicknames().get(other, frozenset())
    )


def _register(people: list[Person], person: Person) -> None:
    if len(people) < _MOST_NAMESAKES and person not in people:
        people.append(person)


def _gender(name: Name, words: Words) -> str:
    return genders().get(words.before(name.start).rstrip("."), "")


def _last_name_behind_nickname(name: Name, words: Words, by_start: dict[int, Name]) -> Name | None:
    """The second half of 'Ann "Red" Roe', which is two names, as quotation marks stand in no name."""
    if (
        words.after(name.end) in _QUOTES
        and words.after(name.end + 2) in _QUOTES
        and words.texts[name.end + 1].istitle()
    ):
        return by_start.get(name.end + 3)
    return None


def _nearest(people: Sequence[Person], at: int, gender: str) -> Person | None:
    """The person whose full name stands last before `at`; one named later only where there is no other."""
    fitting = [person for person in people if not (gender and person.gender and person.gender != gender)]
    if gender and any(person.gender == gender for person in fitting):
        fitting = [person for person in fitting if person.gender == gender]
    earlier = [(start, person) for person in fitting if (start := _last_before(person, at)) >= 0]
    if earlier:
        return max(earlier, key=lambda pair: pair[0])[1]
    return fitting[0] if len(fitting) == 1 else None


def _last_before(person: Person, at: int) -> int:
    index = bisect_left(person.full_at, at)
    return person.full_at[index - 1] if index else -1


def _only(people: Sequence[Person]) -> Person | None:
    return people[0] if len(people) == 1 else None
