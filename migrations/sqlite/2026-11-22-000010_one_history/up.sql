-- A track has a number of its own, so that its history and what is taken away are told from another
-- track that gets its name. The service gives the next number: one more than any there ever was.
ALTER TABLE tracks ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
UPDATE tracks SET id = (
    SELECT count(*) FROM tracks other
    WHERE other.position < tracks.position
       OR (other.position = tracks.position AND other.slug <= tracks.slug)
);
CREATE UNIQUE INDEX tracks_by_id ON tracks (id);

-- The saved changes of everything in one table. A revision outlives its object and its author: it
-- names both and refers to neither. The object of a grade is its grade_id; the rules are number 1.
CREATE TABLE former_revisions AS
    SELECT 1 AS place, 'grade' AS kind, revision_id AS number, grade_id AS object_id, version, author,
           note, before, after, created_at, CAST(NULL AS INTEGER) AS merged_with FROM revisions
    UNION ALL
    SELECT 2, 'profession', revision_id, profession_id, version, author, note, before, after,
           created_at, NULL FROM profession_revisions
    UNION ALL
    SELECT 3, 'skill', revision_id, skill_id, version, author, note, before, after, created_at,
           merged_with FROM skill_revisions
    UNION ALL
    SELECT 4, 'rules', version, 1, version, author, note, before, after, created_at, NULL
    FROM rules_revisions;

DROP TABLE revisions;
DROP TABLE profession_revisions;
DROP TABLE skill_revisions;
DROP TABLE rules_revisions;

CREATE TABLE revisions (
    revision_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('grade', 'profession', 'track', 'skill', 'rules')),
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

CREATE INDEX revisions_by_kind ON revisions (kind, revision_id);

INSERT INTO revisions
    (kind, object_id, version, author, note, before, after, created_at, merged_with)
SELECT kind, object_id, version, author, note, before, after, created_at, merged_with
FROM former_revisions ORDER BY created_at, place, number;

DROP TABLE former_revisions;
