-- How complete is what was found?
-- A row is a share, 0 to 1, of the rows that it is about.
SELECT 'articles with a date' AS share_of, count(published_at) / nullif(count(*), 0) AS share, count(*) AS rows FROM articles
UNION ALL
SELECT 'articles with a title', count(title) / nullif(count(*), 0), count(*) FROM articles
UNION ALL
SELECT 'articles that are no duplicate', count(*) FILTER (WHERE duplicate_of IS NULL) / nullif(count(*), 0), count(*) FROM articles
UNION ALL
SELECT 'quotes with a speaker', count(speaker_text) / nullif(count(*), 0), count(*) FROM quotes
UNION ALL
SELECT 'quotes with a named speaker', count(speaker_name) / nullif(count(*), 0), count(*) FROM quotes
UNION ALL
SELECT 'events with an actor', count(actor_text) / nullif(count(*), 0), count(*) FROM events
UNION ALL
SELECT 'events with a recipient', count(recipient_text) / nullif(count(*), 0), count(*) FROM events;
