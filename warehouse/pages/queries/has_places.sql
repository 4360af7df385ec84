-- Does the warehouse have the seed of places? One row; older ones may lack it.
SELECT count(*) AS tables
FROM duckdb_tables()
WHERE schema_name = 'seeds' AND table_name = 'places' AND database_name = current_catalog();
