-- Service hours (服务时间) and what they hang on, each as it came into force: of the rulebook, of the settings, the calendar by year, the zone.

-- table: service_version
CREATE TABLE service_version (
  kind TEXT NOT NULL,       -- book, desk, year, zone
  year BIGINT NOT NULL,     -- of kind year; else 0
  from_ms BIGINT NOT NULL,  -- in force from then on
  seq BIGINT NOT NULL,      -- of the event that says so
  value TEXT NOT NULL,      -- JSON as views/service.c writes it; '' says nothing
  PRIMARY KEY (kind, year, from_ms, seq)
);

-- query: service_version_put exec
-- in: kind text, year int, from_ms int, seq int, value text
INSERT INTO service_version (kind, year, from_ms, seq, value) VALUES (:kind, :year, :from_ms, :seq, :value)
ON CONFLICT (kind, year, from_ms, seq) DO UPDATE SET value = excluded.value;

-- query: service_version_at one
-- in: kind text, at_ms int
-- out: value text, from_ms int, seq int
SELECT value, from_ms, seq FROM service_version WHERE kind = :kind AND year = 0 AND from_ms <= :at_ms ORDER BY from_ms DESC, seq DESC LIMIT 1;

-- query: service_years_at many
-- Oldest first: of one year the last holds.
-- in: at_ms int
-- out: year int, value text
SELECT year, value FROM service_version WHERE kind = 'year' AND from_ms <= :at_ms ORDER BY year, from_ms, seq;

-- query: service_moments many
-- out: from_ms int
SELECT DISTINCT from_ms FROM service_version WHERE kind <> 'zone' ORDER BY from_ms;

-- query: service_changes many
-- out: from_ms int
SELECT DISTINCT from_ms FROM service_version ORDER BY from_ms;
