-- What editors are called beside their logins.
ALTER TABLE editors ADD COLUMN display_name TEXT NOT NULL DEFAULT '';

-- Links by which editors set their own passwords. One that was used or taken back stays, so that whoever opens
-- it learns what became of it. An account without a password has an empty hash, which no password matches.
CREATE TABLE invitations (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    editor_id INTEGER NOT NULL REFERENCES editors (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    withdrawn_at TIMESTAMP
);

CREATE INDEX invitations_by_editor ON invitations (editor_id);
