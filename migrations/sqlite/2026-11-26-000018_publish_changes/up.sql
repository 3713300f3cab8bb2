-- Whose ladder a change belongs to, also when the grade or the profession is gone.
ALTER TABLE revisions ADD COLUMN profession_id INTEGER;

-- What an editor says that a change does to the demands; NULL: what is computed from its texts.
ALTER TABLE revisions ADD COLUMN effect TEXT
    CHECK (effect IN ('more', 'less', 'more and less', 'wording', 'none'));

UPDATE revisions SET profession_id = object_id WHERE kind = 'profession';
UPDATE revisions SET profession_id = (
    SELECT grades.profession_id FROM grades WHERE grades.grade_id = revisions.object_id
) WHERE kind = 'grade';
-- Grades that are gone stand in the changes of their professions.
UPDATE revisions SET profession_id = (
    SELECT max(owner.object_id) FROM revisions owner
    WHERE owner.kind = 'profession'
      AND owner.before LIKE '%"' || char(10) || 'id = ' || revisions.object_id || char(10) || 'version = %'
) WHERE kind = 'grade' AND profession_id IS NULL;

CREATE INDEX revisions_by_profession ON revisions (profession_id, revision_id);
CREATE INDEX revisions_by_object ON revisions (kind, object_id, revision_id);
CREATE INDEX revisions_by_time ON revisions (created_at, revision_id);
