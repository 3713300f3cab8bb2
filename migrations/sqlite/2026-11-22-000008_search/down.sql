ALTER TABLE catalogue_state DROP COLUMN search_format;
DROP TABLE search_entries;
