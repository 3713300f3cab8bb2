DROP INDEX revisions_by_time;
DROP INDEX revisions_by_object;
DROP INDEX revisions_by_profession;
ALTER TABLE revisions DROP COLUMN effect;
ALTER TABLE revisions DROP COLUMN profession_id;
