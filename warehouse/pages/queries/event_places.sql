-- Where do events happen? A row is a place, with the events that are said to have happened there.
SELECT
    place_name AS place,
    place_country AS country,
    round(latitude, 2) AS latitude,
    round(longitude, 2) AS longitude,
    count(*) AS events,
    count(DISTINCT article_id) AS articles
FROM chosen_events
WHERE has_happened AND latitude IS NOT NULL AND longitude IS NOT NULL AND place_name IS NOT NULL
GROUP BY place, place_country, round(latitude, 2), round(longitude, 2)
ORDER BY events DESC, articles DESC, place, country, latitude, longitude
LIMIT $places;
