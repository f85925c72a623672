-- Shifts, punches, absences from the post, running clocks, work done and notices (班务).

-- table: shift
CREATE TABLE shift (
  person TEXT NOT NULL, date BIGINT NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL,
  start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL, former TEXT, cause TEXT, event TEXT NOT NULL,
  in_ms BIGINT, out_ms BIGINT,
  PRIMARY KEY (person, date));
CREATE INDEX shift_date ON shift (date, person);
CREATE INDEX shift_start ON shift (person, start_ms);

-- table: shift_change
CREATE TABLE shift_change (
  event TEXT PRIMARY KEY, person TEXT NOT NULL, date BIGINT NOT NULL, former TEXT NOT NULL, name TEXT NOT NULL,
  cause TEXT, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL);
CREATE INDEX shift_change_cell ON shift_change (date, person, at_ms);

-- table: roster
CREATE TABLE roster (
  event TEXT PRIMARY KEY, from_date BIGINT NOT NULL, to_date BIGINT NOT NULL, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL);

-- table: punch
CREATE TABLE punch (
  event TEXT PRIMARY KEY, person TEXT NOT NULL, direction TEXT NOT NULL, at_ms BIGINT NOT NULL,
  date BIGINT, shift TEXT);
CREATE INDEX punch_person ON punch (person, at_ms);

-- table: away
CREATE TABLE away (
  event TEXT PRIMARY KEY, person TEXT NOT NULL, type TEXT NOT NULL, from_ms BIGINT NOT NULL, to_ms BIGINT,
  reason TEXT NOT NULL, destination TEXT NOT NULL, expected_ms BIGINT NOT NULL);
CREATE INDEX away_person ON away (person, from_ms);

-- table: attendance_fact
CREATE TABLE attendance_fact (
  event TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, shift TEXT NOT NULL, at_ms BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL);
CREATE INDEX attendance_fact_person ON attendance_fact (person, at_ms);

-- table: clock
CREATE TABLE clock (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, version TEXT NOT NULL, clause TEXT NOT NULL, tag TEXT NOT NULL,
  bearer TEXT NOT NULL, object TEXT NOT NULL, object_noun TEXT NOT NULL, started_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL,
  paused_ms BIGINT NOT NULL, recurring BIGINT NOT NULL, need BIGINT NOT NULL, done BIGINT NOT NULL, goal TEXT NOT NULL,
  goal_evidence TEXT NOT NULL, title_zh TEXT NOT NULL, title_en TEXT NOT NULL, zero_zh TEXT NOT NULL, zero_en TEXT NOT NULL);
CREATE INDEX clock_state ON clock (state, due_ms);
CREATE INDEX clock_bearer ON clock (bearer, due_ms);
CREATE INDEX clock_object ON clock (object, started_ms);
CREATE INDEX clock_started ON clock (started_ms, clause);

-- table: work_done
CREATE TABLE work_done (
  event TEXT PRIMARY KEY, name TEXT NOT NULL, person TEXT NOT NULL, at_ms BIGINT NOT NULL, text TEXT NOT NULL,
  files TEXT NOT NULL, clock TEXT NOT NULL);
CREATE INDEX work_done_person ON work_done (person, at_ms);

-- table: notice
CREATE TABLE notice (
  id TEXT PRIMARY KEY, person TEXT NOT NULL, type TEXT NOT NULL, at_ms BIGINT NOT NULL, text_zh TEXT NOT NULL,
  text_en TEXT NOT NULL, clause TEXT NOT NULL, object TEXT NOT NULL, object_noun TEXT NOT NULL, by_person TEXT NOT NULL,
  place BIGINT NOT NULL); -- of a message in the object's thread; 0: none
CREATE INDEX notice_person ON notice (person, at_ms);

-- table: notice_read
CREATE TABLE notice_read (notice TEXT NOT NULL, person TEXT NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (notice, person));

-- query: shift_put exec
-- in: person text, date int, name text, class text, start_ms int, end_ms int, former text?, cause text?, event text
INSERT INTO shift (person, date, name, class, start_ms, end_ms, former, cause, event)
VALUES (:person, :date, :name, :class, :start_ms, :end_ms, :former, :cause, :event)
ON CONFLICT (person, date) DO UPDATE SET name = excluded.name, class = excluded.class, start_ms = excluded.start_ms,
  end_ms = excluded.end_ms, former = excluded.former, cause = excluded.cause, event = excluded.event;

-- query: shift_get one
-- in: person text, date int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, former text?, cause text?, event text, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, former, cause, event, in_ms, out_ms
FROM shift WHERE person = :person AND date = :date;

-- query: shift_range many
-- in: from_date int, to_date int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, former text?, cause text?, event text, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, former, cause, event, in_ms, out_ms
FROM shift WHERE date >= :from_date AND date <= :to_date ORDER BY date, person;

-- query: shift_spans many
-- How many people work from when to when.
-- in: from_date int, to_date int
-- out: start_ms int, end_ms int, people int
SELECT start_ms, end_ms, COUNT(*) AS people FROM shift WHERE date >= :from_date AND date <= :to_date GROUP BY start_ms, end_ms ORDER BY start_ms, end_ms;

-- query: shift_of_person many
-- in: person text, from_date int, to_date int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, former text?, cause text?, event text, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, former, cause, event, in_ms, out_ms
FROM shift WHERE person = :person AND date >= :from_date AND date <= :to_date ORDER BY date;

-- query: shift_nearest one
-- The own working shift whose start is nearest to an instant: which shift a clock-in belongs to.
-- in: person text, at_ms int, earliest_ms int, latest_ms int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, in_ms, out_ms
FROM shift WHERE person = :person AND end_ms > start_ms AND start_ms <= :latest_ms AND end_ms >= :earliest_ms
ORDER BY ABS(start_ms - :at_ms), date LIMIT 1;

-- query: shift_to_close one
-- The last own shift that began and was not clocked out: a clock-out past midnight belongs to its starting day.
-- in: person text, at_ms int, earliest_ms int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, in_ms, out_ms
FROM shift WHERE person = :person AND end_ms > start_ms AND end_ms >= :earliest_ms
  AND (start_ms <= :at_ms OR in_ms IS NOT NULL) AND out_ms IS NULL
ORDER BY CASE WHEN in_ms IS NULL THEN 1 ELSE 0 END, start_ms DESC LIMIT 1;

-- query: shift_current one
-- The shift in whose span (or punched span) an instant falls, or the next one today.
-- in: person text, at_ms int, next_before_ms int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, in_ms, out_ms
FROM shift WHERE person = :person AND end_ms > start_ms
  AND ((start_ms <= :at_ms AND end_ms > :at_ms) OR (in_ms IS NOT NULL AND out_ms IS NULL AND in_ms <= :at_ms AND end_ms > :at_ms - 43200000)
    OR (start_ms > :at_ms AND start_ms < :next_before_ms))
ORDER BY CASE WHEN in_ms IS NOT NULL AND out_ms IS NULL THEN 0 WHEN start_ms <= :at_ms THEN 1 ELSE 2 END, start_ms LIMIT 1;

-- query: shift_on_now many
-- in: at_ms int
-- out: person text, date int, name text, class text, start_ms int, end_ms int, in_ms int?, out_ms int?
SELECT person, date, name, class, start_ms, end_ms, in_ms, out_ms
FROM shift WHERE end_ms > start_ms AND start_ms <= :at_ms
  AND (end_ms > :at_ms OR (in_ms IS NOT NULL AND out_ms IS NULL AND end_ms > :at_ms - 43200000)) ORDER BY start_ms, person, date;

-- query: shift_set_in exec
-- in: person text, date int, at_ms int
UPDATE shift SET in_ms = :at_ms WHERE person = :person AND date = :date AND (in_ms IS NULL OR in_ms > :at_ms);

-- query: shift_set_out exec
-- in: person text, date int, at_ms int
UPDATE shift SET out_ms = :at_ms WHERE person = :person AND date = :date;

-- query: shift_change_put exec
-- in: event text, person text, date int, former text, name text, cause text?, by_person text, at_ms int
INSERT INTO shift_change (event, person, date, former, name, cause, by_person, at_ms)
VALUES (:event, :person, :date, :former, :name, :cause, :by_person, :at_ms)
ON CONFLICT (event) DO NOTHING;

-- query: shift_change_range many
-- in: from_date int, to_date int
-- out: event text, person text, date int, former text, name text, cause text?, by_person text, at_ms int
SELECT event, person, date, former, name, cause, by_person, at_ms FROM shift_change
WHERE date >= :from_date AND date <= :to_date ORDER BY date, person, at_ms, event;

-- query: roster_put exec
-- in: event text, from_date int, to_date int, by_person text, at_ms int
INSERT INTO roster (event, from_date, to_date, by_person, at_ms) VALUES (:event, :from_date, :to_date, :by_person, :at_ms)
ON CONFLICT (event) DO NOTHING;

-- query: roster_last one
-- in: date int
-- out: event text, from_date int, to_date int, by_person text, at_ms int
SELECT event, from_date, to_date, by_person, at_ms FROM roster WHERE from_date <= :date AND to_date >= :date
ORDER BY at_ms DESC, event DESC LIMIT 1;

-- query: punch_put exec
-- in: event text, person text, direction text, at_ms int, date int?, shift text?
INSERT INTO punch (event, person, direction, at_ms, date, shift) VALUES (:event, :person, :direction, :at_ms, :date, :shift)
ON CONFLICT (event) DO NOTHING;

-- query: punch_range many
-- in: person text, from_ms int, to_ms int
-- out: event text, person text, direction text, at_ms int, date int?, shift text?
SELECT event, person, direction, at_ms, date, shift FROM punch
WHERE person = :person AND at_ms >= :from_ms AND at_ms < :to_ms ORDER BY at_ms, event;

-- query: away_put exec
-- in: event text, person text, type text, from_ms int, reason text, destination text, expected_ms int
INSERT INTO away (event, person, type, from_ms, reason, destination, expected_ms)
VALUES (:event, :person, :type, :from_ms, :reason, :destination, :expected_ms) ON CONFLICT (event) DO NOTHING;

-- query: away_close exec
-- in: person text, type text, to_ms int
UPDATE away SET to_ms = :to_ms WHERE person = :person AND type = :type AND to_ms IS NULL AND from_ms <= :to_ms;

-- query: away_open one
-- in: person text, type text
-- out: event text, from_ms int, reason text, destination text, expected_ms int
SELECT event, from_ms, reason, destination, expected_ms FROM away
WHERE person = :person AND type = :type AND to_ms IS NULL ORDER BY from_ms DESC LIMIT 1;

-- query: away_range many
-- in: person text, from_ms int, to_ms int
-- out: event text, type text, from_ms int, to_ms int?, reason text, destination text, expected_ms int
SELECT event, type, from_ms, to_ms, reason, destination, expected_ms FROM away
WHERE person = :person AND from_ms < :to_ms AND (to_ms IS NULL OR to_ms > :from_ms) ORDER BY from_ms, event;

-- query: attendance_fact_put exec
-- in: event text, person text, kind text, shift text, at_ms int, duration_ms int
INSERT INTO attendance_fact (event, person, kind, shift, at_ms, duration_ms)
VALUES (:event, :person, :kind, :shift, :at_ms, :duration_ms)
ON CONFLICT (event) DO UPDATE SET person = excluded.person, kind = excluded.kind, shift = excluded.shift,
  at_ms = excluded.at_ms, duration_ms = excluded.duration_ms;

-- query: attendance_fact_delete exec
-- in: event text
DELETE FROM attendance_fact WHERE event = :event;

-- query: attendance_fact_range many
-- in: from_ms int, to_ms int
-- out: event text, person text, kind text, shift text, at_ms int, duration_ms int
SELECT event, person, kind, shift, at_ms, duration_ms FROM attendance_fact
WHERE at_ms >= :from_ms AND at_ms < :to_ms ORDER BY at_ms, person, event;

-- query: clock_put exec
-- in: id text, state text, version text, clause text, tag text, bearer text, object text, object_noun text, started_ms int, due_ms int, paused_ms int, recurring int, need int, done int, goal text, goal_evidence text, title_zh text, title_en text, zero_zh text, zero_en text
INSERT INTO clock (id, state, version, clause, tag, bearer, object, object_noun, started_ms, due_ms, paused_ms, recurring, need,
  done, goal, goal_evidence, title_zh, title_en, zero_zh, zero_en)
VALUES (:id, :state, :version, :clause, :tag, :bearer, :object, :object_noun, :started_ms, :due_ms, :paused_ms, :recurring, :need,
  :done, :goal, :goal_evidence, :title_zh, :title_en, :zero_zh, :zero_en)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, bearer = excluded.bearer, due_ms = excluded.due_ms,
  paused_ms = excluded.paused_ms, need = excluded.need, done = excluded.done, zero_zh = excluded.zero_zh, zero_en = excluded.zero_en,
  started_ms = excluded.started_ms, title_zh = excluded.title_zh, title_en = excluded.title_en;

-- query: clock_get one
-- in: id text
-- out: id text, state text, version text, clause text, tag text, bearer text, object text, object_noun text, started_ms int, due_ms int, paused_ms int, recurring int, need int, done int, goal text, goal_evidence text, title_zh text, title_en text, zero_zh text, zero_en text
SELECT id, state, version, clause, tag, bearer, object, object_noun, started_ms, due_ms, paused_ms, recurring, need, done, goal,
  goal_evidence, title_zh, title_en, zero_zh, zero_en FROM clock WHERE id = :id;

-- query: clock_live many
-- Clocks that run, stand still or are overdue and not yet met.
-- in: violated_since_ms int, most int
-- out: id text, state text, version text, clause text, tag text, bearer text, object text, object_noun text, started_ms int, due_ms int, paused_ms int, recurring int, need int, done int, goal text, goal_evidence text, title_zh text, title_en text, zero_zh text, zero_en text
SELECT id, state, version, clause, tag, bearer, object, object_noun, started_ms, due_ms, paused_ms, recurring, need, done, goal,
  goal_evidence, title_zh, title_en, zero_zh, zero_en FROM clock
WHERE state IN ('running', 'paused') OR (state = 'violated' AND due_ms >= :violated_since_ms)
ORDER BY due_ms, id LIMIT :most;

-- query: clock_of_bearer many
-- in: bearer text, role text, from_ms int, to_ms int
-- out: id text, state text, version text, clause text, tag text, bearer text, object text, object_noun text, started_ms int, due_ms int, paused_ms int, recurring int, need int, done int, goal text, goal_evidence text, title_zh text, title_en text, zero_zh text, zero_en text
SELECT id, state, version, clause, tag, bearer, object, object_noun, started_ms, due_ms, paused_ms, recurring, need, done, goal,
  goal_evidence, title_zh, title_en, zero_zh, zero_en FROM clock
WHERE (bearer = :bearer OR bearer = :role) AND due_ms >= :from_ms AND started_ms < :to_ms ORDER BY due_ms, id LIMIT 200;

-- query: clock_of_object many
-- in: object text
-- out: id text, state text, version text, clause text, tag text, bearer text, object text, object_noun text, started_ms int, due_ms int, paused_ms int, recurring int, need int, done int, goal text, goal_evidence text, title_zh text, title_en text, zero_zh text, zero_en text
SELECT id, state, version, clause, tag, bearer, object, object_noun, started_ms, due_ms, paused_ms, recurring, need, done, goal,
  goal_evidence, title_zh, title_en, zero_zh, zero_en FROM clock WHERE object = :object ORDER BY started_ms DESC, id LIMIT 100;

-- query: clock_count_clause many
-- How many duties of each clause started in a time.
-- in: from_ms int, to_ms int
-- out: clause text, runs int
SELECT clause, COUNT(*) FROM clock WHERE started_ms >= :from_ms AND started_ms < :to_ms GROUP BY clause ORDER BY clause;

-- query: clock_outcome many
-- First-reply record per bearer: how many duties of a clause were met, late or broken in a time.
-- in: clause text, from_ms int, to_ms int
-- out: bearer text, state text, clocks int
SELECT bearer, state, COUNT(*) FROM clock WHERE clause = :clause AND started_ms >= :from_ms AND started_ms < :to_ms
GROUP BY bearer, state ORDER BY bearer, state;

-- query: clock_violated_range many
-- in: from_ms int, to_ms int
-- out: id text, due_ms int
SELECT id, due_ms FROM clock WHERE state IN ('violated', 'met_late') AND due_ms >= :from_ms AND due_ms < :to_ms ORDER BY due_ms, id;

-- query: work_done_put exec
-- in: event text, name text, person text, at_ms int, text text, files text, clock text
INSERT INTO work_done (event, name, person, at_ms, text, files, clock) VALUES (:event, :name, :person, :at_ms, :text, :files, :clock)
ON CONFLICT (event) DO NOTHING;

-- query: work_done_range many
-- in: person text, from_ms int, to_ms int
-- out: event text, name text, person text, at_ms int, text text, files text, clock text
SELECT event, name, person, at_ms, text, files, clock FROM work_done
WHERE person = :person AND at_ms >= :from_ms AND at_ms < :to_ms ORDER BY at_ms, event;

-- query: notice_put exec
-- in: id text, person text, type text, at_ms int, text_zh text, text_en text, clause text, object text, object_noun text, by_person text, place int
INSERT INTO notice (id, person, type, at_ms, text_zh, text_en, clause, object, object_noun, by_person, place)
VALUES (:id, :person, :type, :at_ms, :text_zh, :text_en, :clause, :object, :object_noun, :by_person, :place)
ON CONFLICT (id) DO UPDATE SET person = excluded.person, text_zh = excluded.text_zh, text_en = excluded.text_en, at_ms = excluded.at_ms;

-- query: notice_delete exec
-- in: id text
DELETE FROM notice WHERE id = :id;

-- query: notice_unread many
-- in: person text, role text, from_ms int
-- out: id text, person text, type text, at_ms int, text_zh text, text_en text, clause text, object text, object_noun text, by_person text, place int
SELECT n.id, n.person, n.type, n.at_ms, n.text_zh, n.text_en, n.clause, n.object, n.object_noun, n.by_person, n.place FROM notice n
WHERE (n.person = :person OR n.person = :role) AND n.at_ms >= :from_ms
  AND NOT EXISTS (SELECT 1 FROM notice_read r WHERE r.notice = n.id AND r.person = :person)
ORDER BY n.at_ms DESC, n.id LIMIT 100;

-- query: notice_get one
-- in: id text
-- out: id text, person text, type text, at_ms int, text_zh text, text_en text, clause text, object text, object_noun text, by_person text
SELECT id, person, type, at_ms, text_zh, text_en, clause, object, object_noun, by_person FROM notice WHERE id = :id;

-- query: notice_read_put exec
-- in: notice text, person text, at_ms int
INSERT INTO notice_read (notice, person, at_ms) VALUES (:notice, :person, :at_ms) ON CONFLICT (notice, person) DO NOTHING;
