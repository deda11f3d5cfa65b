-- What still has to be told, by topic: how much, how old, how often it failed, and the last words of what failed.
SELECT topic, COUNT(*) AS waiting, MIN(created_at) AS oldest, MIN(due_at) AS next_due, MAX(attempts) AS most_attempts, MAX(error) AS an_error
FROM outbox
WHERE due_at IS NOT NULL
GROUP BY topic
ORDER BY MIN(created_at);
