-- The histories of scales are lost.
CREATE TABLE revisions_without_scales (
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
INSERT INTO revisions_without_scales
    SELECT revision_id, kind, object_id, version, author, note, before, after, created_at, merged_with
    FROM revisions WHERE kind <> 'scale';
DROP TABLE revisions;
ALTER TABLE revisions_without_scales RENAME TO revisions;
CREATE INDEX revisions_by_kind ON revisions (kind, revision_id);

DROP INDEX profession_by_scale;
ALTER TABLE profession DROP COLUMN scale_id;
DROP TABLE former_level_slugs;
DROP TABLE scale_levels;
DROP TABLE scales;
