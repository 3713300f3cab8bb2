-- What is searched: the terms of one skill, profession, grade or requirement, without the text they
-- come from. The id tells which of them it is. Terms are made in Rust.
CREATE TABLE search_entries (
    id BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL
);

CREATE INDEX search_entries_by_term ON search_entries USING gin (terms);

-- Which way of making terms they were made in.
ALTER TABLE catalogue_state ADD COLUMN search_format INTEGER NOT NULL DEFAULT 0;
