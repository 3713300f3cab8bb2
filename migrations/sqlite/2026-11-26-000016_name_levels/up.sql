-- Own names for the ten ranks. The default scale, whose names the program knows, has no row.
CREATE TABLE scales (
    id INTEGER NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL DEFAULT 1
);

-- The levels of a scale; a rank that it leaves out has no row.
CREATE TABLE scale_levels (
    scale_id INTEGER NOT NULL REFERENCES scales (id) ON DELETE CASCADE,
    level_name TEXT NOT NULL CHECK (level_name IN (
        'intern', 'junior', 'junior+', 'junior++', 'middle', 'middle+', 'middle++',
        'senior', 'senior+', 'senior++'
    )),
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    is_base BOOLEAN NOT NULL,
    PRIMARY KEY (scale_id, level_name),
    UNIQUE (scale_id, title),
    UNIQUE (scale_id, slug)
);

-- Addresses that levels had before, so that links to them go on working.
CREATE TABLE former_level_slugs (
    scale_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    level_name TEXT NOT NULL,
    PRIMARY KEY (scale_id, slug),
    FOREIGN KEY (scale_id, level_name) REFERENCES scale_levels (scale_id, level_name)
        ON DELETE CASCADE
);

-- NULL: the default scale.
ALTER TABLE profession ADD COLUMN scale_id INTEGER REFERENCES scales (id);
CREATE INDEX profession_by_scale ON profession (scale_id);

-- Scales have a history as everything else.
CREATE TABLE revisions_with_scales (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('grade', 'profession', 'track', 'skill', 'rules', 'scale')),
    object_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT,
    after TEXT,
    created_at TIMESTAMP NOT NULL,
    -- The other skill of a merge: for the one that went away where it went, for the one that stayed
    -- what came.
    merged_with INTEGER,
    UNIQUE (kind, object_id, version)
);
INSERT INTO revisions_with_scales
    SELECT revision_id, kind, object_id, version, author, note, before, after, created_at, merged_with
    FROM revisions;
DROP TABLE revisions;
ALTER TABLE revisions_with_scales RENAME TO revisions;
CREATE INDEX revisions_by_kind ON revisions (kind, revision_id);
