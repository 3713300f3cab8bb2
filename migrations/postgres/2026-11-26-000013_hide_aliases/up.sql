-- Whether an alias only helps to find its skill and is not shown on public pages.
ALTER TABLE skill_aliases ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
