-- One row a month and entity: how often it is named.
--   month: first day of the month of publication, UTC; NULL holds the articles without a date
--   entity_id: the entity, as in entities
--   label: its label, as in entities
--   name: its fullest name in that month
--   mentions: how often it is named
--   articles: in how many articles
CREATE OR REPLACE VIEW monthly_mentions AS
SELECT
    date_trunc('month', published_date)::DATE AS month,
    entity_id,
    label,
    arg_max(name, (length(name), name)) AS name,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles
FROM entities
WHERE entity_id IS NOT NULL
GROUP BY ALL;
