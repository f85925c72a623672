-- Pages of conversations and contacts as Chatwoot's clients ask for them: by page number, newest activity first.

-- query: chatwoot_conversation_page many
-- `state`: open, closed, all; `agent`: a person's, "-" nobody's, "*" somebody's, "" any.
-- in: state text, agent text, most int, passed int
-- out: id text
SELECT id FROM conversation
WHERE ((:state = 'all') OR (:state = 'closed' AND state = 'closed') OR (:state = 'open' AND state <> 'closed'))
  AND ((:agent = '') OR (:agent = '-' AND agent = '') OR (:agent = '*' AND agent <> '') OR (agent = :agent))
ORDER BY last_ms DESC, id DESC LIMIT :most OFFSET :passed;

-- query: chatwoot_conversation_counts one
-- in: agent text
-- out: mine int, unassigned int, everything int
SELECT COUNT(CASE WHEN agent = :agent THEN 1 END) AS mine, COUNT(CASE WHEN agent = '' THEN 1 END) AS unassigned, COUNT(*) AS everything
FROM conversation WHERE state <> 'closed';

-- query: chatwoot_conversations_of many
-- in: customer text, most int
-- out: id text
SELECT id FROM conversation WHERE customer = :customer ORDER BY started_ms DESC, id DESC LIMIT :most;

-- query: chatwoot_contact_page many
-- in: most int, passed int
-- out: id text
SELECT id FROM customer ORDER BY seen_ms DESC, id DESC LIMIT :most OFFSET :passed;

-- query: chatwoot_contact_count one
-- out: contacts int
SELECT COUNT(*) AS contacts FROM customer;

-- query: chatwoot_contacts_named many
-- in: from_name text, to_name text, email text, phone text, most int
-- out: id text
SELECT id FROM customer WHERE (name >= :from_name AND name < :to_name) OR (email <> '' AND email = :email) OR (phone <> '' AND phone = :phone)
ORDER BY id LIMIT :most;
