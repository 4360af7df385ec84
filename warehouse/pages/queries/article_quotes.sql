-- What was found in the article? A row of quotes, as far as the shown text goes.
SELECT * FROM quotes WHERE article_id = $article AND coalesce(start_char, 0) < $characters ORDER BY quote_no LIMIT $rows;
