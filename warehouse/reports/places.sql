-- Which places are named most?
-- A row is a country, city, region or building.
SELECT
    name,
    label,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles,
    min(published_date) AS first_day,
    max(published_date) AS last_day
FROM entities
WHERE label IN ('GPE', 'LOC', 'FAC')
GROUP BY ALL
ORDER BY articles DESC, mentions DESC, name
LIMIT 15;
