-- Of articles with the same words one is the original and the others are its duplicates.
SELECT min(source_uri) AS example
FROM articles
WHERE duplicate_of IS NULL
GROUP BY content_sha256
HAVING count(*) > 1
