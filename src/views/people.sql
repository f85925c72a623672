-- People, the desk itself, presence and preferences (folded from the log); accounts, sessions and keys (kept: secrets are no events).

-- table: desk
CREATE TABLE desk (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  template TEXT NOT NULL,
  owner TEXT NOT NULL,
  opened_ms BIGINT NOT NULL
);

-- table: person
CREATE TABLE person (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  job_number TEXT NOT NULL,
  role TEXT NOT NULL,
  superior TEXT NOT NULL,
  base_wage_fen BIGINT,
  owner BIGINT NOT NULL,
  state TEXT NOT NULL,
  joined_ms BIGINT NOT NULL,
  left_ms BIGINT,
  presence TEXT NOT NULL,
  presence_reason TEXT NOT NULL,
  presence_ms BIGINT NOT NULL,
  auto_reply TEXT NOT NULL
);
CREATE UNIQUE INDEX person_job_number ON person (job_number);
CREATE INDEX person_state ON person (state, job_number);

-- table: person_prefs
CREATE TABLE person_prefs (person TEXT PRIMARY KEY, body TEXT NOT NULL);

-- table: account keep
CREATE TABLE account (
  person TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL,
  changed_ms BIGINT NOT NULL
);

-- table: session keep
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  csrf TEXT NOT NULL,
  opened_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_ms);

-- table: api_key keep
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  person TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  revoked_ms BIGINT
);
CREATE UNIQUE INDEX api_key_hash ON api_key (token_hash);

-- query: people_desk one
-- out: name text, template text, owner text, opened_ms int
SELECT name, template, owner, opened_ms FROM desk WHERE id = 1;

-- query: people_desk_open exec
-- in: name text, template text, owner text, opened_ms int
INSERT INTO desk (id, name, template, owner, opened_ms) VALUES (1, :name, :template, :owner, :opened_ms)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, template = excluded.template;

-- query: people_count one
-- out: people int
SELECT COUNT(*) AS people FROM person;

-- query: people_insert exec
-- in: id text, name text, job_number text, role text, superior text, base_wage_fen int?, owner int, joined_ms int
INSERT INTO person (id, name, job_number, role, superior, base_wage_fen, owner, state, joined_ms, left_ms, presence, presence_reason, presence_ms, auto_reply)
VALUES (:id, :name, :job_number, :role, :superior, :base_wage_fen, :owner, 'active', :joined_ms, NULL, 'offline', '', :joined_ms, '')
ON CONFLICT (id) DO UPDATE SET name = excluded.name, job_number = excluded.job_number, role = excluded.role, superior = excluded.superior,
  base_wage_fen = excluded.base_wage_fen, owner = excluded.owner, state = 'active', joined_ms = excluded.joined_ms, left_ms = NULL;

-- query: people_get one
-- in: id text
-- out: id text, name text, job_number text, role text, superior text, base_wage_fen int?, owner int, state text, joined_ms int, left_ms int?, presence text, presence_reason text, presence_ms int, auto_reply text
SELECT id, name, job_number, role, superior, base_wage_fen, owner, state, joined_ms, left_ms, presence, presence_reason, presence_ms, auto_reply
FROM person WHERE id = :id;

-- query: people_by_job_number one
-- in: job_number text
-- out: id text, name text, role text, state text, owner int
SELECT id, name, role, state, owner FROM person WHERE job_number = :job_number;

-- query: people_by_name one
-- in: name text
-- out: id text, people int
SELECT MIN(id) AS id, COUNT(*) AS people FROM person WHERE name = :name AND state = 'active' HAVING COUNT(*) > 0;

-- query: people_all many
-- in: state text, after text, most int
-- out: id text, name text, job_number text, role text, superior text, base_wage_fen int?, owner int, state text, joined_ms int, left_ms int?, presence text, presence_reason text, presence_ms int
SELECT id, name, job_number, role, superior, base_wage_fen, owner, state, joined_ms, left_ms, presence, presence_reason, presence_ms
FROM person WHERE (:state = '' OR state = :state) AND job_number > :after ORDER BY job_number LIMIT :most;

-- query: people_names many
-- out: id text, name text, job_number text, role text, state text
SELECT id, name, job_number, role, state FROM person ORDER BY id;

-- query: people_set_text exec
-- in: id text, name text, role text, superior text, job_number text
UPDATE person SET name = :name, role = :role, superior = :superior, job_number = :job_number WHERE id = :id;

-- query: people_set_wage exec
-- in: id text, base_wage_fen int?
UPDATE person SET base_wage_fen = :base_wage_fen WHERE id = :id;

-- query: people_set_owner exec
-- in: id text, owner int
UPDATE person SET owner = :owner WHERE id = :id;

-- query: people_leave exec
-- in: id text, left_ms int
UPDATE person SET state = 'left', left_ms = :left_ms, presence = 'offline', presence_ms = :left_ms, presence_reason = '' WHERE id = :id;

-- query: people_set_presence exec
-- in: id text, presence text, reason text, at_ms int, auto_reply text
UPDATE person SET presence = :presence, presence_reason = :reason, presence_ms = :at_ms, auto_reply = :auto_reply WHERE id = :id;

-- query: people_presence many
-- out: id text, name text, role text, presence text, presence_reason text, presence_ms int, auto_reply text
SELECT id, name, role, presence, presence_reason, presence_ms, auto_reply FROM person WHERE state = 'active' ORDER BY job_number;

-- query: people_online_count one
-- in: at_ms int
-- out: people int
SELECT COUNT(*) AS people FROM person p WHERE state = 'active' AND presence IN ('online', 'busy')
  AND NOT EXISTS (SELECT 1 FROM leave_span v WHERE v.person = p.id AND v.from_ms <= :at_ms AND v.to_ms > :at_ms);

-- query: people_prefs_get one
-- in: person text
-- out: body text
SELECT body FROM person_prefs WHERE person = :person;

-- query: people_prefs_put exec
-- in: person text, body text
INSERT INTO person_prefs (person, body) VALUES (:person, :body) ON CONFLICT (person) DO UPDATE SET body = excluded.body;

-- query: account_get one
-- in: person text
-- out: password_hash text, changed_ms int
SELECT password_hash, changed_ms FROM account WHERE person = :person;

-- query: account_put exec
-- in: person text, password_hash text, changed_ms int
INSERT INTO account (person, password_hash, changed_ms) VALUES (:person, :password_hash, :changed_ms)
ON CONFLICT (person) DO UPDATE SET password_hash = excluded.password_hash, changed_ms = excluded.changed_ms;

-- query: session_insert exec
-- in: id text, person text, csrf text, opened_ms int, expires_ms int, address text
INSERT INTO session (id, person, csrf, opened_ms, seen_ms, expires_ms, address)
VALUES (:id, :person, :csrf, :opened_ms, :opened_ms, :expires_ms, :address);

-- query: session_get one
-- in: id text
-- out: person text, csrf text, expires_ms int, seen_ms int, name text, role text, owner int, state text
SELECT s.person, s.csrf, s.expires_ms, s.seen_ms, p.name, p.role, p.owner, p.state
FROM session s JOIN person p ON p.id = s.person WHERE s.id = :id;

-- query: session_touch exec
-- in: id text, seen_ms int, expires_ms int
UPDATE session SET seen_ms = :seen_ms, expires_ms = :expires_ms WHERE id = :id;

-- query: session_delete exec
-- in: id text
DELETE FROM session WHERE id = :id;

-- query: session_delete_person exec
-- in: person text, except_id text
DELETE FROM session WHERE person = :person AND id <> :except_id;

-- query: session_delete_expired exec
-- in: now_ms int
DELETE FROM session WHERE expires_ms < :now_ms;

-- query: session_of_person many
-- in: person text
-- out: id text, opened_ms int, seen_ms int, expires_ms int, address text
SELECT id, opened_ms, seen_ms, expires_ms, address FROM session WHERE person = :person ORDER BY opened_ms DESC, id;

-- query: key_insert exec
-- in: id text, token_hash text, name text, scopes text, person text, created_ms int
INSERT INTO api_key (id, token_hash, name, scopes, person, created_ms, revoked_ms) VALUES (:id, :token_hash, :name, :scopes, :person, :created_ms, NULL);

-- query: key_revoke exec
-- in: id text, revoked_ms int
UPDATE api_key SET revoked_ms = :revoked_ms WHERE id = :id AND revoked_ms IS NULL;

-- query: presence_clock one
-- in: bearer text, started_ms int
-- out: id text, due_ms int
SELECT id, due_ms FROM clock WHERE bearer = :bearer AND started_ms = :started_ms AND state = 'running' ORDER BY due_ms LIMIT 1;
