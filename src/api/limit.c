/* Rate limits on a small set-associative table: a key may live in one of LIMIT_WAYS neighbouring places. */
#include "api/limit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_WAYS = 8 };

struct place {
  u64 key;        /* keyed hash of the text; 0: free */
  i64 at_ms;      /* last use */
  i64 tokens_ms;  /* tokens × refill_ms, or the number of failures */
};

struct limit_table {
  pthread_mutex_t mutex;
  unsigned char secret[crypto_shorthash_KEYBYTES]; /* so that nobody can aim at a place */
  size_t count;
  i64 burst, refill_ms;
  struct place places[];
};

struct limit_table *limit_new(size_t places, i64 burst, i64 refill_ms) {
  size_t count = places < LIMIT_WAYS ? LIMIT_WAYS : places;
  struct limit_table *t = calloc(1, sizeof *t + count * sizeof(struct place));
  BUG_IF(t == NULL || refill_ms <= 0);
  pthread_mutex_init(&t->mutex, NULL);
  randombytes_buf(t->secret, sizeof t->secret);
  t->count = count;
  t->burst = burst;
  t->refill_ms = refill_ms;
  return t;
}

void limit_free(struct limit_table *t) {
  if (t == NULL) return;
  pthread_mutex_destroy(&t->mutex);
  free(t);
}

/* The place of a key; `fresh` when it was not there and the quietest neighbour was given to it. */
static struct place *find(struct limit_table *t, struct str key, bool *fresh) {
  u64 hash;
  crypto_shorthash((unsigned char *)&hash, (const unsigned char *)(key.p ? key.p : ""), key.n, t->secret);
  if (hash == 0) hash = 1;
  struct place *quiet = NULL;
  for (size_t i = 0; i < LIMIT_WAYS; i++) {
    struct place *p = &t->places[(hash + i) % t->count];
    if (p->key == hash) {
      *fresh = false;
      return p;
    }
    if (quiet == NULL || (quiet->key != 0 && (p->key == 0 || p->at_ms < quiet->at_ms))) quiet = p;
  }
  *fresh = true;
  *quiet = (struct place){.key = hash};
  return quiet;
}

i64 limit_take(struct limit_table *t, struct str key, i64 now_ms) {
  pthread_mutex_lock(&t->mutex);
  bool fresh;
  struct place *p = find(t, key, &fresh);
  i64 full = t->burst * t->refill_ms;
  if (fresh) {
    p->tokens_ms = full;
  } else if (now_ms > p->at_ms) {
    i64 passed = now_ms - p->at_ms;
    p->tokens_ms = passed >= full - p->tokens_ms ? full : p->tokens_ms + passed;
  }
  p->at_ms = now_ms;
  i64 wait = 0;
  if (p->tokens_ms >= t->refill_ms)
    p->tokens_ms -= t->refill_ms;
  else
    wait = t->refill_ms - p->tokens_ms;
  pthread_mutex_unlock(&t->mutex);
  return wait;
}

static i64 delay_after(i64 failures) {
  if (failures <= LIMIT_FREE_FAILURES) return 0;
  i64 doublings = failures - LIMIT_FREE_FAILURES - 1;
  i64 delay = doublings >= 20 ? LIMIT_DELAY_MOST_MS : (i64)1000 << doublings;
  return delay > LIMIT_DELAY_MOST_MS ? LIMIT_DELAY_MOST_MS : delay;
}

i64 limit_delay(struct limit_table *t, struct str key, i64 now_ms) {
  pthread_mutex_lock(&t->mutex);
  bool fresh;
  struct place *p = find(t, key, &fresh);
  if (fresh || now_ms - p->at_ms > LIMIT_FORGET_MS) *p = (struct place){.key = p->key, .at_ms = now_ms};
  i64 until = p->at_ms + delay_after(p->tokens_ms);
  pthread_mutex_unlock(&t->mutex);
  return until > now_ms ? until - now_ms : 0;
}

void limit_fail(struct limit_table *t, struct str key, i64 now_ms) {
  pthread_mutex_lock(&t->mutex);
  bool fresh;
  struct place *p = find(t, key, &fresh);
  p->at_ms = now_ms;
  p->tokens_ms++;
  pthread_mutex_unlock(&t->mutex);
}

void limit_clear(struct limit_table *t, struct str key) {
  pthread_mutex_lock(&t->mutex);
  bool fresh;
  struct place *p = find(t, key, &fresh);
  p->key = 0;
  pthread_mutex_unlock(&t->mutex);
}
