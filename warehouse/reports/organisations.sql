-- Which organisations are named most?
-- A row is an organisation.
SELECT
    name,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles,
    min(published_date) AS first_day,
    max(published_date) AS last_day
FROM entities
WHERE label = 'ORG'
GROUP BY ALL
ORDER BY articles DESC, mentions DESC, name
LIMIT 15;
