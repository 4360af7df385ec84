-- What happens over time?
-- A row is a month (or another step) of publication with its events. happened, conflicts, goldstein and usual_type leave
-- out what is planned, hypothetical, requested or denied.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $name TEXT: only events with this name as actor or recipient
-- $step TEXT = month: day, week, month, quarter or year
WITH chosen AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
)
SELECT
    date_trunc($step, published_date)::DATE AS period,
    count(*) AS events,
    count(*) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed') AS happened,
    count(*) FILTER (WHERE quad_class >= 3 AND modality = 'happened' AND polarity = 'affirmed') AS conflicts,
    round(avg(goldstein) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed'), 2) AS goldstein,
    mode(event_type ORDER BY event_type) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed') AS usual_type,
    count(DISTINCT article_id) AS articles
FROM chosen
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
    AND (
        $name IS NULL
        OR contains(' ' || lower(actor_name) || ' ', ' ' || lower($name) || ' ')
        OR contains(' ' || lower(recipient_name) || ' ', ' ' || lower($name) || ' ')
    )
GROUP BY period
ORDER BY period;
