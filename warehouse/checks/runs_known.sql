-- The run of an article, file or reject stands in runs.
SELECT DISTINCT table_name || ' ' || run_id AS example
FROM (
    SELECT 'articles' AS table_name, run_id FROM articles
    UNION ALL
    SELECT 'files', run_id FROM files
    UNION ALL
    SELECT 'quarantine', run_id FROM quarantine
)
WHERE run_id NOT IN (SELECT run_id FROM runs)
