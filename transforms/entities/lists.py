"""The word lists of names: titles, words that tell an organisation from a place, nicknames, metonyms, countries.

Comes in: `seeds/*.csv`. Goes out: sets and dicts with lower-case keys, read once a process.
"""

from functools import cache

from transforms.gazetteer import fold_name, gazetteer_label, load_gazetteer
from transforms.lexicon import read_seed


@cache
def title_words() -> frozenset[str]:
    """The words that stand before a person's name and are no part of it, without dots: 'mr', 'prime', 'former'."""
    kinds = ("title", "honorific", "modifier")
    return frozenset(
        word for row in read_seed("titles") if row["kind"] in kinds for word in row["word"].split() if word != "of"
    )


@cache
def title_ends() -> frozenset[str]:
    """The last words of titles, behind which the name of a person begins: 'mr', 'minister'; not 'prime', 'former'."""
    return frozenset(row["word"].split()[-1] for row in read_seed("titles") if row["kind"] in ("title", "honorific"))


@cache
def roles() -> frozenset[str]:
    """Nouns that stand before a person's name in apposition: 'striker Bo Lund'."""
    return frozenset(row["word"] for row in read_seed("titles") if row["kind"] == "role")


@cache
def genders() -> dict[str, str]:
    """What a title or role says of its bearer: 'mrs' is female."""
    return {row["word"]: row["gender"] for row in read_seed("titles") if row["gender"]}


@cache
def last_words() -> dict[str, str]:
    """The label that the last word of a name gives it: 'Airport' is a FAC."""
    return {row["word"].casefold(): row["label"] for row in read_seed("name_words") if row["position"] == "last"}


@cache
def first_words() -> dict[str, str]:
    """The label that the first words of a name give it: 'Ministry of' an ORG."""
    return {row["word"].casefold(): row["label"] for row in read_seed("name_words") if row["position"] == "first"}


@cache
def legal_forms() -> frozenset[str]:
    """Forms of companies, which tell no two companies apart: 'Inc', 'plc'."""
    return frozenset(row["word"].casefold() for row in read_seed("name_words") if row["position"] == "form")


@cache
def words_about_places() -> dict[str, str]:
    """The label of what such a lower-case word names: 'town' of Oakham, Oakham 'county'."""
    return {row["word"]: row["label"] for row in read_seed("name_words") if row["position"] == "beside"}


@cache
def particles() -> frozenset[str]:
    """Small words that belong to names: 'van', 'al'."""
    return frozenset(row["word"] for row in read_seed("name_words") if row["position"] == "particle")


@cache
def words_kept() -> frozenset[str]:
    """Last words of a name that belong to it in small letters too: 'Harbour commission'."""
    return frozenset(row["word"] for row in read_seed("name_words") if row["position"] == "kept")


@cache
def words_outside() -> frozenset[str]:
    """Prepositions that open no name, whatever their case: 'Near Oakham'."""
    return frozenset(row["word"] for row in read_seed("name_words") if row["position"] == "outside")


@cache
def first_names() -> dict[str, str]:
    """First names common in the United States and their gender, '' for both; of the census of 1990, public domain."""
    return {row["name"].casefold(): row["gender"] for row in read_seed("first_names")}


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """The first names that a short form may stand for: 'bill' for 'william'."""
    found: dict[str, set[str]] = {}
    for row in read_seed("nicknames"):
        for nickname in row["nicknames"].casefold().split("|"):
            found.setdefault(nickname, set()).add(row["name"].casefold())
    return {nickname: frozenset(names) for nickname, names in found.items()}


@cache
def metonyms() -> dict[str, str]:
    """The country (alpha-3) whose government or parliament a name stands for: 'kremlin' for RUS."""
    return {row["name"].casefold(): row["country"] for row in read_seed("metonyms")}


@cache
def countries() -> dict[str, str]:
    """Country (alpha-3) by each of its names; short names in capitals ('US') keep their case."""
    found: dict[str, str] = {}
    for row in read_seed("countries"):
        for name in (row["name"], *row["other_names"].split("|")):
            if name:
                found.setdefault(_key(name), row["country"])
    return found


@cache
def country_names() -> dict[str, str]:
    """The English name of each country by its code."""
    return {row["country"]: row["name"] for row in read_seed("countries")}


@cache
def demonyms() -> dict[str, str]:
    """Country by the names of its people: 'norwegian' is NOR."""
    return {
        demonym.casefold(): row["country"]
        for row in read_seed("countries")
        for demonym in row["demonyms"].split("|")
        if demonym
    }


@cache
def organizations() -> dict[str, str]:
    """The full name of bodies between states that every newspaper names, by each of their names in lower case."""
    return {
        name.casefold(): row["name"]
        for row in read_seed("organizations")
        for name in (row["name"], *row["other_names"].split("|"))
        if name
    }


@cache
def honorifics() -> frozenset[str]:
    """Titles behind which a word with a capital letter is a person's name, whatever it is: 'mr', 'sen'."""
    return frozenset(row["word"] for row in read_seed("titles") if row["kind"] == "honorific")


@cache
def cities() -> frozenset[str]:
    """Cities, states and provinces that datelines name, in lower case; no abbreviations."""
    return frozenset(
        row["word"].casefold()
        for row in read_seed("dateline_words")
        if row["kind"] in ("city", "region") and not row["word"].endswith(".") and len(row["word"]) > 3
    )


@cache
def aliases() -> dict[tuple[str, str], str]:
    """The name that users want for another one, by label and name: rows of `seeds/aliases.csv`."""
    return {(row["label"], _fold(row["alias"])): row["name"] for row in read_seed("aliases")}


def country_of_name(name: str) -> str | None:
    """The country (alpha-3) that NAME names; 'US' in capitals only, 'NORWAY' in any case."""
    return countries().get(name) or (countries().get(name.casefold()) if len(name) > 3 else None)


def country_of_people(name: str) -> str | None:
    """The country whose people or adjective NAME is."""
    return demonyms().get(name.casefold())


def is_part_of_country(name: str, country: str) -> bool:
    """Whether NAME, which seeds/countries.csv has as a form of COUNTRY's name, is a part of it: 'Wales', 'Gaza'."""
    gazetteer = load_gazetteer()
    rows = [row for row in gazetteer.look_up(fold_name(name)) if row >= 0 and gazetteer.countries[row] == country]
    kinds = {gazetteer.kinds[row] for row in rows}
    return "admin1" in kinds and "country" not in kinds


def place_label(name: str) -> str | None:
    """GPE or LOC where NAME is hardly ever anything but a place, GPE for other cities and states of datelines."""
    return "GPE" if country_of_name(name) else gazetteer_label(name) or ("GPE" if is_city(name) else None)


def is_city(name: str) -> bool:
    """Whether NAME is a city or state that datelines name; people and clubs may be called the same."""
    return name.casefold() in cities()


def _key(name: str) -> str:
    return name if len(name.replace(".", "")) <= 3 else name.casefold()


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
