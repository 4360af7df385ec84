-- Who has which share of what is quoted, month by month?
-- A row is a month and one of the speakers who are quoted most in the period; share is that of the month's quotes with
-- a named speaker, share_of_words that of their words.
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $name TEXT: only speakers whose name has these words
-- $limit INTEGER = 5: speakers at most
WITH said AS (
    FROM quotes
    WHERE $outlet IS NULL
    UNION ALL
    FROM quotes
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
chosen AS (
    SELECT
        date_trunc('month', published_date)::DATE AS month,
        speaker_name AS speaker,
        count(*) AS quotes,
        sum(length(text) - length(replace(text, ' ', '')) + 1) AS words
    FROM said
    WHERE speaker_name IS NOT NULL
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    GROUP BY ALL
),
months AS (
    SELECT month, sum(quotes) AS all_quotes, sum(words) AS all_words FROM chosen GROUP BY month
),
leaders AS (
    SELECT speaker, sum(quotes) AS total
    FROM chosen
    WHERE $name IS NULL OR contains(' ' || lower(speaker) || ' ', ' ' || lower($name) || ' ')
    GROUP BY speaker
    ORDER BY total DESC, speaker
    LIMIT $limit
)
SELECT
    chosen.month,
    speaker,
    quotes,
    round(quotes / all_quotes, 4) AS share,
    round(words / all_words, 4) AS share_of_words
FROM chosen
JOIN leaders USING (speaker)
JOIN months ON months.month IS NOT DISTINCT FROM chosen.month
ORDER BY chosen.month, quotes DESC, speaker;
