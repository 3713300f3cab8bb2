-- Changes of descriptions that somebody else is to publish. A grade may be in the trash meanwhile, so nothing
-- refers to it.
CREATE TABLE proposals (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    grade_id INTEGER NOT NULL,
    -- The version of the description that the text grew from.
    base_version INTEGER NOT NULL,
    text TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'returned', 'published', 'withdrawn')),
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE INDEX proposals_by_grade ON proposals (grade_id);
CREATE INDEX proposals_by_state ON proposals (state);

-- What editors say of them, in order.
CREATE TABLE proposal_notes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    proposal_id INTEGER NOT NULL REFERENCES proposals (id),
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE INDEX proposal_notes_by_proposal ON proposal_notes (proposal_id);
