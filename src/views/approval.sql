-- Requests behind a gate that consults somebody (经), their votes, and for whom each one waits now.

-- table: approval
CREATE TABLE approval (
  id TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  args TEXT NOT NULL,       -- JSON
  asker TEXT NOT NULL,
  asker_actor TEXT NOT NULL, -- JSON of the whole actor
  kind TEXT NOT NULL,       -- English event kind that was asked about
  request TEXT NOT NULL,    -- JSON of the event as it would be
  clause TEXT NOT NULL,
  reasons TEXT NOT NULL,    -- JSON
  stages TEXT NOT NULL,     -- JSON
  stage BIGINT NOT NULL,
  state TEXT NOT NULL,      -- pending, permit, refuse, lapsed
  outcome TEXT NOT NULL,
  asked_ms BIGINT NOT NULL,
  decided_ms BIGINT
);
CREATE INDEX approval_asker ON approval (asker, asked_ms, id);
CREATE INDEX approval_asked ON approval (state, asked_ms, id);

-- table: approval_vote
CREATE TABLE approval_vote (
  approval TEXT NOT NULL,
  stage BIGINT NOT NULL,
  person TEXT NOT NULL,
  result TEXT NOT NULL,     -- agree, disagree
  text TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (approval, stage, person)
);

-- table: approval_waiting
CREATE TABLE approval_waiting (
  person TEXT NOT NULL,     -- "@owner" when nobody holds the role
  approval TEXT NOT NULL,
  PRIMARY KEY (person, approval)
);
CREATE INDEX approval_waiting_approval ON approval_waiting (approval);

-- query: approval_insert exec
-- in: id text, command text, args text, asker text, asker_actor text, kind text, request text, clause text, reasons text, stages text, asked_ms int
INSERT INTO approval (id, command, args, asker, asker_actor, kind, request, clause, reasons, stages, stage, state, outcome, asked_ms, decided_ms)
VALUES (:id, :command, :args, :asker, :asker_actor, :kind, :request, :clause, :reasons, :stages, 0, 'pending', '', :asked_ms, NULL)
ON CONFLICT (id) DO NOTHING;

-- query: approval_get one
-- in: id text
-- out: id text, command text, args text, asker text, asker_actor text, kind text, request text, clause text, reasons text, stages text, stage int, state text, outcome text, asked_ms int, decided_ms int?
SELECT id, command, args, asker, asker_actor, kind, request, clause, reasons, stages, stage, state, outcome, asked_ms, decided_ms FROM approval WHERE id = :id;

-- query: approval_set_stage exec
-- in: id text, stage int
UPDATE approval SET stage = :stage WHERE id = :id;

-- query: approval_decide exec
-- in: id text, state text, outcome text, decided_ms int
UPDATE approval SET state = :state, outcome = :outcome, decided_ms = :decided_ms WHERE id = :id;

-- query: approval_vote_put exec
-- in: approval text, stage int, person text, result text, text text, at_ms int
INSERT INTO approval_vote (approval, stage, person, result, text, at_ms) VALUES (:approval, :stage, :person, :result, :text, :at_ms)
ON CONFLICT (approval, stage, person) DO UPDATE SET result = excluded.result, text = excluded.text, at_ms = excluded.at_ms;

-- query: approval_votes many
-- in: approval text
-- out: stage int, person text, result text, text text, at_ms int
SELECT stage, person, result, text, at_ms FROM approval_vote WHERE approval = :approval ORDER BY stage, at_ms, person;

-- query: approval_wait exec
-- in: approval text, person text
INSERT INTO approval_waiting (person, approval) VALUES (:person, :approval) ON CONFLICT (person, approval) DO NOTHING;

-- query: approval_wait_one one
-- in: approval text, person text
-- out: person text
SELECT person FROM approval_waiting WHERE approval = :approval AND person = :person;

-- query: approval_wait_clear exec
-- in: approval text
DELETE FROM approval_waiting WHERE approval = :approval;

-- query: approval_wait_voted exec
-- in: approval text, person text
DELETE FROM approval_waiting WHERE approval = :approval AND person = :person;

-- query: approval_for_person many
-- in: person text, owner text, most int
-- out: id text, asked_ms int
SELECT DISTINCT a.id, a.asked_ms FROM approval_waiting w JOIN approval a ON a.id = w.approval
WHERE w.person = :person OR w.person = :owner ORDER BY a.asked_ms, a.id LIMIT :most;

-- query: approval_of_asker many
-- in: asker text, most int
-- out: id text
SELECT id FROM approval WHERE asker = :asker ORDER BY asked_ms DESC, id DESC LIMIT :most;

-- query: approval_recent many
-- in: state text, most int
-- out: id text
SELECT id FROM approval WHERE state = :state ORDER BY asked_ms DESC, id DESC LIMIT :most;
