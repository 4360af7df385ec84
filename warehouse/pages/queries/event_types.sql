-- What happens? A row is a type of event.
SELECT
    event_type,
    types.taxonomy,
    class,
    any_value(types.definition) AS definition,
    any_value(types.goldstein) AS goldstein,
    count(*) AS events,
    count(*) FILTER (WHERE has_happened) AS happened,
    count(DISTINCT article_id) AS articles
FROM chosen_events
LEFT JOIN seeds.event_types AS types USING (event_type)
GROUP BY event_type, types.taxonomy, class
ORDER BY events DESC, event_type, class
LIMIT 60;
