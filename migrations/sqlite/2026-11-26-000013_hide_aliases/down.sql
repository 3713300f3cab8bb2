ALTER TABLE skill_aliases DROP COLUMN hidden;
