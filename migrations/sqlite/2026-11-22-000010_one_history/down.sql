-- Tracks had no history before: theirs is lost.
CREATE TABLE later_revisions AS SELECT * FROM revisions WHERE kind <> 'track';

DROP TABLE revisions;

CREATE TABLE revisions (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    grade_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT,
    after TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (grade_id, version)
);

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

CREATE TABLE skill_revisions (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    skill_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT,
    after TEXT,
    created_at TIMESTAMP NOT NULL,
    merged_with INTEGER,
    UNIQUE (skill_id, version)
);

CREATE TABLE rules_revisions (
    version INTEGER NOT NULL PRIMARY KEY,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

INSERT INTO revisions (grade_id, version, author, note, before, after, created_at)
SELECT object_id, version, author, note, before, after, created_at
FROM later_revisions WHERE kind = 'grade' ORDER BY revision_id;

INSERT INTO profession_revisions (profession_id, version, author, note, before, after, created_at)
SELECT object_id, version, author, note, before, after, created_at
FROM later_revisions WHERE kind = 'profession' ORDER BY revision_id;

INSERT INTO skill_revisions
    (skill_id, version, author, note, before, after, created_at, merged_with)
SELECT object_id, version, author, note, before, after, created_at, merged_with
FROM later_revisions WHERE kind = 'skill' ORDER BY revision_id;

INSERT INTO rules_revisions (version, author, note, before, after, created_at)
SELECT version, author, note, before, after, created_at
FROM later_revisions WHERE kind = 'rules' ORDER BY revision_id;

DROP TABLE later_revisions;

DROP INDEX tracks_by_id;
ALTER TABLE tracks DROP COLUMN id;
