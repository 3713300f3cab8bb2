-- In which way the texts were cleaned: 0 if they are as they were typed.
ALTER TABLE catalogue_state ADD COLUMN text_format INTEGER NOT NULL DEFAULT 0;

-- The ids that requirements had before their texts were cleaned: answers that were saved name them.
CREATE TABLE requirement_aliases (
    grade_id INTEGER NOT NULL REFERENCES grades (grade_id) ON DELETE CASCADE,
    former_id TEXT NOT NULL,
    requirement_id TEXT NOT NULL,
    PRIMARY KEY (grade_id, former_id)
);
