ALTER TABLE catalogue_state DROP COLUMN skills_revision;
DROP TABLE skill_revisions;
DROP TABLE former_skill_slugs;
DROP TABLE skill_aliases;
DROP TABLE skills;
