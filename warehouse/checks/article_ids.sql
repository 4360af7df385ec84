-- article_id is the first 32 hex digits of the sha256 of source_uri.
SELECT article_id AS example
FROM articles
WHERE article_id IS DISTINCT FROM left(sha256(source_uri), 32)
