-- The append-only log and its seals. Nothing here is ever updated; a rebuild of the views never touches it.

-- table: event keep
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  id TEXT,            -- only ids that are not e<seq>: imported facts keep their own
  line TEXT NOT NULL, -- canonical JSON, the bytes that are sealed
  sum BIGINT NOT NULL -- of the line: tells which line of a broken seal was touched
);
CREATE UNIQUE INDEX event_id ON event (id) WHERE id IS NOT NULL;

-- table: seal keep
CREATE TABLE seal (
  last_seq INTEGER PRIMARY KEY,  -- events first_seq … last_seq were committed together
  first_seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  hash BLOB NOT NULL             -- BLAKE2b-256 over the previous seal, first, last, at and the lines
);

-- query: log_insert exec
-- in: seq int, id text?, line text, sum int
INSERT INTO event (seq, id, line, sum) VALUES (:seq, :id, :line, :sum);

-- query: log_seal_insert exec
-- in: last_seq int, first_seq int, at_ms int, hash blob
INSERT INTO seal (last_seq, first_seq, at_ms, hash) VALUES (:last_seq, :first_seq, :at_ms, :hash);

-- query: log_read many
-- in: after int, most int
-- out: seq int, id text?, line text, sum int
SELECT seq, id, line, sum FROM event WHERE seq > :after ORDER BY seq LIMIT :most;

-- query: log_times many
-- in: after int, most int
-- out: seq int, head text
SELECT seq, substr(line, 7, 24) AS head FROM event WHERE seq > :after ORDER BY seq LIMIT :most;

-- query: log_seals many
-- in: after int, most int
-- out: last_seq int, first_seq int, at_ms int, hash blob
SELECT last_seq, first_seq, at_ms, hash FROM seal WHERE last_seq > :after ORDER BY last_seq LIMIT :most;

-- query: log_last_seal one
-- out: last_seq int, first_seq int, at_ms int, hash blob
SELECT last_seq, first_seq, at_ms, hash FROM seal ORDER BY last_seq DESC LIMIT 1;

-- query: log_last_event one
-- out: seq int
SELECT seq FROM event ORDER BY seq DESC LIMIT 1;

-- query: log_find one
-- in: id text
-- out: seq int, line text
SELECT seq, line FROM event WHERE id = :id;

-- query: log_get one
-- in: seq int
-- out: seq int, line text
SELECT seq, line FROM event WHERE seq = :seq;
