-- What is in the warehouse, by outlet?
-- A row is an outlet (publisher). Duplicates are articles whose text another article has; their rows count there.
SELECT
    coalesce(publisher, '(not stated)') AS outlet,
    count(*) AS articles,
    count(duplicate_of) AS duplicates,
    min(published_date) AS first_day,
    max(published_date) AS last_day,
    sum(word_count) AS words,
    sum(mentions) AS mentions,
    sum(quotes) AS quotes,
    sum(events) AS events
FROM articles
LEFT JOIN (SELECT article_id, count(*) AS mentions FROM entities GROUP BY ALL) USING (article_id)
LEFT JOIN (SELECT article_id, count(*) AS quotes FROM quotes GROUP BY ALL) USING (article_id)
LEFT JOIN (SELECT article_id, count(*) AS events FROM events GROUP BY ALL) USING (article_id)
GROUP BY outlet
ORDER BY articles DESC, outlet;
