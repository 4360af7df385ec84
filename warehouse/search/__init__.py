"""Searches articles and quotes by their words.

    from warehouse import search

    search.find_articles("warehouse/data", 'harbour "pay talks" -pilots', since="2026-03-01")
    search.find_quotes("warehouse/data", "strike", speakers=["Ada Berg"])

Comes in: the folder of a warehouse and what is looked for. Goes out: pyarrow tables. The index stands beside the
tables in the warehouse (`index.py`), is made by the first search and follows them; `words.py` says how words are
written.
"""

import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from warehouse.errors import ParameterError
from warehouse.search.asking import Found, Marks, Wanted, ask_articles, ask_quotes
from warehouse.search.errors import SearchError, UnusableIndexError, WordsError
from warehouse.search.file import Index, reading
from warehouse.search.index import Tell, keep_up
from warehouse.search.nothing import explain_nothing
from warehouse.search.words import read_words

__all__ = ["SearchError", "WordsError", "find_articles", "find_quotes", "search", "update_index"]

_ATTEMPTS = 3


def find_articles(
    warehouse: str | Path,
    words: str = "",
    *,
    speakers: Sequence[str] = (),
    entities: Sequence[str] = (),
    outlet: str | None = None,
    since: date | str | None = None,
    until: date | str | None = None,
    newest_first: bool = False,
    limit: int = 10,
    marks: Marks = ("", ""),
) -> pa.Table:
    """Articles that have the words, quote all the speakers and name all the entities; duplicates are left out.

    Columns: day, outlet, title, snippet, score (BM25, higher is better; NULL without words), article_id. `marks` stand
    before and behind what was looked for in title and snippet. Warns where the index is behind the tables. Raises
    WordsError, ParameterError, SearchError, and what `connect` raises.
    """
    wanted = make_wanted(words, speakers, entities, outlet, since, until, newest_first, limit)
    return search(Path(warehouse), wanted, "articles", marks, _warn)[0].rows


def find_quotes(
    warehouse: str | Path,
    words: str = "",
    *,
    speakers: Sequence[str] = (),
    entities: Sequence[str] = (),
    outlet: str | None = None,
    since: date | str | None = None,
    until: date | str | None = None,
    newest_first: bool = False,
    limit: int = 10,
    marks: Marks = ("", ""),
) -> pa.Table:
    """Quotes that have the words, by one who has all these names as a speaker, in which all the entities are named.

    Columns: day, outlet, speaker, quote (the pieces of one that was interrupted, with … between), title, score,
    article_id, quote_no (of its first piece). The rest is as in `find_articles`.
    """
    wanted = make_wanted(words, speakers, entities, outlet, since, until, newest_first, limit)
    return search(Path(warehouse), wanted, "quotes", marks, _warn)[0].rows


def update_index(warehouse: str | Path, tell: Tell | None = None) -> Index:
    """Brings the index up to date, however much has changed, and answers what it holds.

    Raises SearchError where it cannot be written, and what `connect` raises.
    """
    return keep_up(Path(warehouse), tell or _warn, most=None)


def search(warehouse: Path, wanted: Wanted, kind: str, marks: Marks, tell: Tell) -> tuple[Found, str]:
    """What is found, and in a line why nothing is.

    `kind` is articles or quotes; `tell` takes a line on a stale index.
    """
    ask = ask_articles if kind == "articles" else ask_quotes
    damaged: Path | None = None
    for attempt in range(_ATTEMPTS):
        index = keep_up(warehouse, tell, damaged=damaged)
        try:
            with reading(index.path) as connection:
                found = ask(connection, wanted, marks)
                return found, "" if found.total else explain_nothing(connection, wanted, kind)
        except UnusableIndexError:
            # Either it is damaged where nothing had looked yet, or another process has just made a newer one.
            damaged = index.path
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def make_wanted(
    words: str,
    speakers: Sequence[str],
    entities: Sequence[str],
    outlet: str | None,
    since: date | str | None,
    until: date | str | None,
    newest_first: bool,
    limit: int,
) -> Wanted:
    """What is asked for, checked. Raises WordsError, ParameterError."""
    first, last = _day("since", since), _day("until", until)
    if first and last and first > last:
        raise ParameterError(f"--since {first} is later than --until {last}: swap them")
    for option, names in (("speaker", speakers), ("entity", entities), ("outlet", [outlet or "any"])):
        if not all(any(char.isalnum() for char in name) for name in names):
            raise ParameterError(f"--{option} needs a name")
    wanted = Wanted(read_words(words), tuple(speakers), tuple(entities), outlet, first, last, newest_first, limit)
    if not (wanted.words.groups or speakers or entities or outlet or first or last):
        raise WordsError('nothing to search for: write words, such as: newsmill search "harbour strike"')
    return wanted


def _day(option: str, day: date | str | None) -> date | None:
    try:
        return date.fromisoformat(day.strip()) if isinstance(day, str) else day
    except ValueError:
        raise ParameterError(
            f"--{option} '{day}' cannot be used: write a day as YYYY-MM-DD, such as 2026-03-31"
        ) from None


def _warn(line: str) -> None:
    warnings.warn(line, stacklevel=4)
