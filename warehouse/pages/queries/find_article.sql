-- Which article is meant? A row is an article with that article_id, source_uri or url, or whose article_id begins so.
SELECT article_id, article_id = $wanted OR source_uri = $wanted AS is_exact
FROM articles
WHERE article_id = $wanted OR source_uri = $wanted OR url = $wanted
    OR (length($wanted) >= 6 AND starts_with(article_id, $wanted))
ORDER BY ALL
LIMIT 1000;
