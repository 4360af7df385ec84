-- How much was ingested, day by day?
-- A row is a day (UTC) on which something was committed; articles are those that still stand in that version.
-- $since DATE: first day of ingestion; all where not given
-- $until DATE: last day of ingestion; all where not given
-- $limit INTEGER = 50: rows at most
WITH written AS (
    SELECT
        (ingested_at AT TIME ZONE 'UTC')::DATE AS day,
        count(*) AS articles,
        count(duplicate_of) AS duplicates,
        sum(word_count) AS words,
        count(DISTINCT corpus) AS corpora
    FROM articles
    GROUP BY day
),
read AS (
    SELECT (committed_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS files, sum(size) AS bytes
    FROM files
    GROUP BY day
),
refused AS (
    SELECT (quarantined_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS quarantined
    FROM quarantine
    GROUP BY day
)
SELECT
    day,
    coalesce(files, 0) AS files,
    coalesce(bytes, 0) AS bytes,
    coalesce(articles, 0) AS articles,
    coalesce(duplicates, 0) AS duplicates,
    coalesce(quarantined, 0) AS quarantined,
    coalesce(words, 0) AS words,
    coalesce(corpora, 0) AS corpora
FROM written
FULL JOIN read USING (day)
FULL JOIN refused USING (day)
WHERE ($since IS NULL OR day >= $since) AND ($until IS NULL OR day <= $until)
ORDER BY day DESC
LIMIT $limit;
