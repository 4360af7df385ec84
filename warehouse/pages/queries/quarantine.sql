-- What could not be loaded? A row is a kind of error.
SELECT stage, error_type, count(*) AS records, min(file_uri) AS first_file
FROM quarantine
GROUP BY ALL
ORDER BY records DESC, stage, error_type
LIMIT 30;
