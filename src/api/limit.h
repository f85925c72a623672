/* Rate limits: token buckets and growing delays, by text key (address, session, job number).
 *
 * A table has a fixed number of places; when it is full the place that was quiet longest is given away, so an attacker
 * with many addresses can at worst make others start with a full bucket. Safe from any thread. Time is given, never asked. */
#ifndef GUIJU_API_LIMIT_H
#define GUIJU_API_LIMIT_H

#include "base/str.h"

struct limit_table;
/* `burst` tokens at the start and at most, one more every `refill_ms`. */
struct limit_table *limit_new(size_t places, i64 burst, i64 refill_ms);
void limit_free(struct limit_table *t);
/* Take one token: 0 when there was one, else the ms until there is. */
i64 limit_take(struct limit_table *t, struct str key, i64 now_ms);

/* Growing delays after failures: none for the first LIMIT_FREE_FAILURES, then 1 s, 2 s, 4 s … up to LIMIT_DELAY_MOST_MS.
 * Forgotten after LIMIT_FORGET_MS without a failure. Uses a table of its own (burst and refill unused). */
enum { LIMIT_FREE_FAILURES = 3, LIMIT_DELAY_MOST_MS = 15 * 60 * 1000, LIMIT_FORGET_MS = 60 * 60 * 1000 };
i64 limit_delay(struct limit_table *t, struct str key, i64 now_ms); /* ms to wait before the next try; 0: try now */
void limit_fail(struct limit_table *t, struct str key, i64 now_ms);
void limit_clear(struct limit_table *t, struct str key);

#endif
