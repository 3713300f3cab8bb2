DROP TABLE rules_revisions;
DROP TABLE rules;
