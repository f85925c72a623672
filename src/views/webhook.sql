-- Webhooks and what became of each message to them. Both are kept: secrets and other people's answers are no events.

-- table: webhook keep
CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  kinds TEXT NOT NULL,
  form TEXT NOT NULL,
  personal BIGINT NOT NULL,
  secret TEXT NOT NULL,
  old_secret TEXT NOT NULL,
  old_until_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  settled_seq BIGINT NOT NULL,
  failing_ms BIGINT
);

-- table: webhook_delivery keep
CREATE TABLE webhook_delivery (
  webhook TEXT NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  tried_ms BIGINT NOT NULL,
  next_ms BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (webhook, seq)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (state, next_ms, webhook, seq);
CREATE INDEX webhook_delivery_tried ON webhook_delivery (webhook, tried_ms, seq);

-- query: webhook_insert exec
-- in: id text, name text, url text, kinds text, form text, personal int, secret text, person text, created_ms int, settled_seq int
INSERT INTO webhook (id, name, url, kinds, form, personal, secret, old_secret, old_until_ms, state, reason, person, created_ms, settled_seq, failing_ms)
VALUES (:id, :name, :url, :kinds, :form, :personal, :secret, '', 0, 'active', '', :person, :created_ms, :settled_seq, NULL);

-- query: webhook_get one
-- in: id text
-- out: id text, name text, url text, kinds text, form text, personal int, secret text, old_secret text, old_until_ms int, state text, reason text, person text, created_ms int, settled_seq int, failing_ms int?
SELECT id, name, url, kinds, form, personal, secret, old_secret, old_until_ms, state, reason, person, created_ms, settled_seq, failing_ms
FROM webhook WHERE id = :id AND state <> 'removed';

-- query: webhook_all many
-- in: most int
-- out: id text, name text, url text, kinds text, form text, personal int, secret text, old_secret text, old_until_ms int, state text, reason text, person text, created_ms int, settled_seq int, failing_ms int?
SELECT id, name, url, kinds, form, personal, secret, old_secret, old_until_ms, state, reason, person, created_ms, settled_seq, failing_ms
FROM webhook WHERE state <> 'removed' ORDER BY created_ms, id LIMIT :most;

-- query: webhook_count one
-- out: webhooks int
SELECT COUNT(*) AS webhooks FROM webhook WHERE state <> 'removed';

-- query: webhook_set exec
-- in: id text, name text, url text, kinds text, form text, personal int
UPDATE webhook SET name = :name, url = :url, kinds = :kinds, form = :form, personal = :personal WHERE id = :id;

-- query: webhook_set_state exec
-- in: id text, state text, reason text, settled_seq int
UPDATE webhook SET state = :state, reason = :reason, settled_seq = :settled_seq, failing_ms = NULL WHERE id = :id;

-- query: webhook_set_secret exec
-- in: id text, secret text, old_secret text, old_until_ms int
UPDATE webhook SET secret = :secret, old_secret = :old_secret, old_until_ms = :old_until_ms WHERE id = :id;

-- query: webhook_settle exec
-- in: id text, settled_seq int
UPDATE webhook SET settled_seq = :settled_seq WHERE id = :id AND settled_seq < :settled_seq;

-- query: webhook_set_failing exec
-- in: id text, failing_ms int?
UPDATE webhook SET failing_ms = :failing_ms WHERE id = :id;

-- query: webhook_delivery_put exec
-- in: webhook text, seq int, kind text, state text, attempts int, tried_ms int, next_ms int, answered int, took_ms int, answer text
INSERT INTO webhook_delivery (webhook, seq, kind, state, attempts, tried_ms, next_ms, answered, took_ms, answer)
VALUES (:webhook, :seq, :kind, :state, :attempts, :tried_ms, :next_ms, :answered, :took_ms, :answer)
ON CONFLICT (webhook, seq) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, tried_ms = excluded.tried_ms,
  next_ms = excluded.next_ms, answered = excluded.answered, took_ms = excluded.took_ms, answer = excluded.answer;

-- query: webhook_delivery_get one
-- in: webhook text, seq int
-- out: webhook text, seq int, kind text, state text, attempts int, tried_ms int, next_ms int, answered int, took_ms int, answer text
SELECT webhook, seq, kind, state, attempts, tried_ms, next_ms, answered, took_ms, answer FROM webhook_delivery WHERE webhook = :webhook AND seq = :seq;

-- query: webhook_delivery_due many
-- in: webhook text, now_ms int, most int
-- out: seq int, kind text, attempts int
SELECT seq, kind, attempts FROM webhook_delivery WHERE state = 'retry' AND next_ms <= :now_ms AND webhook = :webhook ORDER BY next_ms, seq LIMIT :most;

-- query: webhook_delivery_next one
-- in: webhook text
-- out: next_ms int
SELECT next_ms FROM webhook_delivery WHERE state = 'retry' AND webhook = :webhook ORDER BY next_ms LIMIT 1;

-- query: webhook_delivery_list many
-- in: webhook text, state text, before_ms int, before_seq int, most int
-- out: webhook text, seq int, kind text, state text, attempts int, tried_ms int, next_ms int, answered int, took_ms int, answer text
SELECT webhook, seq, kind, state, attempts, tried_ms, next_ms, answered, took_ms, answer FROM webhook_delivery
WHERE webhook = :webhook AND (:state = '' OR state = :state) AND (tried_ms < :before_ms OR (tried_ms = :before_ms AND seq < :before_seq))
ORDER BY tried_ms DESC, seq DESC LIMIT :most;

-- query: webhook_delivery_counts one
-- in: webhook text
-- out: waiting int, failed int
SELECT COUNT(CASE WHEN state = 'retry' THEN 1 END) AS waiting, COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed
FROM webhook_delivery WHERE webhook = :webhook;

-- query: webhook_delivery_waiting one
-- out: waiting int, failed int
SELECT COUNT(CASE WHEN state = 'retry' THEN 1 END) AS waiting, COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed FROM webhook_delivery;

-- query: webhook_delivery_prune exec
-- in: webhook text, until_ms int
DELETE FROM webhook_delivery WHERE webhook = :webhook AND tried_ms < :until_ms AND state <> 'retry';

-- query: webhook_delivery_forget exec
-- in: webhook text
DELETE FROM webhook_delivery WHERE webhook = :webhook;
