-- What the floor and the handover read across nouns: who holds what, how the day has gone.

-- query: floor_open_conversations many
-- in: agent text
-- out: id text, customer_name text, started_ms int
SELECT c.id, COALESCE(u.name, c.customer) AS customer_name, c.started_ms FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.agent = :agent AND c.state = 'open' ORDER BY c.started_ms, c.id LIMIT 100;

-- query: floor_open_orders many
-- Orders of an agent on which a duty still runs: not noted, an add-on not fetched.
-- in: agent text
-- out: id text, text text, at_ms int
SELECT DISTINCT c.object AS id, c.title_zh AS text, c.started_ms AS at_ms FROM clock c JOIN orders o ON o.id = c.object
WHERE c.object_noun = 'order' AND c.state IN ('running', 'paused') AND (o.agent = :agent OR c.bearer = :agent) ORDER BY at_ms, id LIMIT 100;

-- query: floor_customer one
-- in: conversation text
-- out: name text
SELECT u.name FROM conversation c JOIN customer u ON u.id = c.customer WHERE c.id = :conversation;

-- query: floor_load many
-- out: agent text, open_count int
SELECT agent, COUNT(*) AS open_count FROM conversation WHERE state = 'open' GROUP BY agent ORDER BY agent;

-- query: floor_waiting one
-- Customers in the queue and those whose last words have no answer yet.
-- out: waiting int, since_ms int?, open_count int
SELECT COALESCE(SUM(CASE WHEN state = 'waiting' OR wait_since_ms IS NOT NULL THEN 1 ELSE 0 END), 0) AS waiting,
  MIN(wait_since_ms) AS since_ms, COUNT(*) AS open_count FROM conversation WHERE state IN ('open', 'waiting');

-- query: floor_conversations_between many
-- in: from_ms int, to_ms int
-- out: id text, agent text, started_ms int, closed_ms int?
SELECT id, first_by AS agent, started_ms, closed_ms FROM figure_talk
WHERE started_ms < :to_ms AND started_ms >= :from_ms ORDER BY started_ms, id LIMIT 20000;

-- query: floor_received many
-- Distinct customers whom each agent received.
-- in: from_ms int, to_ms int
-- out: agent text, customers int
SELECT agent, COUNT(DISTINCT customer) AS customers FROM conversation
WHERE started_ms >= :from_ms AND started_ms < :to_ms AND agent <> '' GROUP BY agent ORDER BY agent;

-- query: floor_closed_deals many
-- Distinct customers with a completed order per agent.
-- in: from_ms int, to_ms int
-- out: agent text, customers int, amount_fen int
SELECT agent, COUNT(DISTINCT customer) AS customers, SUM(amount_fen) AS amount_fen FROM orders
WHERE closed_ms >= :from_ms AND closed_ms < :to_ms AND state = 'completed' AND agent <> '' GROUP BY agent ORDER BY agent;

-- query: floor_received_detail many
-- in: agent text, from_ms int, to_ms int
-- out: id text, customer text, started_ms int
SELECT id, customer, started_ms FROM conversation
WHERE agent = :agent AND started_ms >= :from_ms AND started_ms < :to_ms ORDER BY started_ms, id LIMIT 2000;

-- query: floor_deals_detail many
-- in: agent text, from_ms int, to_ms int
-- out: id text, customer text, closed_ms int, amount_fen int
SELECT id, customer, closed_ms, amount_fen FROM orders
WHERE agent = :agent AND closed_ms >= :from_ms AND closed_ms < :to_ms AND state = 'completed' ORDER BY closed_ms, id LIMIT 2000;

-- query: floor_samples many
-- Conversations closed in a time, in an order that depends on a seed but not on chance: the sample of a checklist.
-- in: from_ms int, to_ms int
-- out: id text, agent text, started_ms int, customer_name text
SELECT c.id, c.agent, c.started_ms, COALESCE(u.name, c.customer) AS customer_name FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.started_ms >= :from_ms AND c.started_ms < :to_ms AND c.agent <> '' AND c.agent_messages > 0 ORDER BY c.id LIMIT 20000;

-- query: floor_order_samples many
-- Orders placed in a time that somebody handles: the sample of a checklist, drawn as conversations are.
-- in: from_ms int, to_ms int
-- out: id text, agent text, started_ms int, customer_name text
SELECT o.id, o.agent, o.created_ms AS started_ms, COALESCE(u.name, o.buyer) AS customer_name FROM orders o LEFT JOIN customer u ON u.id = o.customer
WHERE o.created_ms >= :from_ms AND o.created_ms < :to_ms AND o.agent <> '' ORDER BY o.id LIMIT 20000;

-- query: floor_first_replies many
-- How long each conversation waited for its first human answer.
-- in: from_ms int, to_ms int
-- out: id text, agent text, started_ms int, replied_ms int?
SELECT c.id, c.agent, c.started_ms,
  (SELECT MIN(m.at_ms) FROM message m WHERE m.conversation = c.id AND m.by_type = 'agent') AS replied_ms
FROM conversation c WHERE c.started_ms >= :from_ms AND c.started_ms < :to_ms AND c.agent <> '' ORDER BY c.agent, c.started_ms, c.id;
