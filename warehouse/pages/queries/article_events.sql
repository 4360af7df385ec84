-- What was found in the article? A row of events, as far as the shown text goes.
SELECT * FROM events WHERE article_id = $article AND coalesce(trigger_start, 0) < $characters ORDER BY event_no LIMIT $rows;
