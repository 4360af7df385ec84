-- One row an article and pair of entities that it names. The pair stands once, the smaller id first. Of an article the
-- 50 entities that are named most take part, which makes 1,225 pairs at most; of a list of names, no more.
--   article_id: the article
--   published_date: its day of publication, UTC
--   first_entity_id: one of the two
--   first_label: its label
--   first_name: its name in the article
--   first_mentions: how often the article names it
--   second_entity_id: the other one
--   second_label: its label
--   second_name: its name in the article
--   second_mentions: how often the article names it
CREATE OR REPLACE VIEW co_mentions AS
WITH named AS (
    SELECT
        article_id,
        published_date,
        entity_id,
        min(label) AS label,
        arg_max(name, (length(name), name)) AS name,
        count(*) AS mentions
    FROM entities
    WHERE entity_id IS NOT NULL
    GROUP BY article_id, published_date, entity_id
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY mentions DESC, entity_id) <= 50
)
SELECT
    first.article_id,
    first.published_date,
    first.entity_id AS first_entity_id,
    first.label AS first_label,
    first.name AS first_name,
    first.mentions AS first_mentions,
    second.entity_id AS second_entity_id,
    second.label AS second_label,
    second.name AS second_name,
    second.mentions AS second_mentions
FROM named AS first
JOIN named AS second ON second.article_id = first.article_id AND second.entity_id > first.entity_id;
