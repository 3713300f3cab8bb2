-- Drafts are for editors alone. A saved change of one is, too, also after the draft is published.
ALTER TABLE profession ADD COLUMN is_draft BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX profession_drafts ON profession (id) WHERE is_draft;
ALTER TABLE revisions ADD COLUMN is_draft BOOLEAN NOT NULL DEFAULT FALSE;
