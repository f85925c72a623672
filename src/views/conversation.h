/* Conversations for the floors above: limits, routing, and the JSON of one message. */
#ifndef GUIJU_VIEWS_CONVERSATION_H
#define GUIJU_VIEWS_CONVERSATION_H

#include "views/show.h"
#include "views/view.h"

enum {
  MESSAGE_MOST_CHARS = 5000,   /* one message, in characters */
  MESSAGE_MOST_FILES = 9,      /* files of one message */
  CONVERSATION_CAP = 12,       /* conversations given to one agent; they may take more themselves */
  MESSAGES_PAGE = 50,
};

/* The agent who should have the next conversation: receives customers, present, below the cap; those on shift before
 * those who are not, the least busy first, then who waited longest for one. "" when nobody is there.
 * `except`: not this one ("" = nobody). */
MUST_CHECK enum status conversation_route(struct store *s, struct arena *a, const struct lang_program *program, i64 now_ms, i64 zone_offset_ms,
                                          struct str except, struct str *agent, struct problem *p);
/* Messages of one conversation with seq < before (or, with before 0, the latest), oldest first, as the API shows them; for
 * customers without notes. New reference. */
MUST_CHECK enum status conversation_messages_json(struct read_ctx *r, struct str conversation, i64 before, i64 after, i64 most, bool for_customer,
                                                  json_t **out);
/* The clock that runs on an object (Clock of the API), or JSON null when none does. New reference. */
MUST_CHECK enum status conversation_running_clock(struct read_ctx *r, struct str object, json_t **out);

#endif
