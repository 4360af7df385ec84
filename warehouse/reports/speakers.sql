-- Who is quoted most?
-- A row is a person or body that is quoted; outlets is how many publishers quote it.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 15: rows at most
SELECT
    speaker_name AS speaker,
    speaker_label AS label,
    count(*) AS quotes,
    count(*) FILTER (WHERE quote_type = 'direct') AS direct,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT publisher) AS outlets,
    mode(cue_lemma) AS usual_cue
FROM attributed_quotes
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
    AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
GROUP BY ALL
ORDER BY quotes DESC, articles DESC, speaker
LIMIT $limit;
