-- One row a month, type of event and pair of actor and recipient. Each report of an event counts.
--   month: first day of the month of publication, UTC; NULL holds the articles without a date
--   taxonomy: plover or civic
--   event_type: the type, as in seeds.event_types
--   actor_name: who did it; NULL where that is not known by name
--   recipient_name: to whom it was done; NULL where that is not known by name
--   events: events of that kind
--   happened: those that are said to have happened, and are not denied
--   articles: articles that tell of them
--   goldstein: mean of goldstein of those that happened, -10 (conflict) to 10 (cooperation); NULL for civic types
CREATE OR REPLACE VIEW monthly_events AS
SELECT
    date_trunc('month', published_date)::DATE AS month,
    taxonomy,
    event_type,
    actor_name,
    recipient_name,
    count(*) AS events,
    count(*) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed') AS happened,
    count(DISTINCT article_id) AS articles,
    avg(goldstein) FILTER (WHERE modality = 'happened' AND polarity = 'affirmed') AS goldstein
FROM events
GROUP BY ALL;
