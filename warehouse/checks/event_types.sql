-- event_type, with its taxonomy, is one of seeds.event_types.
SELECT article_id || '#' || event_no || ' ' || event_type AS example
FROM events
WHERE event_type IS NOT NULL
    AND (event_type, taxonomy) NOT IN (SELECT (event_type, taxonomy) FROM seeds.event_types)
