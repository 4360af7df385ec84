-- Who is quoted most? A row is a person or body.
WITH totals AS (
    SELECT
        speaker,
        count(*) AS quotes,
        count(*) FILTER (WHERE quote_type = 'direct') AS direct,
        count(*) FILTER (WHERE quote_type = 'mixed') AS mixed,
        count(*) FILTER (WHERE quote_type = 'indirect') AS indirect,
        count(DISTINCT article_id) AS articles,
        count(DISTINCT outlet) AS outlets,
        min(speaker_label) AS label
    FROM chosen_quotes
    WHERE speaker IS NOT NULL
    GROUP BY ALL
    ORDER BY quotes DESC, articles DESC, speaker
    LIMIT $speakers
),
names AS (
    SELECT speaker, arg_max(speaker_name, (uses, speaker_name)) AS name
    FROM (SELECT speaker, speaker_name, count(*) AS uses FROM chosen_quotes SEMI JOIN totals USING (speaker) GROUP BY ALL)
    GROUP BY ALL
),
cues AS (
    SELECT speaker, arg_max(cue_lemma, (uses, cue_lemma)) AS cue
    FROM (
        SELECT speaker, cue_lemma, count(*) AS uses
        FROM chosen_quotes
        SEMI JOIN totals USING (speaker)
        WHERE cue_lemma IS NOT NULL
        GROUP BY ALL
    )
    GROUP BY ALL
)
SELECT totals.*, names.name, cues.cue
FROM totals
LEFT JOIN names USING (speaker)
LEFT JOIN cues USING (speaker)
ORDER BY quotes DESC, articles DESC, speaker;
