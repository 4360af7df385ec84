-- One row a quote of the period.
CREATE OR REPLACE TEMP TABLE chosen_quotes AS
SELECT
    quotes.* EXCLUDE (text),
    length(quotes.text) AS length,
    coalesce(speaker_entity_id, lower(speaker_name)) AS speaker,
    outlet,
    title,
    url,
    articles.published_date AS day
FROM quotes
JOIN chosen_articles AS articles USING (article_id);
