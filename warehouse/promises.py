"""What the tables promise, as SQL: each promise is a query whose rows break it.

Comes in: `schemas.py`, and `checks/*.sql` for what is not the same in every table. Goes out: `Promise`s. A query
answers one column, `example`, which names what is wrong so that it can be found. `verify.py` runs them.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

import schemas

SLICE = "/* slice */ true"
"""Stands in a query that joins texts: there a condition on `articles` and `part` comes in that picks some of them."""

KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("article_id",),
    "entities": ("article_id", "mention_no"),
    "quotes": ("article_id", "quote_no"),
    "events": ("article_id", "event_no"),
    "files": ("file_uri",),
    "runs": ("run_id",),
}
"""The columns by which a row is known. A record may stand in quarantine several times."""

SPANS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "entities": (("text", "start_char", "end_char"),),
    "quotes": (
        ("text", "start_char", "end_char"),
        ("cue", "cue_start", "cue_end"),
        ("speaker_text", "speaker_start", "speaker_end"),
    ),
    "events": tuple((f"{part}_text", f"{part}_start", f"{part}_end") for part in ("trigger", "actor", "recipient")),
}
"""Text columns, and where in articles.text they start and end."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "articles": (
        *("article_id", "source_uri", "corpus", "text", "char_count", "word_count", "content_sha256"),
        *("file_uri", "record_no", "ingested_at", "run_id"),
    ),
    "entities": ("article_id", "mention_no", "sentence_no", "text", "start_char", "end_char", "label"),
    "quotes": ("article_id", "quote_no", "sentence_no", "text", "start_char", "end_char", "quote_type", "group_no"),
    "events": (
        *("article_id", "event_no", "sentence_no", "event_type", "taxonomy", "trigger_text", "trigger_start"),
        *("trigger_end", "modality", "polarity", "evidence_start", "evidence_end"),
    ),
    "files": ("file_uri", "location", "status", "article_count", "quarantined_count", "run_id", "committed_at"),
    "quarantine": ("file_uri", "stage", "error_type", "message", "run_id", "quarantined_at"),
    "runs": ("run_id", "flow", "started_at", "status"),
}
"""Columns that are never NULL."""

VALUES: dict[str, dict[str, tuple[str | int, ...]]] = {
    "articles": {"published_source": ("metadata", "path", "dateline", "option")},
    "entities": {"recognizer": ("model", "gazetteer", "propagated")},
    "quotes": {"quote_type": ("direct", "indirect", "mixed")},
    "events": {
        "taxonomy": ("plover", "civic"),
        "quad_class": (1, 2, 3, 4),
        "date_precision": ("day", "week", "month", "year"),
        "modality": ("happened", "planned", "hypothetical", "requested"),
        "polarity": ("affirmed", "denied"),
    },
    "files": {"status": ("loaded", "failed")},
    "quarantine": {"stage": ("read", "decode", "parse", "enrich")},
    "runs": {"status": ("running", "completed", "failed", "crashed", "undone")},
}
"""Columns that take one of a closed set of values, or NULL."""

RANGES: dict[str, dict[str, str]] = {
    "articles": {
        "language": "regexp_full_match(language, '[a-z]{2}')",
        "language_score": "language_score BETWEEN 0 AND 1",
        "record_no": "record_no >= 1",
    },
    "entities": {
        "country": "regexp_full_match(country, '[A-Z]{3}')",
        "latitude": "latitude BETWEEN -90 AND 90",
        "longitude": "longitude BETWEEN -180 AND 180",
    },
    "quotes": {"confidence": "confidence BETWEEN 0 AND 1"},
    "events": {
        "cameo_root": "regexp_full_match(cameo_root, '[0-9]{2}')",
        "goldstein": "goldstein BETWEEN -10 AND 10",
        "actor_country": "regexp_full_match(actor_country, '[A-Z]{3}')",
        "recipient_country": "regexp_full_match(recipient_country, '[A-Z]{3}')",
        "place_country": "regexp_full_match(place_country, '[A-Z]{3}')",
        "event_date_end": "event_date_end >= event_date",
        "latitude": "latitude BETWEEN -90 AND 90",
        "longitude": "longitude BETWEEN -180 AND 180",
        "confidence": "confidence BETWEEN 0 AND 1",
    },
}
"""What holds for a column where it is not NULL."""


@dataclass(slots=True, frozen=True)
class Promise:
    """`sql` answers the rows that break it, named in the column `example`. `says` is the promise in one line."""

    name: str
    says: str
    sql: str

    @property
    def reads_texts(self) -> bool:
        """Whether the query joins the texts of articles, which are then read a slice at a time."""
        return SLICE in self.sql


def list_promises() -> list[Promise]:
    """All promises that one query can check, by table and then those of `checks/`."""
    found = [promise for table in schemas.TABLES for promise in _of_table(table)]
    return found + [_of_file(path) for path in sorted(Path(str(files("warehouse"))).joinpath("checks").glob("*.sql"))]


def _of_file(path: Path) -> Promise:
    sql = path.read_text(encoding="utf-8")
    return Promise(path.stem, sql.splitlines()[0].removeprefix("--").strip(), sql)


def _of_table(table: str) -> list[Promise]:
    found = [_filled(table), _never_empty(table), _values(table)]
    if table in KEYS:
        found.append(_once(table))
    if table in schemas.CHILD_TABLES:
        found += [_of_articles(table), _of_originals(table), _dates(table), _numbers(table), _sentences(table)]
        found.append(_offsets(table))
    return found


def _filled(table: str) -> Promise:
    wrong = {column: f'"{column}" IS NULL' for column in REQUIRED[table]}
    return Promise(f"{table}_filled", f"{table}: what every row has is never NULL.", _wrong_columns(table, wrong))


def _never_empty(table: str) -> Promise:
    fields = [field for field in schemas.TABLES[table] if not schemas.is_json(field)]
    wrong = {field.name: f"\"{field.name}\" = ''" for field in fields if field.type == pa.string()}
    lists = [field.name for field in fields if field.type == pa.list_(pa.string())]
    wrong |= {name: f"list_contains(\"{name}\", '')" for name in lists}
    return Promise(f"{table}_never_empty", f"{table}: unknown is NULL, never ''.", _wrong_columns(table, wrong))


def _values(table: str) -> Promise:
    wrong = {name: f"{name} NOT IN {_sql_list(values)}" for name, values in VALUES.get(table, {}).items()}
    wrong |= {name: f"NOT ({rule})" for name, rule in RANGES.get(table, {}).items()}
    return Promise(
        f"{table}_values", f"{table}: values are of their closed set, code or range.", _wrong_columns(table, wrong)
    )


def _once(table: str) -> Promise:
    key = ", ".join(KEYS[table])
    return Promise(
        f"{table}_once",
        f"{table}: ({key}) stands once.",
        f"SELECT {_name_of(table)} AS example FROM {table} GROUP BY {key} HAVING count(*) > 1",
    )


def _of_articles(table: str) -> Promise:
    return Promise(
        f"{table}_of_articles",
        f"{table}: every row belongs to a stored article.",
        f"SELECT {_name_of(table)} AS example FROM {table}"
        " WHERE article_id NOT IN (SELECT article_id FROM articles WHERE article_id IS NOT NULL)",
    )


def _of_originals(table: str) -> Promise:
    return Promise(
        f"{table}_of_originals",
        f"{table}: duplicates have no rows.",
        f"SELECT {_name_of(table)} AS example FROM {table}"
        " WHERE article_id IN (SELECT article_id FROM articles WHERE duplicate_of IS NOT NULL)",
    )


def _dates(table: str) -> Promise:
    return Promise(
        f"{table}_dates",
        f"{table}: published_date is that of the article.",
        f"SELECT {_name_of(table, 'part')} AS example FROM {table} AS part JOIN articles USING (article_id)"
        " WHERE part.published_date IS DISTINCT FROM articles.published_date",
    )


def _numbers(table: str) -> Promise:
    number = KEYS[table][1]
    return Promise(
        f"{table}_numbers",
        f"{table}: {number} counts from 1 in every article.",
        f"SELECT article_id AS example FROM {table} GROUP BY article_id"
        f" HAVING min({number}) <> 1 OR max({number}) <> count(DISTINCT {number})",
    )


def _sentences(table: str) -> Promise:
    return Promise(
        f"{table}_sentences",
        f"{table}: sentence_no is one of the article's sentences.",
        f"SELECT {_name_of(table, 'part')} AS example FROM {table} AS part JOIN articles USING (article_id)"
        " WHERE part.sentence_no NOT BETWEEN 1 AND articles.sentence_count",
    )


def _offsets(table: str) -> Promise:
    wrong = {column: _wrong_span(column, start, end) for column, start, end in SPANS[table]}
    return Promise(
        f"{table}_offsets",
        f"{table}: articles.text[start:end] is the text column beside it"
        f" ({', '.join(column for column, _, _ in SPANS[table])}).",
        f"SELECT {_name_of(table, 'part')} || ' ' || unnest({_names_where(wrong)}) AS example"
        f" FROM {table} AS part JOIN articles USING (article_id) WHERE {SLICE} AND ({' OR '.join(wrong.values())})",
    )


def _wrong_span(column: str, start: str, end: str) -> str:
    """Where a span is there at all, it starts and ends in the text and is what stands between."""
    return (
        f"coalesce(CASE WHEN part.{start} IS NULL AND part.{end} IS NULL THEN part.{column} IS NOT NULL"
        f" ELSE part.{start} < 0 OR part.{end} <= part.{start} OR part.{end} > length(articles.text)"
        f" OR substring(articles.text, part.{start} + 1, part.{end} - part.{start}) <> part.{column} END, true)"
    )


def _wrong_columns(table: str, wrong: dict[str, str]) -> str:
    """The rows of which one of the conditions holds, each named with the columns that are wrong."""
    return (
        f"SELECT {_name_of(table)} || ' ' || unnest({_names_where(wrong)}) AS example FROM {table}"
        f" WHERE {' OR '.join(wrong.values()) or 'false'}"
    )


def _names_where(conditions: dict[str, str]) -> str:
    """A list in SQL of the names whose condition holds."""
    cases = ", ".join(f"CASE WHEN {condition} THEN '{name}' END" for name, condition in conditions.items())
    return f"list_filter([{cases}]::VARCHAR[], lambda name: name IS NOT NULL)"


def _name_of(table: str, alias: str = "") -> str:
    """What a row is called in a message: its key."""
    if table == "quarantine":
        return "coalesce(file_uri, '') || coalesce('#' || record_no, '')"
    prefix = f"{alias}." if alias else ""
    return " || '#' || ".join(f"coalesce({prefix}{column}::VARCHAR, 'NULL')" for column in KEYS[table])


def _sql_list(values: tuple[str | int, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in values) + ")"
