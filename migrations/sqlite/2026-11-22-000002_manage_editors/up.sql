-- Somebody disabled can't sign in, and what they did keeps its name.
ALTER TABLE editors ADD COLUMN disabled_at TIMESTAMP;

ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';

-- An entry outlives whom and what it tells of: it names both and refers to neither.
CREATE TABLE audit_log (
    entry_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at TIMESTAMP NOT NULL,
    login TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL
);

CREATE INDEX audit_log_by_time ON audit_log (at);
