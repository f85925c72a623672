-- The draft of the next version: one a desk, worked on by several people. Kept: what is not published yet is nobody's rule and no event.

-- table: draft keep
CREATE TABLE draft (
  id BIGINT PRIMARY KEY, revision BIGINT NOT NULL, base_version TEXT NOT NULL, base_source TEXT NOT NULL, source TEXT NOT NULL,
  started_by TEXT NOT NULL, started_ms BIGINT NOT NULL, changed_by TEXT NOT NULL, changed_ms BIGINT NOT NULL);

-- table: draft_clause keep
-- Who changed which clause last, and with which revision.
CREATE TABLE draft_clause (clause TEXT PRIMARY KEY, revision BIGINT NOT NULL, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL);

-- table: draft_editor keep
CREATE TABLE draft_editor (person TEXT PRIMARY KEY, clause TEXT NOT NULL, at_ms BIGINT NOT NULL);

-- table: draft_past keep
-- Drafts that were published or put away, the newest few: a wrong click must not cost an evening's work.
CREATE TABLE draft_past (at_ms BIGINT PRIMARY KEY, why TEXT NOT NULL, base_version TEXT NOT NULL, source TEXT NOT NULL, by_person TEXT NOT NULL);

-- query: draft_get one
-- out: revision int, base_version text, base_source text, source text, started_by text, started_ms int, changed_by text, changed_ms int
SELECT revision, base_version, base_source, source, started_by, started_ms, changed_by, changed_ms FROM draft WHERE id = 1;

-- query: draft_put exec
-- in: revision int, base_version text, base_source text, source text, started_by text, started_ms int, changed_by text, changed_ms int
INSERT INTO draft (id, revision, base_version, base_source, source, started_by, started_ms, changed_by, changed_ms)
VALUES (1, :revision, :base_version, :base_source, :source, :started_by, :started_ms, :changed_by, :changed_ms)
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, base_version = excluded.base_version, base_source = excluded.base_source,
  source = excluded.source, started_by = excluded.started_by, started_ms = excluded.started_ms, changed_by = excluded.changed_by, changed_ms = excluded.changed_ms;

-- query: draft_end exec
DELETE FROM draft;

-- query: draft_clause_put exec
-- in: clause text, revision int, by_person text, at_ms int
INSERT INTO draft_clause (clause, revision, by_person, at_ms) VALUES (:clause, :revision, :by_person, :at_ms)
ON CONFLICT (clause) DO UPDATE SET revision = excluded.revision, by_person = excluded.by_person, at_ms = excluded.at_ms;

-- query: draft_clause_all many
-- out: clause text, revision int, by_person text, at_ms int
SELECT clause, revision, by_person, at_ms FROM draft_clause ORDER BY clause;

-- query: draft_clause_end exec
DELETE FROM draft_clause;

-- query: draft_editor_put exec
-- in: person text, clause text, at_ms int
INSERT INTO draft_editor (person, clause, at_ms) VALUES (:person, :clause, :at_ms)
ON CONFLICT (person) DO UPDATE SET clause = excluded.clause, at_ms = excluded.at_ms;

-- query: draft_editor_leave exec
-- in: person text
DELETE FROM draft_editor WHERE person = :person;

-- query: draft_editor_since many
-- in: since_ms int
-- out: person text, clause text, at_ms int
SELECT person, clause, at_ms FROM draft_editor WHERE at_ms >= :since_ms ORDER BY person;

-- query: draft_past_put exec
-- in: at_ms int, why text, base_version text, source text, by_person text
INSERT INTO draft_past (at_ms, why, base_version, source, by_person) VALUES (:at_ms, :why, :base_version, :source, :by_person)
ON CONFLICT (at_ms) DO UPDATE SET why = excluded.why, base_version = excluded.base_version, source = excluded.source, by_person = excluded.by_person;

-- query: draft_past_all many
-- out: at_ms int, why text, base_version text, by_person text
SELECT at_ms, why, base_version, by_person FROM draft_past ORDER BY at_ms DESC;

-- query: draft_past_get one
-- in: at_ms int
-- out: at_ms int, why text, base_version text, source text, by_person text
SELECT at_ms, why, base_version, source, by_person FROM draft_past WHERE at_ms = :at_ms;

-- query: draft_past_forget exec
-- in: before_ms int
DELETE FROM draft_past WHERE at_ms < :before_ms;
