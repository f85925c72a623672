-- Surveys on their way to customers: one row for each link, and what was answered last.

-- table: survey_link
CREATE TABLE survey_link (
  id TEXT PRIMARY KEY,        -- event of the sending
  hash TEXT NOT NULL,         -- of the link's token, which nobody keeps
  survey TEXT NOT NULL,
  customer TEXT NOT NULL,
  conversation TEXT NOT NULL,
  sent_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  answered_ms BIGINT,         -- the first answer
  stars BIGINT,
  answers TEXT NOT NULL,      -- JSON: {"总体":"满意"}
  tags TEXT NOT NULL,         -- JSON list
  remark TEXT NOT NULL
);
CREATE UNIQUE INDEX survey_link_hash ON survey_link (hash);

-- query: survey_link_put exec
-- in: id text, hash text, survey text, customer text, conversation text, sent_ms int, until_ms int
INSERT INTO survey_link (id, hash, survey, customer, conversation, sent_ms, until_ms, answered_ms, stars, answers, tags, remark)
VALUES (:id, :hash, :survey, :customer, :conversation, :sent_ms, :until_ms, NULL, NULL, '{}', '[]', '') ON CONFLICT (id) DO NOTHING;

-- query: survey_link_answer exec
-- in: id text, at_ms int, stars int, answers text, tags text, remark text
UPDATE survey_link SET answered_ms = COALESCE(answered_ms, :at_ms), stars = :stars, answers = :answers, tags = :tags, remark = :remark WHERE id = :id;

-- query: survey_link_by_hash one
-- in: hash text
-- out: id text, survey text, customer text, conversation text, sent_ms int, until_ms int, answered_ms int?, stars int?, answers text, tags text, remark text
SELECT id, survey, customer, conversation, sent_ms, until_ms, answered_ms, stars, answers, tags, remark FROM survey_link WHERE hash = :hash;
