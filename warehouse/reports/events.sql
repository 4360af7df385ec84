-- What happens, by type of event?
-- A row is a type of event; the example is the earliest one that has an actor.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 50: rows at most
WITH chosen AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
)
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
FROM chosen
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
GROUP BY ALL
ORDER BY events DESC, event_type
LIMIT $limit;
