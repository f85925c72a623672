-- What the rules brought about, what people judged of it, the fund box and the sealed months (账).

-- table: consequence
CREATE TABLE consequence (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, seal TEXT NOT NULL, version TEXT NOT NULL, clause TEXT NOT NULL, tag TEXT NOT NULL,
  covers TEXT NOT NULL, subject TEXT NOT NULL, object TEXT NOT NULL, object_noun TEXT NOT NULL, item TEXT NOT NULL, account TEXT NOT NULL,
  fen BIGINT NOT NULL, fen_max BIGINT NOT NULL, points BIGINT NOT NULL, decided_by TEXT NOT NULL, text_zh TEXT NOT NULL, text_en TEXT NOT NULL,
  occurred_ms BIGINT NOT NULL, ordinal BIGINT NOT NULL, window_from_ms BIGINT NOT NULL, window_to_ms BIGINT NOT NULL,
  trigger_event TEXT NOT NULL, cause TEXT NOT NULL, evidence TEXT NOT NULL, arithmetic TEXT NOT NULL, avoid_zh TEXT NOT NULL,
  avoid_en TEXT NOT NULL, judged_by TEXT NOT NULL, first_fen BIGINT NOT NULL,
  booked_ms BIGINT NOT NULL); -- the instant inside the month it belongs to: a settlement at a month's end belongs to that month
CREATE INDEX consequence_subject ON consequence (subject, booked_ms);
CREATE INDEX consequence_month ON consequence (booked_ms, type);
CREATE INDEX consequence_clause ON consequence (clause, occurred_ms);
CREATE INDEX consequence_seal ON consequence (seal, type);
CREATE INDEX consequence_object ON consequence (object);

-- table: consequence_change
CREATE TABLE consequence_change (
  consequence TEXT NOT NULL, n BIGINT NOT NULL, from_fen BIGINT NOT NULL, to_fen BIGINT NOT NULL, from_seal TEXT NOT NULL,
  to_seal TEXT NOT NULL, PRIMARY KEY (consequence, n));

-- table: judgement
CREATE TABLE judgement (
  event TEXT PRIMARY KEY, seq BIGINT NOT NULL, consequence TEXT NOT NULL, what TEXT NOT NULL, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL,
  fen BIGINT, against TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX judgement_consequence ON judgement (consequence, seq);

-- table: desk_figure
-- Settings that reach wages: the local minimum wage, the share that may be deducted, the days for an appeal. Changing one is an event.
CREATE TABLE desk_figure (name TEXT PRIMARY KEY, value BIGINT NOT NULL, at_ms BIGINT NOT NULL, by_person TEXT NOT NULL, event TEXT NOT NULL);

-- table: fund_move
CREATE TABLE fund_move (
  event TEXT PRIMARY KEY, account TEXT NOT NULL, fen BIGINT NOT NULL, purpose TEXT NOT NULL, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL);

-- table: month_sealed
CREATE TABLE month_sealed (month TEXT PRIMARY KEY, from_ms BIGINT NOT NULL, to_ms BIGINT NOT NULL, sealed_ms BIGINT NOT NULL, by_person TEXT NOT NULL,
  sheet TEXT NOT NULL, event TEXT NOT NULL);

-- table: sealed_item
-- What a sealed month has accounted for, so that a later difference can be posted once and pointed at its origin.
CREATE TABLE sealed_item (
  month TEXT NOT NULL, consequence TEXT NOT NULL, person TEXT NOT NULL, fen BIGINT NOT NULL, collected_fen BIGINT NOT NULL,
  PRIMARY KEY (month, consequence));
CREATE INDEX sealed_item_consequence ON sealed_item (consequence);

-- table: carried
CREATE TABLE carried (
  consequence TEXT PRIMARY KEY, result TEXT NOT NULL, object TEXT NOT NULL, reason TEXT NOT NULL, at_ms BIGINT NOT NULL, event TEXT NOT NULL);
CREATE INDEX carried_object ON carried (object, at_ms);

-- query: consequence_put exec
-- in: id text, type text, seal text, version text, clause text, tag text, covers text, subject text, object text, object_noun text, item text, account text, fen int, fen_max int, points int, decided_by text, text_zh text, text_en text, occurred_ms int, ordinal int, window_from_ms int, window_to_ms int, trigger_event text, cause text, evidence text, arithmetic text, avoid_zh text, avoid_en text, judged_by text, booked_ms int
INSERT INTO consequence (id, type, seal, version, clause, tag, covers, subject, object, object_noun, item, account, fen, fen_max, points,
  decided_by, text_zh, text_en, occurred_ms, ordinal, window_from_ms, window_to_ms, trigger_event, cause, evidence, arithmetic, avoid_zh,
  avoid_en, judged_by, first_fen, booked_ms)
VALUES (:id, :type, :seal, :version, :clause, :tag, :covers, :subject, :object, :object_noun, :item, :account, :fen, :fen_max, :points,
  :decided_by, :text_zh, :text_en, :occurred_ms, :ordinal, :window_from_ms, :window_to_ms, :trigger_event, :cause, :evidence, :arithmetic,
  :avoid_zh, :avoid_en, :judged_by, :fen, :booked_ms)
ON CONFLICT (id) DO UPDATE SET seal = excluded.seal, subject = excluded.subject, fen = excluded.fen, fen_max = excluded.fen_max,
  points = excluded.points, text_zh = excluded.text_zh, text_en = excluded.text_en, occurred_ms = excluded.occurred_ms,
  ordinal = excluded.ordinal, window_from_ms = excluded.window_from_ms, window_to_ms = excluded.window_to_ms, evidence = excluded.evidence,
  arithmetic = excluded.arithmetic, avoid_zh = excluded.avoid_zh, avoid_en = excluded.avoid_en, judged_by = excluded.judged_by,
  item = excluded.item, account = excluded.account, booked_ms = excluded.booked_ms;

-- query: consequence_get one
-- in: id text
-- out: id text, type text, seal text, version text, clause text, tag text, covers text, subject text, object text, object_noun text, item text, account text, fen int, fen_max int, points int, decided_by text, text_zh text, text_en text, occurred_ms int, ordinal int, window_from_ms int, window_to_ms int, trigger_event text, cause text, evidence text, arithmetic text, avoid_zh text, avoid_en text, judged_by text, first_fen int
SELECT id, type, seal, version, clause, tag, covers, subject, object, object_noun, item, account, fen, fen_max, points, decided_by, text_zh,
  text_en, occurred_ms, ordinal, window_from_ms, window_to_ms, trigger_event, cause, evidence, arithmetic, avoid_zh, avoid_en, judged_by,
  first_fen FROM consequence WHERE id = :id;

-- query: consequence_month many
-- in: subject text, from_ms int, to_ms int
-- out: id text, type text, seal text, version text, clause text, tag text, covers text, subject text, object text, object_noun text, item text, account text, fen int, fen_max int, points int, decided_by text, text_zh text, text_en text, occurred_ms int, ordinal int, window_from_ms int, window_to_ms int, trigger_event text, cause text, evidence text, arithmetic text, avoid_zh text, avoid_en text, judged_by text, first_fen int
SELECT id, type, seal, version, clause, tag, covers, subject, object, object_noun, item, account, fen, fen_max, points, decided_by, text_zh,
  text_en, occurred_ms, ordinal, window_from_ms, window_to_ms, trigger_event, cause, evidence, arithmetic, avoid_zh, avoid_en, judged_by,
  first_fen FROM consequence
WHERE (:subject = '' OR subject = :subject) AND booked_ms >= :from_ms AND booked_ms < :to_ms
ORDER BY occurred_ms, id;

-- query: consequence_proposed many
-- in: most int
-- out: id text, type text, seal text, version text, clause text, tag text, covers text, subject text, object text, object_noun text, item text, account text, fen int, fen_max int, points int, decided_by text, text_zh text, text_en text, occurred_ms int, ordinal int, window_from_ms int, window_to_ms int, trigger_event text, cause text, evidence text, arithmetic text, avoid_zh text, avoid_en text, judged_by text, first_fen int
SELECT id, type, seal, version, clause, tag, covers, subject, object, object_noun, item, account, fen, fen_max, points, decided_by, text_zh,
  text_en, occurred_ms, ordinal, window_from_ms, window_to_ms, trigger_event, cause, evidence, arithmetic, avoid_zh, avoid_en, judged_by,
  first_fen FROM consequence
WHERE seal IN ('proposed', 'open', 'appealed') AND type IN ('fine', 'reward', 'compensate', 'charge', 'score', 'discipline', 'propose', 'manual')
ORDER BY occurred_ms DESC, id LIMIT :most;

-- query: consequence_to_carry many
-- What rules ordered the desk to do and nobody has done yet. A case opened before there were carried orders bears its order's id.
-- out: id text, type text, clause text, subject text, object text, object_noun text, item text, text_zh text, occurred_ms int, trigger_event text
SELECT c.id, c.type, c.clause, c.subject, c.object, c.object_noun, c.item, c.text_zh, c.occurred_ms, c.trigger_event FROM consequence c
WHERE c.type IN ('open_case', 'move_case', 'assign', 'send_form') AND c.seal <> 'withdrawn'
  AND NOT EXISTS (SELECT 1 FROM carried d WHERE d.consequence = c.id) AND NOT EXISTS (SELECT 1 FROM case_file f WHERE f.origin = c.id)
ORDER BY c.occurred_ms, c.id LIMIT 50;

-- query: carried_put exec
-- in: consequence text, result text, object text, reason text, at_ms int, event text
INSERT INTO carried (consequence, result, object, reason, at_ms, event) VALUES (:consequence, :result, :object, :reason, :at_ms, :event)
ON CONFLICT (consequence) DO NOTHING;

-- query: carried_get one
-- in: consequence text
-- out: consequence text, result text, object text, reason text, at_ms int
SELECT consequence, result, object, reason, at_ms FROM carried WHERE consequence = :consequence;

-- query: carried_of_object many
-- in: object text
-- out: consequence text, result text, reason text, at_ms int, type text, clause text, item text, text_zh text, text_en text
SELECT d.consequence, d.result, d.reason, d.at_ms, c.type, c.clause, c.item, c.text_zh, c.text_en
FROM carried d JOIN consequence c ON c.id = d.consequence WHERE d.object = :object ORDER BY d.at_ms, LENGTH(d.event), d.event, d.consequence LIMIT 100;

-- query: carried_since one
-- How often rules have moved this case since then: rules that send it round and round are stopped.
-- in: object text, from_ms int
-- out: n int
SELECT COUNT(*) FROM carried WHERE object = :object AND at_ms >= :from_ms;

-- query: consequence_count_clause many
-- in: from_ms int, to_ms int
-- out: clause text, runs int
SELECT clause, COUNT(*) FROM consequence WHERE booked_ms >= :from_ms AND booked_ms < :to_ms AND seal <> 'withdrawn'
GROUP BY clause ORDER BY clause;

-- query: consequence_account many
-- Confirmed money that flows into a fund box.
-- in: account text
-- out: id text, subject text, fen int, text_zh text, text_en text, clause text, occurred_ms int
SELECT id, subject, fen, text_zh, text_en, clause, occurred_ms FROM consequence
WHERE account = :account AND seal = 'confirmed' AND type IN ('fine', 'compensate', 'charge') ORDER BY occurred_ms, id;

-- query: consequence_change_count one
-- in: consequence text
-- out: n int
SELECT COUNT(*) FROM consequence_change WHERE consequence = :consequence;

-- query: consequence_change_put exec
-- in: consequence text, n int, from_fen int, to_fen int, from_seal text, to_seal text
INSERT INTO consequence_change (consequence, n, from_fen, to_fen, from_seal, to_seal)
VALUES (:consequence, :n, :from_fen, :to_fen, :from_seal, :to_seal) ON CONFLICT (consequence, n) DO NOTHING;

-- query: consequence_change_month many
-- in: from_ms int, to_ms int
-- out: consequence text, n int, from_fen int, to_fen int, from_seal text, to_seal text, subject text, clause text, text_zh text, text_en text, occurred_ms int
SELECT h.consequence, h.n, h.from_fen, h.to_fen, h.from_seal, h.to_seal, c.subject, c.clause, c.text_zh, c.text_en, c.occurred_ms
FROM consequence_change h JOIN consequence c ON c.id = h.consequence
WHERE c.booked_ms >= :from_ms AND c.booked_ms < :to_ms ORDER BY c.occurred_ms, h.consequence, h.n;

-- query: judgement_put exec
-- in: event text, seq int, consequence text, what text, by_person text, at_ms int, fen int?, against text, reason text
INSERT INTO judgement (event, seq, consequence, what, by_person, at_ms, fen, against, reason)
VALUES (:event, :seq, :consequence, :what, :by_person, :at_ms, :fen, :against, :reason) ON CONFLICT (event) DO NOTHING;

-- query: judgement_of many
-- in: consequence text
-- out: event text, what text, by_person text, at_ms int, fen int?, against text, reason text
SELECT event, what, by_person, at_ms, fen, against, reason FROM judgement WHERE consequence = :consequence ORDER BY seq;

-- query: desk_figure_put exec
-- in: name text, value int, at_ms int, by_person text, event text
INSERT INTO desk_figure (name, value, at_ms, by_person, event) VALUES (:name, :value, :at_ms, :by_person, :event)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, by_person = excluded.by_person, event = excluded.event;

-- query: desk_figure_get one
-- in: name text
-- out: value int, at_ms int, by_person text
SELECT value, at_ms, by_person FROM desk_figure WHERE name = :name;

-- query: desk_figure_all many
-- out: name text, value int, at_ms int, by_person text
SELECT name, value, at_ms, by_person FROM desk_figure ORDER BY name;

-- query: fund_move_put exec
-- in: event text, account text, fen int, purpose text, by_person text, at_ms int
INSERT INTO fund_move (event, account, fen, purpose, by_person, at_ms) VALUES (:event, :account, :fen, :purpose, :by_person, :at_ms)
ON CONFLICT (event) DO NOTHING;

-- query: fund_move_of many
-- in: account text
-- out: event text, fen int, purpose text, by_person text, at_ms int
SELECT event, fen, purpose, by_person, at_ms FROM fund_move WHERE account = :account ORDER BY at_ms, event;

-- query: month_sealed_put exec
-- in: month text, from_ms int, to_ms int, sealed_ms int, by_person text, sheet text, event text
INSERT INTO month_sealed (month, from_ms, to_ms, sealed_ms, by_person, sheet, event)
VALUES (:month, :from_ms, :to_ms, :sealed_ms, :by_person, :sheet, :event)
ON CONFLICT (month) DO NOTHING;

-- query: month_sealed_get one
-- in: month text
-- out: month text, sealed_ms int, by_person text, sheet text
SELECT month, sealed_ms, by_person, sheet FROM month_sealed WHERE month = :month;

-- query: month_sealed_all many
-- out: month text, sealed_ms int, by_person text
SELECT month, sealed_ms, by_person FROM month_sealed ORDER BY month;

-- query: sealed_item_put exec
-- in: month text, consequence text, person text, fen int, collected_fen int
INSERT INTO sealed_item (month, consequence, person, fen, collected_fen) VALUES (:month, :consequence, :person, :fen, :collected_fen)
ON CONFLICT (month, consequence) DO NOTHING;

-- query: sealed_difference many
-- Consequences of sealed months whose amount in force is no longer what the seals have accounted for.
-- in: before_ms int
-- out: id text, subject text, type text, clause text, text_zh text, text_en text, occurred_ms int, booked_ms int, now_fen int, accounted_fen int, seal text, collected_fen int, seals int
SELECT * FROM (
  SELECT c.id, c.subject, c.type, c.clause, c.text_zh, c.text_en, c.occurred_ms, c.booked_ms,
    CASE WHEN c.seal = 'confirmed' OR (c.type = 'pay' AND c.seal NOT IN ('withdrawn', 'waived')) THEN c.fen ELSE 0 END AS now_fen,
    COALESCE((SELECT SUM(i.fen) FROM sealed_item i WHERE i.consequence = c.id), 0) AS accounted_fen, c.seal,
    COALESCE((SELECT SUM(i.collected_fen) FROM sealed_item i WHERE i.consequence = c.id), 0) AS collected_fen,
    (SELECT COUNT(*) FROM sealed_item i WHERE i.consequence = c.id) AS seals
  FROM consequence c
  WHERE c.booked_ms < :before_ms AND c.type IN ('fine', 'reward', 'compensate', 'pay')
    AND EXISTS (SELECT 1 FROM month_sealed m WHERE m.from_ms <= c.booked_ms AND m.to_ms > c.booked_ms)) AS d
WHERE d.now_fen <> d.accounted_fen ORDER BY d.occurred_ms, d.id;

-- query: sealed_item_not_collected many
-- What the box was never paid of fines that still stand; a later return of what had not been taken cancels itself out.
-- in: account text
-- out: month text, consequence text, person text, fen int, collected_fen int
SELECT i.month, i.consequence, i.person, i.fen, i.collected_fen FROM sealed_item i JOIN consequence c ON c.id = i.consequence
WHERE c.account = :account AND c.seal = 'confirmed' AND i.fen <> i.collected_fen ORDER BY i.month, i.consequence;
