-- How many professions of a track everybody may see, so that no page counts them. Kept by triggers, whoever makes,
-- moves, publishes or deletes a profession.
ALTER TABLE tracks ADD COLUMN professions INTEGER NOT NULL DEFAULT 0;
UPDATE tracks SET professions =
    (SELECT count(*) FROM profession WHERE profession.track = tracks.slug AND NOT profession.is_draft);

CREATE FUNCTION count_profession() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE tracks SET professions = professions - 1 WHERE slug = OLD.track AND NOT OLD.is_draft;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE tracks SET professions = professions + 1 WHERE slug = NEW.track AND NOT NEW.is_draft;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_profession AFTER INSERT OR DELETE ON profession
FOR EACH ROW EXECUTE FUNCTION count_profession();
CREATE TRIGGER count_changed_profession AFTER UPDATE OF track, is_draft ON profession
FOR EACH ROW WHEN (OLD.track <> NEW.track OR OLD.is_draft <> NEW.is_draft) EXECUTE FUNCTION count_profession();

-- Drafts are counted by those who see them.
DROP INDEX profession_drafts;
CREATE INDEX profession_drafts ON profession (track, id) WHERE is_draft;
