/* Webhooks (推送): what happens on the desk is told to other programs, signed, at least once.
 *
 * One thread reads the committed log behind the writer and POSTs each event that a webhook asks for. What it has settled (answered
 * with 2xx, or put down for another try) is on disk with the next report (webhook.record), so after a crash some messages may go out
 * a second time, under the same id; none is left out. A receiver that fails or hangs delays nobody else and no chat message.
 *
 * Signature: Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature: v1, HMAC-SHA-256 in base64 over "id.timestamp.body"
 * with the bytes behind "whsec_"). After a change of the secret both sign for a day. */
#ifndef GUIJU_CHANNELS_WEBHOOK_H
#define GUIJU_CHANNELS_WEBHOOK_H

#include "commands/writer.h"

enum {
  WEBHOOK_AT_ONCE = 6,          /* requests under way to one receiver */
  WEBHOOK_TIMEOUT_MS = 10000,   /* a receiver that has not answered by then has failed */
  WEBHOOK_AHEAD = 200,          /* events read ahead of what is settled */
  WEBHOOK_REPORT_MS = 200,      /* results are gathered for this long before they are put down */
};

struct webhooks_options {
  struct str database;          /* as given to the writer; borrowed */
  struct str data_dir;          /* where secret.key lies; borrowed */
  i64 (*clock)(void *ctx);      /* UTC ms: when a next try is due; NULL: the system's */
  void *clock_ctx;
};

struct webhooks;
/* Starts the thread. The writer outlives it. */
MUST_CHECK enum status webhooks_start(struct writer *w, const struct webhooks_options *o, struct webhooks **out, struct problem *p);
/* The writer's feed goes here too: says that there is something to read. May be called before webhooks_start with NULL. */
void webhooks_feed(struct webhooks *s, const struct feed_item *items, size_t count);
/* Ends the thread and puts down what is known; the writer still runs. NULL is allowed. */
void webhooks_stop(struct webhooks *s);
void webhooks_free(struct webhooks *s); /* after the writer is closed: its feed may still have called. NULL is allowed */

struct webhooks_counts {
  i64 delivered, failed; /* tries since the start */
};
struct webhooks_counts webhooks_counts(struct webhooks *s); /* NULL is allowed */

#endif
