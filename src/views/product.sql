-- Products, their lessons and tests (商品, 考卷).

-- table: product
CREATE TABLE product (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL, price_fen BIGINT, listed BIGINT NOT NULL, created_ms BIGINT NOT NULL,
  listed_ms BIGINT, created_by TEXT NOT NULL);
CREATE INDEX product_name ON product (name);

-- table: exam
CREATE TABLE exam (
  id TEXT PRIMARY KEY, product TEXT NOT NULL, title TEXT NOT NULL, pass_points BIGINT NOT NULL, questions TEXT NOT NULL, created_ms BIGINT NOT NULL,
  created_by TEXT NOT NULL);

-- table: exam_result
CREATE TABLE exam_result (
  event TEXT PRIMARY KEY, exam TEXT NOT NULL, product TEXT NOT NULL, person TEXT NOT NULL, points BIGINT NOT NULL, passed BIGINT NOT NULL,
  at_ms BIGINT NOT NULL);
CREATE INDEX exam_result_person ON exam_result (person, exam);

-- query: product_put exec
-- in: id text, name text, code text, price_fen int?, created_ms int, created_by text
INSERT INTO product (id, name, code, price_fen, listed, created_ms, created_by) VALUES (:id, :name, :code, :price_fen, 0, :created_ms, :created_by)
ON CONFLICT (id) DO NOTHING;

-- query: product_set_listed exec
-- in: id text, listed int, at_ms int?
UPDATE product SET listed = :listed, listed_ms = :at_ms WHERE id = :id;

-- query: product_all many
-- in: most int
-- out: id text, name text, code text, price_fen int?, listed int, created_ms int, listed_ms int?, created_by text
SELECT id, name, code, price_fen, listed, created_ms, listed_ms, created_by FROM product ORDER BY created_ms DESC, id LIMIT :most;

-- query: product_get one
-- in: id text
-- out: id text, name text, code text, price_fen int?, listed int, created_ms int, listed_ms int?, created_by text
SELECT id, name, code, price_fen, listed, created_ms, listed_ms, created_by FROM product WHERE id = :id;

-- query: exam_put exec
-- in: id text, product text, title text, pass_points int, questions text, created_ms int, created_by text
INSERT INTO exam (id, product, title, pass_points, questions, created_ms, created_by)
VALUES (:id, :product, :title, :pass_points, :questions, :created_ms, :created_by) ON CONFLICT (id) DO NOTHING;

-- query: exam_get one
-- in: id text
-- out: id text, product text, title text, pass_points int, questions text, created_ms int, created_by text
SELECT id, product, title, pass_points, questions, created_ms, created_by FROM exam WHERE id = :id;

-- query: exam_all many
-- out: id text, product text, title text, pass_points int, questions text, created_ms int, created_by text
SELECT id, product, title, pass_points, questions, created_ms, created_by FROM exam ORDER BY created_ms DESC, id LIMIT 200;

-- query: exam_result_put exec
-- in: event text, exam text, product text, person text, points int, passed int, at_ms int
INSERT INTO exam_result (event, exam, product, person, points, passed, at_ms)
VALUES (:event, :exam, :product, :person, :points, :passed, :at_ms) ON CONFLICT (event) DO NOTHING;

-- query: exam_result_best many
-- in: exam text
-- out: person text, points int, passed int, tries int
SELECT person, MAX(points), MAX(passed), COUNT(*) FROM exam_result WHERE exam = :exam GROUP BY person ORDER BY person;
