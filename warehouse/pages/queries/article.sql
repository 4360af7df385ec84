-- The article. One row; of the text no more than its first $characters.
SELECT * EXCLUDE (text), left(text, $characters) AS text FROM articles WHERE article_id = $article;
