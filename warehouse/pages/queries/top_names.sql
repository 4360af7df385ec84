-- One row a person, organisation or place that is among the most named of its kind.
CREATE OR REPLACE TEMP TABLE top_names AS
WITH counts AS (
    SELECT kind, entity, sum(mentions)::BIGINT AS mentions, count(DISTINCT article_id) AS articles
    FROM chosen_names
    GROUP BY ALL
),
totals AS (
    SELECT *
    FROM counts
    QUALIFY row_number() OVER (PARTITION BY kind ORDER BY articles DESC, mentions DESC, entity) <= $names
),
forms AS (
    SELECT kind, entity, name, sum(mentions)::BIGINT AS uses
    FROM chosen_names
    SEMI JOIN totals USING (kind, entity)
    GROUP BY ALL
),
names AS (SELECT kind, entity, arg_max(name, (uses, name)) AS name FROM forms GROUP BY ALL)
SELECT kind, entity, name, mentions, articles
FROM totals
JOIN names USING (kind, entity);
