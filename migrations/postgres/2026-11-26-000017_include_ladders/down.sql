DROP INDEX profession_by_included;
ALTER TABLE profession DROP COLUMN includes_up_to;
ALTER TABLE profession DROP COLUMN includes_id;
