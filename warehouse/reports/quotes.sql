-- What is said by or about NAME?
-- A row is a quote: by NAME, or about it where the quote names it. Newest first.
-- $name TEXT required: words of a name; all names that have them count
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 50: rows at most
WITH said AS (
    FROM quotes
    WHERE $outlet IS NULL
    UNION ALL
    FROM quotes
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
named AS (
    SELECT article_id, start_char, end_char
    FROM entities
    WHERE contains(' ' || lower(name) || ' ', ' ' || lower($name) || ' ')
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
),
found AS (
    SELECT published_date, article_id, quote_no, true AS by_name
    FROM said
    WHERE contains(' ' || lower(speaker_name) || ' ', ' ' || lower($name) || ' ')
    UNION ALL
    SELECT published_date, article_id, quote_no, false
    FROM said
    JOIN named USING (article_id)
    WHERE named.start_char >= said.start_char AND named.end_char <= said.end_char
),
newest AS (
    SELECT published_date, article_id, quote_no, bool_or(by_name) AS by_name
    FROM found
    WHERE ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    GROUP BY ALL
    ORDER BY published_date DESC, article_id, quote_no
    LIMIT $limit
)
SELECT
    newest.published_date AS day,
    publisher AS outlet,
    CASE WHEN by_name THEN 'by' ELSE 'about' END AS said,
    coalesce(speaker_name, speaker_text) AS speaker,
    cue_lemma AS cue,
    quotes.text AS quote,
    title,
    article_id,
    quote_no
FROM newest
JOIN quotes USING (article_id, quote_no)
JOIN articles USING (article_id)
ORDER BY day DESC, article_id, quote_no;
