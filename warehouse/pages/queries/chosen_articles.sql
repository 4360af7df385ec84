-- One row an article of the period that is no duplicate. A bucket is the day, week, month or year that it counts in.
CREATE OR REPLACE TEMP TABLE chosen_articles AS
SELECT
    article_id,
    source_uri,
    title,
    url,
    published_date,
    word_count,
    date_trunc($unit, published_date)::DATE AS bucket,
    coalesce(publisher, '(outlet not stated)') AS outlet,
    coalesce(upper(left(section, 1)) || lower(substr(section, 2)), '(section not stated)') AS section,
    published_at IS NOT NULL AS is_dated
FROM original_articles
WHERE ($since::DATE IS NULL OR published_date >= $since::DATE)
    AND ($until::DATE IS NULL OR published_date <= $until::DATE);
