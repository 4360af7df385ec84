-- Which texts stand in more than one place, and who had them first?
-- A row is a text (white space aside) that several articles share; outlets are in the order in which they printed it.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only texts that this outlet printed, first or later
-- $limit INTEGER = 25: rows at most
WITH shared AS (
    SELECT content_sha256
    FROM articles
    GROUP BY content_sha256
    HAVING count(*) > 1
)
SELECT
    arg_min(title, (published_at, article_id)) AS title,
    arg_min(publisher, (published_at, article_id)) AS first_outlet,
    min(published_date) AS first_day,
    max(published_date) - min(published_date) AS days,
    count(*) - 1 AS copies,
    count(DISTINCT publisher) AS outlets,
    list(coalesce(publisher, '(not stated)') ORDER BY published_at, article_id) AS printed_by,
    any_value(coalesce(duplicate_of, article_id)) AS article_id
FROM articles
SEMI JOIN shared USING (content_sha256)
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
GROUP BY content_sha256
HAVING copies > 0 AND ($outlet IS NULL OR bool_or(lower(publisher) = lower($outlet)))
ORDER BY copies DESC, first_day, title, article_id
LIMIT $limit;
