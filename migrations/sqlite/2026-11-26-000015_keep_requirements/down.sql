ALTER TABLE requirement_aliases RENAME TO kept_aliases;

CREATE TABLE requirement_aliases (
    grade_id INTEGER NOT NULL REFERENCES grades (grade_id) ON DELETE CASCADE,
    former_id TEXT NOT NULL,
    requirement_id TEXT NOT NULL,
    PRIMARY KEY (grade_id, former_id)
);

-- Any grade of a profession stands for its ladder.
INSERT INTO requirement_aliases
SELECT MIN(grades.grade_id), former_id, requirement_id
FROM kept_aliases
JOIN grades ON grades.profession_id = kept_aliases.profession_id
WHERE requirement_id IS NOT NULL
GROUP BY former_id, requirement_id, kept_aliases.profession_id;

DROP TABLE kept_aliases;
