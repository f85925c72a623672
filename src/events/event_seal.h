/* Inside events: how a seal is computed, shared by the log and its verification. */
#ifndef GUIJU_EVENTS_EVENT_SEAL_H
#define GUIJU_EVENTS_EVENT_SEAL_H

#include "events/event_log.h"

#include <sodium.h>

/* `lines`: each line with its length in 8 bytes, little end first, before it. */
void seal_add_line(struct buf *b, struct str line);
/* The check sum beside each line: it only tells which line of a broken seal was touched; the seal is the proof. */
i64 seal_line_sum(struct str line);
void seal_compute(const unsigned char previous[SEAL_BYTES], i64 first, i64 last, i64 at_ms, struct str lines, unsigned char out[SEAL_BYTES]);

#endif
