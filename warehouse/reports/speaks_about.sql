-- About whom and what does NAME speak?
-- A row is a name that stands in quotes of NAME. Who names himself does not count.
-- $name TEXT required: words of a name; all names that have them count
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 30: rows at most
WITH chosen AS (
    FROM quotes
    WHERE $outlet IS NULL
    UNION ALL
    FROM quotes
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
said AS (
    SELECT article_id, quote_no, start_char, end_char, speaker_entity_id, speaker_name
    FROM chosen
    WHERE contains(' ' || lower(speaker_name) || ' ', ' ' || lower($name) || ' ')
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
)
SELECT
    name AS about,
    label,
    count(DISTINCT (article_id, quote_no)) AS quotes,
    count(DISTINCT article_id) AS articles
FROM said
JOIN entities USING (article_id)
WHERE entity_id IS NOT NULL
    AND entities.start_char >= said.start_char
    AND entities.end_char <= said.end_char
    AND entity_id IS DISTINCT FROM speaker_entity_id
GROUP BY ALL
ORDER BY quotes DESC, articles DESC, about, label
LIMIT $limit;
