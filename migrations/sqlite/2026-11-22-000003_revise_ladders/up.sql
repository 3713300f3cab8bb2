ALTER TABLE tracks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Addresses that professions had before, so that links to them go on working.
CREATE TABLE former_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    profession_id INTEGER NOT NULL REFERENCES profession (id) ON DELETE CASCADE
);

-- A profession with its ladder before and after each change, in the catalogue's file format. A
-- revision outlives its profession: it names it and does not refer to it.
CREATE TABLE profession_revisions (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profession_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT,
    after TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (profession_id, version)
);
