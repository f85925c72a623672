-- Imports of order lists and chat logs: progress and refused lines. Kept: they tell of files, not of facts.

-- table: import_job keep
CREATE TABLE import_job (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  state TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  finished_ms BIGINT,
  bytes BIGINT NOT NULL,
  bytes_done BIGINT NOT NULL,
  read_rows BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  same BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  error_key TEXT NOT NULL,
  error_zh TEXT NOT NULL,
  error_en TEXT NOT NULL,
  encoding TEXT NOT NULL,
  ignored TEXT NOT NULL
);
CREATE INDEX import_job_started ON import_job (started_ms, id);

-- table: import_reject keep rowless
CREATE TABLE import_reject (
  job TEXT NOT NULL,
  line BIGINT NOT NULL,
  reason_zh TEXT NOT NULL,
  reason_en TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (job, line)
);

-- query: import_insert exec
-- in: id text, type text, name text, person text, started_ms int, bytes int
INSERT INTO import_job (id, type, name, person, state, started_ms, finished_ms, bytes, bytes_done, read_rows, added, changed, same, rejected,
  error_key, error_zh, error_en, encoding, ignored)
VALUES (:id, :type, :name, :person, 'running', :started_ms, NULL, :bytes, 0, 0, 0, 0, 0, 0, '', '', '', '', '');

-- query: import_get one
-- in: id text
-- out: id text, type text, name text, person text, state text, started_ms int, finished_ms int?, bytes int, bytes_done int, read_rows int, added int, changed int, same int, rejected int, error_key text, error_zh text, error_en text, encoding text, ignored text
SELECT id, type, name, person, state, started_ms, finished_ms, bytes, bytes_done, read_rows, added, changed, same, rejected, error_key,
  error_zh, error_en, encoding, ignored FROM import_job WHERE id = :id;

-- query: import_all many
-- in: before_ms int, before_id text, most int
-- out: id text, type text, name text, person text, state text, started_ms int, finished_ms int?, bytes int, bytes_done int, read_rows int, added int, changed int, same int, rejected int, error_key text, error_zh text, error_en text, encoding text, ignored text
SELECT id, type, name, person, state, started_ms, finished_ms, bytes, bytes_done, read_rows, added, changed, same, rejected, error_key,
  error_zh, error_en, encoding, ignored FROM import_job
WHERE started_ms < :before_ms OR (started_ms = :before_ms AND id < :before_id) ORDER BY started_ms DESC, id DESC LIMIT :most;

-- query: import_progress exec
-- in: id text, bytes_done int, read_rows int, added int, changed int, same int, rejected int, encoding text, ignored text
UPDATE import_job SET bytes_done = :bytes_done, read_rows = read_rows + :read_rows, added = added + :added, changed = changed + :changed,
  same = same + :same, rejected = rejected + :rejected, encoding = :encoding, ignored = :ignored WHERE id = :id;

-- query: import_finish exec
-- in: id text, state text, finished_ms int, error_key text, error_zh text, error_en text
UPDATE import_job SET state = :state, finished_ms = :finished_ms, error_key = :error_key, error_zh = :error_zh, error_en = :error_en
WHERE id = :id;

-- query: import_stop_unfinished exec
-- in: finished_ms int
UPDATE import_job SET state = 'failed', finished_ms = :finished_ms, error_key = 'import.stopped',
  error_zh = '导入中断了；已导入的都在，再导一次会接着来', error_en = 'The import was cut off; what was imported stays, importing again goes on'
WHERE state = 'running';

-- query: import_reject_insert exec
-- in: job text, line int, reason_zh text, reason_en text, text text
INSERT INTO import_reject (job, line, reason_zh, reason_en, text) VALUES (:job, :line, :reason_zh, :reason_en, :text)
ON CONFLICT (job, line) DO NOTHING;

-- query: import_rejects many
-- in: job text, after int, most int
-- out: line int, reason_zh text, reason_en text, text text
SELECT line, reason_zh, reason_en, text FROM import_reject WHERE job = :job AND line > :after ORDER BY line LIMIT :most;
