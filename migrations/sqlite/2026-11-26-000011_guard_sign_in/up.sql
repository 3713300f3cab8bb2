-- What every instance of the site must know and nobody else: the key that signs cookies, and the secret part
-- of the address where the first owner is made.
CREATE TABLE site_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- An entry may stand for several failures of one kind: how many, and when the last one was.
ALTER TABLE audit_log ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit_log ADD COLUMN last_at TIMESTAMP;

CREATE INDEX audit_log_by_actor ON audit_log (action, login, address, at);
