DROP TABLE audit_log;
ALTER TABLE sessions DROP COLUMN user_agent;
ALTER TABLE editors DROP COLUMN disabled_at;
