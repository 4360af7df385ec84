-- Who does something to whom? A row is an actor and a recipient, by events that are said to have happened.
WITH totals AS (
    SELECT
        actor_name AS actor,
        recipient_name AS recipient,
        count(*) AS events,
        count(DISTINCT article_id) AS articles,
        round(avg(goldstein), 3) AS goldstein
    FROM chosen_events
    WHERE has_happened AND actor_name IS NOT NULL AND recipient_name IS NOT NULL AND actor_name <> recipient_name
    GROUP BY ALL
    ORDER BY events DESC, articles DESC, actor, recipient
    LIMIT $pairs
),
uses AS (
    SELECT actor_name AS actor, recipient_name AS recipient, event_type, count(*) AS uses
    FROM chosen_events
    WHERE has_happened
    GROUP BY ALL
),
commonest AS (
    SELECT *
    FROM uses
    SEMI JOIN totals USING (actor, recipient)
    QUALIFY row_number() OVER (PARTITION BY actor, recipient ORDER BY uses DESC, event_type) <= 3
),
types AS (
    SELECT actor, recipient, string_agg(event_type, ', ' ORDER BY uses DESC, event_type) AS types
    FROM commonest
    GROUP BY ALL
)
SELECT totals.*, types
FROM totals
LEFT JOIN types USING (actor, recipient)
ORDER BY events DESC, articles DESC, actor, recipient;
