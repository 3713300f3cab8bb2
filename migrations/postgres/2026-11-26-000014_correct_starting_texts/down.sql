ALTER TABLE catalogue_state DROP COLUMN starting_content;
