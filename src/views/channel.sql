-- Channels (渠道): what is set up, what came in by them, what is to go out. Passwords are not here but sealed in channel_secret.

-- table: channel
CREATE TABLE channel (
  id TEXT PRIMARY KEY,
  class TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  settings TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  created_ms BIGINT NOT NULL,
  in_state TEXT NOT NULL,
  in_reason TEXT NOT NULL,
  in_reason_en TEXT NOT NULL,
  in_ms BIGINT NOT NULL,
  out_state TEXT NOT NULL,
  out_reason TEXT NOT NULL,
  out_reason_en TEXT NOT NULL,
  out_ms BIGINT NOT NULL,
  position TEXT NOT NULL,
  received BIGINT NOT NULL,
  received_ms BIGINT
);

-- table: channel_secret keep
CREATE TABLE channel_secret (
  id TEXT PRIMARY KEY,
  sealed TEXT NOT NULL
);

-- What was taken in, one row a letter (also those that were put aside).
-- table: letter
CREATE TABLE letter (
  seq BIGINT PRIMARY KEY,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  hash TEXT NOT NULL,
  class TEXT NOT NULL,
  conversation TEXT NOT NULL,
  home TEXT NOT NULL, -- '' or the conversation it came to before a join
  message TEXT NOT NULL,
  sender TEXT NOT NULL,
  title TEXT NOT NULL,
  quoted TEXT NOT NULL,
  refs TEXT NOT NULL,
  reason TEXT NOT NULL,
  receivers TEXT NOT NULL,
  cc TEXT NOT NULL,
  customer TEXT NOT NULL,
  words TEXT NOT NULL, -- of a letter that stands in no conversation
  files TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX letter_source ON letter (source);
CREATE INDEX letter_channel ON letter (channel, seq);
CREATE INDEX letter_conversation ON letter (conversation, seq);
CREATE INDEX letter_sender ON letter (sender, at_ms);

-- table: delivery
CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  conversation TEXT NOT NULL,
  home TEXT NOT NULL,
  message TEXT NOT NULL,
  source TEXT NOT NULL,
  address TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  answers TEXT NOT NULL,
  refs TEXT NOT NULL,
  automatic INTEGER NOT NULL,
  cc TEXT NOT NULL,
  refused TEXT NOT NULL,   -- of them, whom the server would not take
  again TEXT NOT NULL,     -- of them, whom it would not take yet: to be tried again, alone
  again_reason TEXT NOT NULL,
  again_reason_en TEXT NOT NULL,
  copied INTEGER NOT NULL, -- it went out once: all other copies are where they belong
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_ms BIGINT NOT NULL,
  reason TEXT NOT NULL,
  reason_en TEXT NOT NULL,
  queued_ms BIGINT NOT NULL,
  moved_ms BIGINT NOT NULL
);
CREATE INDEX delivery_due ON delivery (channel, state, next_ms);
CREATE INDEX delivery_again ON delivery (channel, next_ms) WHERE again <> '[]';
CREATE INDEX delivery_source ON delivery (source);
CREATE INDEX delivery_conversation ON delivery (conversation, id);
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_address ON delivery (address, queued_ms);

-- query: channel_insert exec
-- in: id text, class text, name text, address text, settings text, enabled int, created_ms int
INSERT INTO channel (id, class, name, address, settings, enabled, removed, created_ms, in_state, in_reason, in_reason_en, in_ms, out_state, out_reason, out_reason_en, out_ms, position, received, received_ms)
VALUES (:id, :class, :name, :address, :settings, :enabled, 0, :created_ms, '', '', '', 0, '', '', '', 0, '', 0, NULL) ON CONFLICT (id) DO NOTHING;

-- query: channel_set exec
-- in: id text, name text, address text, settings text, enabled int
UPDATE channel SET name = :name, address = :address, settings = :settings, enabled = :enabled WHERE id = :id;

-- query: channel_remove exec
-- in: id text
UPDATE channel SET removed = 1, enabled = 0 WHERE id = :id;

-- query: channel_in_state exec
-- in: id text, state text, reason text, reason_en text, at_ms int
UPDATE channel SET in_state = :state, in_reason = :reason, in_reason_en = :reason_en, in_ms = :at_ms WHERE id = :id;

-- query: channel_out_state exec
-- in: id text, state text, reason text, reason_en text, at_ms int
UPDATE channel SET out_state = :state, out_reason = :reason, out_reason_en = :reason_en, out_ms = :at_ms WHERE id = :id;

-- query: channel_position exec
-- in: id text, position text, at_ms int
UPDATE channel SET position = :position, received = received + 1, received_ms = :at_ms WHERE id = :id;

-- query: channel_get one
-- in: id text
-- out: id text, class text, name text, address text, settings text, enabled int, removed int, created_ms int, in_state text, out_state text, position text
SELECT id, class, name, address, settings, enabled, removed, created_ms, in_state, out_state, position FROM channel WHERE id = :id;

-- query: channel_all many
-- out: id text, class text, name text, address text, settings text, enabled int, created_ms int, in_state text, in_reason text, in_reason_en text, in_ms int, out_state text, out_reason text, out_reason_en text, out_ms int
-- out: position text, received int, received_ms int?, queued int, failed int, sealed text?
SELECT c.id, c.class, c.name, c.address, c.settings, c.enabled, c.created_ms, c.in_state, c.in_reason, c.in_reason_en, c.in_ms, c.out_state, c.out_reason, c.out_reason_en, c.out_ms,
  c.position, c.received, c.received_ms,
  (SELECT COUNT(*) FROM delivery d WHERE d.channel = c.id AND d.state = '待发') AS queued,
  (SELECT COUNT(*) FROM delivery d WHERE d.channel = c.id AND d.state IN ('失败', '退回')) AS failed, s.sealed
FROM channel c LEFT JOIN channel_secret s ON s.id = c.id WHERE c.removed = 0 ORDER BY c.created_ms, c.id;

-- query: channel_by_address one
-- in: address text
-- out: id text
SELECT id FROM channel WHERE address = :address AND removed = 0 ORDER BY id LIMIT 1;

-- query: channel_secret_put exec
-- in: id text, sealed text
INSERT INTO channel_secret (id, sealed) VALUES (:id, :sealed) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed;

-- query: channel_secret_get one
-- in: id text
-- out: sealed text
SELECT sealed FROM channel_secret WHERE id = :id;

-- query: channel_secret_drop exec
-- in: id text
DELETE FROM channel_secret WHERE id = :id;

-- query: letter_insert exec
-- in: seq int, channel text, source text, hash text, class text, conversation text, message text, sender text, title text, quoted text, refs text, reason text, receivers text, cc text, customer text, words text, files text, at_ms int
INSERT INTO letter (seq, channel, source, hash, class, conversation, home, message, sender, title, quoted, refs, reason, receivers, cc, customer, words, files, at_ms)
VALUES (:seq, :channel, :source, :hash, :class, :conversation, '', :message, :sender, :title, :quoted, :refs, :reason, :receivers, :cc, :customer, :words, :files, :at_ms) ON CONFLICT (seq) DO NOTHING;

-- query: letter_by_source one
-- in: source text
-- out: seq int, hash text, conversation text, message text
SELECT seq, hash, conversation, message FROM letter WHERE source = :source ORDER BY CASE WHEN conversation = '' THEN 1 ELSE 0 END, seq LIMIT 1;

-- query: letter_of_channel many
-- in: channel text, before int, most int
-- out: seq int, class text, conversation text, sender text, title text, reason text, words text, files text, at_ms int
SELECT seq, class, conversation, sender, title, reason, words, files, at_ms FROM letter WHERE channel = :channel AND seq < :before ORDER BY seq DESC LIMIT :most;

-- query: letter_of_conversation many
-- in: conversation text
-- out: message text, channel text, class text, title text, quoted text, sender text, receivers text, cc text
SELECT message, channel, class, title, quoted, sender, receivers, cc FROM letter WHERE conversation = :conversation AND message <> '' ORDER BY seq;

-- query: letter_held many
-- in: most int
-- out: seq int, sender text, title text, reason text, words text, at_ms int
SELECT l.seq, l.sender, l.title, l.reason, l.words, l.at_ms FROM letter l
WHERE l.class = '没接' AND NOT EXISTS (SELECT 1 FROM letter m WHERE m.source = l.source AND m.conversation <> '') ORDER BY l.seq LIMIT :most;

-- query: letter_latest one
-- in: conversation text
-- out: channel text, source text, sender text, title text, refs text, cc text, message text
SELECT channel, source, sender, title, refs, cc, message FROM letter WHERE conversation = :conversation AND class IN ('来信', '太大') ORDER BY seq DESC LIMIT 1;

-- query: letter_get one
-- in: seq int
-- out: seq int, channel text, source text, hash text, class text, sender text, title text, quoted text, refs text, receivers text, cc text, customer text, words text, files text, at_ms int, taken int
SELECT l.seq, l.channel, l.source, l.hash, l.class, l.sender, l.title, l.quoted, l.refs, l.receivers, l.cc, l.customer, l.words, l.files, l.at_ms,
  (SELECT COUNT(*) FROM letter m WHERE m.source = l.source AND m.conversation <> '') AS taken
FROM letter l WHERE l.seq = :seq;

-- query: letter_count_of one
-- in: sender text, from_ms int
-- out: count int
SELECT COUNT(*) AS count FROM letter WHERE sender = :sender AND at_ms >= :from_ms AND class <> '重复';

-- query: message_last_of_customer one
-- in: conversation text
-- out: id text
SELECT id FROM message WHERE conversation = :conversation AND by_type = 'customer' ORDER BY seq DESC LIMIT 1;

-- query: delivery_insert exec
-- in: id text, channel text, conversation text, message text, source text, address text, title text, body text, answers text, refs text, automatic int, cc text, at_ms int
INSERT INTO delivery (id, channel, conversation, home, message, source, address, title, body, answers, refs, automatic, cc, refused, again, again_reason, again_reason_en, copied, state, attempts, next_ms, reason, reason_en, queued_ms, moved_ms)
VALUES (:id, :channel, :conversation, '', :message, :source, :address, :title, :body, :answers, :refs, :automatic, :cc, '[]', '[]', '', '', 0, '待发', 0, :at_ms, '', '', :at_ms, :at_ms) ON CONFLICT (id) DO NOTHING;

-- query: delivery_move exec
-- in: id text, state text, tried int, next_ms int, reason text, reason_en text, at_ms int
UPDATE delivery SET state = CASE WHEN :state = '' THEN state ELSE :state END, attempts = CASE WHEN :tried < 0 THEN 0 ELSE attempts + :tried END, next_ms = :next_ms, reason = :reason, reason_en = :reason_en, moved_ms = :at_ms WHERE id = :id;

-- query: delivery_copies exec
-- Of a letter that went out: whom the server would not take, and whom not yet.
-- in: id text, sent int, refused text, again text, again_reason text, again_reason_en text
UPDATE delivery SET copied = CASE WHEN :sent = 1 THEN 1 ELSE copied END, refused = :refused, again = :again, again_reason = :again_reason, again_reason_en = :again_reason_en WHERE id = :id;

-- query: delivery_get one
-- in: id text
-- out: id text, channel text, conversation text, message text, source text, address text, cc text, refused text, again text, again_reason text, again_reason_en text, copied int, state text, attempts int, reason text, reason_en text, next_ms int, queued_ms int
SELECT id, channel, conversation, message, source, address, cc, refused, again, again_reason, again_reason_en, copied, state, attempts, reason, reason_en, next_ms, queued_ms FROM delivery WHERE id = :id;

-- query: delivery_by_source one
-- in: source text
-- out: id text, conversation text, message text, address text, state text
SELECT id, conversation, message, address, state FROM delivery WHERE source = :source ORDER BY id LIMIT 1;

-- query: delivery_to one
-- in: address text, from_ms int
-- out: id text, conversation text, message text, source text, state text
SELECT id, conversation, message, source, state FROM delivery WHERE address = :address AND queued_ms >= :from_ms AND state = '已发' ORDER BY queued_ms DESC, id DESC LIMIT 1;

-- query: delivery_of_message one
-- in: message text
-- out: id text, conversation text, state text
SELECT id, conversation, state FROM delivery WHERE message = :message ORDER BY id LIMIT 1;

-- query: delivery_latest one
-- in: conversation text
-- out: channel text, address text, title text, source text, refs text
SELECT channel, address, title, source, refs FROM delivery WHERE conversation = :conversation ORDER BY queued_ms DESC, id DESC LIMIT 1;

-- query: letter_join exec
-- in: id text, into_id text
UPDATE letter SET home = CASE WHEN home = '' THEN conversation ELSE home END, conversation = :into_id WHERE conversation = :id;

-- query: delivery_join exec
-- in: id text, into_id text
UPDATE delivery SET home = CASE WHEN home = '' THEN conversation ELSE home END, conversation = :into_id WHERE conversation = :id;

-- query: letter_part exec
-- in: id text, into_id text
UPDATE letter SET conversation = :id, home = '' WHERE conversation = :into_id AND home = :id;

-- query: delivery_part exec
-- in: id text, into_id text
UPDATE delivery SET conversation = :id, home = '' WHERE conversation = :into_id AND home = :id;

-- query: delivery_of_conversation many
-- in: conversation text
-- out: id text, message text, channel text, address text, title text, cc text, refused text, again text, again_reason text, again_reason_en text, state text, attempts int, next_ms int, reason text, reason_en text, moved_ms int
SELECT id, message, channel, address, title, cc, refused, again, again_reason, again_reason_en, state, attempts, next_ms, reason, reason_en, moved_ms FROM delivery WHERE conversation = :conversation ORDER BY queued_ms, id;

-- query: delivery_waiting many
-- Letters to send now, and copies of letters that have gone.
-- in: channel text, now_ms int, most int
-- out: id text, conversation text, message text, source text, address text, title text, body text, answers text, refs text, automatic int, cc text, again text, copied int, state text, attempts int, text text?, files text?, by_id text?, queued_ms int
SELECT d.id, d.conversation, d.message, d.source, d.address, d.title, d.body, d.answers, d.refs, d.automatic, d.cc, d.again, d.copied, d.state, d.attempts, CASE WHEN m.recalled_ms IS NULL THEN m.text END AS text, m.files, m.by_id, d.queued_ms
FROM delivery d LEFT JOIN message m ON m.conversation = d.conversation AND m.id = d.message AND d.message <> ''
WHERE d.id IN (SELECT id FROM delivery WHERE channel = :channel AND state = '待发' AND next_ms <= :now_ms
  UNION ALL SELECT id FROM delivery WHERE channel = :channel AND again <> '[]' AND next_ms <= :now_ms) ORDER BY d.queued_ms, d.id LIMIT :most;
