"""Knows the places of the world: countries, their first-level divisions, cities of at least 15,000 people, regions.

Comes in: names. Goes out: the rows of a `Gazetteer` that bear them, the label of names that are always places, and the
country of a demonym. Reads seeds/places.csv.gz (GeoNames, CC BY 4.0; made by seeds/make_places.py), seeds/countries.csv
(demonyms) and seeds/place_names.csv (other forms of names and how to take them: name, country, kind, place, match).
"""

import math
import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from sys import intern
from typing import Any

import pyarrow as pa
from pyarrow.csv import ConvertOptions, ReadOptions, read_csv

from transforms.lexicon import default_seeds_dir, read_seed

CITIES = frozenset({"city", "capital"})
DIVISIONS = frozenset({"admin1", "admin2"})
WIDE = frozenset({"continent", "region"})
FEDERAL = frozenset({"USA", "GBR", "CAN", "AUS"})
"""Countries whose first-level divisions are named in the news like countries."""

LONGEST_NAME = 80
LARGE = 100_000
"""People from which a city needs no evidence but its name."""
CERTAIN_CITY = 500_000
METROPOLIS = 1_000_000
WORLD_CITY = 2_100_000
"""Above it a city is better known than the people and words of its name: London, Berlin, Madrid, Sydney."""

_COLUMN_TYPES = {
    "geonames_id": pa.int64(), "name": pa.string(), "kind": pa.string(), "country": pa.string(), "admin1": pa.string(),
    "latitude": pa.float64(), "longitude": pa.float64(), "population": pa.int64(), "share": pa.float32(),
    "country_share": pa.float32(), "caution": pa.string(), "keys": pa.string(), "neighbours": pa.string(),
}  # fmt: skip
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "a"})
_SPACES = re.compile(r"[\s\-‐‑–—_/]+")
_MARKS = re.compile(r"[.'’‘ʻʼʿʾ`´\"“”,()]")


@dataclass(slots=True, frozen=True)
class ResolvedPlace:
    """A place: ISO 3166-1 alpha-3 of its country, its GeoNames id, its usual English name, degrees WGS84."""

    country: str | None
    geonames_id: int | None
    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(slots=True)
class Gazetteer:
    """Places by row number, a column a list, and the rows of each folded name (~row where it is another language's)."""

    ids: "array[int]"
    names: list[str]
    kinds: list[str]
    countries: list[str]
    admin1: list[str]
    latitudes: "array[float]"
    longitudes: "array[float]"
    populations: "array[int]"
    shares: "array[float]"
    country_shares: "array[float]"
    cautions: list[str]
    neighbours: dict[str, frozenset[str]]
    rows_of: dict[str, int | tuple[int, ...]] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    qualifiers: dict[str, list[int]] = field(default_factory=dict)
    preferred: dict[str, int] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)

    def look_up(self, key: str) -> tuple[int, ...]:
        """The rows of a folded name; ~row where the name is known from another language only."""
        found = self.rows_of.get(key, ())
        return (found,) if isinstance(found, int) else found

    def resolved(self, row: int) -> ResolvedPlace:
        """The place of a row."""
        latitude, longitude = self.latitudes[row], self.longitudes[row]
        known = not math.isnan(latitude)
        return ResolvedPlace(
            self.countries[row] or None,
            self.ids[row] or None,
            self.names[row],
            latitude if known else None,
            longitude if known else None,
        )

    def distance(self, one: int, other: int) -> float:
        """Kilometres between two places; infinite where one has no coordinates."""
        if math.isnan(self.latitudes[one]) or math.isnan(self.latitudes[other]):
            return math.inf
        a, b = math.radians(self.latitudes[one]), math.radians(self.latitudes[other])
        turn = math.radians(self.longitudes[one] - self.longitudes[other])
        cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
        return 6371.0 * math.acos(max(-1.0, min(1.0, cosine)))


@lru_cache(maxsize=10_000)
def fold_name(name: str) -> str:
    """The name as it is compared: small letters without accents, marks and a leading 'the'; hyphens are blanks."""
    text = name.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_LETTERS)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _SPACES.sub(" ", _MARKS.sub("", text)).strip()
    return text.removeprefix("the ")


# -- the gazetteer ----------------------------------------------------------------------------------------------------


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of seeds/, read once a process.

    Raises FileNotFoundError where the seeds folder lacks places.csv.gz, ValueError where place_names.csv names a place
    that is not there.
    """
    gazetteer = _read_places(default_seeds_dir() / "places.csv.gz")
    for name in read_seed("place_names"):
        _add_name(gazetteer, **name)
    return gazetteer


def _read_places(path: Path) -> Gazetteer:
    # pyarrow reads the file in a third of the time of the csv module.
    table = read_csv(
        path,
        read_options=ReadOptions(use_threads=False),
        convert_options=ConvertOptions(column_types=_COLUMN_TYPES, null_values=[""]),
        memory_pool=pa.system_memory_pool(),
    )

    def read(name: str) -> list[Any]:
        return table.column(name).to_pylist()  # type: ignore[no-any-return]

    kinds, countries = list(map(intern, read("kind"))), list(map(intern, read("country")))
    gazetteer = Gazetteer(
        array("q", read("geonames_id")),
        read("name"),
        kinds,
        countries,
        list(map(intern, read("admin1"))),
        array("d", [math.nan if degrees is None else degrees for degrees in read("latitude")]),
        array("d", [math.nan if degrees is None else degrees for degrees in read("longitude")]),
        array("q", read("population")),
        array("f", [share or 0.0 for share in read("share")]),
        array("f", [share or 0.0 for share in read("country_share")]),
        list(map(intern, read("caution"))),
        {
            country: frozenset(codes.split("|"))
            for country, codes in zip(countries, read("neighbours"), strict=True)
            if codes
        },
    )
    for row, (kind, forms) in enumerate(zip(kinds, read("keys"), strict=True)):
        _add_keys(gazetteer.rows_of, row, kind, forms)
    return gazetteer


def _add_keys(known: dict[str, int | tuple[int, ...]], row: int, kind: str, forms: str) -> None:
    value = row
    for key in forms.split("|"):
        found = known.get(key)
        if found is None:
            known[key] = value
        else:
            known[key] = (found, value) if isinstance(found, int) else (*found, value)
        if kind in CITIES:
            value = ~row


def _add_name(gazetteer: Gazetteer, name: str, country: str, kind: str, place: str, match: str) -> None:
    """Takes in a row of seeds/place_names.csv.

    match: name (the usual English form), form (another one), exact (one whose case and dots count: 'US'), qualifier
    (one that stands only behind a place: 'CA'), preferred (of the places of that name), caution (is also something
    else).
    """
    row = _find_named(gazetteer, country, kind, place)
    if row is None:
        raise ValueError(
            f"seeds/place_names.csv: no {kind} {place!r} in {country or 'the world'}; see seeds/places.csv.gz"
        )
    if match in ("exact", "qualifier"):
        gazetteer.qualifiers.setdefault(name, []).append(row)
        if match == "exact":
            gazetteer.exact[name] = row
        return
    if match == "caution":
        gazetteer.cautions[row] = "listed"
        return
    key = fold_name(name)
    found = [other for other in gazetteer.look_up(key) if other != ~row and other != row]
    gazetteer.rows_of[key] = (*found, row) if found else row
    gazetteer.named.add(row)
    if match == "name":
        gazetteer.names[row] = name
    if match == "preferred":
        gazetteer.preferred[key] = row


def _find_named(gazetteer: Gazetteer, country: str, kind: str, place: str) -> int | None:
    kinds = CITIES if kind == "city" else {kind}
    rows = [(row if row >= 0 else ~row, row < 0) for row in gazetteer.look_up(fold_name(place))]
    if kind == "country":
        rows += [(row, False) for row in _rows_of_country(gazetteer, country)]
    found = [
        (foreign, -gazetteer.populations[row], row)
        for row, foreign in rows
        if gazetteer.kinds[row] in kinds and gazetteer.countries[row] == country
    ]
    if found:
        return min(found)[2]
    if kind != "region":
        return None
    return _add_region(gazetteer, place, country)


def _add_region(gazetteer: Gazetteer, name: str, country: str) -> int:
    """A region is known by its name, and by its country where it lies in one."""
    row = len(gazetteer.names)
    columns: list[tuple[Any, Any]] = [
        (gazetteer.ids, 0), (gazetteer.names, name), (gazetteer.kinds, "region"), (gazetteer.countries, country),
        (gazetteer.admin1, ""), (gazetteer.latitudes, math.nan), (gazetteer.longitudes, math.nan),
        (gazetteer.populations, 0), (gazetteer.shares, 0.0), (gazetteer.country_shares, 0.0), (gazetteer.cautions, ""),
    ]  # fmt: skip
    for column, value in columns:
        column.append(value)
    _add_keys(gazetteer.rows_of, row, "region", fold_name(name))
    return row


def _rows_of_country(gazetteer: Gazetteer, country: str) -> Iterator[int]:
    # Countries stand first in the file.
    for row, kind in enumerate(gazetteer.kinds[:300]):
        if kind == "country" and gazetteer.countries[row] == country:
            yield row


# -- single names -----------------------------------------------------------------------------------------------------


@cache
def _demonyms() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_seed("countries"):
        for name in row["demonyms"].split("|"):
            if name:
                found.setdefault(name, row["country"])
                found.setdefault(name.upper(), row["country"])
    return found


def demonym_country(text: str) -> str | None:
    """ISO 3166-1 alpha-3 of 'Russian', 'Iraqis', 'French' or 'FRENCH'; None of all else, small letters included."""
    return _demonyms().get(" ".join(text.split()))


@lru_cache(maxsize=10_000)
def gazetteer_label(text: str) -> str | None:
    """GPE or LOC for a name that is hardly ever anything but a place; None for all else.

    GPE: countries, capitals, states of the US and divisions that seeds/place_names.csv names, cities of half a million,
    as far as they are no common word and no frequent name of people. LOC: continents and regions.
    """
    if not text or len(text) > LONGEST_NAME or not text[0].isupper():
        return None
    gazetteer = load_gazetteer()
    if text in gazetteer.exact:
        return "GPE"
    key = fold_name(text)
    rows = [row for row in gazetteer.look_up(key) if row >= 0 and gazetteer.cautions[row] != "listed"]
    if not rows:
        return None
    if any(gazetteer.kinds[row] in WIDE for row in rows):
        return "LOC"
    if text.isupper() and len(text) <= 3:
        return None
    return "GPE" if any(_is_certain(gazetteer, row, key) for row in rows) else None


def _is_certain(gazetteer: Gazetteer, row: int, key: str) -> bool:
    kind, country, caution = gazetteer.kinds[row], gazetteer.countries[row], gazetteer.cautions[row]
    if kind == "country":
        # Georgia may be a state or a woman; other countries of that kind are listed in seeds/place_names.csv.
        return gazetteer.names[row] != "Georgia"
    if kind == "admin1":
        return country == "GBR" or (not caution and (country in FEDERAL or row in gazetteer.named))
    if kind not in CITIES:
        return False
    people = gazetteer.populations[row]
    if gazetteer.preferred.get(key) == row and (caution != "person" or people >= METROPOLIS):
        return True
    if caution:
        return people >= WORLD_CITY
    return people >= (LARGE if kind == "capital" else CERTAIN_CITY)
