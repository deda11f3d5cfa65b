-- Imports bring more than volunteers. NULL: begun before there was a choice, so volunteers.
ALTER TABLE imports ADD kind NVARCHAR(20) {exact} NULL;
