-- One row a quote whose speaker is known, with the article it stands in.
--   publisher: outlet that published the article
--   corpus: collection of the article
--   section: section of the outlet
--   title: headline of the article
--   url: address of the article
CREATE OR REPLACE VIEW attributed_quotes AS
SELECT
    quotes.*,
    articles.publisher,
    articles.corpus,
    articles.section,
    articles.title,
    articles.url
FROM quotes
JOIN articles USING (article_id)
WHERE quotes.speaker_name IS NOT NULL;
