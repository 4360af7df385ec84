-- On which days is there no article?
-- A row is a stretch of days without any, between the first and the last day of an outlet, or of all together.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $least INTEGER = 1: days without an article that make a row
-- $limit INTEGER = 50: rows at most
WITH days AS (
    SELECT DISTINCT
        unnest([coalesce(publisher, '(not stated)'), '(all together)']) AS outlet,
        published_date AS day
    FROM (
        SELECT DISTINCT publisher, published_date
        FROM articles
        WHERE published_date IS NOT NULL
            AND ($since IS NULL OR published_date >= $since)
            AND ($until IS NULL OR published_date <= $until)
            AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
    )
),
next_days AS (
    SELECT outlet, day, lead(day) OVER (PARTITION BY outlet ORDER BY day) AS next_day FROM days
)
SELECT outlet, day + 1 AS first_day, next_day - 1 AS last_day, next_day - day - 1 AS days
FROM next_days
WHERE next_day - day - 1 >= greatest($least, 1)
ORDER BY days DESC, outlet, first_day
LIMIT $limit;
