-- A digest of the starting content whose corrections this database has; empty if it has none yet.
ALTER TABLE catalogue_state ADD COLUMN starting_content TEXT NOT NULL DEFAULT '';
