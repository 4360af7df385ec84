-- What happens, by type of event?
-- A row is a type of event; the example is the earliest one that has an actor.
SELECT
    taxonomy,
    event_type,
    count(*) AS events,
    count(DISTINCT article_id) AS articles,
    count(*) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed') AS happened,
    arg_min(
        concat_ws(' ', actor_name, '|', trigger_text, '|', recipient_name),
        (published_date, article_id, event_no)
    ) FILTER (WHERE actor_name IS NOT NULL) AS example
FROM events
GROUP BY ALL
ORDER BY events DESC, event_type;
