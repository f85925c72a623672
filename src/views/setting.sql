-- Settings of the desk, and the tags its conversations may carry with their colours.

-- table: desk_setting
CREATE TABLE desk_setting (item TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms BIGINT NOT NULL, by_person TEXT NOT NULL);

-- table: tag
CREATE TABLE tag (name TEXT PRIMARY KEY, group_name TEXT NOT NULL, colour TEXT NOT NULL, removed BIGINT NOT NULL, at_ms BIGINT NOT NULL);

-- table: tag_move
-- Renamings of tags, to be undone.
CREATE TABLE tag_move (
  id TEXT PRIMARY KEY, tag TEXT NOT NULL, into_tag TEXT NOT NULL, merged BIGINT NOT NULL, touched BIGINT NOT NULL, at_ms BIGINT NOT NULL, by_person TEXT NOT NULL, undone BIGINT NOT NULL
);

-- query: tag_move_put exec
-- in: id text, tag text, into_tag text, merged int, touched int, at_ms int, by_person text
INSERT INTO tag_move (id, tag, into_tag, merged, touched, at_ms, by_person, undone) VALUES (:id, :tag, :into_tag, :merged, :touched, :at_ms, :by_person, 0) ON CONFLICT (id) DO NOTHING;

-- query: tag_move_undo exec
-- in: id text
UPDATE tag_move SET undone = 1 WHERE id = :id;

-- query: tag_move_get one
-- in: id text
-- out: id text, tag text, into_tag text, merged int, undone int, at_ms int
SELECT id, tag, into_tag, merged, undone, at_ms FROM tag_move WHERE id = :id;

-- query: tag_move_newest many
-- in: most int
-- out: id text, tag text, into_tag text, merged int, touched int, at_ms int, by_person text
SELECT id, tag, into_tag, merged, touched, at_ms, by_person FROM tag_move WHERE undone = 0 ORDER BY at_ms DESC, id DESC LIMIT :most;

-- query: tag_used one
-- in: tag text
-- out: used int
SELECT COUNT(*) AS used FROM conversation_tagged WHERE tag = :tag;

-- query: desk_setting_put exec
-- in: item text, value text, at_ms int, by_person text
INSERT INTO desk_setting (item, value, at_ms, by_person) VALUES (:item, :value, :at_ms, :by_person)
ON CONFLICT (item) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, by_person = excluded.by_person;

-- query: desk_setting_get one
-- in: item text
-- out: value text
SELECT value FROM desk_setting WHERE item = :item;

-- query: desk_setting_all many
-- out: item text, value text, at_ms int, by_person text
SELECT item, value, at_ms, by_person FROM desk_setting ORDER BY item;

-- query: tag_put exec
-- in: name text, group_name text, colour text, removed int, at_ms int
INSERT INTO tag (name, group_name, colour, removed, at_ms) VALUES (:name, :group_name, :colour, :removed, :at_ms)
ON CONFLICT (name) DO UPDATE SET group_name = excluded.group_name, colour = excluded.colour, removed = excluded.removed, at_ms = excluded.at_ms;

-- query: tag_get one
-- in: name text
-- out: name text, group_name text, colour text, removed int
SELECT name, group_name, colour, removed FROM tag WHERE name = :name;

-- query: tag_all many
-- out: name text, group_name text, colour text, used int
SELECT t.name, t.group_name, t.colour, (SELECT COUNT(*) FROM conversation_tagged g WHERE g.tag = t.name) AS used
FROM tag t WHERE t.removed = 0 ORDER BY t.group_name, t.name;
