ALTER TABLE editors DROP COLUMN last_visit_at;
ALTER TABLE editors DROP COLUMN seen_at;
