-- One row an event of the period, with the outlet that tells of it.
CREATE OR REPLACE TEMP TABLE chosen_events AS
SELECT
    events.*,
    bucket,
    outlet,
    title,
    url,
    articles.published_date AS day,
    modality = 'happened' AND polarity = 'affirmed' AS has_happened,
    CASE quad_class
        WHEN 1 THEN 'Verbal cooperation'
        WHEN 2 THEN 'Material cooperation'
        WHEN 3 THEN 'Verbal conflict'
        WHEN 4 THEN 'Material conflict'
        ELSE 'Civic life'
    END AS class
FROM events
JOIN chosen_articles AS articles USING (article_id);
