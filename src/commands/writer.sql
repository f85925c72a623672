-- The writer's own tables. Both are kept: they are not derived from the log.

-- table: stored_answer keep rowless
CREATE TABLE stored_answer (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (actor, key)
);

-- table: view_version keep
CREATE TABLE view_version (noun TEXT PRIMARY KEY, version BIGINT NOT NULL);

-- table: writer_probe keep
CREATE TABLE writer_probe (id INTEGER PRIMARY KEY, passes BIGINT NOT NULL);

-- query: stored_answer_get one
-- in: actor text, key text
-- out: body text
SELECT body FROM stored_answer WHERE actor = :actor AND key = :key;

-- query: stored_answer_put exec
-- in: actor text, key text, at_ms int, body text
INSERT INTO stored_answer (actor, key, at_ms, body) VALUES (:actor, :key, :at_ms, :body);

-- query: stored_answer_forget exec
-- in: before_ms int
DELETE FROM stored_answer WHERE at_ms < :before_ms;

-- query: view_version_all many
-- out: noun text, version int
SELECT noun, version FROM view_version ORDER BY noun;

-- query: view_version_put exec
-- in: noun text, version int
INSERT INTO view_version (noun, version) VALUES (:noun, :version) ON CONFLICT (noun) DO UPDATE SET version = excluded.version;

-- query: view_version_clear exec
DELETE FROM view_version;

-- query: writer_probe_pass exec
INSERT INTO writer_probe (id, passes) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET passes = writer_probe.passes + 1;
