-- When the last change that visitors can see was made, in UTC: printed pages tell of what day they are.
ALTER TABLE catalogue_state ADD COLUMN changed_at TIMESTAMP;
UPDATE catalogue_state SET changed_at = (SELECT max(updated_at) FROM profession);
