-- How people move between grades, in one row: months between defences, weights of the steps of pay,
-- and a text.
CREATE TABLE rules (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    text TEXT NOT NULL,
    months INTEGER NOT NULL CHECK (months > 0),
    top_months INTEGER NOT NULL CHECK (top_months > 0),
    top_level TEXT NOT NULL CHECK (top_level IN (
        'intern', 'junior', 'junior+', 'junior++', 'middle', 'middle+', 'middle++',
        'senior', 'senior+', 'senior++'
    )),
    retry_months INTEGER NOT NULL CHECK (retry_months > 0),
    junior_weight INTEGER NOT NULL CHECK (junior_weight > 0),
    middle_weight INTEGER NOT NULL CHECK (middle_weight > junior_weight),
    senior_weight INTEGER NOT NULL CHECK (senior_weight > middle_weight),
    base_weight INTEGER NOT NULL CHECK (base_weight > senior_weight),
    version INTEGER NOT NULL DEFAULT 1,
    updated_at TIMESTAMP NOT NULL
);

-- The rules before and after each change, in their file format.
CREATE TABLE rules_revisions (
    version INTEGER NOT NULL PRIMARY KEY,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
