-- One row a month, outlet and speaker: how often the outlet quotes somebody. Speakers without a name are left out.
--   month: first day of the month of publication, UTC; NULL holds the articles without a date
--   publisher: outlet; NULL where none is stated
--   speaker_entity_id: the speaker, as in entities; NULL where entities does not have it
--   speaker_name: its name
--   speaker_label: its label: PERSON, ORG, …
--   quotes: its quotes; the pieces of an interrupted one count each
--   direct: those in quotation marks
--   articles: articles that quote it
CREATE OR REPLACE VIEW monthly_speakers AS
SELECT
    date_trunc('month', published_date)::DATE AS month,
    publisher,
    speaker_entity_id,
    speaker_name,
    speaker_label,
    count(*) AS quotes,
    count(*) FILTER (WHERE quote_type = 'direct') AS direct,
    count(DISTINCT article_id) AS articles
FROM attributed_quotes
GROUP BY ALL;
