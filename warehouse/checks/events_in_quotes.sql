-- The quote that an event stands in is a stored quote of the same article.
SELECT article_id || '#' || event_no AS example
FROM events
WHERE quote_no IS NOT NULL AND (article_id, quote_no) NOT IN (SELECT (article_id, quote_no) FROM quotes)
