-- The rejects of a file are those that the ledger counts, and records that a later file of the run has replaced.
WITH stored AS (
    SELECT
        file_uri,
        count(*) AS rejects,
        count(*) FILTER (WHERE error_type NOT IN ('superseded', 'repeated')) AS unreplaced
    FROM quarantine
    GROUP BY file_uri
)
SELECT files.file_uri || ': ' || quarantined_count || ' in the ledger, ' || coalesce(rejects, 0) || ' in quarantine'
    AS example
FROM files
LEFT JOIN stored USING (file_uri)
WHERE coalesce(rejects, 0) < quarantined_count OR coalesce(unreplaced, 0) > quarantined_count
