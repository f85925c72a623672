-- What the chat window needs to know before and beside a conversation. No tables of its own.

-- Working shifts of a stretch of days with the role of who has them, each span once.
-- query: widget_shifts many
-- in: from_date int, to_date int, most int
-- out: start_ms int, end_ms int, role text
SELECT DISTINCT s.start_ms, s.end_ms, p.role FROM shift s JOIN person p ON p.id = s.person
WHERE s.date >= :from_date AND s.date <= :to_date AND s.end_ms > s.start_ms AND s.class NOT IN ('休', '调休') AND p.state = 'active'
ORDER BY s.start_ms, s.end_ms, p.role LIMIT :most;

-- How long those waited who waited at all and were taken since then, newest first.
-- query: widget_waits many
-- in: since_ms int, least_ms int, most int
-- out: wait_ms int
SELECT x.accepted_ms - x.started_ms AS wait_ms
FROM (SELECT o.accepted_ms, o.started_ms FROM conversation o WHERE o.state = 'open' AND o.accepted_ms >= :since_ms
  UNION ALL SELECT c.accepted_ms, c.started_ms FROM conversation c WHERE c.state = 'closed' AND c.closed_ms >= :since_ms AND c.accepted_ms >= :since_ms) x
WHERE x.accepted_ms - x.started_ms >= :least_ms ORDER BY x.accepted_ms DESC LIMIT :most;

-- query: widget_history many
-- in: customer text, before_ms int, before_id text, most int
-- out: id text, state text, agent text, channel text, started_ms int, closed_ms int?, last_text text, last_type text, rating int?
SELECT id, state, agent, channel, started_ms, closed_ms, last_text, last_type, rating FROM conversation
WHERE customer = :customer AND state <> 'merged' AND (started_ms < :before_ms OR (started_ms = :before_ms AND id < :before_id))
ORDER BY started_ms DESC, id DESC LIMIT :most;
