-- published_date is the day of published_at in UTC, or both are NULL.
SELECT source_uri AS example
FROM articles
WHERE published_date IS DISTINCT FROM (published_at AT TIME ZONE 'UTC')::DATE
