-- The views of the writer's tests: what was said, and what the small engine reported.

-- table: note
CREATE TABLE note (seq BIGINT PRIMARY KEY, conversation TEXT NOT NULL, text TEXT NOT NULL);

-- table: note_report
CREATE TABLE note_report (id TEXT PRIMARY KEY, type TEXT NOT NULL, at_ms BIGINT NOT NULL, state TEXT NOT NULL);

-- table: note_secret keep
CREATE TABLE note_secret (id TEXT PRIMARY KEY);

-- query: note_insert exec
-- in: seq int, conversation text, text text
INSERT INTO note (seq, conversation, text) VALUES (:seq, :conversation, :text);

-- query: note_all many
-- out: seq int, conversation text, text text
SELECT seq, conversation, text FROM note ORDER BY seq;

-- query: note_secret_put exec
-- in: id text
INSERT INTO note_secret (id) VALUES (:id);

-- query: note_secret_count one
-- out: n int
SELECT count(*) FROM note_secret;

-- query: note_report_put exec
-- in: id text, type text, at_ms int, state text
INSERT INTO note_report (id, type, at_ms, state) VALUES (:id, :type, :at_ms, :state)
ON CONFLICT (id) DO UPDATE SET type = excluded.type, at_ms = excluded.at_ms, state = excluded.state;

-- query: note_report_all many
-- out: id text, type text, at_ms int, state text
SELECT id, type, at_ms, state FROM note_report ORDER BY id;
