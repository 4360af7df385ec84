-- One row a day of publication, outlet and section: how much was published.
--   published_date: day of publication, UTC; NULL holds the articles without a date
--   publisher: outlet; NULL where none is stated
--   section: section of the outlet; NULL where none is stated
--   articles: articles, duplicates included
--   originals: articles that are no duplicate of another
--   words: words of the originals
CREATE OR REPLACE VIEW daily_counts AS
SELECT
    published_date,
    publisher,
    section,
    count(*) AS articles,
    count(*) FILTER (WHERE duplicate_of IS NULL) AS originals,
    coalesce(sum(word_count) FILTER (WHERE duplicate_of IS NULL), 0)::BIGINT AS words
FROM articles
GROUP BY ALL;
