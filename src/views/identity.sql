-- Who a customer is on each channel, and the records that were found to be one person's.

-- table: identity
CREATE TABLE identity (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  customer TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (kind, value)
);
CREATE INDEX identity_customer ON identity (customer, kind, value);

-- table: customer_merge
CREATE TABLE customer_merge (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  other TEXT NOT NULL,
  other_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  undone INTEGER NOT NULL
);
CREATE INDEX customer_merge_customer ON customer_merge (customer, at_ms);

-- What a merge moved, so that it can be undone.
-- table: customer_moved
CREATE TABLE customer_moved (
  merge TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (merge, kind, id)
);

-- query: identity_put exec
-- in: kind text, value text, customer text, at_ms int
INSERT INTO identity (kind, value, customer, at_ms) VALUES (:kind, :value, :customer, :at_ms) ON CONFLICT (kind, value) DO NOTHING;

-- query: identity_drop exec
-- in: kind text, value text, customer text
DELETE FROM identity WHERE kind = :kind AND value = :value AND customer = :customer;

-- query: identity_find one
-- in: kind text, value text
-- out: customer text
SELECT customer FROM identity WHERE kind = :kind AND value = :value;

-- query: identity_of many
-- in: customer text
-- out: kind text, value text
SELECT kind, value FROM identity WHERE customer = :customer ORDER BY kind, value LIMIT 50;

-- query: customer_merge_insert exec
-- in: id text, customer text, other text, reason text, person text, at_ms int
INSERT INTO customer_merge (id, customer, other, other_name, reason, person, at_ms, undone)
VALUES (:id, :customer, :other, COALESCE((SELECT name FROM customer WHERE id = :other), ''), :reason, :person, :at_ms, 0) ON CONFLICT (id) DO NOTHING;

-- query: customer_merge_get one
-- in: id text
-- out: id text, customer text, other text, undone int
SELECT id, customer, other, undone FROM customer_merge WHERE id = :id;

-- query: customer_merge_of many
-- in: customer text
-- out: id text, other text, other_name text, reason text, person text, at_ms int
SELECT id, other, other_name, reason, person, at_ms FROM customer_merge WHERE customer = :customer AND undone = 0 ORDER BY at_ms DESC, id DESC LIMIT 50;

-- query: customer_merge_undo exec
-- in: id text
UPDATE customer_merge SET undone = 1 WHERE id = :id;

-- query: customer_moved_conversations exec
-- in: merge text, other text
INSERT INTO customer_moved (merge, kind, id) SELECT :merge, 'conversation', c.id FROM conversation c WHERE c.customer = :other;

-- query: customer_moved_orders exec
-- in: merge text, other text
INSERT INTO customer_moved (merge, kind, id) SELECT :merge, 'order', o.id FROM orders o WHERE o.customer = :other;

-- query: customer_moved_identities exec
-- in: merge text, other text
INSERT INTO customer_moved (merge, kind, id) SELECT :merge, 'identity', i.kind || ':' || i.value FROM identity i WHERE i.customer = :other;

-- query: customer_moved_records exec
-- in: merge text, other text
INSERT INTO customer_moved (merge, kind, id) SELECT :merge, 'customer', u.id FROM customer u WHERE u.merged_into = :other OR u.id = :other;

-- query: customer_move_conversations exec
-- in: customer text, other text
UPDATE conversation SET customer = :customer WHERE customer = :other;

-- query: customer_move_orders exec
-- in: customer text, other text
UPDATE orders SET customer = :customer WHERE customer = :other;

-- query: customer_move_identities exec
-- in: customer text, other text
UPDATE identity SET customer = :customer WHERE customer = :other;

-- query: customer_move_records exec
-- in: customer text, other text
UPDATE customer SET merged_into = :customer WHERE merged_into = :other OR id = :other;

-- query: customer_back_conversations exec
-- in: merge text, customer text, other text
UPDATE conversation SET customer = :other WHERE customer = :customer AND id IN (SELECT m.id FROM customer_moved m WHERE m.merge = :merge AND m.kind = 'conversation');

-- query: customer_back_orders exec
-- in: merge text, customer text, other text
UPDATE orders SET customer = :other WHERE customer = :customer AND id IN (SELECT m.id FROM customer_moved m WHERE m.merge = :merge AND m.kind = 'order');

-- query: customer_back_identities exec
-- in: merge text, customer text, other text
UPDATE identity SET customer = :other WHERE customer = :customer AND kind || ':' || value IN (SELECT m.id FROM customer_moved m WHERE m.merge = :merge AND m.kind = 'identity');

-- query: customer_back_records exec
-- in: merge text, customer text, other text
UPDATE customer SET merged_into = CASE WHEN id = :other THEN '' ELSE :other END
WHERE merged_into = :customer AND id IN (SELECT m.id FROM customer_moved m WHERE m.merge = :merge AND m.kind = 'customer');

-- query: customer_alike many
-- in: id text, phone text, email text
-- out: id text, name text, phone text, email text, source text, seen_ms int
SELECT id, name, phone, email, source, seen_ms FROM customer
WHERE merged_into = '' AND id <> :id AND ((:phone <> '' AND phone = :phone) OR (:email <> '' AND email = :email)) ORDER BY seen_ms DESC, id LIMIT 20;
