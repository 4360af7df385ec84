"""Says which place on earth a place mention names: country, GeoNames id, coordinates.

Comes in: the place mentions of one article in order. Goes out: for each a `ResolvedPlace`, or None where the name is
not known or could be several places: wrong is worse than unknown. A place whose country alone is sure has no id.
The places and their names are those of `transforms/gazetteer.py`.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from transforms.gazetteer import (
    CITIES,
    DIVISIONS,
    FEDERAL,
    LARGE,
    LONGEST_NAME,
    METROPOLIS,
    WIDE,
    Gazetteer,
    ResolvedPlace,
    demonym_country,
    fold_name,
    gazetteer_label,
    load_gazetteer,
)

__all__ = ["PlaceMention", "ResolvedPlace", "demonym_country", "gazetteer_label", "load_gazetteer", "resolve_places"]

MARGIN = 0.9
"""How far the best reading must lead the next one, in powers of ten of population."""
CONTESTED_MARGIN = 2.0
"""The same between a country and a state of the US."""
VERY_LARGE = 300_000
"""The same of a name that is a word or a person's too."""
DISTRICT_POPULATION = 300_000
"""What a second-level division counts as: GeoNames gives none."""
NEAR_KM = 150.0
MOST_ANCHORS = 30
STATES_OF_AN_ELECTION = 3
"""States named in an article from which 'New York' may be one too."""
CONTEXT = 60

_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_WORD = r"[^\W\d_][\w.'’\-]*"
_NEXT_NAME = re.compile(rf"\s?(?:,|\(|\band\b|\bor\b)\s?(?=[A-Z])({_WORD}(?:\s(?:of\s|and\s)?(?=[A-Z]){_WORD}){{0,3}})")
_LAST_NAME = re.compile(rf"((?=[A-Z]){_WORD}(?:\s(?=[A-Z]){_WORD}){{0,2}})(?:,|,? and|,? or)\s$")
_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", ".")
_TITLE_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir)\.?\s$")
_LISTED_ON = re.compile(r"\s?(?:,\s?(?:and\s|or\s)?[A-Z]|and\s[A-Z]|or\s[A-Z])")
_KIND = re.compile("(?:city|town|village|port|capital|suburb|state|province|governorate|region)")
_KIND_BEFORE = re.compile(
    r"(?:\b([A-Z]\w+)\s)?(?:(city|town|village|port|capital|suburb)|(state|province|governorate|region))"
    r"(?:\sof)?\s(?:the\s)?$"
)
_KIND_BEHIND = re.compile(
    r"(?:\s|^)(?:([Cc]ity)|([Ss]tate|[Pp]rovince|[Gg]overnorate|[Oo]blast|[Pp]refecture))\b(?!\sof)"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_PART = re.compile(
    r"(?:(?:the\s)?(?:(?:far|mid)[\s-])?(?:north|south|east|west|northern|southern|eastern|western|central|downtown|upstate"
    r"|inner|greater|metropolitan|mainland|rural|coastal|north[\s-]?east(?:ern)?|north[\s-]?west(?:ern)?"
    r"|south[\s-]?east(?:ern)?|south[\s-]?west(?:ern)?))\s+(?=\S)",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True)
class PlaceMention:
    """A name in the text, the label it has, and some 30 characters before and after it.

    GPE, LOC and FAC are resolved. NORP ('Iraqi') tells of countries; PERSON tells which names belong to people.
    """

    text: str
    label: str
    before: str = ""
    after: str = ""


def resolve_places(mentions: Sequence[PlaceMention], *, home: str | None = None) -> list[ResolvedPlace | None]:
    """The place of each mention of one article, in their order; None where it is unknown or not sure.

    `home` is the place of the dateline. Decided by, in this order: what follows or precedes the name ('Paris, Texas',
    'the French city of Nice'), what the same name means elsewhere in the article, the countries and places that the
    article names, and population, which counts by powers of ten (see MARGIN).
    """
    return _Article(load_gazetteer(), mentions, home).resolve()


@dataclass(slots=True)
class _Name:
    """A name as one article uses it."""

    key: str
    rows: dict[int, float]
    is_part: bool = False
    wants: frozenset[str] = frozenset()


class _Evidence:
    """What the article says of countries and divisions; a name is no evidence for itself."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._countries: dict[str, dict[str, float]] = defaultdict(dict)
        self._divisions: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self._totals: dict[str, float] = defaultdict(float)
        self._place_totals: dict[str, float] = defaultdict(float)
        self._division_totals: dict[tuple[str, str], float] = defaultdict(float)
        self.anchors: list[tuple[str, int]] = []
        self.states_named = 0

    def add_country(self, key: str, country: str, weight: float) -> None:
        if country and key not in self._countries[country]:
            self._countries[country][key] = weight
            self._totals[country] += weight

    def add_place(self, key: str, row: int) -> None:
        """A name whose meaning is sure."""
        gazetteer = self._gazetteer
        country = gazetteer.countries[row]
        kind = gazetteer.kinds[row]
        self.states_named += kind == "admin1" and country == "USA"
        if kind != "country" and key not in self._countries[country]:
            self._place_totals[country] += 1.0
        self.add_country(key, country, 1.5 if kind == "country" else 1.0)
        division = (country, gazetteer.admin1[row])
        if division[1] and key not in self._divisions[division]:
            weight = 1.0 if kind == "admin1" else 0.5
            self._divisions[division][key] = weight
            self._division_totals[division] += weight
        if kind in CITIES and len(self.anchors) < MOST_ANCHORS:
            self.anchors.append((key, row))

    def for_country(self, country: str, own: str) -> float:
        if country not in self._totals:
            return 0.0
        return min(3.0, self._totals[country] - self._countries[country].get(own, 0.0))

    def for_places_in(self, country: str, own: str) -> float:
        """The same of its cities and divisions alone."""
        if country not in self._place_totals:
            return 0.0
        own_weight = self._countries[country].get(own, 0.0)
        return min(3.0, self._place_totals[country] - own_weight)

    def for_division(self, row: int, own: str) -> float:
        division = (self._gazetteer.countries[row], self._gazetteer.admin1[row])
        if division not in self._division_totals:
            return 0.0
        return min(1.5, self._division_totals[division] - self._divisions[division].get(own, 0.0))

    def is_near(self, row: int, own: str) -> bool:
        """Whether the article names a city close by."""
        return any(key != own and self._gazetteer.distance(row, other) <= NEAR_KM for key, other in self.anchors)


def _clip(mention: PlaceMention) -> PlaceMention:
    if len(mention.before) <= CONTEXT and len(mention.after) <= CONTEXT:
        return mention
    return PlaceMention(mention.text, mention.label, mention.before[-CONTEXT:], mention.after[:CONTEXT])


def _find_kind(before: str) -> re.Match[str] | None:
    """The kind of place in front of a name: 'the French city of'."""
    return _KIND_BEFORE.search(before) if _KIND.search(before) else None


class _Article:
    def __init__(self, gazetteer: Gazetteer, mentions: Sequence[PlaceMention], home: str | None) -> None:
        self._gazetteer = gazetteer
        self._mentions = [_clip(mention) for mention in mentions]
        self._home = home
        self._evidence = _Evidence(gazetteer)
        self._people: set[str] = set()
        self._names: dict[str, _Name | None] = {}

    def resolve(self) -> list[ResolvedPlace | None]:
        self._read_people_and_nations()
        names = [self._name_of(mention) for mention in self._mentions]
        direct = [self._decide_directly(m, n) if n else None for m, n in zip(self._mentions, names, strict=True)]
        said = self._meanings_said(names, direct)
        self._gather(names, said)
        decided: dict[str, ResolvedPlace | None] = {}
        places: list[ResolvedPlace | None] = []
        for name, place in zip(names, direct, strict=True):
            if name is None or place is not None:
                places.append(None if place is None else self._gazetteer.resolved(place))
                continue
            use = f"{name.key} {name.is_part} {','.join(sorted(name.wants))}"
            if use not in decided:
                row = said.get(name.key) if not name.wants and not name.is_part else None
                decided[use] = self._decide_by_context(name) if row is None else self._gazetteer.resolved(row)
            places.append(decided[use])
        return places

    def _read_people_and_nations(self) -> None:
        for mention in self._mentions:
            if mention.label == "PERSON":
                self._people.update(fold_name(mention.text[:LONGEST_NAME]).split())
            elif mention.label == "NORP":
                country = demonym_country(mention.text[:LONGEST_NAME])
                if country:
                    self._evidence.add_country(f"people of {country}", country, 1.5)

    def _name_of(self, mention: PlaceMention) -> _Name | None:
        if mention.label not in _PLACE_LABELS or not 1 < len(mention.text) <= LONGEST_NAME:
            return None
        if mention.before.rstrip().endswith(_TITLES) and _TITLE_BEFORE.search(mention.before):
            # 'Mr Lincoln'
            return None
        if mention.before.endswith(", "):
            # 'Springfield, Ill.' where the model takes 'Ill.' or 'Ill' for a place of its own.
            for form in (mention.text, f"{mention.text}."):
                if form in self._gazetteer.qualifiers:
                    return _Name(form, dict.fromkeys(self._gazetteer.qualifiers[form], 0.0))
        if mention.text not in self._names:
            self._names[mention.text] = _read_name(mention.text)
        name = self._names[mention.text]
        # No facility is called as a city is in another language: 'the White House' is no Casablanca.
        return None if name and mention.label == "FAC" and all(name.rows.values()) else name

    # What stands beside the name.

    def _decide_directly(self, mention: PlaceMention, name: _Name) -> int | None:
        rows = self._cities_qualified(mention, name)
        if rows:
            return max(rows, key=self._gazetteer.populations.__getitem__)
        wants = self._kind_wanted(mention, name)
        if not wants:
            return None
        rows = [row for row in name.rows if self._gazetteer.kinds[row] in wants]
        countries = {self._gazetteer.countries[row] for row in rows}
        if len(rows) == 1 or (len(countries) == 1 and wants == DIVISIONS and rows):
            return rows[0]
        return None

    def _cities_qualified(self, mention: PlaceMention, name: _Name) -> list[int]:
        _, _, inner = mention.text.partition(", ")
        after = f", {inner}{mention.after}" if inner else mention.after
        behind = _NEXT_NAME.match(after)
        if behind and behind[0].lstrip()[:1] in ",(":
            qualifiers, length = self._read_qualifier(behind[1])
            rows = [row for row in name.rows if any(self._lies_in(row, outer) for outer in qualifiers)]
            rows = [row for row in rows if row not in qualifiers]
            rows = list(self._without_surroundings(name.key, dict.fromkeys(rows, 0.0)))
            if rows and not self._is_list(mention, name, after[behind.start(1) + length :]):
                return rows
        before = _find_kind(mention.before)
        country = demonym_country(before[1]) if before and before[1] else None
        kinds = CITIES if before and before[2] else DIVISIONS
        return [
            row
            for row in name.rows
            if country and self._gazetteer.countries[row] == country and self._gazetteer.kinds[row] in kinds
        ]

    def _read_qualifier(self, text: str) -> tuple[list[int], int]:
        """The divisions and countries that the text begins with, and how many characters name them."""
        words = text.split(" ")
        for count in range(len(words), 0, -1):
            part = " ".join(words[:count])
            for form in (part, part.rstrip(".,")):
                rows = self._gazetteer.qualifiers.get(form) or [
                    row for row in self._gazetteer.look_up(fold_name(form)) if row >= 0 and not form.isupper()
                ]
                rows = [row for row in rows if self._gazetteer.kinds[row] in ("admin1", "admin2", "country")]
                if rows:
                    return rows, len(part)
        return [], 0

    def _lies_in(self, row: int, outer: int) -> bool:
        gazetteer = self._gazetteer
        if gazetteer.countries[row] != gazetteer.countries[outer]:
            return False
        if gazetteer.kinds[outer] == "country":
            return gazetteer.kinds[row] != "country"
        return gazetteer.kinds[row] in CITIES and gazetteer.admin1[row] == gazetteer.admin1[outer]

    def _is_list(self, mention: PlaceMention, name: _Name, rest: str) -> bool:
        """'Pennsylvania, Delaware, Ohio' names three states, not the city of Delaware."""
        is_wide = any(self._gazetteer.kinds[row] in ("country", "admin1") for row in name.rows)
        return is_wide and bool(_LAST_NAME.search(mention.before) or _LISTED_ON.match(rest))

    def _kind_wanted(self, mention: PlaceMention, name: _Name) -> frozenset[str]:
        before, behind = _find_kind(mention.before), _KIND_BEHIND.match(mention.after)
        if (before and before[3]) or (behind and behind[2]):
            return DIVISIONS
        if (before and before[2]) or (behind and behind[1]):
            return CITIES
        return DIVISIONS if self._stands_among_states(mention, name) else frozenset()

    def _stands_among_states(self, mention: PlaceMention, name: _Name) -> bool:
        """'Ohio, New York and Iowa', 'Florida, Georgia'; but not 'Washington, Maryland and Virginia'."""
        gazetteer = self._gazetteer
        states = [row for row in name.rows if self._is_us_state(row)]
        city = gazetteer.preferred.get(name.key)
        if not states or (city is None and not self._is_contested(name.rows)):
            return False
        for other in self._states_beside(mention):
            if other in states:
                continue
            city_km = math.inf if city is None else gazetteer.distance(city, other) + 300
            return any(gazetteer.distance(state, other) <= city_km for state in states)
        return False

    def _states_beside(self, mention: PlaceMention) -> Iterator[int]:
        for found in (_NEXT_NAME.match(mention.after), _LAST_NAME.search(mention.before)):
            if found:
                yield from filter(self._is_us_state, self._read_qualifier(found[1])[0])

    def _is_us_state(self, row: int) -> bool:
        return self._gazetteer.kinds[row] == "admin1" and self._gazetteer.countries[row] == "USA"

    # What the article says elsewhere.

    def _meanings_said(self, names: Sequence[_Name | None], direct: Sequence[int | None]) -> dict[str, int]:
        """Names that the article qualifies once, and never in two ways: one sense a discourse.

        'Washington state' says nothing of 'Washington'.
        """
        found: dict[str, set[int]] = defaultdict(set)
        for name, row in zip(names, direct, strict=True):
            if name and row is not None:
                is_city = self._gazetteer.kinds[row] in CITIES
                if is_city or name.key not in self._gazetteer.preferred:
                    found[name.key].add(row)
        return {key: next(iter(rows)) for key, rows in found.items() if len(rows) == 1}

    def _gather(self, names: Iterable[_Name | None], said: dict[str, int]) -> None:
        """Takes the names that are sure by themselves as evidence for the others."""
        distinct = {name.key: name for name in names if name}
        if self._home:
            self._take_home(self._home[:LONGEST_NAME])
        for key, name in distinct.items():
            row = said[key] if key in said else self._choose(name)
            if row is not None:
                self._evidence.add_place(key, row)

    def _take_home(self, home: str) -> None:
        """'LONDON', 'MONTGOMERY, Ala.': the place of the dateline, and what lies behind its comma."""
        name = _read_name(home)
        if name is None:
            return
        row = self._decide_directly(PlaceMention(home, "GPE"), name)
        row = self._choose(name) if row is None else row
        outer = self._read_qualifier(home.partition(", ")[2])[0]
        for key, place in [(name.key, row), *((f"home {place}", place) for place in outer if len(outer) == 1)]:
            if place is not None:
                self._evidence.add_place(key, place)

    def _decide_by_context(self, name: _Name) -> ResolvedPlace | None:
        row = self._choose(name)
        if row is None:
            return self._country_alone(name)
        place = self._gazetteer.resolved(row)
        if self._may_be_state(row, name):
            return ResolvedPlace(place.country, None, place.name)
        if name.is_part and self._gazetteer.populations[row] * (self._gazetteer.kinds[row] in CITIES) < METROPOLIS:
            # 'West Miami' is a town of its own, 'West London' is in London.
            return ResolvedPlace(place.country, None, place.name)
        return place

    def _may_be_state(self, city: int, name: _Name) -> bool:
        """'New York' in an article on the states of the US is the city or the state; 'Washington' is the city."""
        gazetteer = self._gazetteer
        place = (gazetteer.countries[city], gazetteer.admin1[city])
        return (
            gazetteer.kinds[city] in CITIES
            and place[0] == "USA"
            and self._evidence.states_named >= STATES_OF_AN_ELECTION
            and any(gazetteer.kinds[row] == "admin1" and gazetteer.admin1[row] == place[1] for row in name.rows)
        )

    def _choose(self, name: _Name) -> int | None:
        rows = {row: penalty for row, penalty in name.rows.items() if self._fits(row, name)}
        rows = self._without_surroundings(name.key, rows)
        if not rows:
            return None
        preferred = self._gazetteer.preferred.get(name.key)
        if preferred in rows and not name.wants:
            return preferred
        if len(rows) == 1:
            row = next(iter(rows))
            return row if self._is_sure(row, name, rows[row] > 0) else None
        scores = sorted(((self._score(row, name.key, rows), row) for row in rows), reverse=True)
        best, row = scores[0]
        margin = CONTESTED_MARGIN if self._is_contested(rows) else MARGIN
        if len(scores) > 1 and best - scores[1][0] < margin:
            return None
        populations = self._gazetteer.populations
        largest = max(rows, key=populations.__getitem__)
        if populations[largest] >= VERY_LARGE and populations[row] * 10 < populations[largest]:
            return row if self._gazetteer.kinds[row] in ("country", *WIDE) else None
        return row if self._is_sure(row, name, rows[row] > 0) else None

    def _fits(self, row: int, name: _Name) -> bool:
        return not name.wants or self._gazetteer.kinds[row] in name.wants

    def _without_surroundings(self, key: str, rows: dict[int, float]) -> dict[int, float]:
        """Leaves out the division around a city of that name, and the city where the country is named after it."""
        if len(rows) < 2:
            return rows
        gazetteer = self._gazetteer
        countries = {gazetteer.countries[row] for row in rows if gazetteer.kinds[row] == "country"}
        cities = {
            gazetteer.countries[row]: gazetteer.populations[row]
            for row in sorted(rows, key=gazetteer.populations.__getitem__)
            if gazetteer.kinds[row] in CITIES
        }
        kept = {}
        for row, penalty in rows.items():
            country, kind = gazetteer.countries[row], gazetteer.kinds[row]
            if country in countries and kind != "country":
                continue
            is_state = kind == "admin1" and country in FEDERAL
            is_around = kind in DIVISIONS and cities.get(country, -1) * 10 >= gazetteer.populations[row]
            if is_around and not is_state and gazetteer.preferred.get(key) != row:
                continue
            kept[row] = penalty
        return kept

    def _is_contested(self, rows: Iterable[int]) -> bool:
        """Georgia: a country and a state of the US; of no other country's name need that be asked."""
        kinds = {(self._gazetteer.kinds[row], self._gazetteer.countries[row] == "USA") for row in rows}
        return ("admin1", True) in kinds and any(kind == "country" for kind, _ in kinds)

    def _score(self, row: int, key: str, rows: dict[int, float]) -> float:
        gazetteer = self._gazetteer
        kind, country = gazetteer.kinds[row], gazetteer.countries[row]
        score = math.log10(max(1, self._population(row))) - rows[row]
        if kind in WIDE or (kind == "country" and not self._is_contested(rows)):
            return score + 20
        if self._is_contested(rows):
            if kind != "country":
                # 'American' and 'U.S.' stand in most news and do not tell the state from the country.
                return score + self._evidence.for_places_in(country, key)
            around = {country, *gazetteer.neighbours.get(country, ())}
            return score + min(3.0, sum(self._evidence.for_country(other, key) for other in around))
        if kind == "capital":
            score += 0.7
        if kind == "admin1" and country in FEDERAL:
            score += 1.0
        return score + self._evidence.for_country(country, key) + self._evidence.for_division(row, key)

    def _population(self, row: int) -> int:
        return DISTRICT_POPULATION if self._gazetteer.kinds[row] == "admin2" else self._gazetteer.populations[row]

    def _is_sure(self, row: int, name: _Name, is_foreign: bool) -> bool:
        """Whether the best reading may stand; small towns and names that are words or people need evidence."""
        gazetteer = self._gazetteer
        kind, people = gazetteer.kinds[row], self._population(row)
        if kind in WIDE or kind == "country":
            return True
        caution = gazetteer.cautions[row]
        if caution == "person" and name.key in self._people:
            return False
        country = self._evidence.for_country(gazetteer.countries[row], name.key)
        if kind == "admin1" and gazetteer.countries[row] in FEDERAL:
            # 'Victoria' may be a woman or a city; 'Virginia' and 'England' are what they seem.
            return not caution or country >= 1.0 or gazetteer.countries[row] in ("USA", "GBR")
        if kind in DIVISIONS:
            return country >= 1.0 or (people >= METROPOLIS and not caution and not is_foreign)
        if caution:
            local = self._evidence.for_division(row, name.key) >= 1.0 or self._evidence.is_near(row, name.key)
            return people >= VERY_LARGE or (country >= 1.5 and (people >= LARGE or local))
        if is_foreign:
            return people >= VERY_LARGE or country >= 1.0
        if people >= LARGE:
            return True
        return country >= 1.0 and (gazetteer.shares[row] >= 0.5 or gazetteer.country_shares[row] >= 0.8)

    def _country_alone(self, name: _Name) -> ResolvedPlace | None:
        """The country, where all readings of some size lie in one that the article speaks of ('Springfield')."""
        gazetteer = self._gazetteer
        if any(gazetteer.cautions[row] for row in name.rows):
            return None
        countries = {gazetteer.countries[row] for row, penalty in name.rows.items() if not penalty}
        if len(countries) != 1:
            return None
        country = next(iter(countries))
        if self._evidence.for_country(country, name.key) < 1.0:
            return None
        row = next(row for row, penalty in name.rows.items() if not penalty)
        return ResolvedPlace(country, None, gazetteer.names[row])


@lru_cache(maxsize=10_000)
def _read_name(text: str) -> _Name | None:
    """The rows that a name may mean, each with what it loses for being the name in another language only."""
    gazetteer = load_gazetteer()
    text = _POSSESSIVE.sub("", " ".join(text.split()))
    if not any(letter.isupper() for letter in text):
        return None
    if text in gazetteer.exact:
        return _Name(text, {gazetteer.exact[text]: 0.0})
    if text.isupper() and len(text) <= 3:
        return None
    head = text.partition(", ")[0]
    for form, is_part, wants in _forms(text, head):
        key = fold_name(form)
        if demonym_country(form):
            # 'Kazakh city'
            return None
        rows = {row if row >= 0 else ~row: 0.0 if row >= 0 else MARGIN for row in gazetteer.look_up(key)}
        if rows:
            if _PART.sub("", f"{text} x") == "x" and not any(gazetteer.kinds[row] in WIDE for row in rows):
                # 'the South' is a part of some country, but not the district of that name.
                return None
            return _Name(key, rows, is_part, wants)
    return None


def _forms(text: str, head: str) -> Iterator[tuple[str, bool, frozenset[str]]]:
    """The name itself, then without what is no part of it: 'Aleppo province', 'northern Iraq', 'Paris, Texas'."""
    nothing: frozenset[str] = frozenset()
    yield text, False, nothing
    yield head, False, nothing
    kind = _KIND_BEHIND.search(head)
    if kind and kind.end() == len(head):
        yield head[: kind.start()], False, CITIES if kind[1] else DIVISIONS
    part = _PART.match(head)
    if part:
        yield head[part.end() :], True, nothing
