-- How large is the warehouse, whatever the period? One row.
SELECT
    count(*) AS articles,
    count(duplicate_of) AS duplicates,
    (SELECT count(*) FROM quarantine) AS quarantined,
    (SELECT count(*) FROM files) AS files
FROM articles;
