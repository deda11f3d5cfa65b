-- The processes on this database, and how many changes of volunteers each has not read yet. A few are the last second's work; thousands that stay are a node that cannot
-- keep up. Without a place a node still loads, or is gone (seen_at).
SELECT n.name, n.process_id, n.role, n.build, n.started_at, n.seen_at, DATEDIFF(SECOND, n.seen_at, SYSDATETIMEOFFSET()) AS seconds_silent,
    (SELECT COUNT(*) FROM volunteer_changes v WHERE v.seq > CAST(n.index_place AS BINARY(8))) AS changes_behind
FROM nodes n
WHERE n.seen_at > DATEADD(HOUR, -1, SYSDATETIMEOFFSET())
ORDER BY n.name, n.started_at;
