ALTER TABLE skill_revisions DROP COLUMN merged_with;
