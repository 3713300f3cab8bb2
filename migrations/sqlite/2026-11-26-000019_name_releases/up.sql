-- Named states of the catalogue: everything up to a change; 0 if nothing had been changed.
CREATE TABLE releases (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    note TEXT NOT NULL,
    revision_id INTEGER NOT NULL,
    author TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
