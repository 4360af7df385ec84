"""The shapes of every table: the one definition that transforms, flows and the warehouse share.

Comes in: nothing. Goes out: pyarrow schemas by table name, which staged files are written with, DuckLake tables
are created from, and older warehouses are brought up to date against.

Conventions: times are UTC; `*_start`/`*_end` are character offsets into `articles.text`, end exclusive; numbers
ending in `_no` count from 1; unknown is NULL. Column comments stand in the field metadata.
"""

import pyarrow as pa

SCHEMA_VERSION = 2
"""Raised by one whenever a table or column is added, so that older code refuses a newer warehouse."""

TIMESTAMP = pa.timestamp("us", tz="UTC")
JSON_METADATA = {b"type": b"JSON"}


def _column(name: str, type_: pa.DataType, comment: str, *, json: bool = False) -> pa.Field:
    metadata: dict[bytes, bytes] = {b"comment": comment.encode()}
    if json:
        metadata |= JSON_METADATA
    return pa.field(name, type_, metadata=metadata)


def _text(name: str, comment: str) -> pa.Field:
    return _column(name, pa.string(), comment)


def _int(name: str, comment: str) -> pa.Field:
    return _column(name, pa.int32(), comment)


def _big(name: str, comment: str) -> pa.Field:
    return _column(name, pa.int64(), comment)


def _real(name: str, comment: str) -> pa.Field:
    return _column(name, pa.float64(), comment)


def _flag(name: str, comment: str) -> pa.Field:
    return _column(name, pa.bool_(), comment)


def _date(name: str, comment: str) -> pa.Field:
    return _column(name, pa.date32(), comment)


def _time(name: str, comment: str) -> pa.Field:
    return _column(name, TIMESTAMP, comment)


def _json(name: str, comment: str) -> pa.Field:
    return _column(name, pa.string(), comment, json=True)


def _span(prefix: str, comment: str) -> list[pa.Field]:
    """A stretch of the article's text with its offsets: PREFIX_text, PREFIX_start, PREFIX_end."""
    return [
        _text(f"{prefix}_text", comment),
        _int(f"{prefix}_start", f"where {prefix}_text starts in articles.text"),
        _int(f"{prefix}_end", f"where {prefix}_text ends in articles.text (exclusive)"),
    ]


def _participant(role: str, meaning: str) -> list[pa.Field]:
    """An actor or recipient: its span and what it resolves to."""
    return [
        *_span(role, f"{meaning}, as the text has it"),
        _text(f"{role}_entity_id", f"entities.entity_id of the {role}"),
        _text(f"{role}_name", f"canonical name of the {role}"),
        _text(f"{role}_country", f"country of the {role}, ISO 3166-1 alpha-3"),
        _text(f"{role}_sector", f"sector of the {role} (GOV, MIL, REB, OPP, COP, JUD, LEG, BUS, MED, CVL, NGO, IGO …)"),
    ]


ARTICLE_KEY = [
    _text("article_id", "first 32 hex digits of the sha256 of source_uri"),
]

PUBLISHED_DATE = _date(
    "published_date", "day of publication in UTC, copied from articles for time series without a join"
)

ARTICLES = pa.schema(
    [
        *ARTICLE_KEY,
        _text("source_uri", "identity of the article: its url, else corpus/id, else corpus/path of the file"),
        _text("corpus", "collection the article was ingested into"),
        _text("publisher", "outlet that published it"),
        _text("url", "address of the article, as its record has it"),
        _text("title", "headline"),
        _column("authors", pa.list_(pa.string()), "bylines, one name an element"),
        _text("section", "section or category of the outlet"),
        _text("language", "ISO 639-1 code"),
        _real("language_score", "0 to 1, how sure the language is; NULL where the record states it"),
        _time("published_at", "time of publication, UTC"),
        _date("published_date", "day of publication, UTC"),
        _text("published_source", "where published_at comes from: metadata, path, dateline or option"),
        _text("dateline_place", "place of the dateline, as the text has it"),
        _text("text", "the article after cleaning; all offsets count in it"),
        _int("char_count", "characters of text"),
        _int("word_count", "words of text, split at white space"),
        _int(
            "sentence_count", "sentences the model found; NULL for duplicates and for languages that it does not serve"
        ),
        _text("content_sha256", "sha256 of text with runs of white space as one blank"),
        _text("duplicate_of", "article_id of the article with the same text; such rows have no child rows"),
        _json("metadata", "fields of the record that have no column of their own"),
        _text("file_uri", "files.file_uri of the file it was read from"),
        _text("member", "name of the archive's member that holds it; NULL outside archives"),
        _int("record_no", "number of the record in that file, from 1"),
        _time("ingested_at", "when this version was written, UTC"),
        _text("run_id", "runs.run_id that wrote it"),
    ]
)

ENTITIES = pa.schema(
    [
        *ARTICLE_KEY,
        _int("mention_no", "number of the mention in its article, in order of text"),
        PUBLISHED_DATE,
        _int("sentence_no", "number of the sentence in its article"),
        _text("text", "the mention, as the text has it"),
        _int("start_char", "where it starts in articles.text"),
        _int("end_char", "where it ends in articles.text (exclusive)"),
        _text("label", "spaCy's OntoNotes label: PERSON, ORG, GPE, DATE, …"),
        _text("entity_id", "one id a person, organisation or place, the same in all articles"),
        _text("name", "canonical name: the fullest form seen in the article"),
        _text("country", "ISO 3166-1 alpha-3"),
        _big("geonames_id", "GeoNames id of a place"),
        _real("latitude", "degrees north"),
        _real("longitude", "degrees east"),
        _text("value", "TIMEX3/ISO 8601 for DATE and TIME, the number for MONEY, PERCENT, CARDINAL, ORDINAL, QUANTITY"),
        _text("recognizer", "what found it: model, gazetteer or propagated"),
    ]
)

QUOTES = pa.schema(
    [
        *ARTICLE_KEY,
        _int("quote_no", "number of the quote in its article, in order of text"),
        PUBLISHED_DATE,
        _int("sentence_no", "number of the sentence in which it starts"),
        _text("text", "what was said, without the marks"),
        _int("start_char", "where it starts in articles.text"),
        _int("end_char", "where it ends in articles.text (exclusive)"),
        _text("quote_type", "direct, indirect or mixed"),
        _int("group_no", "the pieces of one interrupted quote share it"),
        _text("cue", "the words that report it: said, according to, …"),
        _int("cue_start", "where cue starts in articles.text"),
        _int("cue_end", "where cue ends in articles.text (exclusive)"),
        _text("cue_lemma", "dictionary form of the cue"),
        *_span("speaker", "who is named as speaker, as the text has it"),
        _text("speaker_entity_id", "entities.entity_id of the speaker"),
        _text("speaker_name", "canonical name of the speaker, also where the text says 'he' or a last name"),
        _text("speaker_label", "entity label of the speaker: PERSON, ORG, …"),
        _flag("is_negated", "true for 'did not say'"),
        _real("confidence", "0 to 1"),
        _text("rule", "name of the rule that found it"),
    ]
)

EVENTS = pa.schema(
    [
        *ARTICLE_KEY,
        _int("event_no", "number of the event in its article; the main event of a sentence comes first"),
        PUBLISHED_DATE,
        _int("sentence_no", "number of the sentence in its article"),
        _text("event_type", "event_types.event_type"),
        _text("taxonomy", "plover or civic"),
        _text("event_mode", "mode of the type, where the trigger decides it"),
        _text("cameo_root", "two-digit CAMEO root code"),
        _int("quad_class", "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict"),
        _real("goldstein", "-10 (conflict) to 10 (cooperation)"),
        *_span("trigger", "the word or phrase that tells of the event"),
        _text("trigger_lemma", "dictionary form of the trigger"),
        *_participant("actor", "who did it"),
        *_participant("recipient", "to whom it was done"),
        _flag("is_reciprocal", "true where both sides do the same: met, agreed with"),
        _date("event_date", "first day of the event, UTC"),
        _date("event_date_end", "last day of the event, UTC"),
        _text("date_text", "the words the date comes from"),
        _text("date_precision", "day, week, month or year"),
        _text("place_text", "the place, as the text has it"),
        _text("place_name", "canonical name of the place"),
        _big("place_geonames_id", "GeoNames id of the place"),
        _text("place_country", "ISO 3166-1 alpha-3"),
        _real("latitude", "degrees north"),
        _real("longitude", "degrees east"),
        _text("modality", "happened, planned, hypothetical or requested"),
        _text("polarity", "affirmed or denied"),
        _int("quote_no", "quotes.quote_no of the quote it stands in"),
        _int("evidence_start", "where its sentence starts in articles.text"),
        _int("evidence_end", "where its sentence ends in articles.text (exclusive)"),
        _real("confidence", "0 to 1"),
        _text("rule", "name of the rule that found it"),
    ]
)

FILES = pa.schema(
    [
        _text("file_uri", "corpus/path of the file relative to the input"),
        _text("location", "where the file was found"),
        _big("size", "bytes"),
        _time("mtime", "time of last change, UTC"),
        _text("etag", "version of a remote file as its server names it"),
        _text("sha256", "sha256 of the bytes; NULL where the file could not be read, or is remote and large"),
        _text("status", "loaded, or failed where nothing of it could be read"),
        _int("article_count", "articles that stand in the warehouse from it when it was committed"),
        _int("quarantined_count", "its records that stand in quarantine"),
        _text("run_id", "runs.run_id that committed it"),
        _time("committed_at", "UTC"),
    ]
)

QUARANTINE = pa.schema(
    [
        _text("file_uri", "files.file_uri of the file"),
        _text("member", "name of the archive's member; NULL outside archives"),
        _int("record_no", "number of the record in the file, from 1; NULL where the whole file is meant"),
        _text("source_uri", "identity of the record, where it was known"),
        _text("stage", "read, decode, parse or enrich"),
        _text("error_type", "a closed set: see docs/inputs.md"),
        _text("message", "what is wrong and what to do"),
        _text("sample", "first 1,000 characters of the record"),
        _text("run_id", "runs.run_id that rejected it"),
        _time("quarantined_at", "UTC"),
    ]
)

RUNS = pa.schema(
    [
        _text("run_id", "id of the run"),
        _text("flow", "name of the flow"),
        _text("prefect_run_id", "Prefect's flow run id"),
        _json("parameters", "what the run was started with"),
        _time("started_at", "UTC"),
        _time("finished_at", "UTC; NULL while it runs or where it crashed"),
        _text("status", "running, completed, failed, crashed or undone"),
        _json("counts", "files, articles, duplicates, quarantined, entities, quotes, events, words, seconds"),
        _text("newsmill_version", "version of newsmill"),
        _text("model", "name of the spaCy pipeline"),
        _text("model_version", "its version"),
        _text("seeds_sha256", "sha256 of the seed tables"),
    ]
)

TABLES: dict[str, pa.Schema] = {
    "articles": ARTICLES,
    "entities": ENTITIES,
    "quotes": QUOTES,
    "events": EVENTS,
    "files": FILES,
    "quarantine": QUARANTINE,
    "runs": RUNS,
}
"""Every table by name, in the order in which they are written."""

CHILD_TABLES = ("entities", "quotes", "events")
"""Tables whose rows belong to an article and go with it."""

PARTITIONED_TABLES = ("articles", *CHILD_TABLES)
"""Tables partitioned by year and month of published_date."""

TABLE_COMMENTS: dict[str, str] = {
    "articles": "One row an article, in its newest version.",
    "entities": "One row a mention of a person, organisation, place, date or number.",
    "quotes": "One row a stretch of reported speech, with who said it.",
    "events": "One row a reported event: who did what to whom, when and where.",
    "files": "The ledger: one row a file that was read, by which unchanged files are known.",
    "quarantine": "One row a record that could not be loaded, with the reason.",
    "runs": "One row a run of a flow.",
}


def is_json(field: pa.Field) -> bool:
    """Whether the column holds JSON text."""
    return bool(field.metadata and field.metadata.get(b"type") == b"JSON")


def comment_of(field: pa.Field) -> str:
    """What the column means, in one line."""
    return str((field.metadata or {}).get(b"comment", b"").decode())
