-- How often is each of them named? A row is a name and a bucket, with the articles that name it.
SELECT kind, entity, bucket, count(DISTINCT article_id) AS articles
FROM chosen_names
SEMI JOIN top_names USING (kind, entity)
WHERE bucket IS NOT NULL
GROUP BY ALL
ORDER BY ALL;
