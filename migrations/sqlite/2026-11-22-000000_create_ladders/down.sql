DROP TABLE catalogue_state;
DROP TABLE grades;
DROP TABLE profession;
DROP TABLE tracks;
