-- What are they? A row is an event that stands under `owner` (a type, a pair or a place, told by $by), the newest and
-- surest first, with its sentence.
WITH owned AS (
    SELECT
        CASE $by
            WHEN 'type' THEN event_type || '|' || class
            WHEN 'pair' THEN actor_name || '|' || recipient_name
            ELSE concat_ws('|', place_name, place_country, round(latitude, 2), round(longitude, 2))
        END AS owner,
        article_id,
        event_no,
        has_happened,
        day,
        confidence
    FROM chosen_events
    WHERE has_happened OR $by = 'type'
),
chosen AS (
    SELECT owner, article_id, event_no
    FROM owned
    WHERE list_contains($who::VARCHAR[], owner)
    QUALIFY row_number() OVER (
        PARTITION BY owner
        ORDER BY has_happened DESC, day DESC NULLS LAST, confidence DESC NULLS LAST, article_id, event_no
    ) <= $each
),
picked AS (SELECT * FROM chosen JOIN chosen_events USING (article_id, event_no))
SELECT
    owner,
    article_id,
    event_no,
    day,
    outlet,
    picked.title,
    picked.url,
    event_type,
    modality,
    polarity,
    confidence,
    evidence_start,
    substr(text, evidence_start + 1, least(evidence_end - evidence_start, 700)) AS sentence,
    evidence_end - evidence_start > 700 AS is_cut,
    trigger_start,
    trigger_end,
    actor_start,
    actor_end,
    actor_name,
    recipient_start,
    recipient_end,
    recipient_name,
    place_name,
    event_date
FROM picked
JOIN (SELECT article_id, text FROM articles) USING (article_id)
ORDER BY owner, has_happened DESC, day DESC NULLS LAST, confidence DESC NULLS LAST, article_id, event_no;
