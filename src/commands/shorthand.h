/* What the handlers of people, reception and orders share: new ids, arguments with limits, small checks. */
#ifndef GUIJU_COMMANDS_SHORTHAND_H
#define GUIJU_COMMANDS_SHORTHAND_H

#include "commands/command.h"

/* An id made from the place in the log that the next event will have: 'p' and 41 -> "p41". */
MUST_CHECK enum status shorthand_id(struct command_ctx *c, char prefix, struct str *out);
/* Optional list of files: ids or {"id","name","type","size","w","h"}. A V_LIST of texts (absent when there is none). */
MUST_CHECK enum status shorthand_files(struct command_ctx *c, json_t *args, struct value *out);
/* A list of texts as V_LIST, each at most max_chars; E_INVALID beyond `most`. */
MUST_CHECK enum status shorthand_texts(struct command_ctx *c, json_t *args, const char *name, size_t most, size_t max_chars, struct value *out);
/* Event of a kind that happens now and is done by the actor. */
struct event *shorthand_event(struct command_ctx *c, enum event_kind_id kind);
/* An item of the desk's settings is another one from now on: one event with the old value, if there was one, and the new. */
MUST_CHECK enum status shorthand_setting(struct command_ctx *c, struct str item, struct str fresh);
/* Gate, then append. *decision is what the handler returns when the request must wait (then *done is false) or when the
 * permission carries acts; NULL otherwise. */
MUST_CHECK enum status shorthand_gated(struct command_ctx *c, struct event *e, bool *done, json_t **decision);

/* The data class (密级) that customers' data belong to in this book; "" when it has none. */
struct str shorthand_customer_class(const struct lang_program *program);

#endif
