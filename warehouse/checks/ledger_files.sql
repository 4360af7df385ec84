-- The file of an article or reject stands in the ledger, unless its run has not completed.
SELECT DISTINCT file_uri AS example
FROM (SELECT file_uri, run_id FROM articles UNION ALL SELECT file_uri, run_id FROM quarantine)
JOIN runs USING (run_id)
WHERE runs.status = 'completed' AND file_uri NOT IN (SELECT file_uri FROM files)
