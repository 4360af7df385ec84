-- One row an article that is no duplicate of another.
CREATE OR REPLACE VIEW original_articles AS
SELECT * FROM articles WHERE duplicate_of IS NULL;
