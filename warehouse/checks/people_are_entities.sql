-- Speakers, actors and recipients with an entity_id are entities of the same article.
SELECT article_id || '#' || number || ' ' || role || ' ' || entity_id AS example
FROM (
    SELECT article_id, quote_no AS number, 'speaker' AS role, speaker_entity_id AS entity_id FROM quotes
    UNION ALL
    SELECT article_id, event_no, 'actor', actor_entity_id FROM events
    UNION ALL
    SELECT article_id, event_no, 'recipient', recipient_entity_id FROM events
)
WHERE entity_id IS NOT NULL
    AND (article_id, entity_id) NOT IN (SELECT (article_id, entity_id) FROM entities WHERE entity_id IS NOT NULL)
