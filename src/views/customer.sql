-- Customers as the desk knows them, and the visitor tokens of the chat widget (kept: only hashes).

-- table: customer
CREATE TABLE customer (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  buyer TEXT NOT NULL,
  source TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  id_number TEXT NOT NULL,
  email TEXT NOT NULL,
  note TEXT NOT NULL,
  level TEXT NOT NULL,
  tags TEXT NOT NULL,
  linked TEXT NOT NULL,
  page TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  merged_into TEXT NOT NULL -- the customer whose record this one was found to be; '' for most
);
CREATE INDEX customer_name ON customer (name, id);
CREATE INDEX customer_buyer ON customer (buyer);
CREATE INDEX customer_phone ON customer (phone);
CREATE INDEX customer_seen ON customer (seen_ms, id);
CREATE INDEX customer_linked ON customer (linked);
CREATE INDEX customer_email ON customer (email);

-- table: visitor keep
CREATE TABLE visitor (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);

-- query: customer_insert exec
-- in: id text, name text, buyer text, source text, phone text, address text, email text, page text, created_ms int
INSERT INTO customer (id, name, buyer, source, phone, address, id_number, email, note, level, tags, linked, page, created_ms, seen_ms, merged_into)
VALUES (:id, :name, :buyer, :source, :phone, :address, '', :email, '', '', '[]', '', :page, :created_ms, :created_ms, '')
ON CONFLICT (id) DO NOTHING;

-- query: customer_get one
-- in: id text
-- out: id text, name text, buyer text, source text, phone text, address text, id_number text, email text, note text, level text, tags text, linked text, page text, created_ms int, seen_ms int, merged_into text
SELECT id, name, buyer, source, phone, address, id_number, email, note, level, tags, linked, page, created_ms, seen_ms, merged_into
FROM customer WHERE id = :id;

-- query: customer_set exec
-- in: id text, name text, phone text, address text, id_number text, email text, note text, level text, tags text, linked text
UPDATE customer SET name = :name, phone = :phone, address = :address, id_number = :id_number, email = :email, note = :note,
  level = :level, tags = :tags, linked = :linked WHERE id = :id;

-- query: customer_see exec
-- in: id text, seen_ms int
UPDATE customer SET seen_ms = :seen_ms WHERE id = :id AND seen_ms < :seen_ms;

-- query: customer_recent many
-- in: before_ms int, before_id text, most int
-- out: id text, name text, buyer text, source text, phone text, note text, level text, tags text, linked text, created_ms int, seen_ms int
SELECT id, name, buyer, source, phone, note, level, tags, linked, created_ms, seen_ms FROM customer
WHERE merged_into = '' AND (seen_ms < :before_ms OR (seen_ms = :before_ms AND id < :before_id))
ORDER BY seen_ms DESC, id DESC LIMIT :most;

-- query: customer_by_name many
-- in: from_name text, to_name text, after_name text, after_id text, most int
-- out: id text, name text, buyer text, source text, phone text, note text, level text, tags text, linked text, created_ms int, seen_ms int
SELECT id, name, buyer, source, phone, note, level, tags, linked, created_ms, seen_ms FROM customer
WHERE merged_into = '' AND name >= :from_name AND name < :to_name AND (name > :after_name OR (name = :after_name AND id > :after_id))
ORDER BY name, id LIMIT :most;

-- query: customer_by_phone many
-- in: phone text, most int
-- out: id text, name text, buyer text, source text, phone text, note text, level text, tags text, linked text, created_ms int, seen_ms int
SELECT id, name, buyer, source, phone, note, level, tags, linked, created_ms, seen_ms FROM customer WHERE phone = :phone AND merged_into = '' ORDER BY id LIMIT :most;

-- query: customer_by_buyer one
-- in: buyer text
-- out: id text, name text, linked text
SELECT CASE WHEN merged_into = '' THEN id ELSE merged_into END AS id, name, linked FROM customer WHERE buyer = :buyer ORDER BY id LIMIT 1;

-- query: customer_linked_to many
-- in: linked text, most int
-- out: id text, name text
SELECT id, name FROM customer WHERE linked = :linked ORDER BY seen_ms DESC, id LIMIT :most;

-- query: customer_summary one
-- in: customer text, linked text
-- out: visits int, orders int, spent_fen int
SELECT (SELECT COUNT(*) FROM conversation c WHERE c.customer = :customer) AS visits, COUNT(*) AS orders,
  COALESCE(CAST(SUM(o.amount_fen - o.refunded_fen) AS BIGINT), 0) AS spent_fen
FROM orders o WHERE o.customer IN (:customer, :linked) AND o.paid_ms IS NOT NULL AND o.state <> 'cancelled';

-- query: visitor_insert exec
-- in: id text, customer text, created_ms int
INSERT INTO visitor (id, customer, created_ms) VALUES (:id, :customer, :created_ms) ON CONFLICT (id) DO NOTHING;

-- query: visitor_get one
-- in: id text
-- out: customer text, created_ms int
SELECT COALESCE(NULLIF(u.merged_into, ''), v.customer) AS customer, v.created_ms FROM visitor v LEFT JOIN customer u ON u.id = v.customer WHERE v.id = :id;
