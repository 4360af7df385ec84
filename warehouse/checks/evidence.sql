-- The evidence of an event lies inside the text and holds the trigger.
SELECT events.article_id || '#' || event_no AS example
FROM events
JOIN articles USING (article_id)
WHERE evidence_start < 0
    OR evidence_end <= evidence_start
    OR evidence_end > articles.char_count
    OR trigger_start < evidence_start
    OR trigger_end > evidence_end
