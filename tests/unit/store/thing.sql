-- Tables and queries that only the store's own tests use.
-- table: thing
CREATE TABLE thing (
  id TEXT PRIMARY KEY, -- a name: it's "quoted"
  n INTEGER NOT NULL,
  note TEXT,
  flag BOOLEAN NOT NULL,
  data BLOB
);
CREATE INDEX thing_n ON thing (n);

-- table: thing_kept keep rowless
CREATE TABLE thing_kept (id TEXT PRIMARY KEY, n INTEGER NOT NULL);

-- query: thing_put exec
-- in: id text, n int, note text?,
-- in: flag bool, data blob?
INSERT INTO thing (id, n, note, flag, data) VALUES (:id, :n, :note, :flag, :data)
ON CONFLICT (id) DO UPDATE SET n = excluded.n, note = excluded.note, flag = excluded.flag, data = excluded.data

-- query: thing_get one
-- in: id text
-- out: id text, n int, note text?, flag bool, data blob?
SELECT id, n, note, flag, data FROM thing WHERE id = :id

-- query: thing_list many
-- in: least int, how_many int
-- out: id text, n int, label text
SELECT id, n, 'at :least ' || id AS label FROM thing WHERE n >= :least ORDER BY n, id LIMIT :how_many

-- query: thing_count one
-- out: things int, total int?
SELECT count(*), sum(n) FROM thing

-- query: thing_delete exec
-- in: least int
DELETE FROM thing WHERE n >= :least

-- Numbers from 1 on; when `most` is huge it never ends by itself.
-- query: thing_numbers many
-- in: most int
-- out: n int
WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :most) SELECT n FROM numbers WHERE n < 4 OR n % 1000000007 = 0

-- Fails while it runs for the smallest number there is.
-- query: thing_abs one
-- in: n int
-- out: n int
SELECT abs(CAST(:n AS BIGINT)) AS n
