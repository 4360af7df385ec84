-- Who and what is named together with NAME?
-- A row is another name that stands in the same articles; share is that of NAME's articles.
-- $name TEXT required: words of a name; all names that have them count
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $label TEXT: only names of that label: PERSON, ORG, GPE, …
-- $limit INTEGER = 20: rows at most
WITH chosen AS (
    FROM entities
    WHERE $outlet IS NULL
    UNION ALL
    FROM entities
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
hits AS (
    SELECT DISTINCT article_id
    FROM chosen
    WHERE contains(' ' || lower(name) || ' ', ' ' || lower($name) || ' ')
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
)
SELECT
    max(name) AS name,
    max(label) AS label,
    count(DISTINCT article_id) AS articles,
    round(articles / (SELECT count(*) FROM hits), 4) AS share,
    count(*) AS mentions
FROM entities
SEMI JOIN hits USING (article_id)
WHERE entity_id IS NOT NULL
    AND NOT contains(' ' || lower(name) || ' ', ' ' || lower($name) || ' ')
    AND ($label IS NULL OR label = upper($label))
GROUP BY entity_id
ORDER BY articles DESC, mentions DESC, name
LIMIT $limit;
