/* Customers, conversations and messages in the shapes of Chatwoot's API and webhooks (its public documentation), so that clients made
 * for it work here. One account and one inbox, both number 1; our ids are a letter and a number, theirs the number. */
#ifndef GUIJU_VIEWS_CHATWOOT_H
#define GUIJU_VIEWS_CHATWOOT_H

#include "views/view.h"

enum { CHATWOOT_ACCOUNT = 1, CHATWOOT_INBOX = 1, CHATWOOT_PAGE = 25, CHATWOOT_CONTACT_PAGE = 15, CHATWOOT_MESSAGES = 20 };

/* "c40" -> 40; 0 when it is not of that form. */
i64 chatwoot_number(struct str id);
/* 'c', 40 (a JSON number or digits) -> "c40"; "" when it is none. */
struct str chatwoot_id(struct arena *a, char letter, json_t *number);

/* A contact. Telephone and e-mail are masked unless `personal`. */
MUST_CHECK enum status chatwoot_contact(struct store *s, struct arena *a, struct str customer, bool personal, json_t **out, struct problem *p);
/* {"id","name","type":"user"} of a person; null when there is none. */
MUST_CHECK enum status chatwoot_user(struct store *s, struct arena *a, struct str person, json_t **out, struct problem *p);
/* A conversation with meta.sender and meta.assignee, without messages; null when there is none. *customer (may be NULL): whose it is. */
MUST_CHECK enum status chatwoot_conversation(struct store *s, struct arena *a, struct str id, bool personal, json_t **out, struct str *customer, struct problem *p);

struct chatwoot_message {
  i64 seq, at_ms;
  struct str conversation, customer;
  struct str by_type, by_id; /* of the message table: customer, agent, auto, note */
  struct str text;
};
/* `worded`: the message type as a word and the time in ISO form (webhooks), else as numbers (answers). */
MUST_CHECK enum status chatwoot_message(struct store *s, struct arena *a, const struct chatwoot_message *m, bool personal, bool worded, json_t **out, struct problem *p);
/* The last messages of a conversation, oldest first; notes only `for_staff`. */
MUST_CHECK enum status chatwoot_messages(struct store *s, struct arena *a, struct str conversation, struct str customer, i64 before, bool for_staff, bool personal,
                                         json_t **out, struct problem *p);
/* {"id":1,"name":…} */
MUST_CHECK enum status chatwoot_account(struct store *s, struct arena *a, json_t **out, struct problem *p);
struct str chatwoot_iso_time(struct arena *a, i64 ms);

#endif
