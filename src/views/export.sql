-- Exports of rows that somebody was let to make: how far each is. Kept: the log says who took what and why (data.exported), not how the
-- file comes about. Written in the transaction of that event, so that what was agreed to is not lost with the program.

-- table: export_job keep
CREATE TABLE export_job (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  format TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT NOT NULL,
  filter TEXT NOT NULL,    -- JSON: channel, tag, customer, level, customer_tag
  open BIGINT NOT NULL,    -- 1: unmasked
  expected BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,   -- begun, then ended
  state TEXT NOT NULL,     -- waiting done failed cancelled; what runs still waits
  row_count BIGINT NOT NULL,
  problem TEXT NOT NULL    -- '' or JSON of what went wrong
);

-- query: export_job_add exec
-- in: id text, person text, kind text, format text, from_date text, to_date text, filter text, open int, expected int, at_ms int
INSERT INTO export_job (id, person, kind, format, from_date, to_date, filter, open, expected, at_ms, state, row_count, problem)
VALUES (:id, :person, :kind, :format, :from_date, :to_date, :filter, :open, :expected, :at_ms, 'waiting', 0, '') ON CONFLICT (id) DO NOTHING;

-- query: export_job_mark exec
-- in: id text, state text, row_count int, problem text, at_ms int
UPDATE export_job SET state = :state, row_count = :row_count, problem = :problem, at_ms = :at_ms WHERE id = :id AND state = 'waiting';

-- query: export_job_drop exec
-- in: id text
DELETE FROM export_job WHERE id = :id;

-- query: export_job_sweep exec
-- Ended long ago, their files gone with a day.
-- in: before_ms int
DELETE FROM export_job WHERE state <> 'waiting' AND at_ms < :before_ms;

-- query: export_jobs many
-- in: most int
-- out: id text, person text, kind text, format text, from_date text, to_date text, filter text, open int, expected int, at_ms int, state text, row_count int, problem text
SELECT id, person, kind, format, from_date, to_date, filter, open, expected, at_ms, state, row_count, problem FROM export_job ORDER BY at_ms DESC, id DESC LIMIT :most;
