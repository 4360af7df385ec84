-- How much is published? A row is a bucket, an outlet and a section; articles without a date have no bucket.
SELECT bucket, outlet, section, count(*) AS articles
FROM chosen_articles
GROUP BY ALL
ORDER BY ALL;
