/* Shared by the two halves of Chatwoot's API only: a command first or none, then a look at the tables, then the answer. */
#ifndef GUIJU_API_CHATWOOT_CALL_H
#define GUIJU_API_CHATWOOT_CALL_H

#include "api/api_internal.h"

/* Makes the answer's body on a reader's thread. `result`: the command's, NULL when there was none. */
typedef enum status (*chatwoot_shape)(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out);

/* Answer with what `shape` makes of the tables. */
void chatwoot_read(struct api_call *c, chatwoot_shape shape);
/* The same after a command of ours; takes `owned_args`. */
void chatwoot_command(struct api_call *c, const char *name, json_t *owned_args, chatwoot_shape shape);
/* As somebody else (a contact that was just made). */
void chatwoot_command_as(struct api_call *c, const char *name, json_t *owned_args, const struct actor *actor, chatwoot_shape shape);
void chatwoot_refuse(struct api_call *c, enum status status, const char *key, const char *zh, const char *en);
/* False when the actor may not; then it has answered. */
bool chatwoot_may(struct api_call *c, const char *path);
/* Customer data whole? */
bool chatwoot_personal(const struct api_call *c);
struct str chatwoot_text(struct api_call *c, const char *name); /* argument, "" when absent */
/* A letter and the number in an argument; "" when it is no number. */
struct str chatwoot_arg_id(struct api_call *c, const char *name, char letter);
/* {} */
enum status chatwoot_nothing(struct api_call *c, struct read_ctx *r, json_t *result, json_t **out);
/* The inbox as Chatwoot shows it. */
json_t *chatwoot_inbox_json(struct read_ctx *r);

#endif
