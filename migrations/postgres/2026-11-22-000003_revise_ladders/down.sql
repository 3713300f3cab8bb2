DROP TABLE profession_revisions;
DROP TABLE former_slugs;
ALTER TABLE tracks DROP COLUMN version;
