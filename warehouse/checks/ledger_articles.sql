-- The articles of a file are those that the ledger counts, but for those that a later record has replaced.
-- A record replaces one of another file: in the same run, then the loser stands in quarantine; or in a later one, then
-- an article has come in after the file was committed. Files that failed may keep the articles of an older version.
WITH stored AS (
    SELECT file_uri, count(*) AS articles FROM articles GROUP BY file_uri
),
arrivals AS (
    SELECT ingested_at, sum(count(*)) OVER (ORDER BY ingested_at DESC) AS since FROM articles GROUP BY ingested_at
),
replaced AS (
    SELECT file_uri, count(*) AS records
    FROM quarantine
    WHERE error_type IN ('superseded', 'repeated')
    GROUP BY file_uri
)
SELECT files.file_uri || ': ' || article_count || ' in the ledger, ' || coalesce(stored.articles, 0) || ' stored'
    AS example
FROM files
LEFT JOIN stored USING (file_uri)
LEFT JOIN replaced USING (file_uri)
WHERE status = 'loaded'
    AND (
        coalesce(stored.articles, 0) > article_count
        OR coalesce(stored.articles, 0) + coalesce(replaced.records, 0)
            + coalesce((SELECT max(since) FROM arrivals WHERE arrivals.ingested_at > files.committed_at), 0)
            < article_count
    )
