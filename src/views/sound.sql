-- How the names of people and customers sound (拼音), so that who types “zs” or “zhangsan” finds 张三.

-- table: name_sound
CREATE TABLE name_sound (
  kind TEXT NOT NULL,     -- person, customer
  id TEXT NOT NULL,
  spelled TEXT NOT NULL,  -- zhangsan
  initials TEXT NOT NULL, -- zs
  PRIMARY KEY (kind, id)
);
CREATE INDEX name_sound_spelled ON name_sound (kind, spelled, id);
CREATE INDEX name_sound_initials ON name_sound (kind, initials, id);

-- query: sound_put exec
-- in: kind text, id text, spelled text, initials text
INSERT INTO name_sound (kind, id, spelled, initials) VALUES (:kind, :id, :spelled, :initials)
ON CONFLICT (kind, id) DO UPDATE SET spelled = excluded.spelled, initials = excluded.initials;

-- query: sound_all many
-- in: kind text
-- out: id text, spelled text, initials text
SELECT id, spelled, initials FROM name_sound WHERE kind = :kind ORDER BY id;

-- query: customer_by_sound many
-- Whose name is spelled, or begins with first letters, as typed; last seen first.
-- in: from_sound text, to_sound text, most int
-- out: id text, name text, buyer text, source text, phone text, note text, level text, tags text, linked text, created_ms int, seen_ms int
SELECT c.id, c.name, c.buyer, c.source, c.phone, c.note, c.level, c.tags, c.linked, c.created_ms, c.seen_ms
FROM (SELECT id FROM name_sound WHERE kind = 'customer' AND spelled >= :from_sound AND spelled < :to_sound
      UNION SELECT id FROM name_sound WHERE kind = 'customer' AND initials >= :from_sound AND initials < :to_sound) x
JOIN customer c ON c.id = x.id WHERE c.merged_into = '' ORDER BY c.seen_ms DESC, c.id LIMIT :most;
