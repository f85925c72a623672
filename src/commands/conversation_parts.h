/* What the handlers of conversations share. Who calls whom: conversation.c → message, hand, stand → check → give. */
#ifndef GUIJU_COMMANDS_CONVERSATION_PARTS_H
#define GUIJU_COMMANDS_CONVERSATION_PARTS_H

#include "commands/conversation.h"
#include "views/conversation.sql.h"
#include "views/people.sql.h"

enum {
  CONVERSATION_REASON_MOST = 200,
  CONVERSATION_RECALL_MS = 120000,     /* a message can be taken back this long */
  CONVERSATION_EDIT_MS = 900000,       /* … and its words changed this long */
  CONVERSATION_UNMERGE_MS = 600000,    /* a join can be undone this long */
  CONVERSATION_TAGS_MOST = 12,
  CONVERSATION_TAG_MOST_CHARS = 20,
  CONVERSATION_MENTIONS_MOST = 20,
  CONVERSATION_BULK_MOST = 200,
};

/* conversation_check.c: the conversation that `name` of the arguments names, and what may be done to it. */
MUST_CHECK enum status conversation_arg(struct command_ctx *c, json_t *args, const char *name, struct conversation_get_row **row);
MUST_CHECK enum status conversation_refuse_closed(struct command_ctx *c, const struct conversation_get_row *row);
/* As they stand now: who is on leave as offline. */
MUST_CHECK enum status conversation_person(struct command_ctx *c, struct str person, struct people_get_row **row);
bool conversation_leads(const struct command_ctx *c);
/* Not at work, or not there to answer. */
bool conversation_is_away(const struct people_get_row *person);
/* May the actor write here, and does the conversation become theirs by it? */
MUST_CHECK enum status conversation_check_holder(struct command_ctx *c, const struct conversation_get_row *row, bool *takes);
/* Who may decide what becomes of it: the holder, a leader, anybody while it waits or its holder is away. */
MUST_CHECK enum status conversation_check_may_move(struct command_ctx *c, const struct conversation_get_row *row);
MUST_CHECK enum status conversation_take(struct command_ctx *c, const struct conversation_get_row *row);
/* The one asked has said nothing in time: back to the queue (conversation_hand.c). */
MUST_CHECK enum status conversation_offer_lapse(struct command_ctx *c, struct str conversation, struct str agent, struct str by, struct str to);
struct event *conversation_event(struct command_ctx *c, enum event_kind_id kind, struct str conversation);

/* Handlers; their commands stand in conversation.c. */
typedef enum status conversation_run(struct command_ctx *c, json_t *args, json_t **result);
conversation_run conversation_run_note, conversation_run_reply, conversation_run_read, conversation_run_recall, conversation_run_edit, conversation_run_draft, conversation_run_whisper; /* message */
conversation_run conversation_run_transfer, conversation_run_offer_answer, conversation_run_take_over;                                                         /* hand */
conversation_run conversation_run_close, conversation_run_reopen, conversation_run_snooze, conversation_run_wake, conversation_run_merge, conversation_run_unmerge,
    conversation_run_spam, conversation_run_tag, conversation_run_due; /* stand */

#endif
