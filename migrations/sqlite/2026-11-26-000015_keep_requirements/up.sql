-- What became of the ids of requirements that left a ladder: saved answers and links name them. A profession
-- that is deleted may come back, so its rows stay; no other one ever gets its number.
ALTER TABLE requirement_aliases RENAME TO former_aliases;

CREATE TABLE requirement_aliases (
    profession_id INTEGER NOT NULL,
    former_id TEXT NOT NULL,
    -- The id that took its place; NULL if the requirement was removed.
    requirement_id TEXT,
    -- The words it had; empty where nobody knows them any more.
    former_label TEXT NOT NULL,
    former_text TEXT NOT NULL,
    -- The lowest level that asked for it.
    level_name TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    CONSTRAINT requirement_aliases_key PRIMARY KEY (profession_id, former_id)
);

INSERT INTO requirement_aliases
SELECT profession_id, former_id, MIN(requirement_id), '', '', MIN(level_name), CURRENT_TIMESTAMP
FROM former_aliases
JOIN grades ON grades.grade_id = former_aliases.grade_id
GROUP BY profession_id, former_id;

DROP TABLE former_aliases;
