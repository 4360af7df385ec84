"""One file of the search index: what it says of itself, and how it is opened.

Comes in: the path of an SQLite file. Goes out: a connection that reads it, and what snapshot it holds. A file that is
damaged, cut off or made by another version is known as such, and not read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from warehouse.search import contents
from warehouse.search.errors import UnusableIndexError

BUSY_SECONDS = 30
DAMAGED = "its file is damaged"

# A file whose last change was cut off cannot be read where it cannot be written to.
_UNUSABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}

Snapshot = tuple[int, str]
"""Its id and its time, as the catalog writes it."""


@dataclass(slots=True, frozen=True)
class Index:
    """A file that can be asked, the snapshot whose rows it holds, and how many articles and quotes these are."""

    path: Path
    snapshot: Snapshot
    articles: int
    quotes: int

    @property
    def time(self) -> datetime:
        """When that snapshot was written, UTC."""
        return datetime.fromisoformat(self.snapshot[1])


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one and the same state of the index, whatever is written beside it.

    Raises UnusableIndexError where the file is damaged or gone.
    """
    try:
        # A transaction that was cut off is rolled back by the next that opens the file, which has to write for it.
        with closing(open_file(path)) as index:
            index.execute("PRAGMA query_only = 1")
            index.execute("BEGIN")
            _check_whole(index, path)
            yield index
    except (sqlite3.DatabaseError, FileNotFoundError) as error:
        # Whoever has made a newer one has deleted this.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNUSABLE or not path.exists():
            raise UnusableIndexError(DAMAGED) from error
        raise


def look_at(path: Path) -> Index:
    """What the file says of itself. Raises UnusableIndexError."""
    with reading(path) as index:
        try:
            facts = dict(index.execute("SELECT key, value FROM facts").fetchall())
            made_by = facts["made_by"]
            found = Index(
                path, (facts["snapshot_id"], facts["snapshot_time"]), facts["article_count"], facts["quote_count"]
            )
        except (sqlite3.OperationalError, KeyError) as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
                raise
            raise UnusableIndexError(DAMAGED) from error
    if made_by != _made_by():
        raise UnusableIndexError("it was made by another version of newsmill")
    return found


def note_contents(index: sqlite3.Connection, snapshot: Snapshot) -> None:
    """Writes what the index holds into it."""
    facts: dict[str, int | str] = {
        "made_by": _made_by(),
        "snapshot_id": snapshot[0],
        "snapshot_time": snapshot[1],
        "article_count": index.execute("SELECT count(*) FROM articles").fetchone()[0],
        "quote_count": index.execute("SELECT count(*) FROM quotes").fetchone()[0],
    }
    index.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())


def open_file(path: Path) -> sqlite3.Connection:
    """A connection that may write, where the file may be written to; the caller begins transactions."""
    uri = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def _check_whole(index: sqlite3.Connection, path: Path) -> None:
    """Raises UnusableIndexError where the file is cut off: SQLite takes what lacks of the last page for zeros."""
    pages, size = (index.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
    if not pages or path.stat().st_size < pages * size:
        raise UnusableIndexError(DAMAGED)


def index_files(folder: Path) -> list[Path]:
    """The files of the index in that folder, the one that counts last."""
    return sorted(folder.glob("index-*.sqlite"), key=number_of)


def number_of(path: Path) -> int:
    """The number in the name of the file."""
    digits = path.stem.partition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _made_by() -> str:
    return f"newsmill {version('newsmill')}, format {contents.FORMAT}"
