-- How much was published and found, day by day?
-- A row is a day of publication (UTC); NULL holds the articles without a date. Duplicates are left out.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
WITH said AS (
    FROM quotes
    WHERE $outlet IS NULL
    UNION ALL
    FROM quotes
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
told AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
counted AS (
    SELECT published_date, 1 AS articles, word_count AS words, 0 AS quotes, 0 AS events
    FROM original_articles
    WHERE $outlet IS NULL OR lower(publisher) = lower($outlet)
    UNION ALL
    SELECT published_date, 0, 0, 1, 0
    FROM said
    UNION ALL
    SELECT published_date, 0, 0, 0, 1
    FROM told
)
SELECT
    published_date AS day,
    sum(articles) AS articles,
    sum(words) AS words,
    sum(quotes) AS quotes,
    sum(events) AS events
FROM counted
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
GROUP BY day
ORDER BY day;
