-- Quick phrases in groups. Those of the rulebook's 话术 items are read from the program and never stored here.

-- table: phrase
CREATE TABLE phrase (
  id TEXT PRIMARY KEY,
  group_name TEXT NOT NULL,
  keys TEXT NOT NULL,
  text TEXT NOT NULL,
  position BIGINT NOT NULL,
  used BIGINT NOT NULL,
  removed BIGINT NOT NULL
);
CREATE INDEX phrase_group ON phrase (removed, group_name, position, id);

-- query: phrase_put exec
-- in: id text, group_name text, keys text, text text, position int
INSERT INTO phrase (id, group_name, keys, text, position, used, removed) VALUES (:id, :group_name, :keys, :text, :position, 0, 0)
ON CONFLICT (id) DO UPDATE SET group_name = excluded.group_name, keys = excluded.keys, text = excluded.text,
  position = excluded.position, removed = 0;

-- query: phrase_remove exec
-- in: id text
UPDATE phrase SET removed = 1 WHERE id = :id;

-- query: phrase_use exec
-- in: id text
INSERT INTO phrase (id, group_name, keys, text, position, used, removed) VALUES (:id, '', '', '', 0, 1, 1)
ON CONFLICT (id) DO UPDATE SET used = phrase.used + 1;

-- query: phrase_get one
-- in: id text
-- out: id text, group_name text, keys text, text text, position int, used int, removed int
SELECT id, group_name, keys, text, position, used, removed FROM phrase WHERE id = :id;

-- query: phrase_all many
-- in: most int
-- out: id text, group_name text, keys text, text text, position int, used int
SELECT id, group_name, keys, text, position, used FROM phrase WHERE removed = 0 ORDER BY group_name, position, id LIMIT :most;

-- query: phrase_count one
-- out: phrases int
SELECT COUNT(*) AS phrases FROM phrase WHERE removed = 0;
