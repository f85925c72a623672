-- Conversations, their messages, what was changed in them, tags, who is held off, and how many each agent holds.

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
  tags TEXT NOT NULL,
  snooze_ms BIGINT,            -- put aside until then; a far future: until the customer writes
  woken_ms BIGINT,             -- came back by itself and nobody has spoken since
  held_wait_ms BIGINT,         -- the wait that a close or a join stopped, for its undoing
  spam BIGINT NOT NULL,
  merged_into TEXT NOT NULL,   -- state 'merged': joined to this one
  merged_ms BIGINT,
  offer_to TEXT NOT NULL,      -- asked to take it, by whom, until when, with which words
  offer_by TEXT NOT NULL,
  offer_ms BIGINT,
  offer_reason TEXT NOT NULL,
  offer_text TEXT NOT NULL
);
CREATE INDEX conversation_customer ON conversation (customer, started_ms, id);
CREATE INDEX conversation_state ON conversation (state, closed_ms, id);
CREATE INDEX conversation_agent ON conversation (agent, state, closed_ms, id);
CREATE INDEX conversation_channel ON conversation (channel, state, closed_ms, id);
CREATE INDEX conversation_snooze ON conversation (snooze_ms, id) WHERE snooze_ms IS NOT NULL;
CREATE INDEX conversation_offer ON conversation (offer_ms, id) WHERE offer_ms IS NOT NULL;

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
  home TEXT NOT NULL,       -- '' or the conversation it was said in before a join
  quote TEXT NOT NULL,      -- id of the message it answers, or ''
  more TEXT NOT NULL,       -- '' or JSON: mentions; of a system line its act
  edited_ms BIGINT,
  recalled_ms BIGINT,
  PRIMARY KEY (conversation, seq)
);
CREATE INDEX message_seq ON message (seq);

-- table: message_edit
-- Every wording a message had before, for colleagues.
CREATE TABLE message_edit (message TEXT NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, by_id TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (message, seq));

-- table: conversation_tagged
CREATE TABLE conversation_tagged (tag TEXT NOT NULL, started_ms BIGINT NOT NULL, conversation TEXT NOT NULL, PRIMARY KEY (tag, started_ms, conversation));

-- table: tag_moved
-- Which conversations a tag's renaming touched: to undo it. both 1: it carried the other tag before as well.
CREATE TABLE tag_moved (move TEXT NOT NULL, conversation TEXT NOT NULL, both_tags BIGINT NOT NULL, PRIMARY KEY (move, conversation));

-- table: held_off
-- Visitors who may not speak for a time.
CREATE TABLE held_off (customer TEXT PRIMARY KEY, until_ms BIGINT NOT NULL, conversation TEXT NOT NULL, by_person TEXT NOT NULL);

-- table: agent_load
CREATE TABLE agent_load (agent TEXT PRIMARY KEY, open BIGINT NOT NULL, assigned_ms BIGINT NOT NULL);

-- query: conversation_insert exec
-- in: id text, customer text, channel text, started_ms int
INSERT INTO conversation (id, customer, channel, state, agent, started_ms, accepted_ms, closed_ms, close_reason, deal, no_deal_reason,
  last_text, last_by, last_type, last_ms, last_seq, wait_since_ms, customer_messages, agent_messages, unread, agent_read_seq,
  customer_read_seq, auto_ms, rating, rating_text, tags, snooze_ms, woken_ms, held_wait_ms, spam, merged_into, merged_ms, offer_to, offer_by,
  offer_ms, offer_reason, offer_text)
VALUES (:id, :customer, :channel, 'waiting', '', :started_ms, NULL, NULL, '', NULL, '', '', '', '', :started_ms, 0, NULL, 0, 0, 0, 0, 0, 0, NULL, '', '[]',
  NULL, NULL, NULL, 0, '', NULL, '', '', NULL, '', '')
ON CONFLICT (id) DO NOTHING;

-- query: conversation_get one
-- in: id text
-- out: id text, customer text, channel text, state text, agent text, started_ms int, accepted_ms int?, closed_ms int?, close_reason text, deal int?, no_deal_reason text
-- out: last_text text, last_by text, last_type text, last_ms int, last_seq int, wait_since_ms int?, customer_messages int, agent_messages int, unread int
-- out: agent_read_seq int, customer_read_seq int, auto_ms int, rating int?, rating_text text, tags text
-- out: snooze_ms int?, woken_ms int?, held_wait_ms int?, spam int, merged_into text, merged_ms int?, offer_to text, offer_by text, offer_ms int?
-- out: offer_reason text, offer_text text
SELECT id, customer, channel, state, agent, started_ms, accepted_ms, closed_ms, close_reason, deal, no_deal_reason, last_text, last_by,
  last_type, last_ms, last_seq, wait_since_ms, customer_messages, agent_messages, unread, agent_read_seq, customer_read_seq, auto_ms,
  rating, rating_text, tags, snooze_ms, woken_ms, held_wait_ms, spam, merged_into, merged_ms, offer_to, offer_by, offer_ms, offer_reason, offer_text
FROM conversation WHERE id = :id;

-- query: conversation_set_agent exec
-- in: id text, agent text, at_ms int
UPDATE conversation SET agent = :agent, state = CASE WHEN state IN ('closed', 'merged') THEN state ELSE 'open' END,
  accepted_ms = COALESCE(accepted_ms, :at_ms), offer_to = '', offer_ms = NULL WHERE id = :id;

-- query: conversation_queue exec
-- in: id text
UPDATE conversation SET agent = '', state = 'waiting', offer_to = '', offer_ms = NULL, snooze_ms = NULL WHERE id = :id AND state = 'open';

-- query: conversation_offer exec
-- in: id text, to text, by text, until_ms int, reason text, text text
UPDATE conversation SET offer_to = :to, offer_by = :by, offer_ms = :until_ms, offer_reason = :reason, offer_text = :text WHERE id = :id;

-- query: conversation_offer_end exec
-- in: id text
UPDATE conversation SET offer_to = '', offer_by = '', offer_ms = NULL, offer_reason = '', offer_text = '' WHERE id = :id;

-- query: conversation_snooze exec
-- in: id text, until_ms int
UPDATE conversation SET snooze_ms = :until_ms, woken_ms = NULL WHERE id = :id;

-- query: conversation_wake exec
-- in: id text, woken_ms int?
UPDATE conversation SET snooze_ms = NULL, woken_ms = :woken_ms WHERE id = :id;

-- query: conversation_reopen exec
-- in: id text
UPDATE conversation SET state = CASE WHEN agent = '' THEN 'waiting' ELSE 'open' END, closed_ms = NULL, close_reason = '', deal = NULL, no_deal_reason = '',
  wait_since_ms = held_wait_ms, held_wait_ms = NULL, merged_into = '', merged_ms = NULL WHERE id = :id;

-- query: conversation_merge exec
-- in: id text, into_id text, at_ms int
UPDATE conversation SET state = 'merged', merged_into = :into_id, merged_ms = :at_ms WHERE id = :id;

-- query: conversation_take_wait exec
-- The joined one's customer still waits for an answer: so the whole waits, from the earlier of both.
-- in: id text, wait_ms int?
UPDATE conversation SET wait_since_ms = CASE WHEN :wait_ms IS NULL THEN wait_since_ms WHEN wait_since_ms IS NULL OR wait_since_ms > :wait_ms THEN :wait_ms ELSE wait_since_ms END WHERE id = :id;

-- query: conversation_recount exec
-- After messages moved: the last words and the read marks.
-- in: id text
UPDATE conversation SET
  last_seq = COALESCE((SELECT MAX(m.seq) FROM message m WHERE m.conversation = :id AND m.by_type IN ('customer', 'agent', 'auto')), 0),
  last_ms = COALESCE((SELECT MAX(m.at_ms) FROM message m WHERE m.conversation = :id AND m.by_type IN ('customer', 'agent', 'auto')), started_ms),
  unread = (SELECT COUNT(*) FROM message m WHERE m.conversation = :id AND m.by_type = 'customer' AND m.seq > conversation.agent_read_seq)
WHERE id = :id;

-- query: conversation_recount_last exec
-- in: id text
UPDATE conversation SET last_text = COALESCE((SELECT SUBSTR(m.text, 1, 80) FROM message m WHERE m.conversation = :id AND m.seq = conversation.last_seq), ''),
  last_by = COALESCE((SELECT m.by_id FROM message m WHERE m.conversation = :id AND m.seq = conversation.last_seq), ''),
  last_type = COALESCE((SELECT m.by_type FROM message m WHERE m.conversation = :id AND m.seq = conversation.last_seq), '')
WHERE id = :id;

-- query: conversation_last_text exec
-- in: id text, seq int, text text
UPDATE conversation SET last_text = :text WHERE id = :id AND last_seq = :seq;

-- query: conversation_set_spam exec
-- in: id text, spam int
UPDATE conversation SET spam = :spam WHERE id = :id;

-- query: held_off_put exec
-- in: customer text, until_ms int, conversation text, by_person text
INSERT INTO held_off (customer, until_ms, conversation, by_person) VALUES (:customer, :until_ms, :conversation, :by_person)
ON CONFLICT (customer) DO UPDATE SET until_ms = excluded.until_ms, conversation = excluded.conversation, by_person = excluded.by_person;

-- query: held_off_end exec
-- in: customer text
DELETE FROM held_off WHERE customer = :customer;

-- query: held_off_get one
-- in: customer text
-- out: until_ms int, conversation text
SELECT until_ms, conversation FROM held_off WHERE customer = :customer;

-- query: conversation_snooze_due many
-- in: now_ms int, most int
-- out: id text, agent text
SELECT id, agent FROM conversation WHERE snooze_ms IS NOT NULL AND snooze_ms <= :now_ms ORDER BY snooze_ms, id LIMIT :most;

-- query: conversation_offer_due many
-- in: now_ms int, most int
-- out: id text, agent text, offer_to text, offer_by text
SELECT id, agent, offer_to, offer_by FROM conversation WHERE offer_ms IS NOT NULL AND offer_ms <= :now_ms ORDER BY offer_ms, id LIMIT :most;

-- query: conversation_spoke exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'customer', last_ms = CASE WHEN last_ms > :at_ms THEN last_ms ELSE :at_ms END, last_seq = :seq,
  wait_since_ms = COALESCE(wait_since_ms, :at_ms), customer_messages = customer_messages + 1, unread = unread + 1,
  customer_read_seq = :seq, woken_ms = CASE WHEN snooze_ms IS NULL THEN woken_ms ELSE :at_ms END, snooze_ms = NULL WHERE id = :id;

-- query: conversation_replied exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'agent', last_ms = CASE WHEN last_ms > :at_ms THEN last_ms ELSE :at_ms END, last_seq = :seq,
  wait_since_ms = NULL, agent_messages = agent_messages + 1, unread = 0, agent_read_seq = :seq, woken_ms = NULL, snooze_ms = NULL WHERE id = :id;

-- query: conversation_rewait exec
-- After a message: nothing, unless it is older than the newest (an import); then the wait follows from all messages. An ended one waits no more.
-- in: id text, at_ms int
UPDATE conversation SET wait_since_ms = CASE WHEN state NOT IN ('open', 'waiting') THEN NULL ELSE (SELECT MIN(m.at_ms) FROM message m
    WHERE m.conversation = :id AND m.by_type = 'customer' AND NOT EXISTS (SELECT 1 FROM message a WHERE a.conversation = :id AND a.by_type = 'agent'
      AND (a.at_ms > m.at_ms OR (a.at_ms = m.at_ms AND a.seq > m.seq)))) END WHERE id = :id AND last_ms > :at_ms;

-- query: conversation_auto exec
-- in: id text, text text, by_id text, at_ms int, seq int
UPDATE conversation SET last_text = :text, last_by = :by_id, last_type = 'auto', last_ms = CASE WHEN last_ms > :at_ms THEN last_ms ELSE :at_ms END, last_seq = :seq, auto_ms = :at_ms
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
  held_wait_ms = wait_since_ms, wait_since_ms = NULL, unread = 0, snooze_ms = NULL, woken_ms = NULL, offer_to = '', offer_ms = NULL WHERE id = :id;

-- query: conversation_rate exec
-- in: id text, rating int, text text
UPDATE conversation SET rating = :rating, rating_text = :text WHERE id = :id;

-- query: conversation_tag exec
-- in: id text, tags text
UPDATE conversation SET tags = :tags WHERE id = :id;

-- query: conversation_with_tag many
-- in: tag text, most int
-- out: conversation text
SELECT conversation FROM conversation_tagged WHERE tag = :tag ORDER BY started_ms, conversation LIMIT :most;

-- query: tag_moved_put exec
-- in: move text, conversation text, both_tags int
INSERT INTO tag_moved (move, conversation, both_tags) VALUES (:move, :conversation, :both_tags) ON CONFLICT (move, conversation) DO NOTHING;

-- query: tag_moved_of many
-- in: move text
-- out: conversation text, both_tags int
SELECT conversation, both_tags FROM tag_moved WHERE move = :move ORDER BY conversation;

-- query: conversation_tagged_put exec
-- in: tag text, started_ms int, conversation text
INSERT INTO conversation_tagged (tag, started_ms, conversation) VALUES (:tag, :started_ms, :conversation) ON CONFLICT (tag, started_ms, conversation) DO NOTHING;

-- query: conversation_tagged_end exec
-- in: tag text, started_ms int, conversation text
DELETE FROM conversation_tagged WHERE tag = :tag AND started_ms = :started_ms AND conversation = :conversation;

-- query: message_insert exec
-- in: conversation text, seq int, id text, at_ms int, by_type text, by_id text, text text, files text, quote text, more text
INSERT INTO message (conversation, seq, id, at_ms, by_type, by_id, text, files, home, quote, more, edited_ms, recalled_ms)
VALUES (:conversation, :seq, :id, :at_ms, :by_type, :by_id, :text, :files, '', :quote, :more, NULL, NULL) ON CONFLICT (conversation, seq) DO NOTHING;

-- query: message_of_event one
-- in: conversation text, id text
-- out: seq int, at_ms int, by_type text, by_id text, text text, files text, more text, edited_ms int?, recalled_ms int?
SELECT seq, at_ms, by_type, by_id, text, files, more, edited_ms, recalled_ms FROM message WHERE conversation = :conversation AND id = :id ORDER BY seq LIMIT 1;

-- query: message_recalled one
-- in: seq int
-- out: recalled_ms int?
SELECT recalled_ms FROM message WHERE seq = :seq ORDER BY conversation LIMIT 1;

-- query: message_edit_of one
-- Which message a change changed.
-- in: seq int
-- out: message text
SELECT message FROM message_edit WHERE seq = :seq ORDER BY message LIMIT 1;

-- query: message_recall exec
-- in: conversation text, seq int, at_ms int
UPDATE message SET recalled_ms = :at_ms WHERE conversation = :conversation AND seq = :seq;

-- query: message_change exec
-- in: conversation text, seq int, at_ms int, text text, more text
UPDATE message SET edited_ms = :at_ms, text = :text, more = :more WHERE conversation = :conversation AND seq = :seq;

-- query: message_edit_put exec
-- in: message text, seq int, at_ms int, by_id text, text text
INSERT INTO message_edit (message, seq, at_ms, by_id, text) VALUES (:message, :seq, :at_ms, :by_id, :text) ON CONFLICT (message, seq) DO NOTHING;

-- query: message_edits many
-- in: message text
-- out: seq int, at_ms int, by_id text, text text
SELECT seq, at_ms, by_id, text FROM message_edit WHERE message = :message ORDER BY seq;

-- query: message_join exec
-- in: id text, into_id text
UPDATE message SET conversation = :into_id, home = CASE WHEN home = '' THEN :id ELSE home END WHERE conversation = :id AND by_type <> 'system';

-- query: message_part exec
-- in: id text, into_id text
UPDATE message SET conversation = :id, home = '' WHERE conversation = :into_id AND home = :id;

-- query: message_before many
-- in: conversation text, before int, most int
-- out: seq int, id text, at_ms int, by_type text, by_id text, text text, files text, quote text, more text, edited_ms int?, recalled_ms int?
SELECT seq, id, at_ms, by_type, by_id, text, files, quote, more, edited_ms, recalled_ms FROM message
WHERE conversation = :conversation AND seq < :before ORDER BY seq DESC LIMIT :most;

-- query: message_after many
-- in: conversation text, after int, most int
-- out: seq int, id text, at_ms int, by_type text, by_id text, text text, files text, quote text, more text, edited_ms int?, recalled_ms int?
SELECT seq, id, at_ms, by_type, by_id, text, files, quote, more, edited_ms, recalled_ms FROM message
WHERE conversation = :conversation AND seq > :after ORDER BY seq LIMIT :most;

-- query: conversation_open_of one
-- in: customer text
-- out: id text, agent text, state text, started_ms int, customer_messages int, auto_ms int
SELECT id, agent, state, started_ms, customer_messages, auto_ms FROM conversation WHERE customer = :customer AND state IN ('open', 'waiting') ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_latest_of one
-- in: customer text
-- out: id text, agent text, state text, rating int?
SELECT id, agent, state, rating FROM conversation WHERE customer = :customer AND state <> 'merged' ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_previous one
-- in: customer text, started_ms int, id text
-- out: id text, started_ms int
SELECT id, started_ms FROM conversation WHERE customer = :customer AND state <> 'merged' AND (started_ms < :started_ms OR (started_ms = :started_ms AND id < :id))
ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: conversation_of_customer many
-- in: customer text, most int
-- out: id text, channel text, state text, agent text, started_ms int, closed_ms int?, last_text text, deal int?
SELECT id, channel, state, agent, started_ms, closed_ms, last_text, deal FROM conversation WHERE customer = :customer
ORDER BY started_ms DESC, id DESC LIMIT :most;

-- The open ones in the order of the desk: grade 0 must answer (came back by itself before all, then by the clock's end), 1 to accept,
-- 2 waits for the customer, 3 put aside; with `sort` one list. A page begins after (grade, key, id). `tag` is JSON text with its quotes.
-- snoozed: 0 without, 1 only, 2 all the same. The clocks are few for an object and many for a state, so the state is no reason to take its
-- index; the inner LIMIT, over what any desk has open, keeps the order from being computed once for every mention of it.
-- query: conversation_mine many
-- in: agent text, tag text, channel text, q text, sort text, snoozed int, grade int, key int, id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, grade int, sort_ms int
SELECT x.id, x.customer, x.customer_name, x.channel, x.state, x.agent, x.started_ms, x.last_text, x.last_by, x.last_type, x.last_ms, x.last_seq, x.unread,
  x.wait_since_ms, x.tags, x.closed_ms, x.snooze_ms, x.woken_ms, x.offer_to, x.grade, x.sort_ms
FROM (SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
    c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to,
    CASE WHEN :sort <> '' THEN 0 WHEN c.state = 'waiting' THEN 1 WHEN c.snooze_ms IS NOT NULL THEN 3
      WHEN c.wait_since_ms IS NOT NULL OR c.woken_ms IS NOT NULL THEN 0 ELSE 2 END AS grade,
    CASE WHEN :sort = 'recent' THEN -c.last_ms WHEN :sort = 'oldest' THEN c.started_ms WHEN c.state = 'waiting' THEN c.started_ms
      WHEN c.snooze_ms IS NOT NULL THEN c.snooze_ms WHEN c.woken_ms IS NOT NULL THEN c.woken_ms - 4000000000000
      WHEN c.wait_since_ms IS NOT NULL THEN COALESCE((SELECT MIN(k.due_ms) FROM clock k WHERE k.object = c.id AND k.state || '' IN ('running', 'violated')),
        c.wait_since_ms + 100000) ELSE -c.last_ms END AS sort_ms
  FROM conversation c LEFT JOIN customer u ON u.id = c.customer
  WHERE c.agent = :agent AND c.state = 'open' AND c.spam = 0 AND (:snoozed = 2 OR (c.snooze_ms IS NOT NULL) = (:snoozed = 1))
    AND (:tag = '' OR REPLACE(c.tags, :tag, '') <> c.tags) AND (:channel = '' OR c.channel = :channel)
    AND (:q = '' OR c.id = :q OR REPLACE(COALESCE(u.name, ''), :q, '') <> COALESCE(u.name, '') OR REPLACE(c.last_text, :q, '') <> c.last_text)
  LIMIT 100000) x
WHERE x.grade > :grade OR (x.grade = :grade AND (x.sort_ms > :key OR (x.sort_ms = :key AND x.id > :id)))
ORDER BY x.grade, x.sort_ms, x.id LIMIT :most;

-- query: conversation_open many
-- in: agent text, other text, state text, tag text, channel text, q text, sort text, snoozed int, grade int, key int, id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, grade int, sort_ms int
SELECT x.id, x.customer, x.customer_name, x.channel, x.state, x.agent, x.started_ms, x.last_text, x.last_by, x.last_type, x.last_ms, x.last_seq, x.unread,
  x.wait_since_ms, x.tags, x.closed_ms, x.snooze_ms, x.woken_ms, x.offer_to, x.grade, x.sort_ms
FROM (SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
    c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to,
    CASE WHEN :sort <> '' THEN 0 WHEN c.state = 'waiting' THEN 1 WHEN c.snooze_ms IS NOT NULL THEN 3
      WHEN c.wait_since_ms IS NOT NULL OR c.woken_ms IS NOT NULL THEN 0 ELSE 2 END AS grade,
    CASE WHEN :sort = 'recent' THEN -c.last_ms WHEN :sort = 'oldest' THEN c.started_ms WHEN c.state = 'waiting' THEN c.started_ms
      WHEN c.snooze_ms IS NOT NULL THEN c.snooze_ms WHEN c.woken_ms IS NOT NULL THEN c.woken_ms - 4000000000000
      WHEN c.wait_since_ms IS NOT NULL THEN COALESCE((SELECT MIN(k.due_ms) FROM clock k WHERE k.object = c.id AND k.state || '' IN ('running', 'violated')),
        c.wait_since_ms + 100000) ELSE -c.last_ms END AS sort_ms
  FROM conversation c LEFT JOIN customer u ON u.id = c.customer
  WHERE c.state = :state AND c.spam = 0 AND (:agent = '' OR c.agent = :agent) AND (:other = '' OR c.agent <> :other) AND (:snoozed = 2 OR (c.snooze_ms IS NOT NULL) = (:snoozed = 1))
    AND (:tag = '' OR REPLACE(c.tags, :tag, '') <> c.tags) AND (:channel = '' OR c.channel = :channel)
    AND (:q = '' OR c.id = :q OR REPLACE(COALESCE(u.name, ''), :q, '') <> COALESCE(u.name, '') OR REPLACE(c.last_text, :q, '') <> c.last_text)
  LIMIT 100000) x
WHERE x.grade > :grade OR (x.grade = :grade AND (x.sort_ms > :key OR (x.sort_ms = :key AND x.id > :id)))
ORDER BY x.grade, x.sort_ms, x.id LIMIT :most;

-- query: conversation_closed many
-- in: before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, c.closed_ms AS page_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.state = 'closed' AND c.spam = 0 AND c.closed_ms <= :before_ms AND (c.closed_ms < :before_ms OR c.id < :before_id)
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- query: conversation_closed_by many
-- in: agent text, channel text, before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, c.closed_ms AS page_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.agent = :agent AND c.state = 'closed' AND c.spam = 0 AND (:channel = '' OR c.channel = :channel) AND c.closed_ms <= :before_ms AND (c.closed_ms < :before_ms OR c.id < :before_id)
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- query: conversation_closed_channel many
-- in: channel text, before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, c.closed_ms AS page_ms
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.channel = :channel AND c.state = 'closed' AND c.spam = 0 AND c.closed_ms <= :before_ms AND (c.closed_ms < :before_ms OR c.id < :before_id)
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- By tag in the order they began.
-- query: conversation_closed_tagged many
-- in: tag text, agent text, channel text, before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, g.started_ms AS page_ms
FROM conversation_tagged g CROSS JOIN conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE g.tag = :tag AND g.started_ms <= :before_ms AND (g.started_ms < :before_ms OR g.conversation < :before_id) AND c.id = g.conversation
  AND c.state = 'closed' AND c.spam = 0 AND (:agent = '' OR c.agent = :agent) AND (:channel = '' OR c.channel = :channel)
ORDER BY g.started_ms DESC, g.conversation DESC LIMIT :most;

-- Spam whose visitor is still on the list.
-- query: conversation_spam many
-- in: before_ms int, before_id text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, c.last_ms AS page_ms
FROM held_off h CROSS JOIN conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.customer = h.customer AND c.spam = 1 AND c.last_ms <= :before_ms AND (c.last_ms < :before_ms OR c.id < :before_id)
ORDER BY c.last_ms DESC, c.id DESC LIMIT :most;

-- The name decides, so the customers come first (CROSS JOIN keeps the order) and the state is no reason to take its index.
-- query: conversation_closed_named many
-- in: from_name text, to_name text, most int
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text, page_ms int
SELECT c.id, c.customer, u.name AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to, c.closed_ms AS page_ms
FROM (SELECT n.id, n.name FROM customer n WHERE n.name >= :from_name AND n.name < :to_name ORDER BY n.name, n.id LIMIT 500) u
CROSS JOIN conversation c
WHERE c.customer = u.id AND c.state || '' = 'closed' AND c.spam = 0
ORDER BY c.closed_ms DESC, c.id DESC LIMIT :most;

-- query: conversation_counts one
-- in: agent text
-- out: mine int, must int, snoozed int
SELECT COUNT(*) AS mine, COUNT(CASE WHEN snooze_ms IS NULL AND (wait_since_ms IS NOT NULL OR woken_ms IS NOT NULL) THEN 1 END) AS must, COUNT(snooze_ms) AS snoozed
FROM conversation WHERE agent = :agent AND state = 'open' AND spam = 0;

-- query: conversation_waiting_count one
-- out: waiting int
SELECT COUNT(*) AS waiting FROM conversation WHERE state = 'waiting' AND spam = 0;

-- query: conversation_waiting_first one
-- Who waits longest to be accepted, in the order the workbench shows.
-- out: id text
SELECT id FROM conversation WHERE state = 'waiting' AND spam = 0 ORDER BY COALESCE(wait_since_ms, started_ms), id LIMIT 1;

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
WHERE k.object = :object AND k.state || '' IN ('running', 'paused', 'violated') ORDER BY k.due_ms, k.id LIMIT 1;

-- query: conversation_unclocked many
-- The open ones that no clause has a clock on.
-- in: most int
-- out: id text, agent text, started_ms int, wait_since_ms int?, agent_messages int, last_ms int
SELECT c.id, c.agent, c.started_ms, c.wait_since_ms, c.agent_messages, c.last_ms FROM conversation c
WHERE c.state IN ('open', 'waiting') AND c.spam = 0 AND c.snooze_ms IS NULL
  AND NOT EXISTS (SELECT 1 FROM clock k WHERE k.object = c.id AND k.state || '' IN ('running', 'paused', 'violated'))
ORDER BY COALESCE(c.wait_since_ms, c.started_ms), c.id LIMIT :most;

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
-- out: conversation text, seq int, id text, at_ms int, by_type text, by_id text, text text, files text, quote text, more text, edited_ms int?, recalled_ms int?
SELECT m.conversation, m.seq, m.id, m.at_ms, m.by_type, m.by_id, m.text, m.files, m.quote, m.more, m.edited_ms, m.recalled_ms
FROM conversation c JOIN message m ON m.conversation = c.id
WHERE c.customer = :customer AND m.seq > :after AND m.by_type NOT IN ('note', 'system') ORDER BY m.seq LIMIT :most;

-- query: conversation_offered many
-- Talks somebody is asked to take.
-- in: agent text
-- out: id text, customer text, customer_name text, channel text, state text, agent text, started_ms int, last_text text, last_by text, last_type text, last_ms int, last_seq int
-- out: unread int, wait_since_ms int?, tags text, closed_ms int?, snooze_ms int?, woken_ms int?, offer_to text
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.started_ms, c.last_text, c.last_by, c.last_type,
  c.last_ms, c.last_seq, c.unread, c.wait_since_ms, c.tags, c.closed_ms, c.snooze_ms, c.woken_ms, c.offer_to
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.offer_ms IS NOT NULL AND c.offer_to = :agent ORDER BY c.offer_ms, c.id LIMIT 50;

