-- What was found in the article? A row of entities, as far as the shown text goes.
SELECT * FROM entities WHERE article_id = $article AND coalesce(start_char, 0) < $characters ORDER BY mention_no LIMIT $rows;
