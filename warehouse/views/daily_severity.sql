-- One row a day of publication and country: how severe the events there are. Only events with a goldstein value that
-- are said to have happened and are not denied.
--   published_date: day of publication, UTC
--   country: country of the place, else of the recipient, else of the actor, ISO 3166-1 alpha-3; NULL where unknown
--   events: events
--   goldstein: mean of goldstein, -10 (conflict) to 10 (cooperation)
--   lowest: the lowest goldstein
--   highest: the highest goldstein
--   conflicts: events of conflict, in words or deeds (quad_class 3 and 4)
--   fights: events of conflict in deeds (quad_class 4)
CREATE OR REPLACE VIEW daily_severity AS
SELECT
    published_date,
    coalesce(place_country, recipient_country, actor_country) AS country,
    count(*) AS events,
    avg(goldstein) AS goldstein,
    min(goldstein) AS lowest,
    max(goldstein) AS highest,
    count(*) FILTER (WHERE quad_class >= 3) AS conflicts,
    count(*) FILTER (WHERE quad_class = 4) AS fights
FROM events
WHERE goldstein IS NOT NULL AND modality = 'happened' AND polarity = 'affirmed'
GROUP BY ALL;
