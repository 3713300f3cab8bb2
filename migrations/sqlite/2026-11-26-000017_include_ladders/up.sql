-- The profession whose ladder is included, and up to which of its levels: without one the whole ladder
-- is. A circle is prevented by the service, which alone changes these columns, one transaction at a time.
ALTER TABLE profession ADD COLUMN includes_id INTEGER
    REFERENCES profession (id)
    CHECK (includes_id <> id);
ALTER TABLE profession ADD COLUMN includes_up_to TEXT
    CHECK (includes_up_to IS NULL OR includes_id IS NOT NULL)
    CHECK (includes_up_to IN (
        'intern',
        'junior', 'junior+', 'junior++',
        'middle', 'middle+', 'middle++',
        'senior', 'senior+', 'senior++'
    ));

CREATE INDEX profession_by_included ON profession (includes_id);
