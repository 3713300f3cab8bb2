-- Files that were sent to be imported, until that is decided or a day has passed.
CREATE TABLE uploads (
    token TEXT NOT NULL,
    place INTEGER NOT NULL,
    login TEXT NOT NULL,
    file_name TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (token, place)
);

CREATE INDEX uploads_by_time ON uploads (created_at);
