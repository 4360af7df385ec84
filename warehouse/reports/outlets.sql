-- How do outlets differ?
-- A row is an outlet (publisher). Quotes and events are by article that is no duplicate; direct and named are shares of
-- its quotes: those in quotation marks, and those whose speaker has a name.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
WITH chosen AS (
    SELECT article_id, coalesce(publisher, '(not stated)') AS outlet, duplicate_of, published_date, word_count
    FROM articles
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
        AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
),
said AS (
    SELECT
        outlet,
        count(*) AS quotes,
        count(*) FILTER (WHERE quote_type = 'direct') AS direct,
        count(speaker_name) AS named,
        count(DISTINCT speaker_name) AS speakers
    FROM quotes
    JOIN chosen USING (article_id)
    GROUP BY outlet
),
told AS (
    SELECT outlet, count(*) AS events, avg(goldstein) AS goldstein
    FROM events
    JOIN chosen USING (article_id)
    GROUP BY outlet
),
written AS (
    SELECT
        outlet,
        count(*) AS articles,
        count(*) FILTER (WHERE duplicate_of IS NULL) AS originals,
        avg(word_count) FILTER (WHERE duplicate_of IS NULL) AS words,
        count(DISTINCT published_date) AS days
    FROM chosen
    GROUP BY outlet
)
SELECT
    outlet,
    articles,
    days,
    round(1 - originals / articles, 3) AS duplicates,
    round(words) AS words,
    round(coalesce(quotes, 0) / nullif(originals, 0), 2) AS quotes,
    round(direct / quotes, 3) AS direct,
    round(named / quotes, 3) AS named,
    coalesce(speakers, 0) AS speakers,
    round(coalesce(events, 0) / nullif(originals, 0), 2) AS events,
    round(goldstein, 2) AS goldstein
FROM written
LEFT JOIN said USING (outlet)
LEFT JOIN told USING (outlet)
ORDER BY articles DESC, outlet;
