-- One row a quote and entity that is named in it: who speaks about whom. Who names himself makes no row.
--   article_id: the article
--   quote_no: the quote
--   published_date: its day of publication, UTC
--   publisher: outlet; NULL where none is stated
--   speaker_entity_id: the speaker, as in entities; NULL where entities does not have it
--   speaker_name: its name
--   speaker_label: its label: PERSON, ORG, …
--   cue_lemma: the reporting word
--   entity_id: who or what is spoken about
--   name: its name
--   label: its label: PERSON, ORG, GPE, …
--   mentions: how often the quote names it
--   text: what was said
CREATE OR REPLACE VIEW quotes_about AS
SELECT
    quotes.article_id,
    quotes.quote_no,
    quotes.published_date,
    quotes.publisher,
    quotes.speaker_entity_id,
    quotes.speaker_name,
    quotes.speaker_label,
    quotes.cue_lemma,
    entities.entity_id,
    entities.label,
    arg_max(entities.name, (length(entities.name), entities.name)) AS name,
    count(*) AS mentions,
    any_value(quotes.text) AS text
FROM attributed_quotes AS quotes
JOIN entities
    ON entities.article_id = quotes.article_id
    AND entities.start_char >= quotes.start_char
    AND entities.end_char <= quotes.end_char
WHERE entities.entity_id IS NOT NULL AND entities.entity_id IS DISTINCT FROM quotes.speaker_entity_id
GROUP BY ALL;
