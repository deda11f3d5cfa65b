-- Makes the empty database, once, before the first node starts; the nodes make the tables. Run as somebody who may create databases.
IF DB_ID('matching') IS NULL CREATE DATABASE matching;
GO
-- Readers do not wait for writers, and several reads may see one state: the service does not start without both.
ALTER DATABASE matching SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
ALTER DATABASE matching SET ALLOW_SNAPSHOT_ISOLATION ON;
