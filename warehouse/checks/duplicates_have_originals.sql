-- duplicate_of names a stored article that is no duplicate itself.
SELECT source_uri AS example
FROM articles
WHERE duplicate_of IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM articles AS original
        WHERE original.article_id = articles.duplicate_of AND original.duplicate_of IS NULL
    )
