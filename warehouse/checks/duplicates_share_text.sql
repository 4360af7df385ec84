-- A duplicate has the content_sha256 of its original.
SELECT copy.source_uri AS example
FROM articles AS copy
JOIN articles AS original ON original.article_id = copy.duplicate_of
WHERE copy.content_sha256 IS DISTINCT FROM original.content_sha256
