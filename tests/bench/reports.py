"""How long reports take on a large warehouse: `make bench-reports`, `make bench-reports ARTICLES=200000 BENCH=FOLDER`.

Makes up a warehouse (a million articles with 40 million mentions, 3 million quotes and 2 million events over three
years, partitioned by month as ours are), or takes the one in the folder, asks every report, and prints a table as it
stands in docs/sql.md: seconds by the clock, seconds of the processor by two, which other work on the machine does not
stretch, and their ratio to the same statement over read_parquet of the same files. Best of some rounds. Who is named,
quoted and acting falls off with its rank, as in the news: the hundredth name has a hundredth of the mentions of the
first.
"""

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

import schemas
from warehouse.catalog import TABLES_FOLDER, connect, open_for_writing
from warehouse.migrations import view_files
from warehouse.queries import Report, find_report, list_reports, run_report

ROUNDS = 2

ASKED = {"name": "Given7 Family7", "other": "Org 3 Group"}
"""What is asked of reports that need a name."""


@dataclass(slots=True)
class Times:
    """Seconds of each round: by the clock, and of the processor, which count all threads."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


# Uniform on [0, 1) from any key, the same in every run.
_MACRO = "CREATE OR REPLACE TEMP MACRO chance(a, b) AS (hash(a, b) % 1000003) / 1000003.0"

_NAMES = """
CREATE OR REPLACE TEMP TABLE names AS
SELECT
    label, rank, md5(label || rank)[:16] AS entity_id,
    CASE label
        WHEN 'PERSON' THEN concat('Given', rank % 997, ' Family', rank)
        WHEN 'ORG' THEN concat('Org ', rank, ' Group')
        ELSE concat(label, ' ', rank)
    END AS name,
    CASE WHEN label IN ('GPE', 'LOC', 'FAC', 'NORP') THEN printf('C%02d', rank % 90) END AS country,
    CASE WHEN label = 'GPE' THEN rank END AS geonames_id,
    CASE WHEN label = 'GPE' THEN chance(rank, 'lat') * 140 - 60 END AS latitude,
    CASE WHEN label = 'GPE' THEN chance(rank, 'lon') * 360 - 180 END AS longitude
FROM (SELECT unnest(['PERSON', 'ORG', 'GPE', 'NORP', 'FAC', 'LOC']) AS label)
JOIN range(1, 200001) AS ranks (rank) ON rank <= CASE label
    WHEN 'PERSON' THEN 200000 WHEN 'ORG' THEN 100000 WHEN 'GPE' THEN 20000 WHEN 'FAC' THEN 5000 WHEN 'LOC' THEN 2000
    ELSE 300 END
"""

_MADE = """
CREATE OR REPLACE TEMP TABLE made AS
SELECT
    number, md5('article' || number) AS article_id,
    DATE '2023-01-01' + floor(1096 * sqrt(chance(number, 'day')))::INTEGER AS published_date,
    'Outlet ' || floor(40 ** chance(number, 'outlet'))::INTEGER AS publisher,
    number > 100 AND chance(number, 'copy') < 0.03 AS is_copy
FROM range(1, $articles + 1) AS numbers (number)
ORDER BY published_date, number
"""

_ARTICLES = """
INSERT INTO articles BY NAME
SELECT
    article_id, 'news/' || number AS source_uri, 'news' AS corpus, publisher,
    'https://news.example/' || number AS url, 'What happened on day ' || number AS title,
    'Section ' || floor(8 ** chance(number, 'section'))::INTEGER AS section, 'en' AS language,
    CASE WHEN chance(number, 'undated') >= 0.01 THEN published_date::TIMESTAMPTZ END AS published_at,
    published_date, 'metadata' AS published_source, 'Text of article ' || number || '.' AS text,
    2400 AS char_count, 150 + hash(number) % 500 AS word_count, 20 AS sentence_count,
    sha256('text' || CASE WHEN is_copy THEN number - 1 ELSE number END) AS content_sha256,
    CASE WHEN is_copy THEN md5('article' || (number - 1)) END AS duplicate_of,
    concat('news/', number // 1000, '.jsonl') AS file_uri, number % 1000 AS record_no,
    TIMESTAMPTZ '2026-01-01' + INTERVAL (number // 2000) MINUTE AS ingested_at, 'run-' || number // 50000 AS run_id
FROM made
"""

# A third of the names that an article has are those of its month, so that names rise and fall.
_ENTITIES = """
INSERT INTO entities BY NAME
WITH mentions AS (
    SELECT number, article_id, published_date, unnest(range(1, 21 + (hash(number) % 41)::INTEGER)) AS mention_no
    FROM made WHERE NOT is_copy AND year(published_date) = $year
),
slots AS (
    SELECT *, mention_no % 23 AS slot, chance(number, 'slot' || mention_no % 23) AS luck,
        chance(number, mention_no % 23) AS pick
    FROM mentions
),
labelled AS (
    SELECT *, CASE
        WHEN pick < .25 THEN 'PERSON' WHEN pick < .45 THEN 'ORG' WHEN pick < .59 THEN 'GPE' WHEN pick < .64 THEN 'NORP'
        WHEN pick < .65 THEN 'FAC' WHEN pick < .66 THEN 'LOC' WHEN pick < .82 THEN 'DATE'
        WHEN pick < .93 THEN 'CARDINAL' ELSE 'MONEY' END AS label
    FROM slots
),
ranked AS (
    SELECT *, 1 + (
        floor(size ** luck)::BIGINT - 1 + CASE WHEN slot % 3 = 0 THEN month(published_date) * 11 ELSE 0 END
    ) % size AS name_rank
    FROM (
        SELECT *, CASE label
            WHEN 'PERSON' THEN 200000 WHEN 'ORG' THEN 100000 WHEN 'GPE' THEN 20000 WHEN 'FAC' THEN 5000
            WHEN 'LOC' THEN 2000 ELSE 300 END AS size
        FROM labelled
    )
)
SELECT
    article_id, mention_no, published_date, 1 + mention_no // 2 AS sentence_no,
    CASE WHEN mention_no > 23 THEN split_part(name, ' ', 2) ELSE coalesce(name, 'three') END AS text,
    mention_no * 60 AS start_char, mention_no * 60 + coalesce(length(name), 5) AS end_char,
    ranked.label, entity_id, name, country, geonames_id, latitude, longitude,
    CASE ranked.label WHEN 'DATE' THEN published_date::VARCHAR WHEN 'CARDINAL' THEN '3' WHEN 'MONEY' THEN '1000' END
        AS value,
    CASE WHEN mention_no > 23 THEN 'propagated' ELSE 'model' END AS recognizer
FROM ranked
LEFT JOIN names ON names.label = ranked.label AND names.rank = name_rank
"""

_QUOTES = """
INSERT INTO quotes BY NAME
WITH said AS (
    SELECT number, article_id, published_date, unnest(range(1, 1 + (hash(number, 'quotes') % 7)::INTEGER)) AS quote_no
    FROM made WHERE NOT is_copy
),
spoken AS (
    SELECT *, CASE WHEN chance(number, quote_no * 7) < .75 THEN 'PERSON' ELSE 'ORG' END AS label,
        chance(number, 'speaker' || quote_no) AS luck, chance(number, 'cue' || quote_no) AS pick
    FROM said
),
attributed AS (
    SELECT *, CASE WHEN pick < .8 THEN floor(CASE label WHEN 'PERSON' THEN 200000 ELSE 100000 END ** luck)::BIGINT END
        AS speaker_rank
    FROM spoken
)
SELECT
    article_id, quote_no, published_date, quote_no * 3 AS sentence_no,
    concat('It was said as number ', number, ' that the bridge is closed until the council has met again') AS text,
    quote_no * 360 AS start_char, quote_no * 360 + 150 AS end_char,
    CASE WHEN pick < .4 THEN 'direct' WHEN pick < .9 THEN 'indirect' ELSE 'mixed' END AS quote_type,
    quote_no AS group_no, 'said' AS cue, quote_no * 360 - 10 AS cue_start, quote_no * 360 - 6 AS cue_end,
    CASE WHEN pick < .6 THEN 'say' ELSE 'verb' || floor(60 ** chance(number, quote_no))::INTEGER END AS cue_lemma,
    name AS speaker_text, quote_no * 360 - 40 AS speaker_start, quote_no * 360 - 12 AS speaker_end,
    entity_id AS speaker_entity_id, name AS speaker_name, names.label AS speaker_label,
    chance(number, 'not' || quote_no) < .03 AS is_negated, round(.4 + .6 * luck, 2) AS confidence,
    'reported_clause' AS rule
FROM attributed
LEFT JOIN names ON names.label = attributed.label AND rank = speaker_rank
"""

_EVENTS = """
INSERT INTO events BY NAME
WITH types AS (
    SELECT *, row_number() OVER (ORDER BY event_type) AS place, count(*) OVER () AS size FROM seeds.event_types
),
told AS (
    SELECT number, article_id, published_date, unnest(range(1, 1 + (hash(number, 'events') % 5)::INTEGER)) AS event_no
    FROM made WHERE NOT is_copy
),
cast_ AS (
    SELECT *, CASE WHEN chance(number, event_no * 5) < .5 THEN 'GPE' ELSE 'PERSON' END AS label,
        CASE WHEN chance(number, event_no * 9) < .5 THEN 'GPE' ELSE 'ORG' END AS other_label,
        chance(number, 'actor' || event_no) AS luck, chance(number, 'recipient' || event_no) AS other_luck,
        chance(number, 'type' || event_no) AS pick, chance(number, 'place' || event_no) AS place_luck
    FROM told
),
placed AS (
    SELECT *,
        CASE WHEN luck < .9 THEN floor(CASE label WHEN 'GPE' THEN 20000 ELSE 200000 END ** (luck / .9))::BIGINT END
            AS actor_rank,
        CASE WHEN other_luck < .6
            THEN floor(CASE other_label WHEN 'GPE' THEN 20000 ELSE 100000 END ** (other_luck / .6))::BIGINT END
            AS recipient_rank,
        'GPE' AS place_label,
        CASE WHEN place_luck < .4 THEN floor(20000 ** (place_luck / .4))::BIGINT END AS place_rank
    FROM cast_
)
SELECT
    article_id, event_no, published_date, event_no * 4 AS sentence_no, event_type, taxonomy, cameo_root, quad_class,
    goldstein, 'met' AS trigger_text, event_no * 400 AS trigger_start, event_no * 400 + 3 AS trigger_end,
    'meet' AS trigger_lemma, actors.name AS actor_text, event_no * 400 - 20 AS actor_start,
    event_no * 400 - 1 AS actor_end, actors.entity_id AS actor_entity_id, actors.name AS actor_name,
    actors.country AS actor_country, CASE WHEN pick < .3 THEN 'GOV' END AS actor_sector,
    recipients.name AS recipient_text, recipients.entity_id AS recipient_entity_id, recipients.name AS recipient_name,
    recipients.country AS recipient_country, false AS is_reciprocal,
    CASE WHEN pick < .7 THEN published_date - (hash(number) % 4)::INTEGER END AS event_date, 'day' AS date_precision,
    places.name AS place_text, places.name AS place_name, places.geonames_id AS place_geonames_id,
    places.country AS place_country, places.latitude, places.longitude,
    CASE WHEN other_luck < .75 THEN 'happened' ELSE 'planned' END AS modality,
    CASE WHEN luck < .96 THEN 'affirmed' ELSE 'denied' END AS polarity,
    event_no * 400 - 30 AS evidence_start, event_no * 400 + 90 AS evidence_end, round(.4 + .6 * pick, 2) AS confidence,
    'clause' AS rule
FROM placed
JOIN types ON types.place = floor(size ** pick)::BIGINT
LEFT JOIN names AS actors ON actors.label = placed.label AND actors.rank = actor_rank
LEFT JOIN names AS recipients ON recipients.label = placed.other_label AND recipients.rank = recipient_rank
LEFT JOIN names AS places ON places.label = place_label AND places.rank = place_rank
"""


def make_rows(folder: Path, articles: int) -> None:
    """A warehouse in that folder with rows of so many articles."""
    with open_for_writing(folder) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET memory_limit = '8GB'")
        for statement in (_MACRO, _NAMES):
            connection.execute(statement)
        connection.execute(_MADE, {"articles": articles})
        for name, statement in (("articles", _ARTICLES), ("quotes", _QUOTES), ("events", _EVENTS)):
            connection.execute(statement)
            sys.stderr.write(f"{name} made\n")
            sys.stderr.flush()
        for year in (2023, 2024, 2025):
            connection.execute(_ENTITIES, {"year": year})
            sys.stderr.write(f"entities of {year} made\n")


def plain_files(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection in which the same tables are the same Parquet files, without DuckLake, and the same views."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table, schema in schemas.TABLES.items():
        if any((folder / TABLES_FOLDER / "main" / table).glob("**/*.parquet")):
            found = folder / TABLES_FOLDER / "main" / table / "**" / "*.parquet"
            connection.execute(
                f"CREATE VIEW {table} AS SELECT * EXCLUDE (year, month)"
                f" FROM read_parquet('{found}', hive_partitioning = true)"
            )
        else:
            connection.register(table, schema.empty_table())
    for view in view_files():
        connection.execute(view.read_text(encoding="utf-8"))
    return connection


def time_report(connections: list[duckdb.DuckDBPyConnection], report: Report) -> tuple[int, list[Times]]:
    """Rows of the answer, and the times of each connection, which are asked in turns."""
    given = {each.name: ASKED[each.name] for each in report.parameters if each.is_required}
    times: list[Times] = [Times() for _ in connections]
    for _ in range(ROUNDS):
        for connection, taken in zip(connections, times, strict=True):
            wall, processor = time.perf_counter(), time.process_time()
            rows = run_report(connection, report, given).num_rows
            taken.wall.append(time.perf_counter() - wall)
            taken.processor.append(time.process_time() - processor)
    return rows, times


def print_table(folder: Path, names: list[str]) -> None:
    """Asks those reports, or all, of the warehouse in that folder, and prints a table in Markdown."""
    with connect(folder) as lake, plain_files(folder) as plain:
        for connection in (lake, plain):
            connection.execute("SET threads = 2")
        sys.stdout.write(
            "| report | rows | seconds | on two idle cores | to read_parquet |\n|---|---:|---:|---:|---:|\n"
        )
        for report in [find_report(name) for name in names] or list_reports():
            rows, (ours, theirs) = time_report([lake, plain], report)
            ratio = min(ours.processor) / min(theirs.processor)
            sys.stdout.write(
                f"| `{report.name}` | {rows:,} | {min(ours.wall):.2f} | {min(ours.processor) / 2:.2f} | {ratio:.2f} |\n"
            )
            sys.stdout.flush()


def main() -> None:
    """The command line: number of articles, folder of a warehouse, which is made where it does not exist, reports."""
    articles = int(sys.argv[1])
    if len(sys.argv) > 2:
        if not Path(sys.argv[2]).exists():
            make_rows(Path(sys.argv[2]), articles)
        print_table(Path(sys.argv[2]), sys.argv[3:])
        return
    with tempfile.TemporaryDirectory(prefix="newsmill-bench-") as made:
        make_rows(Path(made) / "warehouse", articles)
        print_table(Path(made) / "warehouse", [])


if __name__ == "__main__":
    main()
