/* What the files of the conversation's view share. */
#ifndef GUIJU_VIEWS_CONVERSATION_PARTS_H
#define GUIJU_VIEWS_CONVERSATION_PARTS_H

#include "views/conversation.h"

/* conversation_list.c */
MUST_CHECK enum status conversation_read_list(struct read_ctx *r, json_t *query, json_t **result);
/* conversation_default.c: the settings' clock of a conversation, whatever clauses have; and of an object without a clock of a clause,
 * JSON null when there is none, a new reference. */
struct conversation_get_row;
MUST_CHECK enum status conversation_default_of(struct read_ctx *r, const struct conversation_get_row *c, struct service_clock *out);
MUST_CHECK enum status conversation_default_clock(struct read_ctx *r, struct str object, json_t **out);
/* conversation_read.c */
MUST_CHECK enum status conversation_read_get(struct read_ctx *r, json_t *query, json_t **result);
MUST_CHECK enum status conversation_read_messages(struct read_ctx *r, json_t *query, json_t **result);
MUST_CHECK enum status conversation_read_edits(struct read_ctx *r, json_t *query, json_t **result);
MUST_CHECK enum status conversation_read_widget(struct read_ctx *r, json_t *query, json_t **result);

#endif
