/* Threads for what the loop must not wait for: reads with a read-only connection each, and slow work (Argon2id, files).
 *
 * A job gets the thread's store (NULL when the database cannot be opened) and an arena that is emptied afterwards. */
#ifndef GUIJU_API_POOL_H
#define GUIJU_API_POOL_H

#include "store/store.h"

enum { POOL_ARENA = 256 * 1024 * 1024 };

struct pool;
typedef void (*pool_run)(void *ctx, struct store *s, struct arena *a);
/* `url` is borrowed for the pool's life. At most `queue_most` jobs wait. */
struct pool *pool_new(int threads, size_t queue_most, struct str url);
/* False: too many are waiting. */
bool pool_submit(struct pool *p, pool_run run, void *ctx);
/* Finishes what is queued, then ends the threads. */
void pool_free(struct pool *p);

#endif
