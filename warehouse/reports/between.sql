-- What happens between A and B?
-- A row is an event with A on one side and B on the other. Newest first; the evidence is its sentence.
-- $name TEXT required: words of the name of one side
-- $other TEXT required: words of the name of the other side
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 50: rows at most
WITH told AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
sides AS (
    SELECT
        *,
        contains(' ' || lower(actor_name) || ' ', ' ' || lower($name) || ' ') AS name_acts,
        contains(' ' || lower(actor_name) || ' ', ' ' || lower($other) || ' ') AS other_acts,
        contains(' ' || lower(recipient_name) || ' ', ' ' || lower($name) || ' ') AS name_receives,
        contains(' ' || lower(recipient_name) || ' ', ' ' || lower($other) || ' ') AS other_receives
    FROM told
),
newest AS (
    FROM sides
    WHERE ((name_acts AND other_receives) OR (other_acts AND name_receives))
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    ORDER BY published_date DESC, article_id, event_no
    LIMIT $limit
)
SELECT
    newest.published_date AS day,
    publisher AS outlet,
    actor_name AS actor,
    event_type,
    trigger_text AS verb,
    recipient_name AS recipient,
    modality,
    polarity,
    goldstein,
    place_name AS place,
    articles.text[evidence_start + 1:evidence_end] AS evidence,
    article_id,
    event_no
FROM newest
JOIN articles USING (article_id)
ORDER BY day DESC, article_id, event_no;
