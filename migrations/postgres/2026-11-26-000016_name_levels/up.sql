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
ALTER TABLE revisions DROP CONSTRAINT revisions_kind_check;
ALTER TABLE revisions ADD CONSTRAINT revisions_kind_check
    CHECK (kind IN ('grade', 'profession', 'track', 'skill', 'rules', 'scale'));
