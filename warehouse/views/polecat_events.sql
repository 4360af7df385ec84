-- One row an event in the columns of POLECAT's files, the machine-coded data set of the PLOVER ontology. Countries
-- are ISO 3166 alpha-3. NULL where there is nothing of the kind here: intensity, contexts, COW codes, titles,
-- Wikipedia, provinces. Only what is said to have happened and is not denied.
--   *: as in the codebook of POLECAT
CREATE OR REPLACE VIEW polecat_events AS
SELECT
    article_id || '#' || event_no AS "Event ID",
    event_date AS "Event Date",
    event_type AS "Event Type",
    event_mode AS "Event Mode",
    NULL::DOUBLE AS "Intensity",
    CASE quad_class
        WHEN 1 THEN 'VERBAL COOPERATION'
        WHEN 2 THEN 'MATERIAL COOPERATION'
        WHEN 3 THEN 'VERBAL CONFLICT'
        WHEN 4 THEN 'MATERIAL CONFLICT'
    END AS "Quad Code",
    NULL::VARCHAR AS "Contexts",
    coalesce(actor_name, actor_text) AS "Actor Name",
    actor_country AS "Actor Country",
    NULL::VARCHAR AS "Actor COW",
    actor_sector AS "Primary Actor Sector",
    actor_sector AS "Actor Sectors",
    NULL::VARCHAR AS "Actor Title",
    actor_text AS "Actor Name Raw",
    NULL::VARCHAR AS "Wikipedia Actor ID",
    coalesce(recipient_name, recipient_text) AS "Recipient Name",
    recipient_country AS "Recipient Country",
    NULL::VARCHAR AS "Recipient COW",
    recipient_sector AS "Primary Recipient Sector",
    recipient_sector AS "Recipient Sectors",
    NULL::VARCHAR AS "Recipient Title",
    recipient_text AS "Recipient Name Raw",
    NULL::VARCHAR AS "Wikipedia Recipient ID",
    place_name AS "Placename",
    NULL::VARCHAR AS "City",
    NULL::VARCHAR AS "District",
    NULL::VARCHAR AS "Province",
    place_country AS "Country",
    latitude AS "Latitude",
    longitude AS "Longitude",
    place_geonames_id AS "GeoNames ID",
    place_text AS "Raw Placename",
    NULL::VARCHAR AS "Feature Type",
    articles.publisher AS "Source",
    events.published_date AS "Publication Date",
    (
        SELECT string_agg(DISTINCT entities.name, '; ' ORDER BY entities.name)
        FROM entities
        WHERE entities.article_id = events.article_id AND entities.label IN ('PERSON')
    ) AS "Story People",
    (
        SELECT string_agg(DISTINCT entities.name, '; ' ORDER BY entities.name)
        FROM entities
        WHERE entities.article_id = events.article_id AND entities.label IN ('ORG')
    ) AS "Story Organizations",
    (
        SELECT string_agg(DISTINCT entities.name, '; ' ORDER BY entities.name)
        FROM entities
        WHERE entities.article_id = events.article_id AND entities.label IN ('GPE', 'LOC', 'FAC')
    ) AS "Story Locations",
    articles.language AS "Language",
    runs.newsmill_version AS "Version"
FROM events
JOIN articles USING (article_id)
LEFT JOIN runs USING (run_id)
WHERE taxonomy = 'plover' AND modality = 'happened' AND polarity = 'affirmed';
