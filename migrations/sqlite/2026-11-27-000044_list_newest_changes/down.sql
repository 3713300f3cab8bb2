DROP TRIGGER list_newest_change;
DROP TABLE newest_changes;
