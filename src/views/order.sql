-- Orders of the shop and the notes written on them.

-- table: orders
CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  customer TEXT NOT NULL,
  buyer TEXT NOT NULL,
  state TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  refunded_fen BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  goods TEXT NOT NULL,
  seller_note TEXT NOT NULL,
  flag TEXT NOT NULL,
  special TEXT NOT NULL,
  agent TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  paid_ms BIGINT,
  closed_ms BIGINT,
  fetched_ms BIGINT,
  fetched_by TEXT NOT NULL,
  noted BIGINT NOT NULL
);
CREATE INDEX orders_customer ON orders (customer, created_ms, id);
CREATE INDEX orders_state ON orders (state, created_ms, id);
CREATE INDEX orders_created ON orders (created_ms, id);

-- table: order_note rowless
CREATE TABLE order_note (
  order_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  person TEXT NOT NULL,
  text TEXT NOT NULL,
  flag TEXT NOT NULL,
  PRIMARY KEY (order_id, seq)
);

-- query: order_insert exec
-- in: id text, customer text, buyer text, amount_fen int, quantity int, goods text, special text, agent text, created_ms int
INSERT INTO orders (id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms,
  paid_ms, closed_ms, fetched_ms, fetched_by, noted)
VALUES (:id, :customer, :buyer, 'placed', :amount_fen, 0, :quantity, :goods, '', '', :special, :agent, :created_ms, NULL, NULL, NULL, '', 0)
ON CONFLICT (id) DO NOTHING;

-- query: order_get one
-- in: id text
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int
-- out: paid_ms int?, closed_ms int?, fetched_ms int?, fetched_by text, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms,
  closed_ms, fetched_ms, fetched_by, noted FROM orders WHERE id = :id;

-- query: order_set_paid exec
-- in: id text, paid_ms int
UPDATE orders SET paid_ms = :paid_ms, state = CASE WHEN state = 'placed' THEN 'paid' ELSE state END WHERE id = :id;

-- query: order_set_state exec
-- in: id text, state text, closed_ms int?
UPDATE orders SET state = :state, closed_ms = :closed_ms WHERE id = :id;

-- query: order_set_amount exec
-- in: id text, amount_fen int
UPDATE orders SET amount_fen = :amount_fen WHERE id = :id;

-- query: order_set_goods exec
-- in: id text, goods text, quantity int
UPDATE orders SET goods = :goods, quantity = :quantity WHERE id = :id;

-- query: order_set_special exec
-- in: id text, special text
UPDATE orders SET special = :special WHERE id = :id;

-- query: order_refund exec
-- in: id text, amount_fen int
UPDATE orders SET refunded_fen = refunded_fen + :amount_fen,
  state = CASE WHEN refunded_fen + :amount_fen >= amount_fen THEN 'refunded' ELSE state END WHERE id = :id;

-- query: order_set_agent exec
-- in: id text, agent text
UPDATE orders SET agent = :agent WHERE id = :id;

-- query: order_set_fetched exec
-- in: id text, at_ms int, person text
UPDATE orders SET fetched_ms = :at_ms, fetched_by = :person WHERE id = :id;

-- query: order_set_note exec
-- in: id text, text text, flag text
UPDATE orders SET seller_note = :text, flag = CASE WHEN :flag = '' THEN flag ELSE :flag END, noted = noted + 1 WHERE id = :id;

-- query: order_note_insert exec
-- in: order_id text, seq int, id text, at_ms int, person text, text text, flag text
INSERT INTO order_note (order_id, seq, id, at_ms, person, text, flag) VALUES (:order_id, :seq, :id, :at_ms, :person, :text, :flag)
ON CONFLICT (order_id, seq) DO NOTHING;

-- query: order_notes many
-- in: order_id text, most int
-- out: seq int, id text, at_ms int, person text, text text, flag text
SELECT seq, id, at_ms, person, text, flag FROM order_note WHERE order_id = :order_id ORDER BY seq LIMIT :most;

-- query: order_note_of_event one
-- in: order_id text, id text
-- out: person text, text text
SELECT person, text FROM order_note WHERE order_id = :order_id AND id = :id ORDER BY seq LIMIT 1;

-- query: order_of_customer many
-- in: customer text, linked text, before_ms int, before_id text, most int
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int, paid_ms int?, fetched_ms int?, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms, fetched_ms, noted
FROM orders WHERE customer IN (:customer, :linked) AND (created_ms < :before_ms OR (created_ms = :before_ms AND id < :before_id))
ORDER BY created_ms DESC, id DESC LIMIT :most;

-- query: order_search many
-- Words of the buyer's name or of a note on the order; notes are kept whole, so this reads the orders newest first until enough fit.
-- A replacement that changes something finds the words on both engines alike, and no sign in them is a pattern.
-- in: words text, before_ms int, before_id text, most int
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int, paid_ms int?, fetched_ms int?, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms, fetched_ms, noted
FROM orders WHERE (REPLACE(LOWER(buyer), LOWER(:words), '') <> LOWER(buyer) OR REPLACE(LOWER(seller_note), LOWER(:words), '') <> LOWER(seller_note)
  OR REPLACE(LOWER(special), LOWER(:words), '') <> LOWER(special)
  OR EXISTS (SELECT 1 FROM order_note n WHERE n.order_id = orders.id AND REPLACE(LOWER(n.text), LOWER(:words), '') <> LOWER(n.text)))
  AND created_ms <= :before_ms AND (created_ms < :before_ms OR id < :before_id)
ORDER BY created_ms DESC, id DESC LIMIT :most;

-- query: order_recent many
-- in: before_ms int, before_id text, most int
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int, paid_ms int?, fetched_ms int?, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms, fetched_ms, noted
FROM orders WHERE created_ms <= :before_ms AND (created_ms < :before_ms OR id < :before_id) ORDER BY created_ms DESC, id DESC LIMIT :most;

-- query: order_of_state many
-- in: state text, before_ms int, before_id text, most int
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int, paid_ms int?, fetched_ms int?, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms, fetched_ms, noted
FROM orders WHERE state = :state AND created_ms <= :before_ms AND (created_ms < :before_ms OR id < :before_id)
ORDER BY created_ms DESC, id DESC LIMIT :most;

-- query: order_by_number many
-- in: from_id text, to_id text, most int
-- out: id text, customer text, buyer text, state text, amount_fen int, refunded_fen int, quantity int, goods text, seller_note text, flag text, special text, agent text, created_ms int, paid_ms int?, fetched_ms int?, noted int
SELECT id, customer, buyer, state, amount_fen, refunded_fen, quantity, goods, seller_note, flag, special, agent, created_ms, paid_ms, fetched_ms, noted
FROM orders WHERE id >= :from_id AND id < :to_id ORDER BY id LIMIT :most;

-- query: order_received_by one
-- in: customer text, at_ms int
-- out: agent text
SELECT c.agent FROM conversation c
WHERE (c.customer = :customer OR c.customer IN (SELECT u.id FROM customer u WHERE u.linked = :customer))
  AND c.started_ms <= :at_ms AND c.agent <> '' ORDER BY c.started_ms DESC, c.id DESC LIMIT 1;
