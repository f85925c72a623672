-- What API keys may be and when they were used, beside their hashes (people.sql). Kept: no events.

-- table: key_detail keep
CREATE TABLE key_detail (
  id TEXT PRIMARY KEY,
  acts_as TEXT NOT NULL,
  expires_ms BIGINT,
  used_ms BIGINT,
  head TEXT NOT NULL
);

-- query: key_detail_put exec
-- in: id text, acts_as text, expires_ms int?, head text
INSERT INTO key_detail (id, acts_as, expires_ms, used_ms, head) VALUES (:id, :acts_as, :expires_ms, NULL, :head)
ON CONFLICT (id) DO UPDATE SET acts_as = excluded.acts_as, expires_ms = excluded.expires_ms, head = excluded.head;

-- query: key_detail_touch exec
-- in: id text, used_ms int
INSERT INTO key_detail (id, acts_as, expires_ms, used_ms, head) VALUES (:id, '', NULL, :used_ms, '')
ON CONFLICT (id) DO UPDATE SET used_ms = excluded.used_ms;

-- query: key_find one
-- Who asks with a key: the key, and the person it speaks for, when it does and that person is still here.
-- in: token_hash text
-- out: id text, name text, scopes text, revoked_ms int?, acts_as text, expires_ms int?, used_ms int?, person_name text, person_role text, person_state text
SELECT k.id, k.name, k.scopes, k.revoked_ms, COALESCE(d.acts_as, '') AS acts_as, d.expires_ms, d.used_ms, COALESCE(p.name, '') AS person_name,
  COALESCE(p.role, '') AS person_role, COALESCE(p.state, '') AS person_state
FROM api_key k LEFT JOIN key_detail d ON d.id = k.id LEFT JOIN person p ON p.id = d.acts_as WHERE k.token_hash = :token_hash;

-- query: key_list many
-- out: id text, name text, scopes text, person text, created_ms int, revoked_ms int?, acts_as text, expires_ms int?, used_ms int?, head text
SELECT k.id, k.name, k.scopes, k.person, k.created_ms, k.revoked_ms, COALESCE(d.acts_as, '') AS acts_as, d.expires_ms, d.used_ms, COALESCE(d.head, '') AS head
FROM api_key k LEFT JOIN key_detail d ON d.id = k.id ORDER BY k.created_ms, k.id;
