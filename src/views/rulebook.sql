-- Versions of the rulebook and who acknowledged them (制度).

-- table: rulebook_version
CREATE TABLE rulebook_version (
  version TEXT PRIMARY KEY, rulebook TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, published_ms BIGINT NOT NULL,
  in_force_ms BIGINT NOT NULL, by_person TEXT NOT NULL, event TEXT NOT NULL, seq BIGINT NOT NULL, note TEXT NOT NULL, warnings BIGINT NOT NULL);

-- table: acknowledgement
CREATE TABLE acknowledgement (
  person TEXT NOT NULL, version TEXT NOT NULL, at_ms BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (person, version));

-- table: gate_run
-- Decisions of the gates, counted per clause.
CREATE TABLE gate_run (event TEXT PRIMARY KEY, clause TEXT NOT NULL, result TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL, at_ms BIGINT NOT NULL);
CREATE INDEX gate_run_clause ON gate_run (at_ms, clause);

-- query: rulebook_version_put exec
-- in: version text, rulebook text, title text, source text, published_ms int, in_force_ms int, by_person text, event text, seq int, note text, warnings int
INSERT INTO rulebook_version (version, rulebook, title, source, published_ms, in_force_ms, by_person, event, seq, note, warnings)
VALUES (:version, :rulebook, :title, :source, :published_ms, :in_force_ms, :by_person, :event, :seq, :note, :warnings) ON CONFLICT (version) DO NOTHING;

-- query: rulebook_version_all many
-- out: version text, rulebook text, title text, published_ms int, in_force_ms int, by_person text, note text
SELECT version, rulebook, title, published_ms, in_force_ms, by_person, note FROM rulebook_version ORDER BY in_force_ms, seq, version;

-- query: rulebook_version_get one
-- in: version text
-- out: version text, rulebook text, title text, source text, published_ms int, in_force_ms int, by_person text
SELECT version, rulebook, title, source, published_ms, in_force_ms, by_person FROM rulebook_version WHERE version = :version;

-- query: rulebook_version_at one
-- in: at_ms int
-- out: version text, rulebook text, title text, source text, published_ms int, in_force_ms int, by_person text
SELECT version, rulebook, title, source, published_ms, in_force_ms, by_person FROM rulebook_version
WHERE in_force_ms <= :at_ms ORDER BY in_force_ms DESC, seq DESC LIMIT 1;

-- query: rulebook_version_next one
-- in: at_ms int
-- out: version text, rulebook text, title text, published_ms int, in_force_ms int, by_person text
SELECT version, rulebook, title, published_ms, in_force_ms, by_person FROM rulebook_version
WHERE in_force_ms > :at_ms ORDER BY in_force_ms, seq LIMIT 1;

-- query: rulebook_version_newest one
-- out: version text, source text, in_force_ms int
SELECT version, source, in_force_ms FROM rulebook_version ORDER BY in_force_ms DESC, seq DESC LIMIT 1;

-- query: acknowledgement_put exec
-- in: person text, version text, at_ms int, event text
INSERT INTO acknowledgement (person, version, at_ms, event) VALUES (:person, :version, :at_ms, :event) ON CONFLICT (person, version) DO NOTHING;

-- query: acknowledgement_get one
-- in: person text, version text
-- out: person text, version text, at_ms int
SELECT person, version, at_ms FROM acknowledgement WHERE person = :person AND version = :version;

-- query: acknowledgement_of_version many
-- in: version text
-- out: person text, at_ms int
SELECT person, at_ms FROM acknowledgement WHERE version = :version ORDER BY at_ms, person;

-- query: acknowledgement_count many
-- out: version text, people int
SELECT version, COUNT(*) FROM acknowledgement GROUP BY version ORDER BY version;

-- query: gate_run_put exec
-- in: event text, clause text, result text, kind text, person text, at_ms int
INSERT INTO gate_run (event, clause, result, kind, person, at_ms) VALUES (:event, :clause, :result, :kind, :person, :at_ms)
ON CONFLICT (event) DO NOTHING;

-- query: gate_run_count many
-- in: from_ms int, to_ms int
-- out: clause text, runs int
SELECT clause, COUNT(*) FROM gate_run WHERE at_ms >= :from_ms AND at_ms < :to_ms GROUP BY clause ORDER BY clause;

-- query: rulebook_fact_first one
-- out: conversation int?, consequence int?, clock int?, orders int?
-- The first of what a book judges: where trials can begin.
SELECT (SELECT MIN(started_ms) FROM figure_talk), (SELECT MIN(booked_ms) FROM consequence), (SELECT MIN(started_ms) FROM clock), (SELECT MIN(created_ms) FROM orders);

-- query: rulebook_fact_in one
-- in: from_ms int, to_ms int
-- out: found int
SELECT CASE WHEN EXISTS (SELECT 1 FROM figure_talk WHERE started_ms >= :from_ms AND started_ms < :to_ms)
  OR EXISTS (SELECT 1 FROM consequence WHERE booked_ms >= :from_ms AND booked_ms < :to_ms)
  OR EXISTS (SELECT 1 FROM clock WHERE started_ms >= :from_ms AND started_ms < :to_ms)
  OR EXISTS (SELECT 1 FROM orders WHERE created_ms >= :from_ms AND created_ms < :to_ms) THEN 1 ELSE 0 END;
