-- Who and what is named most? A row is a name; the articles that name it stand first.
SELECT kind, entity, name, mentions, articles FROM top_names ORDER BY kind, articles DESC, mentions DESC, entity;
