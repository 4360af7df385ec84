-- Which places are named? A row is a place that has coordinates; continents are no points.
SELECT
    entity,
    min(country) AS country,
    min(name) AS place,
    round(min(latitude), 2) AS latitude,
    round(min(longitude), 2) AS longitude,
    count(DISTINCT article_id) AS articles,
    sum(mentions)::BIGINT AS mentions
FROM chosen_names
WHERE kind = 'place' AND latitude IS NOT NULL AND longitude IS NOT NULL AND country IS NOT NULL
GROUP BY entity
ORDER BY articles DESC, mentions DESC, entity
LIMIT $named;
