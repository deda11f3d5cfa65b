-- Orders that should have moved: due for more than five minutes, longest first. A healthy system has none; with the jobs stopped there are many.
SELECT TOP (100)
    o.id, o.state, o.next_action, o.urgency, o.due_at, DATEDIFF(SECOND, o.due_at, SYSDATETIMEOFFSET()) AS seconds_late,
    o.leased_until, n.name AS leased_by, s.name AS owner_site, c.name AS center
FROM orders o
JOIN sites s ON s.id = o.owner_site_id
JOIN sites c ON c.id = o.center_id
LEFT JOIN nodes n ON n.id = o.leased_by
WHERE o.due_at < DATEADD(MINUTE, -5, SYSDATETIMEOFFSET())
ORDER BY o.due_at, o.id;
