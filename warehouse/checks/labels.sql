-- Labels are spaCy's OntoNotes labels, where an English pipeline of spaCy has written them.
SELECT entities.article_id || '#' || mention_no || ' ' || label AS example
FROM entities
JOIN articles USING (article_id)
JOIN runs USING (run_id)
WHERE starts_with(runs.model, 'en_core_web_')
    -- Another pipeline may have written the rows since.
    AND runs.started_at > (
        SELECT coalesce(max(started_at), '-infinity')
        FROM runs
        WHERE flow = 'reextract' AND status <> 'undone' AND NOT starts_with(model, 'en_core_web_')
    )
    AND label NOT IN (
        'CARDINAL', 'DATE', 'EVENT', 'FAC', 'GPE', 'LANGUAGE', 'LAW', 'LOC', 'MONEY', 'NORP', 'ORDINAL', 'ORG',
        'PERCENT', 'PERSON', 'PRODUCT', 'QUANTITY', 'TIME', 'WORK_OF_ART'
    )
