-- How complete is what was found? A row is a share of rows.
SELECT 'Articles with a date' AS share_of, count(*) FILTER (WHERE is_dated) AS part, count(*) AS whole FROM chosen_articles
UNION ALL
SELECT 'Articles with a headline', count(title), count(*) FROM chosen_articles
UNION ALL
SELECT 'Articles with a stated outlet', count(*) FILTER (WHERE outlet <> '(outlet not stated)'), count(*) FROM chosen_articles
UNION ALL
SELECT 'Quotes with a speaker in the text', count(speaker_start), count(*) FROM chosen_quotes
UNION ALL
SELECT 'Quotes whose speaker has a name', count(speaker), count(*) FROM chosen_quotes
UNION ALL
SELECT 'Events with an actor', count(actor_start), count(*) FROM chosen_events
UNION ALL
SELECT 'Events with a recipient', count(recipient_start), count(*) FROM chosen_events
UNION ALL
SELECT 'Events with a date', count(event_date), count(*) FROM chosen_events
UNION ALL
SELECT 'Events with a place', count(place_name), count(*) FROM chosen_events;
