-- Conversations, their messages, and how many each agent holds.

-- table: conversation
CREATE TABLE conversation (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  accepted_ms BIGINT,
  closed_ms BIGINT,
  close_reason TEXT NOT NULL,
  deal BIGINT,
  no_deal_reason TEXT NOT NULL,
  last_text TEXT NOT NULL,
  last_by TEXT NOT NULL,
  last_type TEXT NOT NULL,
  last_ms BIGINT NOT NULL,
  last_seq BIGINT NOT NULL,
  wait_since_ms BIGINT,
  customer_messages BIGINT NOT NULL,
  agent_messages BIGINT NOT NULL,
  unread BIGINT NOT NULL,
  agent_read_seq BIGINT NOT NULL,
  customer_read_seq BIGINT NOT NULL,
  auto_ms BIGINT NOT NULL,
  rating BIGINT,
  rating_text TEXT NOT NULL,
  tags TEXT NOT NULL
);
CREATE INDEX conversation_customer ON conversation (customer, started_ms, id);
CREATE INDEX conversation_state ON conversation (state, closed_ms, id);
CREATE INDEX conversation_agent ON conversation (agent, state, closed_ms, id);

-- table: message rowless
CREATE TABLE message (
  conversation TEXT NOT NULL,
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  by_type TEXT NOT NULL,
  by_id TEXT NOT NULL,
  text TEXT NOT NULL,
  files TEXT NOT NULL,
  PRIMARY KEY (conversation, seq)
);

-- table: agent_load
CREATE TABLE agent_load (agent TEXT PRIMARY KEY, open BIGINT NOT NULL, assigned_ms BIGINT NOT NULL);

-- query: conversation_insert exec
-- in: id text, customer text, channel text, started_ms int
INSERT INTO conversation (id, customer, channel, state, agent, started_ms, accepted_ms, closed_ms, close_reason, deal, no_deal_reason,
  last_text, last_by, last_type, last_ms, last_seq, wait_since_ms, customer_messages, agent_messages, unread, agent_read_seq,
  customer_read_seq, auto_ms, rating, rating_text, tags)
VALUES (:id, :customer, :channel, 'waiting', '', :started_ms, NULL, NULL, '', NULL, '', '', '', '', :started_ms, 0, NULL, 0, 0, 0, 0, 0, 0, NULL, '', '[]')
ON CONFLICT (id) DO NOTHING;

-- query: conversation_get one
-- in: id text
-- out: id text, customer text, channel text, state text, agent text, started_ms int, accepted_ms int?, closed_ms int?, close_reason text, deal int?, no_deal_reason text
-- out: last_text text, last_by text, last_type text, last_ms int, last_seq int, wait_since_ms int?, customer_messages int, agent_messages int, unread int
-- out: agent_read_seq int, customer_read_seq int, auto_ms int, rating int?, rating_text text, tags text
SELECT id, customer, channel, state, agent, started_ms, accepted_ms, closed_ms, close_reason, deal, no_deal_reason, last_text, last_by,
  last_type, last_ms, last_seq, wait_since_ms, customer_messages, agent_messages, unread, agent_read_seq, customer_read_seq, auto_ms,
  rating, rating_text, tags
FROM conversation WHERE id = :id;

-- query: conversation_set_agent exec
-- in: id text, agent text, at_ms int
UPDATE conversation SET agent = :agent, state = CASE WHEN state = 'closed' THEN 'closed' ELSE 'open' END,
  accepted_ms = COALESCE(accepted_ms, :at_ms) WHERE id = :id;

-- query: conversation_spoke exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'customer', last_ms = :at_ms, last_seq = :seq,
  wait_since_ms = COALESCE(wait_since_ms, :at_ms), customer_messages = customer_messages + 1, unread = unread + 1,
  customer_read_seq = :seq WHERE id = :id;

-- query: conversation_replied exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'agent', last_ms = :at_ms, last_seq = :seq,
  wait_since_ms = NULL, agent_messages = agent_messages + 1, unread = 0, agent_read_seq = :seq WHERE id = :id;

-- query: conversation_auto exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'auto', last_ms = :at_ms, last_seq = :seq, auto_ms = :at_ms
WHERE id = :id;

-- query: conversation_read_agent exec
-- in: id text, seq int
UPDATE conversation SET agent_read_seq = :seq,
  unread = (SELECT COUNT(*) FROM message m WHERE m.conversation = :id AND m.by_type = 'customer' AND m.seq > :seq)
WHERE id = :id AND agent_read_seq < :seq;

-- query: conversation_read_customer exec
-- in: id text, seq int
UPDATE conversation SET customer_read_seq = :seq WHERE id = :id AND customer_read_seq < :seq;

-- query: conversation_close exec
-- in: id text, at_ms int, reason text, deal int?, no_deal_reason text
UPDATE conversation SET state = 'closed', closed_ms = :at_ms, close_reason = :reason, deal = :deal, no_deal_reason = :no_deal_reason,
  wait_since_ms = NULL, unread = 0 WHERE id = :id;

-- query: conversation_rate exec
-- in: id text, rating int, text text
UPDATE conversation SET rating = :rating, rating_text = :text WHERE id = :id;

-- query: conversation_tag exec
-- in: id text, tags text
UPDATE conversation SET tags = :tags WHERE id = :id;

-- query: message_insert exec
-- in: conversation text, seq int, id text, at_ms int, by_type text, by_id text, text text, files text
INSERT INTO message (conversation, seq, id, at_ms, by_type, by_id, text, files)
VALUES (:conversation, :seq, :id, :at_ms, :by_type, :by_id, :text, :files) ON CONFLICT (conversation, seq) DO NOTHING;

-- query: message_of_event one
-- in: conversation text, id text
-- out: seq int, by_type text, by_id text, text text
SELECT seq, by_type, by_id, text FROM message WHERE conversation = :conversation AND id = :id ORDER BY seq LIMIT 1;

-- query: message_before many
-- in: conversation text, before int, most int
-- out: seq int, id text, at_ms int, by_type text, by_id text, text text, files text
SELECT seq, id, at_ms, by_type, by_id, text, files FROM message WHERE conversation = :conversation AND seq < :before ORDER BY seq DESC LIMIT :most;

-- query: message_after many
-- in: conversation text, after int, most int
-- out: seq int, id text, at_ms int, by_type text, by_id text, text text, files text
SELECT seq, id, at_ms, by_type, by_id, text, files FROM message WHERE conversation = :conversation AND seq > :after ORDER BY seq LIMIT :most;

-- query: conversation_open_of one
-- in: customer text
-- out: id text, agent text, state text, started_ms int, customer_messages int, auto_ms int
SELECT id, agent, state, started_ms, customer_messages, auto_ms FROM conversation WHERE customer = :customer AND state <> 'closed' ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_latest_of one
-- in: customer text
-- out: id text, agent text, state text, rating int?
SELECT id, agent, state, rating FROM conversation WHERE customer = :customer ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_previous one
-- in: customer text, started_ms int, id text
-- out: id text, started_ms int
SELECT id, started_ms FROM conversation WHERE customer = :customer AND (started_ms < :started_ms OR (started_ms = :started_ms AND id < :id))
ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_of_customer many
-- in: customer text, most int
-- out: id text, channel text, state text, agent text, started_ms int, closed_ms int?, last_text text, deal int?
SELECT id, channel, state, agent, started_ms, closed_ms, last_text, deal FROM conversation WHERE customer = :customer
ORDER BY started_ms DESC, id DESC LIMIT :most;

-- query: conversation_mine many
-- in: agent text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, due_ms int?
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms,
  (SELECT MIN(k.due_ms) FROM clock k WHERE k.object = c.id AND k.state IN ('running', 'violated')) AS due_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.agent = :agent AND c.state = 'open' ORDER BY c.id LIMIT :most;

-- query: conversation_colleagues many
-- in: agent text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, due_ms int?
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms,
  (SELECT MIN(k.due_ms) FROM clock k WHERE k.object = c.id AND k.state IN ('running', 'violated')) AS due_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.state = 'open' AND c.agent <> :agent ORDER BY c.id LIMIT :most;

-- query: conversation_waiting many
-- in: most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, due_ms int?
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms,
  (SELECT MIN(k.due_ms) FROM clock k WHERE k.object = c.id AND k.state IN ('running', 'violated')) AS due_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.state = 'waiting' ORDER BY c.started_ms, c.id LIMIT :most;

-- query: conversation_closed many
-- in: before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, due_ms int?
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, CAST(NULL AS BIGINT) AS due_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.state = 'closed' AND c.closed_ms <= :before_ms AND (c.closed_ms < :before_ms OR c.id < :before_id)
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- The name decides, so the customers come first (CROSS JOIN keeps the order) and the state is no reason to take its index.
-- query: conversation_closed_named many
-- in: from_name text, to_name text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, due_ms int?
SELECT c.id, c.customer, u.name AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, CAST(NULL AS BIGINT) AS due_ms
FROM (SELECT n.id, n.name FROM customer n WHERE n.name >= :from_name AND n.name < :to_name ORDER BY n.name, n.id LIMIT 500) u
CROSS JOIN conversation c
WHERE c.customer = u.id AND c.state || '' = 'closed'
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- query: conversation_counts one
-- in: agent text
-- out: mine int, must int
SELECT COUNT(*) AS mine, COUNT(wait_since_ms) AS must FROM conversation WHERE agent = :agent AND state = 'open';

-- query: conversation_waiting_count one
-- out: waiting int
SELECT COUNT(*) AS waiting FROM conversation WHERE state = 'waiting';

-- query: conversation_waiting_ids many
-- in: most int
-- out: id text, customer text, started_ms int
SELECT id, customer, started_ms FROM conversation WHERE state = 'waiting' ORDER BY started_ms, id LIMIT :most;

-- query: conversation_waiting_before one
-- in: id text, started_ms int
-- out: ahead int
SELECT COUNT(*) AS ahead FROM conversation WHERE state = 'waiting' AND (started_ms < :started_ms OR (started_ms = :started_ms AND id < :id));

-- query: conversation_load_add exec
-- in: agent text, change int, assigned_ms int
INSERT INTO agent_load (agent, open, assigned_ms) VALUES (:agent, :change, :assigned_ms)
ON CONFLICT (agent) DO UPDATE SET open = agent_load.open + excluded.open,
  assigned_ms = CASE WHEN excluded.assigned_ms > agent_load.assigned_ms THEN excluded.assigned_ms ELSE agent_load.assigned_ms END;

-- query: conversation_load many
-- out: agent text, open int, assigned_ms int
SELECT agent, open, assigned_ms FROM agent_load ORDER BY agent;

-- query: conversation_clock one
-- in: object text
-- out: id text, clause text, bearer text, bearer_name text, object_noun text, object text, title_zh text, title_en text, started_ms int, due_ms int, state text, zero_zh text, zero_en text
SELECT k.id, k.clause, k.bearer, COALESCE(p.name, '') AS bearer_name, k.object_noun, k.object, k.title_zh, k.title_en, k.started_ms, k.due_ms,
  k.state, k.zero_zh, k.zero_en
FROM clock k LEFT JOIN person p ON p.id = k.bearer
WHERE k.object = :object AND k.state IN ('running', 'paused', 'violated') ORDER BY k.due_ms, k.id LIMIT 1;

-- query: conversation_on_shift many
-- in: from_date int, to_date int, now_ms int
-- out: person text
SELECT DISTINCT person FROM shift
WHERE date >= :from_date AND date <= :to_date AND start_ms <= :now_ms AND end_ms > :now_ms AND class NOT IN ('休', '调休') ORDER BY person;

-- query: conversation_cases many
-- in: conversation text, most int
-- out: id text, type text, number text, state text, opened_ms int, final int
SELECT f.id, f.type, f.number, f.state, f.opened_ms, f.final FROM case_link l JOIN case_file f ON f.id = l.case_id
WHERE l.object = :conversation AND l.noun = 'conversation' ORDER BY f.opened_ms DESC, f.id LIMIT :most;

-- query: conversation_covering one
-- in: customer text, at_ms int, gap_ms int
-- out: id text, agent text, state text, wait_since_ms int?, customer_messages int
SELECT id, agent, state, wait_since_ms, customer_messages FROM conversation
WHERE customer = :customer AND started_ms <= :at_ms AND last_ms + :gap_ms >= :at_ms ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: message_of_customer many
-- in: customer text, after int, most int
-- out: conversation text, seq int, id text, at_ms int, by_type text, by_id text, text text, files text
SELECT m.conversation, m.seq, m.id, m.at_ms, m.by_type, m.by_id, m.text, m.files FROM conversation c JOIN message m ON m.conversation = c.id
WHERE c.customer = :customer AND m.seq > :after AND m.by_type <> 'note' ORDER BY m.seq LIMIT :most;
