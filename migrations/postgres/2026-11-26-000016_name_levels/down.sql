-- The histories of scales are lost.
DELETE FROM revisions WHERE kind = 'scale';
ALTER TABLE revisions DROP CONSTRAINT revisions_kind_check;
ALTER TABLE revisions ADD CONSTRAINT revisions_kind_check
    CHECK (kind IN ('grade', 'profession', 'track', 'skill', 'rules'));

DROP INDEX profession_by_scale;
ALTER TABLE profession DROP COLUMN scale_id;
DROP TABLE former_level_slugs;
DROP TABLE scale_levels;
DROP TABLE scales;
