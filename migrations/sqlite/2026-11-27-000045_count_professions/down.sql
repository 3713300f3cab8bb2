DROP INDEX profession_drafts;
CREATE INDEX profession_drafts ON profession (id) WHERE is_draft;
DROP TRIGGER count_changed_profession;
DROP TRIGGER count_deleted_profession;
DROP TRIGGER count_new_profession;
ALTER TABLE tracks DROP COLUMN professions;
