-- Who waits for whom in the database at this moment.
SELECT r.session_id, r.blocking_session_id, r.wait_type, r.wait_time AS wait_milliseconds, r.status, t.text
FROM sys.dm_exec_requests r
CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t
WHERE r.blocking_session_id <> 0
ORDER BY r.wait_time DESC;
