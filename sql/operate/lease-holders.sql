-- What is held right now, and until when. A lease in the past is no harm: whoever comes next takes it. Due orders are not leased: whoever locks the row first does the step.
SELECT held.what, held.id, held.holder, held.leased_until, DATEDIFF(SECOND, SYSDATETIMEOFFSET(), held.leased_until) AS seconds_left
FROM (
    SELECT 'message' AS what, id, lease_id AS holder, due_at AS leased_until FROM outbox WHERE lease_id IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    -- holder: of a message the one who delivers it, of a wish the curator who claimed it.
    SELECT 'wish', id, leased_by, leased_until FROM wishes WHERE leased_until IS NOT NULL AND state = 'Triaging'
) held
ORDER BY held.leased_until, held.id;
