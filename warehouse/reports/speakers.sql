-- Who is quoted most?
-- A row is a person or body that is quoted; outlets is how many publishers quote it.
SELECT
    speaker_name AS speaker,
    speaker_label AS label,
    count(*) AS quotes,
    count(*) FILTER (WHERE quote_type = 'direct') AS direct,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT publisher) AS outlets,
    mode(cue_lemma) AS usual_cue
FROM attributed_quotes
GROUP BY ALL
ORDER BY quotes DESC, articles DESC, speaker
LIMIT 15;
