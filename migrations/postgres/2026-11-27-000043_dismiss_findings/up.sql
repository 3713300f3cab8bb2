-- Findings of the ladder check that editors have looked at and left. A profession may be in the trash
-- meanwhile, so nothing refers to it.
CREATE TABLE dismissed_findings (
    profession_id INTEGER NOT NULL,
    finding TEXT NOT NULL,
    dismissed_by TEXT NOT NULL,
    dismissed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (profession_id, finding)
);
