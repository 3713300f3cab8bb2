ALTER TABLE catalogue_state DROP COLUMN changed_at;
