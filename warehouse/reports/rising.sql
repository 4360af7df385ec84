-- Which names rise: named by a larger share of articles in this period than in the one before?
-- A row is a person, organisation, place or other name. g is the log-likelihood ratio of its articles against the others,
-- in both periods; p the chance of such a g where nothing has changed; q the share of false rows to expect among those
-- with a q as low (Benjamini and Hochberg), as many names are tested at once. The period before is as long as this one,
-- and ends the day before it.
-- $since DATE: first day of this period; 30 days up to its last day where not given
-- $until DATE: last day of this period; the last day of any article where not given
-- $outlet TEXT: only that outlet (publisher)
-- $label TEXT: only names of that label: PERSON, ORG, GPE, …
-- $least INTEGER = 3: articles of this period that a name needs
-- $limit INTEGER = 15: rows at most
WITH chosen AS (
    FROM entities
    WHERE $outlet IS NULL
    UNION ALL
    FROM entities
    SEMI JOIN (SELECT article_id FROM articles WHERE lower(publisher) = lower($outlet)) USING (article_id)
),
period AS (
    SELECT since, until, (since - (until - since + 1)::INTEGER) AS since_before
    FROM (
        SELECT coalesce($since, until - 29) AS since, until
        FROM (SELECT coalesce($until, max(published_date)) AS until FROM articles)
    )
),
totals AS (
    SELECT
        count(*) FILTER (WHERE published_date >= since) AS total,
        count(*) FILTER (WHERE published_date < since) AS total_before
    FROM original_articles, period
    WHERE published_date BETWEEN since_before AND until AND ($outlet IS NULL OR lower(publisher) = lower($outlet))
),
named AS (
    SELECT
        entity_id,
        max(name) AS name,
        max(label) AS label,
        count(DISTINCT hash(article_id)) FILTER (WHERE published_date >= since) AS articles,
        count(DISTINCT hash(article_id)) FILTER (WHERE published_date < since) AS articles_before
    FROM chosen, period
    WHERE published_date BETWEEN since_before AND until
        AND entity_id IS NOT NULL
        AND ($label IS NULL OR label = upper($label))
    GROUP BY entity_id
    HAVING articles >= $least
),
shares AS (
    SELECT
        *,
        articles / total AS share,
        articles_before / total_before AS share_before,
        (articles + articles_before) / (total + total_before) AS share_of_both
    FROM named, totals
    WHERE total > 0 AND total_before > 0
),
tested AS (
    SELECT
        *,
        -- Each of the four cells gives observed times log (observed / expected), and nothing where it is empty.
        2 * (
            articles * ln(share / share_of_both)
            + CASE WHEN articles_before > 0 THEN articles_before * ln(share_before / share_of_both) ELSE 0 END
            + CASE WHEN share < 1 THEN (total - articles) * ln((1 - share) / (1 - share_of_both)) ELSE 0 END
            + CASE
                WHEN share_before < 1
                    THEN (total_before - articles_before) * ln((1 - share_before) / (1 - share_of_both))
                ELSE 0
            END
        ) AS g
    FROM shares
),
rated AS (
    SELECT
        *,
        sqrt(greatest(g, 0)) AS z,
        exp(-greatest(g, 0) / 2) / sqrt(2 * pi()) AS density,
        1 / (1 + 0.2316419 * z) AS t
    FROM tested
),
tails AS (
    SELECT
        *,
        -- Two tails of the normal distribution: Abramowitz and Stegun 26.2.17, and from z = 2 on the fraction 26.2.14.
        2 * density * CASE
            WHEN z < 2
                THEN t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
            ELSE 1 / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 5 / (
                z + 6 / (z + 7 / (z + 8 / (z + 9 / (z + 10 / (z + 11 / (z + 12 / z))))))
            ))))))
        END AS p
    FROM rated
),
ranked AS (
    SELECT *, p * count(*) OVER () / count(*) OVER (ORDER BY p) AS adjusted FROM tails
)
SELECT
    name,
    label,
    articles,
    articles_before,
    round(share, 4) AS share,
    round(share_before, 4) AS share_before,
    round(g, 2) AS g,
    p,
    least(1, min(adjusted) OVER (ORDER BY p DESC)) AS q
FROM ranked
WHERE share > share_before
QUALIFY row_number() OVER (ORDER BY g DESC, articles DESC, name) <= $limit
ORDER BY g DESC, articles DESC, name;
