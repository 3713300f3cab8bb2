DROP TABLE requirement_aliases;
ALTER TABLE catalogue_state DROP COLUMN text_format;
