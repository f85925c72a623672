/* What a webhook says: the bodies of both forms and their signature. Pure, but for the reads that the Chatwoot form needs. */
#ifndef GUIJU_CHANNELS_WEBHOOK_BODY_H
#define GUIJU_CHANNELS_WEBHOOK_BODY_H

#include "events/event.h"
#include "store/store.h"

/* {"type":"conversation.closed","timestamp":"2026-03-05T10:00:00.000Z","data":{…}}; telephone, address, e-mail and ID number are
 * masked unless `personal`. A message that was taken back since says so in place of its words. */
MUST_CHECK enum status webhook_body_guiju(struct store *s, struct arena *a, const struct event *e, bool personal, struct str *out, struct problem *p);
/* Chatwoot's word for what happened ("message_created"); "" when it has none. */
struct str webhook_chatwoot_word(const struct event *e);
/* Chatwoot's body; reads conversation, customer and people as they are now. */
MUST_CHECK enum status webhook_body_chatwoot(struct store *s, struct arena *a, const struct event *e, bool personal, struct str *out, struct problem *p);
/* {"type":"ping",…}: the test message. */
struct str webhook_body_ping(struct arena *a, i64 at_ms);

/* "v1,<base64>" for each of the secrets ("" ones are left out), with a blank between. */
struct str webhook_sign(struct arena *a, struct str id, i64 at_s, struct str body, struct str secret, struct str old_secret);

#endif
