-- What did they say? A row is a quote of one of $who, the newest and surest first, with the text around it: `around`
-- begins at character `around_start` of the article.
WITH chosen AS (
    SELECT article_id, quote_no
    FROM chosen_quotes
    WHERE list_contains($who::VARCHAR[], speaker) AND length BETWEEN 15 AND 600
    QUALIFY row_number() OVER (
        PARTITION BY speaker
        ORDER BY day DESC NULLS LAST, confidence DESC NULLS LAST, article_id, quote_no
    ) <= $each
),
picked AS (SELECT * FROM chosen JOIN chosen_quotes USING (article_id, quote_no))
SELECT
    speaker AS owner,
    article_id,
    day,
    outlet,
    picked.title,
    picked.url,
    quote_type,
    cue,
    confidence,
    is_negated,
    greatest(start_char - 300, 0) AS around_start,
    substr(text, greatest(start_char - 300, 0) + 1, end_char - greatest(start_char - 300, 0) + 300) AS around,
    start_char,
    end_char,
    speaker_start,
    speaker_end
FROM picked
JOIN (SELECT article_id, text FROM articles) USING (article_id)
ORDER BY owner, day DESC NULLS LAST, confidence DESC NULLS LAST, article_id, quote_no;
