"""Says in a line why a search has found nothing.

Comes in: the index and what was asked. Goes out: the word that stands nowhere, the outlet or name that is not there
with the nearest that are, or the days that there are articles of.
"""

import sqlite3
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.queries import EMPTY_WAREHOUSE
from warehouse.search.asking import Wanted, count
from warehouse.search.contents import fold
from warehouse.search.words import Words

NOTHING = "nothing found"

# The nearest as a whole, or in one of its words.
_NEAREST = """
SELECT name FROM (SELECT name, unnest(list_append(string_split(folded, ' '), folded)) AS form FROM known)
WHERE form <> '' GROUP BY name
ORDER BY max(jaro_winkler_similarity(form, $wanted)) DESC, length(name), name LIMIT 3
"""


def explain_nothing(index: sqlite3.Connection, wanted: Wanted, kind: str) -> str:
    """Why there are no rows; `kind` is articles or quotes."""
    first, last, articles = index.execute("SELECT min(day), max(day), count(*) FROM articles").fetchone()
    if not articles:
        return EMPTY_WAREHOUSE
    days = str(first) if first == last else f"{first} to {last}"
    return f"{NOTHING}: {_unknown(index, wanted) or _missing(index, wanted, kind, days)}"


def _unknown(index: sqlite3.Connection, wanted: Wanted) -> str:
    """The outlet or name that is not there at all; '' where all are."""
    if wanted.outlet is not None and not count(index, Wanted(outlet=wanted.outlet), "articles"):
        outlets = "SELECT DISTINCT outlet FROM articles WHERE outlet IS NOT NULL"
        return f"there is no outlet '{wanted.outlet}'{_near(index, outlets, wanted.outlet)}"
    speakers = "SELECT name FROM names WHERE name_id IN (SELECT speaker_id FROM quotes)"
    for name in wanted.speakers:
        if not count(index, Wanted(speakers=[name]), "quotes"):
            return f"nobody called '{name}' is quoted{_near(index, speakers, name)}"
    entities = "SELECT name FROM names WHERE name_id IN (SELECT name_id FROM article_names)"
    for name in wanted.entities:
        if not count(index, Wanted(entities=[name]), "articles"):
            return f"nobody and nothing is called '{name}'{_near(index, entities, name)}"
    return ""


def _missing(index: sqlite3.Connection, wanted: Wanted, kind: str, days: str) -> str:
    """What of the rest does not hold."""
    one = kind.removesuffix("s")
    for group in wanted.words.groups:
        if not count(index, Wanted(words=Words((group,))), kind):
            return f"no {one} has {' or '.join(map(repr, group))}"
    if wanted.words.groups and not count(index, Wanted(words=wanted.words), kind):
        left_out = " without those that are left out" if wanted.words.excluded else ""
        return f"no {one} has all these words{left_out}"
    if (wanted.since or wanted.until) and count(index, replace(wanted, since=None, until=None), kind):
        return f"articles are dated {days}, and none of these days fits"
    return f"no {one} has all that is asked for: leave an option out"


def _near(index: sqlite3.Connection, question: str, wanted: str) -> str:
    names: list[tuple[Any]] = index.execute(question).fetchall()
    known = pa.table({"name": [name for (name,) in names], "folded": [fold(name).strip() for (name,) in names]})
    if not names:
        return ""
    with duckdb.connect() as memory:
        memory.register("known", known)
        nearest = memory.execute(_NEAREST, {"wanted": fold(wanted).strip()}).fetchall()
    return f"; the nearest are {', '.join(repr(name) for (name,) in nearest)}" if nearest else ""
