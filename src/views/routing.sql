-- Who may have how many and is good at what; whose turn it was; who let a conversation fall; work that is handed over.

-- table: route_cap
-- person '' = everybody; channel '' = all channels together.
CREATE TABLE route_cap (person TEXT NOT NULL, channel TEXT NOT NULL, most BIGINT NOT NULL, PRIMARY KEY (person, channel));

-- table: route_skill
CREATE TABLE route_skill (person TEXT NOT NULL, skill TEXT NOT NULL, PRIMARY KEY (person, skill));

-- table: route_need
-- kind: channel, page (words found in its address) or tag.
CREATE TABLE route_need (kind TEXT NOT NULL, word TEXT NOT NULL, skill TEXT NOT NULL, PRIMARY KEY (kind, word));

-- table: route_turn
-- Place in the log of the last conversation the desk gave to somebody.
CREATE TABLE route_turn (person TEXT PRIMARY KEY, seq BIGINT NOT NULL);

-- table: route_talk
CREATE TABLE route_talk (conversation TEXT PRIMARY KEY, page TEXT NOT NULL, given_ms BIGINT NOT NULL);

-- table: route_tried
-- Who let it wait too long since the customer was last answered: it does not come to them again.
CREATE TABLE route_tried (conversation TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (conversation, person));

-- table: handover
CREATE TABLE handover (
  id TEXT PRIMARY KEY, person TEXT NOT NULL, reason TEXT NOT NULL, opened_ms BIGINT NOT NULL, to_person TEXT NOT NULL, until_ms BIGINT NOT NULL,
  ended_ms BIGINT, result TEXT NOT NULL);
CREATE INDEX handover_open ON handover (person, id) WHERE ended_ms IS NULL;

-- table: handover_talk
CREATE TABLE handover_talk (handover TEXT NOT NULL, conversation TEXT NOT NULL, PRIMARY KEY (handover, conversation));

-- table: handover_tried
CREATE TABLE handover_tried (handover TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (handover, person));

-- table: presence_socket keep
-- Who had a page open when the program was last heard of: whoever of them does not come back is not there.
CREATE TABLE presence_socket (person TEXT PRIMARY KEY, at_ms BIGINT NOT NULL);

-- query: route_cap_put exec
-- in: person text, channel text, most int
INSERT INTO route_cap (person, channel, most) VALUES (:person, :channel, :most) ON CONFLICT (person, channel) DO UPDATE SET most = excluded.most;

-- query: route_cap_end exec
-- in: person text, channel text
DELETE FROM route_cap WHERE person = :person AND channel = :channel;

-- query: route_cap_all many
-- out: person text, channel text, most int
SELECT person, channel, most FROM route_cap ORDER BY person, channel;

-- query: route_skill_put exec
-- in: person text, skill text
INSERT INTO route_skill (person, skill) VALUES (:person, :skill) ON CONFLICT (person, skill) DO NOTHING;

-- query: route_skill_end exec
-- in: person text
DELETE FROM route_skill WHERE person = :person;

-- query: route_skill_all many
-- out: person text, skill text
SELECT person, skill FROM route_skill ORDER BY person, skill;

-- query: route_need_put exec
-- in: kind text, word text, skill text
INSERT INTO route_need (kind, word, skill) VALUES (:kind, :word, :skill) ON CONFLICT (kind, word) DO UPDATE SET skill = excluded.skill;

-- query: route_need_end exec
-- in: kind text, word text
DELETE FROM route_need WHERE kind = :kind AND word = :word;

-- query: route_need_all many
-- out: kind text, word text, skill text
SELECT kind, word, skill FROM route_need ORDER BY kind, word;

-- query: route_turn_put exec
-- in: person text, seq int
INSERT INTO route_turn (person, seq) VALUES (:person, :seq) ON CONFLICT (person) DO UPDATE SET seq = excluded.seq;

-- query: route_free many
-- Who is there and holds fewer than the highest limit: how many, and whose turn was when.
-- in: most int, at_ms int
-- out: id text, role text, open int, turn int
SELECT p.id, p.role, COALESCE(l.open, 0) AS open, COALESCE(t.seq, 0) AS turn
FROM person p LEFT JOIN agent_load l ON l.agent = p.id LEFT JOIN route_turn t ON t.person = p.id
WHERE p.state = 'active' AND p.presence = 'online' AND COALESCE(l.open, 0) < :most
  AND NOT EXISTS (SELECT 1 FROM leave_span v WHERE v.person = p.id AND v.from_ms <= :at_ms AND v.to_ms > :at_ms) ORDER BY p.job_number;

-- query: route_talk_put exec
-- in: conversation text, page text
INSERT INTO route_talk (conversation, page, given_ms) VALUES (:conversation, :page, 0) ON CONFLICT (conversation) DO NOTHING;

-- query: route_talk_give exec
-- in: conversation text, at_ms int
UPDATE route_talk SET given_ms = :at_ms WHERE conversation = :conversation;

-- query: route_talk_end exec
-- in: conversation text
DELETE FROM route_talk WHERE conversation = :conversation;

-- query: route_talk_get one
-- in: conversation text
-- out: page text, given_ms int
SELECT page, given_ms FROM route_talk WHERE conversation = :conversation;

-- query: route_tried_put exec
-- in: conversation text, person text
INSERT INTO route_tried (conversation, person) VALUES (:conversation, :person) ON CONFLICT (conversation, person) DO NOTHING;

-- query: route_tried_end exec
-- in: conversation text
DELETE FROM route_tried WHERE conversation = :conversation;

-- query: route_tried_of many
-- in: conversation text
-- out: person text
SELECT person FROM route_tried WHERE conversation = :conversation ORDER BY person;

-- query: route_last_agent one
-- Who served this customer last.
-- in: customer text, conversation text
-- out: agent text
SELECT agent FROM conversation WHERE customer = :customer AND id <> :conversation AND agent <> '' ORDER BY started_ms DESC, id DESC LIMIT 1;

-- query: route_waiting many
-- Those who wait for anybody; with vip 1 customers of a level first.
-- in: vip int, most int
-- out: id text, customer text, started_ms int, grade int
SELECT c.id, c.customer, c.started_ms, CASE WHEN :vip = 1 AND COALESCE(u.level, '') NOT IN ('', '普通', '一般') THEN 0 ELSE 1 END AS grade
FROM conversation c LEFT JOIN customer u ON u.id = c.customer
WHERE c.state = 'waiting' AND c.spam = 0 ORDER BY grade, c.started_ms, c.id LIMIT :most;

-- query: route_stale many
-- Unanswered since before an instant, in the same hands all that time.
-- in: before_ms int, most int
-- out: id text, agent text
SELECT c.id, c.agent FROM conversation c LEFT JOIN route_talk t ON t.conversation = c.id
WHERE c.state = 'open' AND c.wait_since_ms IS NOT NULL AND c.snooze_ms IS NULL AND c.spam = 0 AND c.offer_to = ''
  AND CASE WHEN COALESCE(t.given_ms, 0) > c.wait_since_ms THEN t.given_ms ELSE c.wait_since_ms END <= :before_ms
ORDER BY c.wait_since_ms, c.id LIMIT :most;

-- query: route_channel_load many
-- in: channel text
-- out: agent text, held int
SELECT agent, COUNT(*) AS held FROM conversation WHERE state = 'open' AND channel = :channel GROUP BY agent ORDER BY agent;

-- query: route_shifts many
-- How everybody stands to the roster: at work now, work ended within half a day, on leave today (all of the day, or from some time on
-- that has come); today 1: the roster holds this day.
-- in: from_date int, today int, at_ms int
-- out: person text, on_now int, ended int, on_leave int, today int
SELECT person,
  MAX(CASE WHEN class NOT IN ('休', '调休') AND start_ms <= :at_ms AND end_ms > start_ms
    AND (end_ms > :at_ms OR (in_ms IS NOT NULL AND out_ms IS NULL AND end_ms > :at_ms - 43200000)) THEN 1 ELSE 0 END) AS on_now,
  MAX(CASE WHEN end_ms > start_ms AND end_ms <= :at_ms AND end_ms > :at_ms - 43200000 THEN 1 ELSE 0 END) AS ended,
  MAX(CASE WHEN date = :today AND (end_ms <= start_ms OR end_ms <= :at_ms) AND COALESCE(cause, '') = '请假' THEN 1 ELSE 0 END) AS on_leave,
  MAX(CASE WHEN date = :today THEN 1 ELSE 0 END) AS today
FROM shift WHERE date >= :from_date AND date <= :today GROUP BY person ORDER BY person;

-- query: route_holding many
-- People who hold something, and how they stand.
-- out: person text, presence text, state text, open int
SELECT p.id AS person, p.presence, p.state, l.open FROM agent_load l JOIN person p ON p.id = l.agent WHERE l.open > 0 ORDER BY p.id;

-- query: route_left many
-- What somebody holds that is not handed over yet.
-- in: person text, most int
-- out: id text, customer text, wait_since_ms int?
SELECT c.id, c.customer, c.wait_since_ms FROM conversation c WHERE c.agent = :person AND c.state = 'open' AND c.spam = 0
  AND NOT EXISTS (SELECT 1 FROM handover_talk t JOIN handover h ON h.id = t.handover WHERE t.conversation = c.id AND h.person = :person AND h.ended_ms IS NULL)
ORDER BY c.id LIMIT :most;

-- query: handover_put exec
-- in: id text, person text, reason text, at_ms int
INSERT INTO handover (id, person, reason, opened_ms, to_person, until_ms, ended_ms, result) VALUES (:id, :person, :reason, :at_ms, '', 0, NULL, '') ON CONFLICT (id) DO NOTHING;

-- query: handover_talk_put exec
-- in: handover text, conversation text
INSERT INTO handover_talk (handover, conversation) VALUES (:handover, :conversation) ON CONFLICT (handover, conversation) DO NOTHING;

-- query: handover_offer exec
-- in: id text, to_person text, until_ms int
UPDATE handover SET to_person = :to_person, until_ms = :until_ms WHERE id = :id;

-- query: handover_tried_put exec
-- in: handover text, person text
INSERT INTO handover_tried (handover, person) VALUES (:handover, :person) ON CONFLICT (handover, person) DO NOTHING;

-- query: handover_tried_of many
-- in: handover text
-- out: person text
SELECT person FROM handover_tried WHERE handover = :handover ORDER BY person;

-- query: handover_end exec
-- in: id text, at_ms int, result text
UPDATE handover SET ended_ms = :at_ms, result = :result WHERE id = :id;

-- query: handover_free exec
-- in: id text
UPDATE handover SET to_person = '', until_ms = 0 WHERE id = :id;

-- query: handover_get one
-- in: id text
-- out: id text, person text, reason text, opened_ms int, to_person text, until_ms int, ended_ms int?, result text
SELECT id, person, reason, opened_ms, to_person, until_ms, ended_ms, result FROM handover WHERE id = :id;

-- query: handover_pending many
-- out: id text, person text, reason text, opened_ms int, to_person text, until_ms int
SELECT id, person, reason, opened_ms, to_person, until_ms FROM handover WHERE ended_ms IS NULL ORDER BY opened_ms, id;

-- query: handover_talks many
-- What of it is still in the giver's hands.
-- in: handover text, person text
-- out: id text, customer text, customer_name text, channel text, last_text text, last_type text, last_ms int, wait_since_ms int?
SELECT c.id, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.last_text, c.last_type, c.last_ms, c.wait_since_ms
FROM handover_talk t JOIN conversation c ON c.id = t.conversation LEFT JOIN customer u ON u.id = c.customer
WHERE t.handover = :handover AND c.agent = :person AND c.state = 'open' ORDER BY c.id;

-- query: presence_away_now many
-- Who is away, and why.
-- out: id text, name text, reason text, at_ms int
SELECT id, name, presence_reason AS reason, presence_ms AS at_ms FROM person WHERE state = 'active' AND presence = 'away' ORDER BY presence_ms, id;

-- query: presence_socket_put exec
-- in: person text, at_ms int
INSERT INTO presence_socket (person, at_ms) VALUES (:person, :at_ms) ON CONFLICT (person) DO UPDATE SET at_ms = excluded.at_ms;

-- query: presence_socket_end exec
-- in: person text
DELETE FROM presence_socket WHERE person = :person;

-- query: presence_socket_all many
-- out: person text
SELECT person FROM presence_socket ORDER BY person;
