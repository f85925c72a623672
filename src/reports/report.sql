-- Figures that only reports ask for.

-- query: report_first_replies many
-- How long each conversation waited for its first human answer.
-- in: from_ms int, to_ms int
-- out: id text, agent text, started_ms int, replied_ms int?
SELECT c.id, c.agent, c.started_ms,
  (SELECT MIN(m.at_ms) FROM message m WHERE m.conversation = c.id AND m.by_type = 'agent') AS replied_ms
FROM conversation c WHERE c.started_ms >= :from_ms AND c.started_ms < :to_ms AND c.agent <> '' ORDER BY c.agent, c.started_ms, c.id;
