-- What is searched: the terms of one skill, profession, grade or requirement, without the text they
-- come from. The rowid tells which of them it is. Terms are made in Rust and stand between spaces, so
-- every other sign belongs to them.
CREATE VIRTUAL TABLE search_entries USING fts5 (
    terms,
    content = '',
    contentless_delete = 1,
    tokenize = "ascii tokenchars '+#@~-'"
);

-- Which way of making terms they were made in.
ALTER TABLE catalogue_state ADD COLUMN search_format INTEGER NOT NULL DEFAULT 0;
