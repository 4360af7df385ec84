-- What does the page cover? One row: articles that are no duplicates, those without a date, first and last day, and
-- the moment of the newest row.
SELECT
    count(*) AS articles,
    count(*) FILTER (WHERE published_date IS NULL) AS undated,
    min(published_date) AS first_day,
    max(published_date) AS last_day,
    max(ingested_at) AS as_of
FROM original_articles
WHERE ($since::DATE IS NULL OR published_date >= $since::DATE)
    AND ($until::DATE IS NULL OR published_date <= $until::DATE);
