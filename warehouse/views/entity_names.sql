-- One row an entity, the same in all articles, with the forms in which it is named, the commonest first.
--   entity_id: the entity, as in entities
--   name: the name that most mentions resolve to
--   label: spaCy's OntoNotes label: PERSON, ORG, GPE, …
--   country: ISO 3166-1 alpha-3
--   geonames_id: GeoNames id of a place
--   forms: what texts call it, the commonest first
--   mentions: how often it is named
--   articles: in how many articles
--   first_seen: first day of publication on which it is named
--   last_seen: last day of publication on which it is named
CREATE OR REPLACE VIEW entity_names AS
WITH named AS (
    SELECT * FROM entities WHERE entity_id IS NOT NULL
),
names AS (
    SELECT entity_id, arg_max(name, (mentions, length(name), name)) AS name
    FROM (SELECT entity_id, name, count(*) AS mentions FROM named GROUP BY ALL)
    GROUP BY ALL
),
forms AS (
    SELECT entity_id, list(text ORDER BY mentions DESC, text) AS forms
    FROM (SELECT entity_id, text, count(*) AS mentions FROM named GROUP BY ALL)
    GROUP BY ALL
),
totals AS (
    SELECT
        entity_id,
        min(label) AS label,
        any_value(country) AS country,
        any_value(geonames_id) AS geonames_id,
        count(*) AS mentions,
        count(DISTINCT article_id) AS articles,
        min(published_date) AS first_seen,
        max(published_date) AS last_seen
    FROM named
    GROUP BY ALL
)
SELECT entity_id, name, label, country, geonames_id, forms, mentions, articles, first_seen, last_seen
FROM totals
JOIN names USING (entity_id)
JOIN forms USING (entity_id);
