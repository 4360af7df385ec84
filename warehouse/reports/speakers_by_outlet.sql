-- Whom does each outlet quote most?
-- A row is an outlet and one of the speakers that it quotes most; share is that of the outlet's quotes with a named
-- speaker.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 5: speakers an outlet at most
SELECT
    coalesce(publisher, '(not stated)') AS outlet,
    speaker_name AS speaker,
    count(*) AS quotes,
    count(*) FILTER (WHERE quote_type = 'direct') AS direct,
    count(DISTINCT article_id) AS articles,
    round(quotes / sum(count(*)) OVER (PARTITION BY publisher), 4) AS share
FROM attributed_quotes
WHERE ($since IS NULL OR published_date >= $since)
    AND ($until IS NULL OR published_date <= $until)
    AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
GROUP BY publisher, speaker_name
QUALIFY row_number() OVER (PARTITION BY publisher ORDER BY quotes DESC, articles DESC, speaker) <= $limit
ORDER BY outlet, quotes DESC, articles DESC, speaker;
