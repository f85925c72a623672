-- Findings of the checklists and finished checks (检查).

-- table: finding
CREATE TABLE finding (
  event TEXT PRIMARY KEY, checklist TEXT NOT NULL, item TEXT NOT NULL, person TEXT NOT NULL, object TEXT NOT NULL, text TEXT NOT NULL,
  files TEXT NOT NULL, by_person TEXT NOT NULL, at_ms BIGINT NOT NULL, taken_back BIGINT NOT NULL);
CREATE INDEX finding_list ON finding (checklist, at_ms);

-- table: check_finished
CREATE TABLE check_finished (
  event TEXT PRIMARY KEY, checklist TEXT NOT NULL, person TEXT NOT NULL, object TEXT NOT NULL, points BIGINT, sampled BIGINT NOT NULL,
  by_person TEXT NOT NULL, at_ms BIGINT NOT NULL);
CREATE INDEX check_finished_list ON check_finished (checklist, at_ms);

-- query: finding_put exec
-- in: event text, checklist text, item text, person text, object text, text text, files text, by_person text, at_ms int
INSERT INTO finding (event, checklist, item, person, object, text, files, by_person, at_ms, taken_back)
VALUES (:event, :checklist, :item, :person, :object, :text, :files, :by_person, :at_ms, 0) ON CONFLICT (event) DO NOTHING;

-- query: finding_range many
-- in: checklist text, from_ms int, to_ms int
-- out: event text, checklist text, item text, person text, object text, text text, files text, by_person text, at_ms int
SELECT event, checklist, item, person, object, text, files, by_person, at_ms FROM finding
WHERE (:checklist = '' OR checklist = :checklist) AND at_ms >= :from_ms AND at_ms < :to_ms ORDER BY at_ms DESC, event LIMIT 500;

-- query: check_finished_put exec
-- in: event text, checklist text, person text, object text, points int?, sampled int, by_person text, at_ms int
INSERT INTO check_finished (event, checklist, person, object, points, sampled, by_person, at_ms)
VALUES (:event, :checklist, :person, :object, :points, :sampled, :by_person, :at_ms) ON CONFLICT (event) DO NOTHING;

-- query: check_finished_range many
-- in: checklist text, from_ms int, to_ms int
-- out: event text, checklist text, person text, object text, points int?, sampled int, by_person text, at_ms int
SELECT event, checklist, person, object, points, sampled, by_person, at_ms FROM check_finished
WHERE (:checklist = '' OR checklist = :checklist) AND at_ms >= :from_ms AND at_ms < :to_ms ORDER BY at_ms, event;
