-- One row a month of publication, outlet and section: how much was published.
--   month: first day of the month, UTC; NULL holds the articles without a date
--   publisher: outlet; NULL where none is stated
--   section: section of the outlet; NULL where none is stated
--   articles: articles, duplicates included
--   originals: articles that are no duplicate of another
--   words: words of the originals
--   days: days of the month on which there is an article
CREATE OR REPLACE VIEW monthly_counts AS
SELECT
    date_trunc('month', published_date)::DATE AS month,
    publisher,
    section,
    count(*) AS articles,
    count(*) FILTER (WHERE duplicate_of IS NULL) AS originals,
    coalesce(sum(word_count) FILTER (WHERE duplicate_of IS NULL), 0)::BIGINT AS words,
    count(DISTINCT published_date) AS days
FROM articles
GROUP BY ALL;
