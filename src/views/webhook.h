/* What both the commands and the sender of webhooks need to know of them. */
#ifndef GUIJU_VIEWS_WEBHOOK_H
#define GUIJU_VIEWS_WEBHOOK_H

#include "views/view.h"

enum {
  WEBHOOKS_MOST = 20,                /* on one desk */
  WEBHOOK_ATTEMPTS_MOST = 8,         /* then a message is given up (state "failed"); it can be sent again by hand */
  WEBHOOK_PAUSE_MS = 3 * 86400000,   /* a receiver that failed for this long without one success is stopped */
  WEBHOOK_KEPT_MS = 7 * 86400000,    /* deliveries are shown for a week; what waits for its next try stays */
  WEBHOOK_OLD_SECRET_MS = 86400000,  /* after a change of the secret the old one signs too for a day */
  WEBHOOK_ANSWER_MOST = 500,         /* bytes of the receiver's answer that are kept */
};

/* Does a list of kinds ("conversation.* order.paid", "*") name this one? English names. */
/* May anything outside be told of this kind? What stays between two people, or one's own, is not sent, whatever a webhook asks for. */
bool webhook_tells(struct str kind);
bool webhook_wants(struct str kinds, struct str kind);
/* How long to wait after the nth failed attempt (1-based): 10 s, 1 min, 5 min, 30 min, 2 h, 6 h, 12 h. */
i64 webhook_wait_ms(i64 attempts);

/* Secrets are kept sealed; is this one still in the clear, as a desk of before kept it? */
bool webhook_secret_clear(struct str secret);

#endif
