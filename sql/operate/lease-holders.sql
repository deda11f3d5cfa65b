-- What is held right now, and until when. A lease in the past is no harm: whoever comes next takes it.
SELECT held.what, held.id, held.holder, held.leased_until, DATEDIFF(SECOND, SYSDATETIMEOFFSET(), held.leased_until) AS seconds_left
FROM (
    SELECT 'order' AS what, id, CAST(NULL AS BINARY(16)) AS holder, leased_until FROM orders WHERE leased_until IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    SELECT 'message', id, lease_id, due_at FROM outbox WHERE lease_id IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    -- holder: the hat or account of the curator who claimed the wish.
    SELECT 'wish', id, leased_by, leased_until FROM wishes WHERE leased_until IS NOT NULL AND state = 'Triaging'
) held
ORDER BY held.leased_until, held.id;
