-- Who does something to whom, among the $size who act most and the $size to whom most is done? A row is a pair.
WITH dealings AS (
    SELECT actor_name AS actor, recipient_name AS recipient
    FROM chosen_events
    WHERE has_happened AND actor_name IS NOT NULL AND recipient_name IS NOT NULL AND actor_name <> recipient_name
),
actors AS (SELECT actor, count(*) AS n FROM dealings GROUP BY ALL ORDER BY n DESC, actor LIMIT $size),
recipients AS (SELECT recipient, count(*) AS n FROM dealings GROUP BY ALL ORDER BY n DESC, recipient LIMIT $size)
SELECT actor, recipient, count(*) AS events, any_value(actors.n) AS acts, any_value(recipients.n) AS receives
FROM dealings
JOIN actors USING (actor)
JOIN recipients USING (recipient)
GROUP BY actor, recipient
ORDER BY acts DESC, actor, receives DESC, recipient;
