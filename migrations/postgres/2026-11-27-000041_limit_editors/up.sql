-- The tracks whose professions an editor may change; with none, all of the catalogue. A track may be in the trash
-- meanwhile, so nothing refers to it: whoever is limited to it alone may change nothing, not everything.
CREATE TABLE editor_tracks (
    editor_id INTEGER NOT NULL REFERENCES editors (id),
    track_id INTEGER NOT NULL,
    PRIMARY KEY (editor_id, track_id)
);
