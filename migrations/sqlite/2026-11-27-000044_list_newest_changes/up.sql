-- The newest change of each thing, so that what has changed since a moment is found without going from thing to
-- thing. Kept by a trigger, whoever makes a change.
CREATE TABLE newest_changes (
    kind TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    revision_id INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id)
);
CREATE INDEX newest_changes_by_revision ON newest_changes (revision_id);
INSERT INTO newest_changes (kind, object_id, revision_id)
SELECT kind, object_id, max(revision_id) FROM revisions GROUP BY kind, object_id;

-- Changes that are copied from another database come after the rows that are kept here.
CREATE TRIGGER list_newest_change AFTER INSERT ON revisions
BEGIN
    INSERT INTO newest_changes (kind, object_id, revision_id)
    VALUES (new.kind, new.object_id, new.revision_id)
    ON CONFLICT (kind, object_id) DO UPDATE SET revision_id = excluded.revision_id
    WHERE excluded.revision_id > newest_changes.revision_id;
END;
