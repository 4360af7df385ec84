-- How complete is what was found?
-- A row is a share, 0 to 1, of the rows that it is about.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
WITH chosen AS (
    SELECT article_id, published_date, title, publisher, duplicate_of
    FROM articles
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
        AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
),
counted AS (
    SELECT
        [
            'articles with a date',
            'articles with a title',
            'articles with an outlet',
            'articles that are no duplicate'
        ] AS names,
        [
            count(published_date),
            count(title),
            count(publisher),
            count(CASE WHEN duplicate_of IS NULL THEN 1 END)
        ] AS counts,
        count(*) AS rows
    FROM chosen
    UNION ALL
    SELECT
        ['places with a country', 'places with coordinates'] AS names,
        [count(country), count(latitude)] AS counts,
        count(*) AS rows
    FROM (
        FROM entities
        WHERE $outlet IS NULL
        UNION ALL
        FROM entities
        SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
    )
    WHERE label IN ('GPE', 'LOC', 'FAC')
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    UNION ALL
    SELECT
        [
            'quotes with a speaker',
            'quotes with a named speaker',
            'quotes of confidence 0.8 and more'
        ] AS names,
        [
            count(speaker_text),
            count(speaker_name),
            count(CASE WHEN confidence >= 0.8 THEN 1 END)
        ] AS counts,
        count(*) AS rows
    FROM (
        FROM quotes
        WHERE $outlet IS NULL
        UNION ALL
        FROM quotes
        SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
    )
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    UNION ALL
    SELECT
        [
            'events with an actor',
            'events with a recipient',
            'events with a date of their own',
            'events with a place',
            'events of confidence 0.8 and more'
        ] AS names,
        [
            count(actor_text),
            count(recipient_text),
            count(event_date),
            count(place_name),
            count(CASE WHEN confidence >= 0.8 THEN 1 END)
        ] AS counts,
        count(*) AS rows
    FROM (
        FROM events
        WHERE $outlet IS NULL
        UNION ALL
        FROM events
        SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
    )
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
)
SELECT unnest(names) AS share_of, round(unnest(counts) / nullif(rows, 0), 4) AS share, rows
FROM counted;
