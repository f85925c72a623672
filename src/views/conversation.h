/* Conversations for the floors above: limits, routing, and the JSON of one message. */
#ifndef GUIJU_VIEWS_CONVERSATION_H
#define GUIJU_VIEWS_CONVERSATION_H

#include "views/service.h"
#include "views/show.h"
#include "views/view.h"

/* Waits for somebody or is being served; else closed, or joined to another ("merged"). */
static inline bool conversation_is_open(struct str state) { return str_is(state, "open") || str_is(state, "waiting"); }

enum {
  MESSAGE_MOST_CHARS = 5000,   /* one message, in characters */
  MESSAGE_MOST_FILES = 9,      /* files of one message */
  MESSAGES_PAGE = 50,
};

/* Messages of one conversation with seq < before (or, with before 0, the latest), oldest first, as the API shows them; for
 * customers without notes. New reference. */
MUST_CHECK enum status conversation_messages_json(struct read_ctx *r, struct str conversation, i64 before, i64 after, i64 most, bool for_customer,
                                                  json_t **out);
/* The clock that runs on an object (Clock of the API), or JSON null when none does. New reference. */
MUST_CHECK enum status conversation_running_clock(struct read_ctx *r, struct str object, json_t **out);

/* The default targets (views/service.h) of open conversations where no clause has a clock: at most `most`, soonest first, those that
 * stand still last; without those over since before `over_since_ms`. */
struct conversation_default {
  struct str id, agent;
  struct service_clock clock;
};
MUST_CHECK enum status conversation_defaults(struct read_ctx *r, i64 over_since_ms, size_t most, struct conversation_default **out, size_t *count);
/* The same as the API shows it (Clock). New reference. */
json_t *conversation_default_json(struct read_ctx *r, const struct conversation_default *d, struct str bearer_name);

#endif
