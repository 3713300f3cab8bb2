DROP TABLE dismissed_findings;
