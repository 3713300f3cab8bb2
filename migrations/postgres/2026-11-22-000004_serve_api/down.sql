ALTER TABLE profession ALTER COLUMN slug TYPE TEXT COLLATE "default";
DROP INDEX grades_by_change;
DROP INDEX profession_by_change;
DROP TABLE idempotency_keys;
DROP TABLE api_tokens;
