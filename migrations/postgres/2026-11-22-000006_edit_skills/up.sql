-- The other skill of a merge: for the one that went away where it went, for the one that stayed
-- what came. A merge can be undone from either.
ALTER TABLE skill_revisions ADD COLUMN merged_with INTEGER;
