DROP INDEX audit_log_by_actor;
ALTER TABLE audit_log DROP COLUMN last_at;
ALTER TABLE audit_log DROP COLUMN times;
DROP TABLE site_secrets;
