CREATE TABLE skills (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    title TEXT NOT NULL CHECK (title <> ''),
    category TEXT NOT NULL CHECK (category <> ''),
    link TEXT,
    version INTEGER NOT NULL DEFAULT 1
);

-- What else a skill is called.
CREATE TABLE skill_aliases (
    skill_id INTEGER NOT NULL REFERENCES skills (id) ON DELETE CASCADE,
    alias TEXT NOT NULL CHECK (alias <> ''),
    PRIMARY KEY (skill_id, alias)
);

-- Addresses that skills had before, so that links to them go on working.
CREATE TABLE former_skill_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    skill_id INTEGER NOT NULL REFERENCES skills (id) ON DELETE CASCADE
);

-- A skill before and after each change, in the dictionary's file format. A revision outlives its
-- skill: it names it and does not refer to it.
CREATE TABLE skill_revisions (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    skill_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT,
    after TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (skill_id, version)
);

-- Raised by every change of the dictionary, together with the revision of the catalogue.
ALTER TABLE catalogue_state ADD COLUMN skills_revision BIGINT NOT NULL DEFAULT 0;
