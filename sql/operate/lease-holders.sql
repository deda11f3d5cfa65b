-- What is held right now, and until when. A lease in the past is no harm: whoever comes next takes it.
SELECT held.what, held.id, held.holder, held.leased_until, DATEDIFF(SECOND, SYSDATETIMEOFFSET(), held.leased_until) AS seconds_left
FROM (
    SELECT 'message' AS what, id, lease_id AS holder, due_at AS leased_until FROM outbox WHERE lease_id IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    -- holder: of a message the one who delivers it, of a wish the curator who claimed it.
    SELECT 'wish', id, leased_by, leased_until FROM wishes WHERE leased_until IS NOT NULL AND state = 'Triaging'
    UNION ALL
    -- holder: the node (nodes.id) that does what is due. One that stays here longer than its lease has failed at it: the node's log says why.
    SELECT 'due order', id, leased_by, leased_until FROM orders WHERE leased_until IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    SELECT 'due wish', id, swept_by, swept_until FROM wishes WHERE swept_until IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    SELECT 'due emergency', id, leased_by, leased_until FROM mode_activations WHERE leased_until IS NOT NULL AND due_at IS NOT NULL
    UNION ALL
    SELECT 'due suspension', id, leased_by, leased_until FROM volunteers WHERE leased_until IS NOT NULL AND suspended_until IS NOT NULL
) held
ORDER BY held.leased_until, held.id;
