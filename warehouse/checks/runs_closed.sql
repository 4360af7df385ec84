-- A run that has completed says when it ended and what it counted.
SELECT run_id AS example
FROM runs
WHERE status = 'completed' AND (finished_at IS NULL OR counts IS NULL)
