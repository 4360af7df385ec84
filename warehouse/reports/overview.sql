-- What is in the warehouse, by outlet?
-- A row is an outlet (publisher). Duplicates are articles whose text another article has; their rows count there.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
WITH chosen AS (
    -- Rows are counted by a hash of 64 bits, which is faster than by the id; a million articles hardly ever share one.
    SELECT hash(article_id) AS key, coalesce(publisher, '(not stated)') AS outlet, duplicate_of, published_date, word_count
    FROM articles
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
        AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
)
SELECT
    outlet,
    count(*) AS articles,
    count(duplicate_of) AS duplicates,
    min(published_date) AS first_day,
    max(published_date) AS last_day,
    sum(word_count) AS words,
    coalesce(sum(mentions), 0) AS mentions,
    coalesce(sum(quotes), 0) AS quotes,
    coalesce(sum(events), 0) AS events
FROM chosen
LEFT JOIN (SELECT hash(article_id) AS key, count(*) AS mentions FROM entities GROUP BY ALL) USING (key)
LEFT JOIN (SELECT hash(article_id) AS key, count(*) AS quotes FROM quotes GROUP BY ALL) USING (key)
LEFT JOIN (SELECT hash(article_id) AS key, count(*) AS events FROM events GROUP BY ALL) USING (key)
GROUP BY outlet
ORDER BY articles DESC, outlet;
