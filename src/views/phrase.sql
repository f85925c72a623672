-- Quick phrases: what they say now, every wording they had, and each time one was said. Those of the rulebook's 话术 items are read from
-- the program and never stored here; only their use is counted (a row without scope).

-- table: phrase
CREATE TABLE phrase (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,       -- personal, team, desk; '' of the rulebook
  holder TEXT NOT NULL,      -- the person of a personal one, the role of a team's
  group_name TEXT NOT NULL,  -- "售后/换货"
  keys TEXT NOT NULL,
  keys_plain TEXT NOT NULL,  -- small letters, for the clash
  text TEXT NOT NULL,
  files TEXT NOT NULL,
  pinyin TEXT NOT NULL,      -- first letters of the words
  position BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  used BIGINT NOT NULL,
  last_ms BIGINT NOT NULL,
  removed BIGINT NOT NULL
);
CREATE INDEX phrase_group ON phrase (removed, group_name, position, id);
CREATE INDEX phrase_keys ON phrase (keys_plain, scope, holder);

-- table: phrase_version
-- Every wording, as it was put down; the trail of a phrase.
CREATE TABLE phrase_version (phrase TEXT NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, person TEXT NOT NULL, change TEXT NOT NULL, scope TEXT NOT NULL,
  holder TEXT NOT NULL, group_name TEXT NOT NULL, keys TEXT NOT NULL, text TEXT NOT NULL, files TEXT NOT NULL, restored BIGINT NOT NULL, PRIMARY KEY (phrase, seq));

-- table: phrase_said
-- Each answer that came from a phrase, whether it was changed first, and the message it became.
CREATE TABLE phrase_said (seq BIGINT PRIMARY KEY, phrase TEXT NOT NULL, at_ms BIGINT NOT NULL, person TEXT NOT NULL, conversation TEXT NOT NULL, edited BIGINT NOT NULL);
CREATE INDEX phrase_said_at ON phrase_said (at_ms, phrase);

-- table: phrase_person rowless
CREATE TABLE phrase_person (person TEXT NOT NULL, phrase TEXT NOT NULL, used BIGINT NOT NULL, last_ms BIGINT NOT NULL, PRIMARY KEY (person, phrase));

-- query: phrase_put exec
-- in: id text, scope text, holder text, group_name text, keys text, keys_plain text, text text, files text, pinyin text, position int, at_ms int
INSERT INTO phrase (id, scope, holder, group_name, keys, keys_plain, text, files, pinyin, position, created_ms, used, last_ms, removed)
VALUES (:id, :scope, :holder, :group_name, :keys, :keys_plain, :text, :files, :pinyin, :position, :at_ms, 0, 0, 0)
ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, holder = excluded.holder, group_name = excluded.group_name, keys = excluded.keys,
  keys_plain = excluded.keys_plain, text = excluded.text, files = excluded.files, pinyin = excluded.pinyin, removed = 0;

-- query: phrase_remove exec
-- in: id text
UPDATE phrase SET removed = 1 WHERE id = :id;

-- query: phrase_version_put exec
-- in: phrase text, seq int, at_ms int, person text, change text, scope text, holder text, group_name text, keys text, text text, files text, restored int
INSERT INTO phrase_version (phrase, seq, at_ms, person, change, scope, holder, group_name, keys, text, files, restored)
VALUES (:phrase, :seq, :at_ms, :person, :change, :scope, :holder, :group_name, :keys, :text, :files, :restored) ON CONFLICT (phrase, seq) DO NOTHING;

-- query: phrase_versions many
-- in: phrase text, most int
-- out: seq int, at_ms int, person text, change text, scope text, holder text, group_name text, keys text, text text, files text, restored int
SELECT seq, at_ms, person, change, scope, holder, group_name, keys, text, files, restored FROM phrase_version WHERE phrase = :phrase ORDER BY seq DESC LIMIT :most;

-- query: phrase_version_get one
-- in: phrase text, seq int
-- out: scope text, holder text, group_name text, keys text, text text, files text, change text
SELECT scope, holder, group_name, keys, text, files, change FROM phrase_version WHERE phrase = :phrase AND seq = :seq;

-- query: phrase_use exec
-- in: id text, at_ms int
INSERT INTO phrase (id, scope, holder, group_name, keys, keys_plain, text, files, pinyin, position, created_ms, used, last_ms, removed)
VALUES (:id, '', '', '', '', '', '', '[]', '', 0, :at_ms, 1, :at_ms, 1)
ON CONFLICT (id) DO UPDATE SET used = phrase.used + 1, last_ms = CASE WHEN phrase.last_ms > excluded.last_ms THEN phrase.last_ms ELSE excluded.last_ms END;

-- query: phrase_say exec
-- in: seq int, phrase text, at_ms int, person text, conversation text, edited int
INSERT INTO phrase_said (seq, phrase, at_ms, person, conversation, edited) VALUES (:seq, :phrase, :at_ms, :person, :conversation, :edited) ON CONFLICT (seq) DO NOTHING;

-- query: phrase_person_use exec
-- in: person text, phrase text, at_ms int
INSERT INTO phrase_person (person, phrase, used, last_ms) VALUES (:person, :phrase, 1, :at_ms)
ON CONFLICT (person, phrase) DO UPDATE SET used = phrase_person.used + 1,
  last_ms = CASE WHEN phrase_person.last_ms > excluded.last_ms THEN phrase_person.last_ms ELSE excluded.last_ms END;

-- query: phrase_get one
-- in: id text
-- out: id text, scope text, holder text, group_name text, keys text, text text, files text, pinyin text, position int, created_ms int, used int, last_ms int, removed int
SELECT id, scope, holder, group_name, keys, text, files, pinyin, position, created_ms, used, last_ms, removed FROM phrase WHERE id = :id;

-- query: phrase_by_keys one
-- in: keys_plain text, scope text, holder text, not_id text
-- out: id text, text text, keys text
SELECT id, text, keys FROM phrase WHERE keys_plain = :keys_plain AND scope = :scope AND holder = :holder AND removed = 0 AND id <> :not_id ORDER BY id LIMIT 1;

-- query: phrase_all many
-- What one person may see: the shop's, the team's, the own; `every_team` 1: those of all teams.
-- in: person text, team text, every_team int, most int
-- out: id text, scope text, holder text, group_name text, keys text, text text, files text, pinyin text, position int, created_ms int, used int, last_ms int, mine int, mine_ms int
SELECT p.id, p.scope, p.holder, p.group_name, p.keys, p.text, p.files, p.pinyin, p.position, p.created_ms, p.used, p.last_ms,
  COALESCE(m.used, 0) AS mine, COALESCE(m.last_ms, 0) AS mine_ms
FROM phrase p LEFT JOIN phrase_person m ON m.person = :person AND m.phrase = p.id
WHERE p.removed = 0 AND (p.scope = 'desk' OR (p.scope = 'team' AND (:every_team = 1 OR p.holder = :team)) OR (p.scope = 'personal' AND p.holder = :person))
ORDER BY CASE p.scope WHEN 'personal' THEN 0 WHEN 'team' THEN 1 ELSE 2 END, p.holder, p.group_name, p.position, p.id LIMIT :most;

-- query: phrase_mine one
-- in: person text, phrase text
-- out: used int, last_ms int
SELECT used, last_ms FROM phrase_person WHERE person = :person AND phrase = :phrase;

-- query: phrase_count one
-- in: scope text, holder text
-- out: phrases int
SELECT COUNT(*) AS phrases FROM phrase WHERE removed = 0 AND scope = :scope AND holder = :holder;

-- query: phrase_week many
-- in: from_ms int, to_ms int
-- out: phrase text, used int, edited int, people int
SELECT phrase, COUNT(*) AS used, CAST(SUM(edited) AS BIGINT) AS edited, COUNT(DISTINCT person) AS people FROM phrase_said WHERE at_ms >= :from_ms AND at_ms < :to_ms
GROUP BY phrase ORDER BY used DESC, phrase;

-- query: phrase_week_people many
-- in: from_ms int, to_ms int
-- out: person text, used int, edited int, phrases int
SELECT person, COUNT(*) AS used, CAST(SUM(edited) AS BIGINT) AS edited, COUNT(DISTINCT phrase) AS phrases FROM phrase_said WHERE at_ms >= :from_ms AND at_ms < :to_ms
GROUP BY person ORDER BY used DESC, person;

-- query: phrase_uses many
-- Newest first; `phrase` or `person` '' for all of them, `edited` 1: only those changed first.
-- in: phrase text, person text, edited int, from_ms int, to_ms int, most int
-- out: seq int, phrase text, at_ms int, person text, conversation text, edited int, text text?
SELECT s.seq, s.phrase, s.at_ms, s.person, COALESCE(m.conversation, s.conversation) AS conversation, s.edited,
  CASE WHEN m.recalled_ms IS NULL THEN m.text ELSE NULL END AS text
FROM phrase_said s LEFT JOIN message m ON m.seq = s.seq
WHERE s.at_ms >= :from_ms AND s.at_ms < :to_ms AND (:phrase = '' OR s.phrase = :phrase) AND (:person = '' OR s.person = :person) AND (:edited = 0 OR s.edited = 1)
ORDER BY s.at_ms DESC, s.seq DESC LIMIT :most;

-- query: phrase_typed many
-- Answers that came from no phrase, each wording once, of the conversations that began in the days before.
-- in: begun_ms int, from_ms int, to_ms int, most int
-- out: text text, said int, people int, last_seq int
SELECT m.text, COUNT(*) AS said, COUNT(DISTINCT m.by_id) AS people, MAX(m.seq) AS last_seq
FROM figure_talk c JOIN message m ON m.conversation = c.id
WHERE c.started_ms >= :begun_ms AND c.started_ms < :to_ms AND m.by_type = 'agent' AND m.at_ms >= :from_ms AND m.at_ms < :to_ms AND m.recalled_ms IS NULL
  AND m.text <> '' AND NOT EXISTS (SELECT 1 FROM phrase_said s WHERE s.seq = m.seq)
GROUP BY m.text ORDER BY said DESC, m.text LIMIT :most;

-- query: phrase_message one
-- in: seq int
-- out: conversation text
SELECT conversation FROM message WHERE seq = :seq ORDER BY conversation LIMIT 1;
