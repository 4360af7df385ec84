-- Where is there most conflict?
-- A row is a place where events happened (and are not denied). Conflicts are accusations, threats, protests, force and
-- the like.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 20: rows at most
WITH chosen AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
)
SELECT
    place_name AS place,
    place_country AS country,
    count(*) FILTER (WHERE quad_class >= 3) AS conflicts,
    count(*) AS events,
    round(avg(goldstein), 2) AS goldstein,
    min(goldstein) AS lowest,
    mode(event_type ORDER BY event_type) AS usual_type,
    count(DISTINCT article_id) AS articles,
    max(latitude) AS latitude,
    max(longitude) AS longitude
FROM chosen
WHERE place_name IS NOT NULL AND modality = 'happened' AND polarity = 'affirmed'
    AND ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
GROUP BY place_name, place_country
ORDER BY conflicts DESC, events DESC, place, country
LIMIT $limit;
