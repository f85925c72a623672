-- Cases (单) of every declared type: fields, state, history, votes, running number.

-- table: case_file
CREATE TABLE case_file (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL, state_since_ms BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL, opened_by TEXT NOT NULL, subject TEXT NOT NULL, assignee TEXT NOT NULL, fields TEXT NOT NULL,
  origin TEXT NOT NULL, final BIGINT NOT NULL, void_reason TEXT, extended_ms BIGINT);
CREATE INDEX case_file_type ON case_file (type, opened_ms);
CREATE INDEX case_file_subject ON case_file (subject, opened_ms);
CREATE INDEX case_file_open ON case_file (final, opened_ms);

-- table: case_link
CREATE TABLE case_link (case_id TEXT NOT NULL, noun TEXT NOT NULL, object TEXT NOT NULL, PRIMARY KEY (case_id, noun, object));
CREATE INDEX case_link_object ON case_link (object, noun);

-- table: case_history
CREATE TABLE case_history (
  event TEXT PRIMARY KEY, seq BIGINT NOT NULL, case_id TEXT NOT NULL, at_ms BIGINT NOT NULL, by_person TEXT NOT NULL, what TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX case_history_case ON case_history (case_id, seq);

-- table: case_vote
CREATE TABLE case_vote (
  event TEXT PRIMARY KEY, case_id TEXT NOT NULL, step TEXT NOT NULL, person TEXT NOT NULL, result TEXT NOT NULL, text TEXT NOT NULL,
  at_ms BIGINT NOT NULL, since_ms BIGINT NOT NULL);
CREATE INDEX case_vote_case ON case_vote (case_id, at_ms);

-- table: case_serial
CREATE TABLE case_serial (prefix TEXT PRIMARY KEY, last BIGINT NOT NULL);

-- query: case_file_put exec
-- in: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int
INSERT INTO case_file (id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final)
VALUES (:id, :type, :number, :state, :state_since_ms, :opened_ms, :opened_by, :subject, :assignee, :fields, :origin, :final)
ON CONFLICT (id) DO NOTHING;

-- query: case_file_move exec
-- in: id text, state text, state_since_ms int, subject text, fields text, final int
UPDATE case_file SET state = :state, state_since_ms = :state_since_ms, subject = :subject, fields = :fields, final = :final WHERE id = :id;

-- query: case_file_fill exec
-- in: id text, subject text, fields text
UPDATE case_file SET subject = :subject, fields = :fields WHERE id = :id;

-- query: case_file_assign exec
-- in: id text, assignee text
UPDATE case_file SET assignee = :assignee WHERE id = :id;

-- query: case_file_void exec
-- in: id text, reason text
UPDATE case_file SET void_reason = :reason, final = 1 WHERE id = :id;

-- query: case_file_extend exec
-- in: id text, until_ms int
UPDATE case_file SET extended_ms = :until_ms WHERE id = :id;

-- query: case_file_get one
-- in: id text
-- out: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int, void_reason text?, extended_ms int?
SELECT id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final, void_reason, extended_ms
FROM case_file WHERE id = :id;

-- query: case_file_by_number one
-- in: number text
-- out: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int, void_reason text?, extended_ms int?
SELECT id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final, void_reason, extended_ms
FROM case_file WHERE number = :number ORDER BY opened_ms DESC, id LIMIT 1;

-- query: case_file_list many
-- in: type text, state text, person text, pattern text, before_ms int, before_id text, most int
-- out: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int, void_reason text?, extended_ms int?
SELECT id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final, void_reason, extended_ms
FROM case_file
WHERE (:type = '' OR type = :type) AND (:state = '' OR state = :state OR (:state = 'open' AND final = 0) OR (:state = 'closed' AND final = 1))
  AND (:person = '' OR subject = :person OR opened_by = :person OR assignee = :person)
  AND (:pattern = '' OR number LIKE :pattern OR fields LIKE :pattern)
  AND (opened_ms < :before_ms OR (opened_ms = :before_ms AND id < :before_id))
ORDER BY opened_ms DESC, id DESC LIMIT :most;

-- query: case_file_open_all many
-- in: most int
-- out: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int, void_reason text?, extended_ms int?
SELECT id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final, void_reason, extended_ms
FROM case_file WHERE final = 0 ORDER BY opened_ms DESC, id DESC LIMIT :most;

-- query: case_file_of_type_since many
-- in: type text, from_ms int
-- out: id text, type text, number text, state text, state_since_ms int, opened_ms int, opened_by text, subject text, assignee text, fields text, origin text, final int, void_reason text?, extended_ms int?
SELECT id, type, number, state, state_since_ms, opened_ms, opened_by, subject, assignee, fields, origin, final, void_reason, extended_ms
FROM case_file WHERE type = :type AND opened_ms >= :from_ms ORDER BY opened_ms, id;

-- query: case_file_by_origin one
-- in: origin text
-- out: id text, number text
SELECT id, number FROM case_file WHERE origin = :origin ORDER BY id LIMIT 1;

-- query: case_of_object many
-- in: object text, noun text
-- out: id text, type text, number text, state text, opened_ms int, final int
SELECT c.id, c.type, c.number, c.state, c.opened_ms, c.final FROM case_link l JOIN case_file c ON c.id = l.case_id
WHERE l.object = :object AND l.noun = :noun ORDER BY c.opened_ms DESC, c.id LIMIT 50;

-- query: case_link_put exec
-- in: case_id text, noun text, object text
INSERT INTO case_link (case_id, noun, object) VALUES (:case_id, :noun, :object) ON CONFLICT (case_id, noun, object) DO NOTHING;

-- query: case_history_put exec
-- in: event text, seq int, case_id text, at_ms int, by_person text, what text, from_state text, to_state text, text text
INSERT INTO case_history (event, seq, case_id, at_ms, by_person, what, from_state, to_state, text)
VALUES (:event, :seq, :case_id, :at_ms, :by_person, :what, :from_state, :to_state, :text) ON CONFLICT (event) DO NOTHING;

-- query: case_history_of many
-- in: case_id text
-- out: event text, seq int, at_ms int, by_person text, what text, from_state text, to_state text, text text
SELECT event, seq, at_ms, by_person, what, from_state, to_state, text FROM case_history WHERE case_id = :case_id ORDER BY seq, event;

-- query: case_vote_put exec
-- in: event text, case_id text, step text, person text, result text, text text, at_ms int, since_ms int
INSERT INTO case_vote (event, case_id, step, person, result, text, at_ms, since_ms)
VALUES (:event, :case_id, :step, :person, :result, :text, :at_ms, :since_ms) ON CONFLICT (event) DO NOTHING;

-- query: case_vote_of many
-- Votes given since the case entered its present state.
-- in: case_id text, since_ms int
-- out: event text, step text, person text, result text, text text, at_ms int
SELECT event, step, person, result, text, at_ms FROM case_vote WHERE case_id = :case_id AND since_ms = :since_ms ORDER BY at_ms, event;

-- query: case_serial_put exec
-- in: prefix text, last int
INSERT INTO case_serial (prefix, last) VALUES (:prefix, :last)
ON CONFLICT (prefix) DO UPDATE SET last = CASE WHEN excluded.last > case_serial.last THEN excluded.last ELSE case_serial.last END;

-- query: case_serial_get one
-- in: prefix text
-- out: prefix text, last int
SELECT prefix, last FROM case_serial WHERE prefix = :prefix;
