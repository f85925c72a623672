-- Approved leave (请假) as spans of time: who is not here though their shift may say so.

-- table: leave_span
-- Ended early (销假, 作废 …) it ends then; one that had not begun is gone.
CREATE TABLE leave_span (case_id TEXT PRIMARY KEY, person TEXT NOT NULL, from_ms BIGINT NOT NULL, to_ms BIGINT NOT NULL);
CREATE INDEX leave_span_person ON leave_span (person, to_ms);
CREATE INDEX leave_span_to ON leave_span (to_ms);

-- query: leave_span_put exec
-- in: case_id text, person text, from_ms int, to_ms int
INSERT INTO leave_span (case_id, person, from_ms, to_ms) VALUES (:case_id, :person, :from_ms, :to_ms)
ON CONFLICT (case_id) DO UPDATE SET person = excluded.person, from_ms = excluded.from_ms, to_ms = excluded.to_ms;

-- query: leave_span_end exec
-- in: case_id text, at_ms int
UPDATE leave_span SET to_ms = :at_ms WHERE case_id = :case_id AND to_ms > :at_ms;

-- query: leave_span_drop exec
-- in: case_id text
DELETE FROM leave_span WHERE case_id = :case_id AND to_ms <= from_ms;

-- query: leave_span_ahead many
-- Those that are not over.
-- in: at_ms int
-- out: person text, from_ms int, to_ms int
SELECT person, from_ms, to_ms FROM leave_span WHERE to_ms > :at_ms ORDER BY person, from_ms, to_ms;

-- query: leave_span_of many
-- in: person text, from_ms int, to_ms int
-- out: from_ms int, to_ms int
SELECT from_ms, to_ms FROM leave_span WHERE person = :person AND from_ms < :to_ms AND to_ms > :from_ms ORDER BY from_ms, to_ms;
