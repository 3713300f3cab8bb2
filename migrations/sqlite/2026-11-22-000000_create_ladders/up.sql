CREATE TABLE tracks (
    slug TEXT NOT NULL PRIMARY KEY CHECK (slug <> ''),
    title TEXT NOT NULL CHECK (title <> ''),
    position INTEGER NOT NULL
);

CREATE TABLE profession (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    title TEXT NOT NULL CHECK (title <> ''),
    summary TEXT NOT NULL,
    track TEXT NOT NULL REFERENCES tracks (slug) ON UPDATE CASCADE,
    position INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE INDEX profession_in_track ON profession (track, position, id);

CREATE TABLE grades (
    grade_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profession_id INTEGER NOT NULL REFERENCES profession (id),
    level_name TEXT NOT NULL DEFAULT 'junior' CHECK (level_name IN (
        'intern',
        'junior', 'junior+', 'junior++',
        'middle', 'middle+', 'middle++',
        'senior', 'senior+', 'senior++'
    )),
    description TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (profession_id, level_name)
);

CREATE TABLE catalogue_state (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);

INSERT INTO catalogue_state (id, revision) VALUES (1, 0);
