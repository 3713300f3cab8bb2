DROP TABLE invitations;
ALTER TABLE editors DROP COLUMN display_name;
