/* Requests to other programs over HTTP (libcurl): many at once from one thread, none of which can hold up another.
 *
 * A pool belongs to the thread that made it, except fetch_wake. Redirects are not followed, certificates are checked, and addresses
 * that only the machine itself or a cloud's metadata service uses as link-local (169.254/16, fe80::/10) are refused, also when
 * a name leads there. Sizes in bytes, times in ms. */
#ifndef GUIJU_NET_FETCH_H
#define GUIJU_NET_FETCH_H

#include "base/arena.h"

enum {
  FETCH_AT_ONCE = 64,         /* requests under way in one pool; more is a BUG */
  FETCH_ANSWER_MOST = 4096,   /* bytes of an answer that are kept; the rest is read and dropped */
  FETCH_READ_MOST = 1 << 20,  /* an answer longer than this is cut off */
  FETCH_CONNECT_MS = 5000,
};

struct fetch_request {
  struct str url;             /* http or https */
  struct str body;            /* POSTed as it is; borrowed until the answer */
  const struct str *headers;  /* "Name: value" */
  size_t header_count;
  i64 timeout_ms;             /* for the whole exchange */
  void *tag;                  /* comes back with the answer */
};
struct fetch_answer {
  void *tag;
  int status;                 /* 0: no answer came, `error` says why */
  struct str error;           /* English, of libcurl; "" when an answer came */
  struct str body;            /* its first FETCH_ANSWER_MOST bytes */
  i64 took_ms;
};

struct fetch_pool;
struct fetch_pool *fetch_pool_new(void);
/* Ends what is under way without an answer. NULL is allowed. */
void fetch_pool_free(struct fetch_pool *p);
size_t fetch_under_way(const struct fetch_pool *p);
void fetch_begin(struct fetch_pool *p, const struct fetch_request *r);
/* Moves everything on for at most wait_ms, or until fetch_wake; calls `done` for each that has ended. The answer is borrowed. */
void fetch_run(struct fetch_pool *p, i64 wait_ms, void (*done)(void *ctx, const struct fetch_answer *a), void *ctx);
void fetch_wake(struct fetch_pool *p); /* any thread */

#endif
