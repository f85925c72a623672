-- What people have begun to write and not sent, one a person and conversation. Kept: it is no event until it is said.

-- table: unsent keep
CREATE TABLE unsent (
  conversation TEXT NOT NULL,
  person TEXT NOT NULL,
  text TEXT NOT NULL,
  note BIGINT NOT NULL,
  files TEXT NOT NULL, -- JSON, as of a message
  revision BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (person, conversation)
);

-- query: unsent_get one
-- in: conversation text, person text
-- out: text text, note int, files text, revision int, at_ms int
SELECT text, note, files, revision, at_ms FROM unsent WHERE person = :person AND conversation = :conversation;

-- query: unsent_put exec
-- in: conversation text, person text, text text, note int, files text, revision int, at_ms int
INSERT INTO unsent (conversation, person, text, note, files, revision, at_ms) VALUES (:conversation, :person, :text, :note, :files, :revision, :at_ms)
ON CONFLICT (person, conversation) DO UPDATE SET text = excluded.text, note = excluded.note, files = excluded.files, revision = excluded.revision, at_ms = excluded.at_ms;

-- query: unsent_end exec
-- in: conversation text, person text
DELETE FROM unsent WHERE person = :person AND conversation = :conversation;

-- query: unsent_all many
-- in: person text, most int
-- out: conversation text, text text, note int, revision int, at_ms int
SELECT conversation, text, note, revision, at_ms FROM unsent WHERE person = :person ORDER BY at_ms DESC, conversation LIMIT :most;

-- query: unsent_count one
-- in: person text
-- out: n int
SELECT COUNT(*) AS n FROM unsent WHERE person = :person;
