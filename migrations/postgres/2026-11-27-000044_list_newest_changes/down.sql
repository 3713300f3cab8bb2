DROP TRIGGER list_newest_changes ON revisions;
DROP FUNCTION list_newest_changes();
DROP TABLE newest_changes;
