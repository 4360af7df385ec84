-- What happens when? A row is a bucket, a class and a type, with the events that are said to have happened.
SELECT bucket, class, event_type, count(*) AS events
FROM chosen_events
WHERE has_happened AND bucket IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
