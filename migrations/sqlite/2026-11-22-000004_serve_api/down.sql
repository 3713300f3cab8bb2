DROP INDEX grades_by_change;
DROP INDEX profession_by_change;
DROP TABLE idempotency_keys;
DROP TABLE api_tokens;
