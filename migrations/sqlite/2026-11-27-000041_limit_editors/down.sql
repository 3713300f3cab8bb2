DROP TABLE editor_tracks;
