DROP INDEX profession_drafts;
CREATE INDEX profession_drafts ON profession (id) WHERE is_draft;
DROP TRIGGER count_changed_profession ON profession;
DROP TRIGGER count_profession ON profession;
DROP FUNCTION count_profession();
ALTER TABLE tracks DROP COLUMN professions;
