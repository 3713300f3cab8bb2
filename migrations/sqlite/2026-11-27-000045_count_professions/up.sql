-- How many professions of a track everybody may see, so that no page counts them. Kept by triggers, whoever makes,
-- moves, publishes or deletes a profession.
ALTER TABLE tracks ADD COLUMN professions INTEGER NOT NULL DEFAULT 0;
UPDATE tracks SET professions =
    (SELECT count(*) FROM profession WHERE profession.track = tracks.slug AND NOT profession.is_draft);

CREATE TRIGGER count_new_profession AFTER INSERT ON profession WHEN NOT new.is_draft
BEGIN
    UPDATE tracks SET professions = professions + 1 WHERE slug = new.track;
END;
CREATE TRIGGER count_deleted_profession AFTER DELETE ON profession WHEN NOT old.is_draft
BEGIN
    UPDATE tracks SET professions = professions - 1 WHERE slug = old.track;
END;
CREATE TRIGGER count_changed_profession AFTER UPDATE OF track, is_draft ON profession
WHEN old.track <> new.track OR old.is_draft <> new.is_draft
BEGIN
    UPDATE tracks SET professions = professions - 1 WHERE slug = old.track AND NOT old.is_draft;
    UPDATE tracks SET professions = professions + 1 WHERE slug = new.track AND NOT new.is_draft;
END;

-- Drafts are counted by those who see them.
DROP INDEX profession_drafts;
CREATE INDEX profession_drafts ON profession (track, id) WHERE is_draft;
