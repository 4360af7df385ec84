-- A source_uri stands once: an identity is one article.
SELECT source_uri AS example
FROM articles
GROUP BY source_uri
HAVING count(*) > 1
