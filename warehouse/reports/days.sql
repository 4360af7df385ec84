-- How much was published and found, day by day?
-- A row is a day of publication (UTC); NULL holds the articles without a date.
SELECT
    published_date AS day,
    count(*) AS articles,
    sum(word_count) AS words,
    coalesce(sum(quotes), 0) AS quotes,
    coalesce(sum(events), 0) AS events
FROM original_articles
LEFT JOIN (SELECT article_id, count(*) AS quotes FROM quotes GROUP BY ALL) USING (article_id)
LEFT JOIN (SELECT article_id, count(*) AS events FROM events GROUP BY ALL) USING (article_id)
GROUP BY ALL
ORDER BY day;
