-- Nothing may show drafts to everybody.
DELETE FROM requirement_aliases WHERE profession_id IN (SELECT id FROM profession WHERE is_draft);
DELETE FROM former_slugs WHERE profession_id IN (SELECT id FROM profession WHERE is_draft);
DELETE FROM grades WHERE profession_id IN (SELECT id FROM profession WHERE is_draft);
UPDATE profession SET includes_id = NULL, includes_up_to = NULL
WHERE includes_id IN (SELECT id FROM profession WHERE is_draft);
DELETE FROM profession WHERE is_draft;
DELETE FROM revisions WHERE is_draft;
UPDATE revisions SET before = NULL
WHERE kind = 'profession' AND before LIKE '%' || char(10) || 'is_draft = true' || char(10) || '%';
UPDATE revisions SET after = NULL
WHERE kind = 'profession' AND after LIKE '%' || char(10) || 'is_draft = true' || char(10) || '%';
DROP INDEX profession_drafts;
ALTER TABLE revisions DROP COLUMN is_draft;
ALTER TABLE profession DROP COLUMN is_draft;
