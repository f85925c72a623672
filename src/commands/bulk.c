/* Many facts at once into a desk at rest. See bulk.h. */
#include "commands/bulk.h"

#include "commands/writer_internal.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t BULK_ARENA = (size_t)1 << 28;
static const i64 BULK_MEMORY = (i64)1 << 30; /* most of it is only taken by a database of that size */

struct bulk {
  const struct writer_options *options;
  struct store *store;
  struct desk desk;
  struct event_log log;
  struct arena *arena;
  bool judge, open;
  int in_seal, commits;
  i64 now_ms;
};

static struct applying applying_of(struct bulk *b, struct problem *p) {
  return (struct applying){.desk = &b->desk, .store = b->store, .arena = b->arena, .seq = b->log.last_seq, .now_ms = b->now_ms, .problem = p};
}

enum status bulk_open(const struct writer_options *o, bool judge, struct bulk **out, struct problem *p) {
  struct bulk *b = calloc(1, sizeof *b);
  BUG_IF(b == NULL);
  b->options = o;
  b->judge = judge;
  b->arena = arena_new(BULK_ARENA);
  enum status status = OK;
  bool stale = false;
  TRY(store_open(o->url, STORE_WRITE, &b->store, p));
  store_keep_in_memory(b->store, BULK_MEMORY);
  TRY(desk_open(&b->desk, o, p));
  TRY(desk_prepare(&b->desk, b->store, &stale, p));
  if (stale) {
    status = problem_set(p, E_CONFLICT, "bulk.stale", "这个数据目录是别的版本建的，先打开一次", "This data folder was made by another version: open it once first");
    goto done;
  }
  TRY(event_log_open(&b->log, b->store, p));
  if (judge) TRY(desk_reload(&b->desk, b->store, p));
done:
  if (status == OK) *out = b;
  else bulk_close(b);
  return status;
}

i64 bulk_next_seq(const struct bulk *b) { return b->log.last_seq + 1; }

static enum status end_transaction(struct bulk *b, struct problem *p) {
  enum status status = OK;
  if (!b->open) return OK;
  if (b->judge) {
    struct applying to = applying_of(b, p);
    TRY(desk_settle(&to));
  }
  TRY(event_log_seal(&b->log, b->store, b->now_ms, p));
  TRY(store_commit(b->store, p));
  b->open = false;
  b->in_seal = 0;
  arena_reset(b->arena);
  if (++b->commits % BULK_CHECKPOINT_EVERY == 0) TRY(store_checkpoint(b->store, p));
done:
  return status;
}

static enum status put(struct bulk *b, struct event *e, struct problem *p) {
  enum status status = OK;
  if (!b->open) {
    TRY(store_begin(b->store, p));
    b->open = true;
    if (b->judge) desk_hold(&b->desk);
  }
  TRY(event_log_append(&b->log, b->store, b->arena, e, NULL, p));
  struct applying to = applying_of(b, p);
  if (b->judge) TRY(desk_apply(&to, e));
  else TRY(desk_fold(&to, e));
  b->in_seal++;
done:
  return status;
}

/* Deadlines up to `until`, each at its own time. */
static enum status pass(struct bulk *b, i64 until, struct problem *p) {
  enum status status = OK;
  while (b->judge) {
    i64 due = engine_next_due(b->desk.engine);
    if (due > until || due == b->desk.last_due_ms) return OK;
    struct event *e = event_new(b->arena, EVENT_clock_due, due > b->now_ms ? due : b->now_ms, STR(""));
    e->recorded_ms = b->now_ms = e->occurred_ms;
    TRY(put(b, e, p));
  }
done:
  return status;
}

enum status bulk_add(struct bulk *b, struct event *e, struct problem *p) {
  enum status status = OK;
  BUG_IF(e->recorded_ms < b->now_ms);
  if (b->in_seal >= (b->judge ? BULK_PER_SEAL : BULK_PER_SEAL_PLAIN)) TRY(end_transaction(b, p));
  b->now_ms = e->recorded_ms;
  TRY(put(b, e, p));
done:
  return status;
}

enum status bulk_pass(struct bulk *b, i64 until_ms, struct problem *p) { return pass(b, until_ms, p); }

enum status bulk_finish(struct bulk *b, i64 now_ms, char seal[65], struct problem *p) {
  enum status status = OK;
  TRY(pass(b, now_ms, p));
  TRY(end_transaction(b, p));
  if (b->judge) TRY(desk_snapshot(&b->desk, &b->log, p));
  TRY(store_checkpoint(b->store, p));
  for (int i = 0; seal && i < SEAL_BYTES; i++) (void)snprintf(seal + i * 2, 3, "%02x", b->log.seal[i]);
done:
  return status;
}

void bulk_close(struct bulk *b) {
  if (b == NULL) return;
  if (b->open) store_rollback(b->store);
  event_log_close(&b->log);
  if (b->desk.folds) desk_close(&b->desk);
  store_close(b->store);
  arena_free(b->arena);
  free(b);
}
