-- What is there? One row of numbers.
SELECT
    (SELECT count(*) FROM chosen_articles) AS articles,
    (SELECT count(DISTINCT outlet) FROM chosen_articles WHERE outlet <> '(outlet not stated)') AS outlets,
    (SELECT coalesce(sum(word_count), 0)::BIGINT FROM chosen_articles) AS words,
    (SELECT count(DISTINCT entity) FROM chosen_names WHERE kind = 'person') AS people,
    (SELECT count(DISTINCT entity) FROM chosen_names WHERE kind = 'organisation') AS organisations,
    (SELECT count(DISTINCT entity) FROM chosen_names WHERE kind = 'place') AS places,
    (SELECT count(*) FROM chosen_quotes) AS quotes,
    (SELECT count(DISTINCT speaker) FROM chosen_quotes) AS speakers,
    (SELECT count(*) FROM chosen_events) AS events,
    (SELECT count(*) FROM chosen_events WHERE has_happened) AS happened;
