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

-- table: export_language keep
-- Of those asked for in English; the others are in Chinese. Beside the jobs, because a table that a desk already has is never made anew.
CREATE TABLE export_language (
  id TEXT PRIMARY KEY,
  language TEXT NOT NULL
);

-- query: export_language_add exec
-- in: id text, language text
INSERT INTO export_language (id, language) VALUES (:id, :language) ON CONFLICT (id) DO NOTHING;

-- query: export_language_sweep exec
-- Of jobs that are gone.
DELETE FROM export_language WHERE id NOT IN (SELECT id FROM export_job);

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
-- out: id text, person text, kind text, format text, from_date text, to_date text, filter text, open int, expected int, at_ms int, state text, row_count int, problem text, language text
SELECT j.id, j.person, j.kind, j.format, j.from_date, j.to_date, j.filter, j.open, j.expected, j.at_ms, j.state, j.row_count, j.problem, COALESCE(l.language, 'zh')
FROM export_job j LEFT JOIN export_language l ON l.id = j.id ORDER BY j.at_ms DESC, j.id DESC LIMIT :most;
