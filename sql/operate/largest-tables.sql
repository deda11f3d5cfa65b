-- Where the room goes: rows and megabytes of each table, the largest first.
SELECT t.name, SUM(CASE WHEN p.index_id < 2 THEN p.row_count ELSE 0 END) AS row_count, SUM(p.reserved_page_count) / 128 AS megabytes
FROM sys.dm_db_partition_stats p
JOIN sys.tables t ON t.object_id = p.object_id
GROUP BY t.name
ORDER BY SUM(p.reserved_page_count) DESC;
