"""Decides what becomes of each staged article before the costly language stage: set-based SQL over a wave of shards.

Comes in: shards with `articles.parquet`, and the warehouse. Goes out: for each shard `accepted`, `superseded`,
`removed`, `unsettled` and `standing` (see `staging.py`). The rules:

- One identity, one article. Of several in one run the last in the order of file and record wins; the others are
  `superseded` (or `repeated`, where the text is the same too). An article of an earlier run is replaced.
- A file that has changed takes its old articles with it where it no longer holds them.
- A record that this run had stored before it was cut off, and that is read again as it was, stands: the model does not
  run over it again. Such a run has the same versions of newsmill, model and word lists (`runs.py`).
- One text, one original, and all others are its duplicates. The original is the one that an earlier run has stored;
  where that goes or comes again in this run, its first duplicate from earlier runs; else the first in the order of file
  and record that this run has brought.

The order of files, the size of shards and the number of waves make no difference to the outcome, because waves run in
the order of files and because the place of an article among its equals depends on nothing but its file and record, and
on whether this run has brought it.
"""

from collections.abc import Sequence

import duckdb

import schemas
from warehouse.staging import StagedShard

SUPERSEDED = "superseded"
REPEATED = "repeated"
SAMPLE_CHARS = 1_000


class WaveMarker:
    """Marks the waves of one run, in order. Keeps the identities of files that span several waves."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        self._connection = connection
        self._run_id = run_id
        connection.execute("CREATE OR REPLACE TEMP TABLE seen (file_uri VARCHAR, article_id VARCHAR)")

    def mark(self, shards: Sequence[StagedShard]) -> None:
        """Writes the decisions for a wave of shards whose predecessors in this run have all been published."""
        self._collect(shards)
        self._connection.execute(_STORED)
        self._set_standing_aside(shards)
        for statement in (_CLAIMS, _WINNERS, _LEAVING, _REMAINING, _ORIGINALS, _PROMOTED, _UNSETTLED):
            self._connection.execute(statement, {"run_id": self._run_id} if "$run_id" in statement else None)
        for shard in shards:
            self._write(shard)
        self._forget_completed()

    def _collect(self, shards: Sequence[StagedShard]) -> None:
        run = self._connection.execute
        run(
            "CREATE OR REPLACE TEMP TABLE staged (shard INTEGER, article_id VARCHAR, file_uri VARCHAR,"
            " record_no INTEGER, content_sha256 VARCHAR)"
        )
        run("CREATE OR REPLACE TEMP TABLE completed (shard INTEGER, file_uri VARCHAR)")
        for shard in shards:
            run(
                "INSERT INTO staged SELECT ?, article_id, file_uri, record_no, content_sha256 FROM read_parquet(?)",
                [shard.number, shard.path("articles")],
            )
            if shard.completes:
                run("INSERT INTO completed SELECT ?, unnest(?)", [shard.number, list(shard.completes)])
        run("INSERT INTO seen SELECT DISTINCT file_uri, article_id FROM staged")

    def _set_standing_aside(self, shards: Sequence[StagedShard]) -> None:
        run = self._connection.execute
        run(_READ_AGAIN, {"run_id": self._run_id})
        run("CREATE OR REPLACE TEMP TABLE standing AS SELECT * FROM read_again LIMIT 0")
        for shard in shards:
            if run("SELECT 1 FROM read_again WHERE shard = ? LIMIT 1", [shard.number]).fetchone():
                articles = shard.path("articles").replace("'", "''")
                run(_STANDING.format(articles=articles, shard=shard.number))
        run("DELETE FROM staged WHERE (file_uri, record_no) IN (SELECT (file_uri, record_no) FROM standing)")

    def _write(self, shard: StagedShard) -> None:
        for name, query in _OUTPUTS.items():
            sql = query.format(articles=shard.path("articles").replace("'", "''"), shard=shard.number)
            target = shard.path(name).replace("'", "''")
            parameters = {"run_id": self._run_id} if "$run_id" in sql else None
            self._connection.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)", parameters)

    def _forget_completed(self) -> None:
        self._connection.execute("DELETE FROM seen WHERE file_uri IN (SELECT file_uri FROM completed)")


# Stored articles that the wave touches: by identity, by file, and then by the text of any of these.
_STORED = """
CREATE OR REPLACE TEMP TABLE stored AS
WITH touched AS (
    SELECT content_sha256 FROM staged
    UNION
    SELECT content_sha256 FROM articles
    WHERE article_id IN (SELECT article_id FROM staged) OR file_uri IN (SELECT file_uri FROM completed)
)
SELECT article_id, file_uri, record_no, content_sha256, duplicate_of, run_id, published_date
FROM articles
WHERE content_sha256 IN (SELECT content_sha256 FROM touched) OR article_id IN (SELECT article_id FROM staged)
"""

# Records that this run had stored before it was cut off, and has read again.
_READ_AGAIN = """
CREATE OR REPLACE TEMP TABLE read_again AS
SELECT staged.shard, article_id, file_uri, record_no
FROM staged JOIN stored USING (article_id, file_uri, record_no)
WHERE stored.run_id = $run_id
"""

# Those of them that are as they were, in every column that reading fills.
_READ_COLUMNS = ", ".join(
    f"{name}::VARCHAR AS {name}" if name == "metadata" else name
    for name in schemas.ARTICLES.names
    if name not in {"sentence_count", "duplicate_of", "ingested_at", "run_id"}
)
_STANDING = f"""
INSERT INTO standing
SELECT read_again.*
FROM read_again
JOIN (
    SELECT {_READ_COLUMNS} FROM read_parquet('{{articles}}')
    INTERSECT
    SELECT {_READ_COLUMNS} FROM articles WHERE article_id IN (SELECT article_id FROM read_again WHERE shard = {{shard}})
) USING (article_id, file_uri, record_no)
WHERE shard = {{shard}}
"""

# Who claims an identity in this run: staged records, and articles that an earlier wave of the run has stored. A stored
# one from the very same record is the same claim, made again after a crash. A claim that loses is explained by the next
# in order, not by the winner, which an earlier wave cannot know.
_CLAIMS = """
CREATE OR REPLACE TEMP TABLE claims AS
SELECT
    *,
    row_number() OVER (PARTITION BY article_id ORDER BY file_uri DESC, record_no DESC) AS place,
    lead(content_sha256) OVER (PARTITION BY article_id ORDER BY file_uri, record_no) AS next_sha256,
    lead(file_uri) OVER (PARTITION BY article_id ORDER BY file_uri, record_no) AS next_file,
    lead(record_no) OVER (PARTITION BY article_id ORDER BY file_uri, record_no) AS next_record,
    first(shard) OVER (PARTITION BY article_id ORDER BY file_uri DESC, record_no DESC) AS winning_shard
FROM (
    SELECT shard, article_id, file_uri, record_no, content_sha256, false AS is_stored FROM staged
    UNION ALL
    SELECT NULL, article_id, file_uri, record_no, content_sha256, true FROM stored
    WHERE run_id = $run_id
        AND article_id IN (SELECT article_id FROM staged)
        AND (article_id, file_uri, record_no) NOT IN (SELECT (article_id, file_uri, record_no) FROM staged)
)
"""

_WINNERS = """
CREATE OR REPLACE TEMP TABLE winners AS
SELECT shard, article_id, file_uri, record_no, content_sha256 FROM claims WHERE place = 1 AND NOT is_stored
"""

# Stored articles that do not stay as they are, and the shard with which they go.
_LEAVING = """
CREATE OR REPLACE TEMP TABLE leaving AS
SELECT stored.*, winners.shard
FROM stored JOIN winners USING (article_id)
UNION ALL
SELECT stored.*, completed.shard
FROM stored JOIN completed USING (file_uri)
WHERE article_id NOT IN (SELECT article_id FROM winners)
    AND (file_uri, article_id) NOT IN (SELECT (file_uri, article_id) FROM seen)
"""

_REMAINING = """
CREATE OR REPLACE TEMP TABLE remaining AS
SELECT * FROM stored WHERE article_id NOT IN (SELECT article_id FROM leaving)
"""

# For each text the one original: what earlier runs have stored and this one leaves alone goes first, an original before
# its duplicates; then all that this run has brought, in this wave or before, in the order of file and record.
_ORIGINALS = """
CREATE OR REPLACE TEMP TABLE originals AS
SELECT content_sha256, first(article_id ORDER BY rank, file_uri, record_no) AS article_id
FROM (
    SELECT content_sha256, article_id, file_uri, record_no,
        CASE WHEN run_id = $run_id THEN 3 WHEN duplicate_of IS NULL THEN 1 ELSE 2 END AS rank
    FROM remaining
    UNION ALL
    SELECT content_sha256, article_id, file_uri, record_no, 3 FROM winners
)
GROUP BY content_sha256
"""

# Stored duplicates that become originals, with the shard that takes their original away.
_PROMOTED = """
CREATE OR REPLACE TEMP TABLE promoted AS
SELECT remaining.article_id, remaining.content_sha256, remaining.published_date,
    (SELECT max(shard) FROM leaving WHERE leaving.content_sha256 = remaining.content_sha256
        AND leaving.duplicate_of IS NULL) AS shard
FROM remaining JOIN originals USING (article_id)
WHERE remaining.duplicate_of IS NOT NULL
"""

# Texts with duplicates whose original goes in this wave, with each shard that has a hand in them. After its commit all
# duplicates are to point to the original that stands then, which the shards that follow may still change.
_UNSETTLED = """
CREATE OR REPLACE TEMP TABLE unsettled AS
WITH concerned AS (
    SELECT content_sha256, article_id, shard FROM staged
    UNION ALL
    SELECT content_sha256, article_id, shard FROM leaving
    UNION ALL
    SELECT content_sha256, article_id, NULL FROM stored
)
SELECT content_sha256, unnest(shards) AS shard
FROM (
    SELECT content_sha256, list(DISTINCT shard) FILTER (WHERE shard IS NOT NULL) AS shards
    FROM concerned SEMI JOIN (FROM leaving WHERE duplicate_of IS NULL) AS going USING (content_sha256)
    GROUP BY content_sha256
    HAVING count(DISTINCT article_id) > 1
)
"""

_OUTPUTS = {
    "accepted": """
        SELECT * EXCLUDE (original) REPLACE (nullif(original, article_id) AS duplicate_of)
        FROM (
            SELECT read.*, originals.article_id AS original
            FROM read_parquet('{articles}') AS read
            JOIN winners USING (article_id, file_uri, record_no)
            JOIN originals ON originals.content_sha256 = read.content_sha256
        )
        UNION ALL BY NAME
        SELECT * REPLACE (NULL::VARCHAR AS duplicate_of, metadata::VARCHAR AS metadata)
        FROM articles WHERE article_id IN (SELECT article_id FROM promoted WHERE shard = {shard})
        ORDER BY file_uri, record_no
    """,
    "superseded": f"""
        SELECT claims.file_uri, full_rows.member, claims.record_no, full_rows.source_uri, 'read' AS stage,
            CASE WHEN claims.content_sha256 = next_sha256 THEN '{REPEATED}' ELSE '{SUPERSEDED}' END AS error_type,
            CASE WHEN claims.content_sha256 = next_sha256
                THEN 'the same article again in record ' ELSE 'replaced by a later version in record ' END
                || next_record || ' of ' || next_file AS message,
            left(full_rows.text, {SAMPLE_CHARS}) AS sample
        FROM claims
        JOIN (
            SELECT article_id, file_uri, member, record_no, source_uri, text FROM read_parquet('{{articles}}')
            UNION ALL
            SELECT article_id, file_uri, member, record_no, source_uri, text FROM articles
            WHERE run_id = $run_id AND article_id IN (
                SELECT article_id FROM claims WHERE is_stored AND place > 1 AND winning_shard = {{shard}})
        ) AS full_rows USING (article_id, file_uri, record_no)
        WHERE place > 1 AND coalesce(shard, winning_shard) = {{shard}}
        ORDER BY claims.file_uri, claims.record_no
    """,
    "removed": """
        SELECT article_id, published_date, false AS is_promoted FROM leaving WHERE shard = {shard}
        UNION ALL
        SELECT article_id, published_date, true AS is_promoted FROM promoted WHERE shard = {shard}
    """,
    "unsettled": "SELECT content_sha256 FROM unsettled WHERE shard = {shard}",
    "standing": "SELECT file_uri, record_no FROM standing WHERE shard = {shard}",
}
