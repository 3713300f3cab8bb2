DROP TABLE revisions;
DROP TABLE sessions;
DROP TABLE editors;
