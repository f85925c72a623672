-- The index of what was said, for the search box. A cache like every view: rebuilt from the log.
--
-- SQLite keeps the tokens of gram.h in a contentless FTS5 table whose rowid is the message's seq: only which message holds which token,
-- no places, no texts. What the house sees under the name message_find is its vocabulary (token, how many messages), so that
-- a rebuild can be held against what was there; making it empties the index behind it.

-- table: message_find
CREATE VIRTUAL TABLE IF NOT EXISTS message_find_index USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii');
INSERT INTO message_find_index (message_find_index) VALUES ('delete-all');
CREATE VIRTUAL TABLE message_find USING fts5vocab(message_find_index, row);
-- postgres:
CREATE TABLE message_find (seq BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX message_find_words ON message_find USING GIN (words);

-- table: message_find_state
CREATE TABLE message_find_state (id BIGINT PRIMARY KEY, up_to BIGINT NOT NULL);

-- query: find_up_to one
-- out: up_to int
SELECT COALESCE(MAX(up_to), 0) AS up_to FROM message_find_state;

-- query: find_set_up_to exec
-- in: up_to int
INSERT INTO message_find_state (id, up_to) VALUES (1, :up_to) ON CONFLICT (id) DO UPDATE SET up_to = excluded.up_to;

-- query: find_to_index many
-- in: after int, most int
-- out: seq int, at_ms int, by_id text, text text, customer text
SELECT m.seq, m.at_ms, m.by_id, m.text, COALESCE(c.customer, '') AS customer FROM message m LEFT JOIN conversation c ON c.id = m.conversation
WHERE m.seq > :after ORDER BY m.seq, m.conversation LIMIT :most;

-- query: find_put exec
-- in: seq int, words text
INSERT INTO message_find_index (rowid, words) VALUES (:seq, :words);
-- postgres:
INSERT INTO message_find (seq, words) VALUES (:seq, array_to_tsvector(string_to_array(:words, ' ')));

-- The old words must be told: the index keeps no text.
-- query: find_remove exec
-- in: seq int, words text
INSERT INTO message_find_index (message_find_index, rowid, words) VALUES ('delete', :seq, :words);
-- postgres:
DELETE FROM message_find WHERE seq = :seq AND :words IS NOT NULL;

-- Newest first; the index decides, so it comes first (CROSS JOIN keeps the order).
-- query: find_indexed many
-- in: match text, before int, most int
-- out: seq int, conversation text, id text, at_ms int, by_type text, by_id text, text text, customer text, customer_name text, channel text, state text, agent text, tags text, hidden int
SELECT m.seq, m.conversation, m.id, m.at_ms, m.by_type, m.by_id, m.text, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.tags,
  CASE WHEN m.recalled_ms IS NULL AND m.by_type NOT IN ('system', 'whisper') THEN 0 ELSE 1 END AS hidden
FROM message_find_index f CROSS JOIN message m ON m.seq = f.rowid CROSS JOIN conversation c ON c.id = m.conversation LEFT JOIN customer u ON u.id = c.customer
WHERE f.message_find_index MATCH :match AND f.rowid < :before ORDER BY f.rowid DESC LIMIT :most;
-- postgres:
SELECT m.seq, m.conversation, m.id, m.at_ms, m.by_type, m.by_id, m.text, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.tags,
  CASE WHEN m.recalled_ms IS NULL AND m.by_type NOT IN ('system', 'whisper') THEN 0 ELSE 1 END AS hidden
FROM (SELECT seq FROM message_find WHERE words @@ CAST(:match AS TSQUERY) AND seq < :before ORDER BY seq DESC LIMIT :most) f
JOIN message m ON m.seq = f.seq JOIN conversation c ON c.id = m.conversation LEFT JOIN customer u ON u.id = c.customer ORDER BY m.seq DESC;

-- What is not in the index yet, and the newest for those words that the index knows too many of.
-- query: find_newest many
-- in: before int, after int, most int
-- out: seq int, conversation text, id text, at_ms int, by_type text, by_id text, text text, customer text, customer_name text, channel text, state text, agent text, tags text, hidden int
SELECT m.seq, m.conversation, m.id, m.at_ms, m.by_type, m.by_id, m.text, c.customer, COALESCE(u.name, '') AS customer_name, c.channel, c.state, c.agent, c.tags,
  CASE WHEN m.recalled_ms IS NULL AND m.by_type NOT IN ('system', 'whisper') THEN 0 ELSE 1 END AS hidden
FROM message m JOIN conversation c ON c.id = m.conversation LEFT JOIN customer u ON u.id = c.customer
WHERE m.seq < :before AND m.seq > :after ORDER BY m.seq DESC, m.conversation DESC LIMIT :most;

-- query: find_people many
-- in: name text, from_name text, most int
-- out: id text
SELECT id FROM person WHERE name = :name OR job_number = :name OR id = :name OR substr(name, 1, length(:from_name)) = :from_name ORDER BY id LIMIT :most;
