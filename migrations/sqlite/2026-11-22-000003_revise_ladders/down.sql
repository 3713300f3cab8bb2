DROP TABLE profession_revisions;
DROP TABLE former_slugs;
