-- One row a month and place: how much is written about it, and what happens there. Places that are not resolved to
-- GeoNames are left out.
--   month: first day of the month of publication, UTC; NULL holds the articles without a date
--   geonames_id: GeoNames id of the place
--   name: its name
--   country: ISO 3166-1 alpha-3
--   latitude: degrees north
--   longitude: degrees east
--   mentions: how often it is named
--   articles: in how many articles
--   events: events there that are said to have happened and are not denied
--   conflicts: those of conflict, in words or deeds (quad_class 3 and 4)
CREATE OR REPLACE VIEW place_coverage AS
WITH named AS (
    SELECT
        date_trunc('month', published_date)::DATE AS month,
        geonames_id,
        max(name) AS name,
        max(country) AS country,
        max(latitude) AS latitude,
        max(longitude) AS longitude,
        count(*) AS mentions,
        count(DISTINCT article_id) AS articles
    FROM entities
    WHERE geonames_id IS NOT NULL
    GROUP BY ALL
),
happened AS (
    SELECT
        date_trunc('month', published_date)::DATE AS month,
        place_geonames_id AS geonames_id,
        count(*) AS events,
        count(*) FILTER (WHERE quad_class >= 3) AS conflicts
    FROM events
    WHERE place_geonames_id IS NOT NULL AND modality = 'happened' AND polarity = 'affirmed'
    GROUP BY ALL
)
SELECT
    named.month,
    named.geonames_id,
    named.name,
    named.country,
    named.latitude,
    named.longitude,
    named.mentions,
    named.articles,
    coalesce(happened.events, 0) AS events,
    coalesce(happened.conflicts, 0) AS conflicts
FROM named
LEFT JOIN happened ON happened.geonames_id = named.geonames_id AND happened.month IS NOT DISTINCT FROM named.month;
