-- One row an article, a form of a name, and the person, organisation or place behind it.
CREATE OR REPLACE TEMP TABLE chosen_names AS
SELECT
    entities.article_id,
    bucket,
    articles.published_date,
    CASE label WHEN 'PERSON' THEN 'person' WHEN 'ORG' THEN 'organisation' ELSE 'place' END AS kind,
    coalesce(entity_id, lower(name)) AS entity,
    name,
    country,
    latitude,
    longitude,
    count(*) AS mentions
FROM entities
JOIN chosen_articles AS articles USING (article_id)
WHERE label IN ('PERSON', 'ORG', 'GPE', 'LOC', 'FAC') AND name IS NOT NULL
GROUP BY ALL;
