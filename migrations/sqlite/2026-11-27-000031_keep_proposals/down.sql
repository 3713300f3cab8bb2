DROP TABLE proposal_notes;
DROP TABLE proposals;
