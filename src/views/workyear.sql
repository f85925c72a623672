-- The working-day calendar by year (日历), as published to this desk.

-- table: work_year
CREATE TABLE work_year (
  year INTEGER PRIMARY KEY,
  holidays TEXT NOT NULL, -- JSON: ["2026-01-01", …]
  make_up TEXT NOT NULL,  -- JSON: weekend days that are worked
  at_ms BIGINT NOT NULL,
  by_person TEXT NOT NULL
);

-- query: work_year_put exec
-- in: year int, holidays text, make_up text, at_ms int, by_person text
INSERT INTO work_year (year, holidays, make_up, at_ms, by_person) VALUES (:year, :holidays, :make_up, :at_ms, :by_person)
ON CONFLICT (year) DO UPDATE SET holidays = excluded.holidays, make_up = excluded.make_up, at_ms = excluded.at_ms, by_person = excluded.by_person;

-- query: work_year_all many
-- out: year int, holidays text, make_up text, at_ms int, by_person text
SELECT year, holidays, make_up, at_ms, by_person FROM work_year ORDER BY year;
