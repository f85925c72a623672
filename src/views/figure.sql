-- The figures of reception: counted as it happens, by day and by month, and one row per conversation for what stands behind them.

-- table: figure_count rowless
CREATE TABLE figure_count (
  span BIGINT NOT NULL,    -- a date, or a month as -(12 * year + month - 1)
  measure BIGINT NOT NULL, -- enum figure_measure
  agent TEXT NOT NULL,     -- who spoke; '' where nobody is meant
  channel TEXT NOT NULL,
  shift TEXT NOT NULL,     -- of that person at that time, as the roster stood when it was recorded
  slot BIGINT NOT NULL,    -- step of the scale of waits, half-hour of the day, stars: as the measure says
  n BIGINT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (span, measure, agent, channel, shift, slot)
);

-- table: figure_tag rowless
CREATE TABLE figure_tag (
  span BIGINT NOT NULL, measure BIGINT NOT NULL, tag TEXT NOT NULL, slot BIGINT NOT NULL, n BIGINT NOT NULL, total BIGINT NOT NULL,
  PRIMARY KEY (span, measure, tag, slot)
);

-- table: figure_talk
CREATE TABLE figure_talk (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  channel TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  asked_ms BIGINT,         -- the first words of the customer
  first_ms BIGINT,         -- from there to the first human answer
  first_by TEXT NOT NULL,  -- who gave it
  first_open_ms BIGINT,    -- the same in service hours; NULL where none were in force
  mixed BIGINT NOT NULL,   -- 1: a message came after a later one; counted anew from all messages each time
  closed_ms BIGINT,
  took_ms BIGINT,
  took_open_ms BIGINT,
  speaker TEXT NOT NULL,   -- who of the agents spoke last before the end
  stars BIGINT,
  rated_ms BIGINT,
  rated_by TEXT NOT NULL,  -- who is credited with the rating, and the shift of that person then: to take it back when a later one comes
  rated_shift TEXT NOT NULL,
  deal BIGINT NOT NULL,
  tags TEXT NOT NULL
);
CREATE INDEX figure_talk_started ON figure_talk (started_ms, id);
CREATE INDEX figure_talk_by ON figure_talk (first_by, started_ms, id);

-- table: figure_order rowless
-- Every order completed: what stands behind the count and the sum of orders.
CREATE TABLE figure_order (
  at_ms BIGINT NOT NULL, id TEXT NOT NULL, customer TEXT NOT NULL, agent TEXT NOT NULL, shift TEXT NOT NULL, fen BIGINT NOT NULL,
  PRIMARY KEY (at_ms, id)
);

-- table: figure_pass rowless
-- Every passing on of a conversation, and the shift of who passed it on.
CREATE TABLE figure_pass (conversation TEXT NOT NULL, at_ms BIGINT NOT NULL, person TEXT NOT NULL, shift TEXT NOT NULL, PRIMARY KEY (conversation, at_ms, person));

-- table: figure_zone
CREATE TABLE figure_zone (id INTEGER PRIMARY KEY, offset_ms BIGINT NOT NULL);

-- query: figure_zone_set exec
-- in: offset_ms int
INSERT INTO figure_zone (id, offset_ms) VALUES (1, :offset_ms) ON CONFLICT (id) DO UPDATE SET offset_ms = excluded.offset_ms;

-- query: figure_zone_get one
-- out: offset_ms int
SELECT offset_ms FROM figure_zone WHERE id = 1;

-- query: figure_add exec
-- in: span int, measure int, agent text, channel text, shift text, slot int, n int, total int
INSERT INTO figure_count (span, measure, agent, channel, shift, slot, n, total) VALUES (:span, :measure, :agent, :channel, :shift, :slot, :n, :total)
ON CONFLICT (span, measure, agent, channel, shift, slot) DO UPDATE SET n = figure_count.n + excluded.n, total = figure_count.total + excluded.total;

-- query: figure_tag_add exec
-- in: span int, measure int, tag text, slot int, n int, total int
INSERT INTO figure_tag (span, measure, tag, slot, n, total) VALUES (:span, :measure, :tag, :slot, :n, :total)
ON CONFLICT (span, measure, tag, slot) DO UPDATE SET n = figure_tag.n + excluded.n, total = figure_tag.total + excluded.total;

-- query: figure_start exec
-- in: id text, customer text, channel text, started_ms int
INSERT INTO figure_talk (id, customer, channel, started_ms, asked_ms, first_ms, first_by, first_open_ms, mixed, closed_ms, took_ms, took_open_ms, speaker, stars, rated_ms, rated_by, rated_shift, deal, tags)
VALUES (:id, :customer, :channel, :started_ms, NULL, NULL, '', NULL, 0, NULL, NULL, NULL, '', NULL, NULL, '', '', 0, '[]') ON CONFLICT (id) DO NOTHING;

-- query: figure_state one
-- The conversation as it stood before the event at hand: this view folds before the conversations'.
-- in: id text
-- out: agent text, channel text, wait_since_ms int?, customer_messages int, agent_messages int, last_ms int, started_ms int, closed_ms int?, mixed int, asked_ms int?, first_ms int?, first_by text, first_open_ms int?, took_ms int?, took_open_ms int?, speaker text, stars int?, rated_ms int?, rated_by text, rated_shift text, deal int, tags text
SELECT c.agent, f.channel, c.wait_since_ms, c.customer_messages, c.agent_messages, c.last_ms, f.started_ms, f.closed_ms, f.mixed, f.asked_ms, f.first_ms, f.first_by,
  f.first_open_ms, f.took_ms, f.took_open_ms, f.speaker, f.stars, f.rated_ms, f.rated_by, f.rated_shift, f.deal, f.tags
FROM figure_talk f JOIN conversation c ON c.id = f.id WHERE f.id = :id;

-- query: figure_messages many
-- in: id text
-- out: seq int, at_ms int, by_type text, by_id text
SELECT seq, at_ms, by_type, by_id FROM message WHERE conversation = :id AND by_type IN ('customer', 'agent') ORDER BY at_ms, seq;

-- query: figure_messages_both many
-- Of two conversations that are being joined.
-- in: id text, other_id text
-- out: seq int, at_ms int, by_type text, by_id text
SELECT seq, at_ms, by_type, by_id FROM message WHERE conversation IN (:id, :other_id) AND by_type IN ('customer', 'agent') ORDER BY at_ms, seq;

-- query: figure_messages_home many
-- Of a joined conversation, those that came from another (home = 1) or did not (home = 0).
-- in: id text, from_id text, home int
-- out: seq int, at_ms int, by_type text, by_id text
SELECT seq, at_ms, by_type, by_id FROM message WHERE conversation = :id AND CASE WHEN home = :from_id THEN 1 ELSE 0 END = :home AND by_type IN ('customer', 'agent')
ORDER BY at_ms, seq;

-- query: figure_speaker one
-- Who of the agents spoke last.
-- in: id text
-- out: by_id text
SELECT by_id FROM message WHERE conversation = :id AND by_type = 'agent' ORDER BY at_ms DESC, seq DESC LIMIT 1;

-- query: figure_shift one
-- The shift that a person is on at a time; up to two hours longer, while the last talk lasts.
-- in: person text, at_ms int, early_ms int, late_ms int
-- out: name text
SELECT name FROM shift WHERE person = :person AND start_ms <= :early_ms AND start_ms > :late_ms AND end_ms > start_ms
ORDER BY CASE WHEN start_ms <= :at_ms AND end_ms > :at_ms THEN 0 ELSE 1 END, start_ms DESC LIMIT 1;

-- query: figure_asked exec
-- in: id text, asked_ms int
UPDATE figure_talk SET asked_ms = :asked_ms WHERE id = :id;

-- query: figure_first exec
-- in: id text, asked_ms int?, first_ms int?, first_by text, first_open_ms int?, mixed int
UPDATE figure_talk SET asked_ms = :asked_ms, first_ms = :first_ms, first_by = :first_by, first_open_ms = :first_open_ms, mixed = :mixed WHERE id = :id;

-- query: figure_close exec
-- in: id text, closed_ms int, took_ms int, took_open_ms int?, speaker text, deal int
UPDATE figure_talk SET closed_ms = :closed_ms, took_ms = :took_ms, took_open_ms = :took_open_ms, speaker = :speaker, deal = :deal WHERE id = :id;

-- query: figure_stars exec
-- in: id text, stars int, rated_ms int, rated_by text, rated_shift text
UPDATE figure_talk SET stars = :stars, rated_ms = :rated_ms, rated_by = :rated_by, rated_shift = :rated_shift WHERE id = :id;

-- query: figure_with_tag many
-- As the conversations stood before the event at hand.
-- in: tag text, most int
-- out: conversation text
SELECT conversation FROM conversation_tagged WHERE tag = :tag ORDER BY started_ms, conversation LIMIT :most;

-- query: figure_moved many
-- in: move text
-- out: conversation text, both_tags int
SELECT conversation, both_tags FROM tag_moved WHERE move = :move ORDER BY conversation;

-- query: figure_retag exec
-- in: id text, tags text
UPDATE figure_talk SET tags = :tags WHERE id = :id;

-- query: figure_rows many
-- in: from_span int, to_span int
-- out: span int, measure int, agent text, channel text, shift text, slot int, n int, total int
SELECT span, measure, agent, channel, shift, slot, n, total FROM figure_count WHERE span >= :from_span AND span <= :to_span AND agent <> ''
ORDER BY span, measure, agent, channel, shift, slot;

-- query: figure_agent_rows many
-- The same by agent alone, where nobody asks for a channel or a shift: half the columns.
-- in: span int
-- out: measure int, agent text, slot int, n int, total int
SELECT measure, agent, slot, n, total FROM figure_count WHERE span = :span AND agent <> '' ORDER BY span, measure, agent, channel, shift, slot;

-- query: figure_total_rows many
-- in: span int, from_measure int, to_measure int
-- out: measure int, slot int, n int, total int
SELECT measure, slot, n, total FROM figure_count WHERE span = :span AND measure >= :from_measure AND measure <= :to_measure AND agent <> ''
ORDER BY span, measure, agent, channel, shift, slot;

-- query: figure_sum many
-- in: from_span int, to_span int
-- out: measure int, agent text, channel text, shift text, slot int, n int, total int
SELECT measure, agent, channel, shift, slot, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(total) AS BIGINT) AS total FROM figure_count
WHERE span >= :from_span AND span <= :to_span AND agent <> '' GROUP BY measure, agent, channel, shift, slot ORDER BY measure, agent, channel, shift, slot;

-- query: figure_hours many
-- What no agent stands behind: starts and messages of a day by the half-hour.
-- in: measure int, span int
-- out: channel text, slot int, n int
SELECT channel, slot, n FROM figure_count WHERE span = :span AND measure = :measure AND agent = '' ORDER BY channel, slot;

-- query: figure_tags many
-- in: from_span int, to_span int
-- out: measure int, tag text, slot int, n int, total int
SELECT measure, tag, slot, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(total) AS BIGINT) AS total FROM figure_tag WHERE span >= :from_span AND span <= :to_span
GROUP BY measure, tag, slot HAVING SUM(n) <> 0 ORDER BY measure, tag, slot;

-- query: figure_waiting many
-- Whoever waits for an answer at this moment: counted with the wait so far.
-- in: most int
-- out: id text, agent text, channel text, wait_since_ms int, agent_messages int, tags text, customer text, level text, customer_tags text
SELECT c.id, c.agent, c.channel, c.wait_since_ms, c.agent_messages, c.tags, c.customer, COALESCE(u.level, '') AS level, COALESCE(u.tags, '[]') AS customer_tags
FROM conversation c LEFT JOIN customer u ON u.id = c.customer WHERE c.state IN ('open', 'waiting') AND c.wait_since_ms IS NOT NULL ORDER BY c.wait_since_ms, c.id LIMIT :most;

-- query: figure_talks many
-- The conversations of a time, oldest first, from a place on; of one customer or one level of customers, if asked ('' = any).
-- in: from_ms int, to_ms int, after_ms int, after_id text, customer text, level text, most int
-- out: id text, customer text, customer_name text, linked text, customer_tags text, agent text, channel text, started_ms int, asked_ms int?, first_ms int?, first_by text, closed_ms int?, took_ms int?, speaker text, stars int?, rated_ms int?, rated_by text, rating_text text, deal int, no_deal_reason text, tags text, last_text text
SELECT f.id, c.customer, COALESCE(u.name, '') AS customer_name, COALESCE(u.linked, '') AS linked, COALESCE(u.tags, '[]') AS customer_tags, c.agent, f.channel, f.started_ms, f.asked_ms,
  f.first_ms, f.first_by, f.closed_ms, f.took_ms, f.speaker, f.stars, f.rated_ms, f.rated_by, c.rating_text, f.deal, c.no_deal_reason, f.tags, c.last_text
FROM figure_talk f JOIN conversation c ON c.id = f.id LEFT JOIN customer u ON u.id = c.customer
WHERE f.started_ms >= :from_ms AND f.started_ms < :to_ms AND (f.started_ms > :after_ms OR (f.started_ms = :after_ms AND f.id > :after_id))
  AND (:customer = '' OR c.customer = :customer) AND (:level = '' OR u.level = :level)
ORDER BY f.started_ms, f.id LIMIT :most;

-- query: figure_each many
-- Conversations of which something happened in a time, for figures counted talk by talk.
-- in: from_ms int, to_ms int, after_ms int, after_id text, customer text, level text, most int
-- out: id text, customer_tags text, channel text, started_ms int, asked_ms int?, first_ms int?, first_open_ms int?, closed_ms int?, took_ms int?, took_open_ms int?, speaker text, stars int?, rated_ms int?, rated_by text, rated_shift text, deal int, tags text
SELECT f.id, COALESCE(u.tags, '[]') AS customer_tags, f.channel, f.started_ms, f.asked_ms, f.first_ms, f.first_open_ms, f.closed_ms, f.took_ms, f.took_open_ms, f.speaker, f.stars, f.rated_ms, f.rated_by, f.rated_shift,
  f.deal, f.tags
FROM figure_talk f JOIN conversation c ON c.id = f.id LEFT JOIN customer u ON u.id = c.customer
WHERE f.started_ms < :to_ms AND (f.started_ms > :after_ms OR (f.started_ms = :after_ms AND f.id > :after_id))
  AND (c.last_ms >= :from_ms OR f.started_ms >= :from_ms OR f.closed_ms >= :from_ms OR f.rated_ms >= :from_ms)
  AND (:customer = '' OR c.customer = :customer) AND (:level = '' OR u.level = :level)
ORDER BY f.started_ms, f.id LIMIT :most;

-- query: figure_pass_add exec
-- in: conversation text, at_ms int, person text, shift text
INSERT INTO figure_pass (conversation, at_ms, person, shift) VALUES (:conversation, :at_ms, :person, :shift) ON CONFLICT (conversation, at_ms, person) DO NOTHING;

-- query: figure_passes many
-- in: conversation text
-- out: at_ms int, person text, shift text
SELECT at_ms, person, shift FROM figure_pass WHERE conversation = :conversation ORDER BY at_ms, person;

-- query: figure_order_add exec
-- in: at_ms int, id text, customer text, agent text, shift text, fen int
INSERT INTO figure_order (at_ms, id, customer, agent, shift, fen) VALUES (:at_ms, :id, :customer, :agent, :shift, :fen) ON CONFLICT (at_ms, id) DO NOTHING;

-- query: figure_orders many
-- Orders completed in a time, in their order, from a place on; of one customer or one level of customers, if asked ('' = any).
-- in: from_ms int, to_ms int, after_ms int, after_id text, customer text, level text, most int
-- out: at_ms int, id text, customer text, customer_name text, customer_tags text, agent text, shift text, fen int, created_ms int?, state text, goods text
SELECT x.at_ms, x.id, COALESCE(o.customer, x.customer) AS customer, COALESCE(u.name, '') AS customer_name, COALESCE(u.tags, '[]') AS customer_tags, x.agent, x.shift, x.fen, o.created_ms,
  COALESCE(o.state, 'completed') AS state, COALESCE(o.goods, '') AS goods
FROM figure_order x LEFT JOIN orders o ON o.id = x.id LEFT JOIN customer u ON u.id = COALESCE(o.customer, x.customer)
WHERE x.at_ms >= :from_ms AND x.at_ms < :to_ms AND (x.at_ms > :after_ms OR (x.at_ms = :after_ms AND x.id > :after_id))
  AND (:customer = '' OR COALESCE(o.customer, x.customer) = :customer) AND (:level = '' OR u.level = :level)
ORDER BY x.at_ms, x.id LIMIT :most;

-- query: figure_orders_after many
-- The orders that a customer (or the record of the shop that is linked) placed in a time.
-- in: customer text, linked text, from_ms int, to_ms int, most int
-- out: id text, amount_fen int, state text, created_ms int, agent text
SELECT id, amount_fen, state, created_ms, agent FROM orders WHERE customer IN (:customer, :linked) AND customer <> '' AND created_ms >= :from_ms AND created_ms < :to_ms
ORDER BY created_ms, id LIMIT :most;

-- query: figure_talk_before one
-- The last conversation that a customer (or one linked to that record) began in a time.
-- in: customer text, from_ms int, to_ms int
-- out: id text, started_ms int, agent text, speaker text
SELECT c.id, c.started_ms, c.agent, f.speaker FROM conversation c JOIN figure_talk f ON f.id = c.id
WHERE c.customer IN (SELECT :customer UNION ALL SELECT id FROM customer WHERE linked = :customer AND :customer <> '') AND c.started_ms >= :from_ms AND c.started_ms < :to_ms
ORDER BY c.started_ms DESC, c.id LIMIT 1;

-- query: figure_segments many
-- The levels that customers have.
-- out: level text, n int
SELECT level, COUNT(*) AS n FROM customer WHERE level <> '' AND merged_into = '' GROUP BY level ORDER BY level;

-- query: figure_segment_tags many
-- Customers' tags as they are kept.
-- out: tags text, n int
SELECT tags, COUNT(*) AS n FROM customer WHERE tags <> '[]' AND merged_into = '' GROUP BY tags ORDER BY tags;
