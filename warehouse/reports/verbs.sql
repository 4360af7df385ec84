-- Which verbs are used for NAME: what does NAME say, do and suffer?
-- A row is a verb in one role. share is that of all verbs of NAME in the role, usual that of everybody's; lift is the
-- first by the second: above 1 the verb is used for NAME more than for others.
-- $name TEXT required: words of a name; all names that have them count
-- $since DATE: first day of publication; all where not given
-- $until DATE: last day of publication; all where not given
-- $outlet TEXT: only that outlet (publisher)
-- $limit INTEGER = 30: rows at most
WITH said AS (
    FROM quotes
    WHERE $outlet IS NULL
    UNION ALL
    FROM quotes
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
told AS (
    FROM events
    WHERE $outlet IS NULL
    UNION ALL
    FROM events
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
used AS (
    SELECT 'says' AS role, cue_lemma AS verb, speaker_name AS name, published_date
    FROM said
    UNION ALL
    SELECT 'does', trigger_lemma, actor_name, published_date
    FROM told
    UNION ALL
    SELECT 'suffers', trigger_lemma, recipient_name, published_date
    FROM told
),
counted AS (
    SELECT
        role,
        verb,
        count(*) AS all_times,
        count(*) FILTER (WHERE contains(' ' || lower(name) || ' ', ' ' || lower($name) || ' ')) AS times
    FROM used
    WHERE verb IS NOT NULL
        AND name IS NOT NULL
        AND ($since IS NULL OR published_date >= $since)
        AND ($until IS NULL OR published_date <= $until)
    GROUP BY ALL
),
shares AS (
    SELECT
        *,
        times / nullif(sum(times) OVER (PARTITION BY role), 0) AS share,
        all_times / sum(all_times) OVER (PARTITION BY role) AS usual
    FROM counted
)
SELECT role, verb, times, round(share, 4) AS share, round(usual, 4) AS usual, round(share / usual, 2) AS lift
FROM shares
WHERE times > 0
ORDER BY times DESC, lift DESC, role, verb
LIMIT $limit;
