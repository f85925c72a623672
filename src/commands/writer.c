/* The threads: one that writes, some that read, one that keeps the journal short; and the queues in front of them.
 * What a batch does is writer_batch.c, what the desk is desk.c. */
#include "commands/writer_internal.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const size_t COMMAND_ARENA = (size_t)64 << 20, BATCH_ARENA = (size_t)512 << 20, READ_ARENA = (size_t)64 << 20;
enum { CATCH_UP_SLICE = 128, CATCH_UP_EVERY = 512, CATCH_UP_FAR = 400000 /* an hour of a very busy desk without a lull */ };
enum { IDLE_WAKE_MS = 1000, LULL_MS = 10, CHECKPOINT_EVERY_MS = 1000, CHECKPOINT_PAGES = 8192, STALL_PAGES = 32768 };

i64 writer_clock(struct writer *w) {
  if (w->options.clock) return w->options.clock(w->options.clock_ctx);
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec in_ms(int ms) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_sec += ms / 1000;
  t.tv_nsec += (long)(ms % 1000) * 1000000;
  if (t.tv_nsec >= 1000000000) {
    t.tv_sec++;
    t.tv_nsec -= 1000000000;
  }
  return t;
}

static void cond_init(pthread_cond_t *cond) {
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(cond, &attr);
  pthread_condattr_destroy(&attr);
}

/* ---- nodes and queues */

static struct str copy_text(char **at, struct str s) {
  if (s.n) memcpy(*at, s.p, s.n);
  struct str copy = {*at, s.n};
  *at += s.n;
  return copy;
}

static struct node *node_new(const struct request *r) {
  const struct actor *a = &r->actor;
  struct node *n = calloc(1, sizeof *n);
  n->text = malloc(r->name.n + r->idempotency_key.n + a->id.n + a->name.n + a->role.n + a->scopes.n + a->session.n + a->address.n + 1);
  BUG_IF(n->text == NULL);
  char *at = n->text;
  n->name = copy_text(&at, r->name);
  n->key = copy_text(&at, r->idempotency_key);
  n->actor = *a;
  n->actor.id = copy_text(&at, a->id);
  n->actor.name = copy_text(&at, a->name);
  n->actor.role = copy_text(&at, a->role);
  n->actor.scopes = copy_text(&at, a->scopes);
  n->actor.session = copy_text(&at, a->session);
  n->actor.address = copy_text(&at, a->address);
  n->args = r->owned_args ? r->owned_args : json_object();
  n->done = r->done;
  n->ctx = r->ctx;
  return n;
}

void node_free(struct node *n) {
  json_decref(n->args);
  json_decref(n->result);
  free(n->text);
  free(n);
}

static void queue_init(struct queue *q, size_t limit) {
  *q = (struct queue){.limit = limit};
  pthread_mutex_init(&q->mutex, NULL);
  cond_init(&q->wake);
}

static void queue_release(struct queue *q) {
  pthread_mutex_destroy(&q->mutex);
  pthread_cond_destroy(&q->wake);
}

static enum status queue_put(struct queue *q, struct node *n, struct problem *p) {
  pthread_mutex_lock(&q->mutex);
  bool full = q->count >= q->limit || q->closed;
  if (!full) {
    if (q->last) q->last->next = n;
    else q->first = n;
    q->last = n;
    q->count++;
    pthread_cond_signal(&q->wake);
  }
  pthread_mutex_unlock(&q->mutex);
  if (!full) return OK;
  return problem_set(p, E_BUSY, "writer.busy", "请求太多，请稍后再试", "Too many requests are waiting; try again shortly");
}

/* Up to `most` nodes; waits until there is one, it is closed (then *open false once empty), or `wait_ms` are over. */
static struct node *queue_take(struct queue *q, size_t most, int wait_ms, bool *open) {
  struct timespec until = in_ms(wait_ms);
  pthread_mutex_lock(&q->mutex);
  while (q->first == NULL && !q->closed)
    if (pthread_cond_timedwait(&q->wake, &q->mutex, &until) == ETIMEDOUT) break;
  struct node *first = q->first, *last = first;
  *open = first != NULL || !q->closed;
  if (first) {
    size_t n = 1;
    while (last->next && n < most) {
      last = last->next;
      n++;
    }
    q->first = last->next;
    if (q->first == NULL) q->last = NULL;
    last->next = NULL;
    q->count -= n;
  }
  pthread_mutex_unlock(&q->mutex);
  return first;
}

static void queue_close(struct queue *q) {
  pthread_mutex_lock(&q->mutex);
  q->closed = true;
  pthread_cond_broadcast(&q->wake);
  pthread_mutex_unlock(&q->mutex);
}

/* ---- the writing thread */

static void shorten_stalled_journal(struct writer *w) {
  if (store_journal_pages(w->store) < STALL_PAGES) return;
  struct problem p;
  if (store_checkpoint(w->store, &p) != OK) log_warn("checkpoint: %s", p.en);
}

/* Between batches, when nobody waits, and at the end. Not to have one costs only time at the next start. */
static void keep_snapshot(struct writer *w, i64 least) {
  struct problem p = {0};
  if (w->options.snapshot == NULL || w->stale || w->trouble != OK || w->log.last_seq - w->desk.snapshot_seq < least) return;
  struct arena *a = arena_new(COMMAND_ARENA);
  struct applying to = {.desk = &w->desk, .arena = a, .seq = w->log.last_seq, .now_ms = w->now_ms, .problem = &p};
  enum status status = desk_settle(&to); /* nothing is held after a batch: this only lets go */
  if (status == OK) status = desk_snapshot(&w->desk, &w->log, &p);
  if (status != OK) {
    log_warn("no snapshot: %s", p.en);
    w->desk.snapshot_seq = w->log.last_seq; /* not again for every idle moment */
  }
  arena_free(a);
}

static bool queue_is_empty(struct queue *q) {
  pthread_mutex_lock(&q->mutex);
  bool empty = q->first == NULL;
  pthread_mutex_unlock(&q->mutex);
  return empty;
}

static bool has_to_catch_up(const struct writer *w) { return !w->stale && w->trouble == OK && w->log.last_seq - w->caught_up_seq >= CATCH_UP_EVERY; }

/* What views put off, in slices while nobody waits: not in the moment between two batches of a busy desk, when everybody
 * is about to ask again. A slice beside every batch, for which somebody waits, only when very much has piled up. */
static void catch_up(struct writer *w, bool lull) {
  bool far = w->log.last_seq - w->caught_up_seq > CATCH_UP_FAR;
  if (!has_to_catch_up(w) || !(lull || far)) return;
  struct arena *a = arena_new(COMMAND_ARENA);
  struct problem p = {0};
  enum status status = OK;
  bool more = true;
  for (bool first = far; more && status == OK && (first || (lull && queue_is_empty(&w->queue))); first = false) {
    status = desk_catch_up(&w->desk, w->store, a, CATCH_UP_SLICE, &more, &p);
    arena_reset(a);
  }
  if (status != OK) log_warn("views lag behind: %s", p.en);
  if (status != OK || !more) w->caught_up_seq = w->log.last_seq; /* after a failure: again with the next few hundred events */
  arena_free(a);
}

static void *write_loop(void *ctx) {
  struct writer *w = ctx;
  pthread_setname_np(pthread_self(), "writer");
  bool open = true;
  while (open) {
    bool behind = has_to_catch_up(w);
    struct node *first = queue_take(&w->queue, w->options.batch_limit, behind ? LULL_MS : IDLE_WAKE_MS, &open);
    i64 now = first == NULL ? writer_clock(w) : 0;
    bool idle = first == NULL && open;
    if (idle && behind) catch_up(w, true);
    if (idle && !behind && !w->stale) engine_rest(w->desk.engine);
    if (idle && !behind) keep_snapshot(w, WRITER_SNAPSHOT_EVERY);
    if (first == NULL && (!open || (engine_next_due(w->desk.engine) > now && desk_to_announce(&w->desk, now) == NULL))) continue;
    writer_batch(w, first);
    catch_up(w, false);
    shorten_stalled_journal(w);
  }
  return NULL;
}

static void *checkpoint_loop(void *ctx) {
  struct writer *w = ctx;
  pthread_setname_np(pthread_self(), "checkpoint");
  struct store *s = NULL;
  struct problem p;
  if (store_open(w->options.url, STORE_READ, &s, &p) != OK) {
    log_error("checkpoints do not run: %s", p.en);
    return NULL;
  }
  pthread_mutex_lock(&w->state_mutex);
  while (!w->stopping) {
    struct timespec until = in_ms(CHECKPOINT_EVERY_MS);
    while (!w->stopping && w->journal_pages < CHECKPOINT_PAGES)
      if (pthread_cond_timedwait(&w->checkpoint_wake, &w->state_mutex, &until) == ETIMEDOUT) break;
    bool worth = w->journal_pages > 0 && !w->stopping;
    w->journal_pages = 0;
    pthread_mutex_unlock(&w->state_mutex);
    if (worth && store_checkpoint(s, &p) != OK && p.status != E_BUSY) log_warn("checkpoint: %s", p.en);
    pthread_mutex_lock(&w->state_mutex);
  }
  pthread_mutex_unlock(&w->state_mutex);
  store_close(s);
  return NULL;
}

/* ---- the reading threads */

static void read_one(struct writer *w, struct store *s, struct arena *a, struct node *n) {
  struct writer_state state = writer_state(w);
  arena_reset(a);
  struct read_ctx r = {.store = s, .arena = a, .program = state.program, .now_ms = writer_clock(w), .zone_offset_ms = state.zone_offset_ms,
                       .actor = n->actor, .problem = &n->problem};
  enum status status = s ? store_read_begin(s, &n->problem) : problem_set(&n->problem, E_IO, "store.io", "数据库打不开", "The database cannot be opened");
  if (status == OK && n->work) {
    n->work(n->work_ctx, &r);
  } else if (status == OK) {
    if (!view_may(r.program, &r.actor, str_c(n->read->permission)))
      status = problem_set(&n->problem, r.actor.type == ACTOR_NOBODY ? E_UNAUTHENTIC : E_DENIED, "may.read", "没有查看的权限（%s）", "You may not look at this (%s)", n->read->permission);
    else
      status = n->read->run(&r, n->args, &n->result);
  } else if (n->work) {
    r.store = NULL;
    n->work(n->work_ctx, &r);
  }
  if (s) store_read_end(s);
  if (status != OK && n->problem.key[0] == 0) status = problem_set(&n->problem, status, "read.failed", "没有读到", "This could not be read");
  if (n->done) n->done(n->ctx, status, status == OK ? n->result : NULL, &n->problem);
  node_free(n);
}

static void *read_loop(void *ctx) {
  struct writer *w = ctx;
  pthread_setname_np(pthread_self(), "reader");
  struct store *s = NULL;
  struct problem p;
  struct arena *a = arena_new(READ_ARENA);
  bool open = true;
  while (open) {
    struct node *n = queue_take(&w->read_queue, 1, IDLE_WAKE_MS, &open);
    if (n && s == NULL && store_open(w->options.url, STORE_READ, &s, &p) != OK) log_error("reader: %s", p.en);
    if (n) read_one(w, s, a, n);
  }
  store_close(s);
  arena_free(a);
  return NULL;
}

/* ---- requests */

const struct command_def *writer_command(const struct writer *w, struct str name) {
  for (size_t i = 0; i < w->options.command_count; i++)
    for (const struct command_def *d = w->options.commands[i]; d->name; d++)
      if (str_is(name, d->name)) return d;
  return NULL;
}

const struct read_def *writer_read_def(const struct writer *w, struct str name) {
  for (size_t i = 0; i < w->options.view_count; i++)
    for (const struct read_def *r = w->options.views[i]->reads; r && r->name; r++)
      if (str_is(name, r->name)) return r;
  return NULL;
}

enum status writer_submit(struct writer *w, const struct request *r, struct problem *p) {
  const struct command_def *command = writer_command(w, r->name);
  const struct read_def *read = command ? NULL : writer_read_def(w, r->name);
  if (command == NULL && read == NULL) {
    json_decref(r->owned_args);
    return problem_set(p, E_NOT_FOUND, "writer.unknown", "没有“%.*s”这个操作", "There is no operation “%.*s”", STR_ARG(r->name));
  }
  if (r->idempotency_key.n > WRITER_KEY_MAX) {
    json_decref(r->owned_args);
    return problem_set(p, E_INVALID, "writer.key", "Idempotency-Key 最多 %d 字节", "Idempotency-Key may have %d bytes", WRITER_KEY_MAX);
  }
  struct node *n = node_new(r);
  n->command = command;
  n->read = read;
  bool on_writer = command || read->on_writer || w->reader_count == 0;
  enum status status = queue_put(on_writer ? &w->queue : &w->read_queue, n, p);
  if (status != OK) node_free(n);
  return status;
}

enum status writer_read(struct writer *w, void (*work)(void *ctx, struct read_ctx *r), void *ctx, struct problem *p) {
  BUG_IF(w->reader_count == 0);
  struct node *n = node_new(&(struct request){0});
  n->work = work;
  n->work_ctx = ctx;
  enum status status = queue_put(&w->read_queue, n, p);
  if (status != OK) node_free(n);
  return status;
}

struct waiting {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  bool done;
  enum status status;
  json_t *result;
  struct problem problem;
};

static void wake_caller(void *ctx, enum status status, json_t *result, const struct problem *problem) {
  struct waiting *waiting = ctx;
  pthread_mutex_lock(&waiting->mutex);
  waiting->status = status;
  waiting->result = json_deep_copy(result); /* each thread its own */
  waiting->problem = *problem;
  waiting->done = true;
  pthread_cond_signal(&waiting->cond);
  pthread_mutex_unlock(&waiting->mutex);
}

static enum status wait_for(struct waiting *waiting, json_t **result, struct problem *p) {
  pthread_mutex_lock(&waiting->mutex);
  while (!waiting->done) pthread_cond_wait(&waiting->cond, &waiting->mutex);
  pthread_mutex_unlock(&waiting->mutex);
  pthread_mutex_destroy(&waiting->mutex);
  pthread_cond_destroy(&waiting->cond);
  if (result) *result = waiting->result;
  else json_decref(waiting->result);
  if (p) *p = waiting->problem;
  return waiting->status;
}

enum status writer_call(struct writer *w, const struct request *r, json_t **result, struct problem *p) {
  struct waiting waiting = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
  struct request own = *r;
  own.done = wake_caller;
  own.ctx = &waiting;
  if (result) *result = NULL;
  enum status status = writer_submit(w, &own, p);
  return status == OK ? wait_for(&waiting, result, p) : status;
}

enum status writer_tick(struct writer *w, struct problem *p) {
  struct waiting waiting = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
  struct node *n = node_new(&(struct request){.done = wake_caller, .ctx = &waiting});
  enum status status = queue_put(&w->queue, n, p);
  if (status == OK) return wait_for(&waiting, NULL, p);
  node_free(n);
  return status;
}

enum status writer_run_approved(struct command_ctx *c, struct str name, json_t *args, const struct actor *asker, json_t **result) {
  const struct command_def *def = writer_command(c->writer, name);
  if (def == NULL) return problem_set(c->problem, E_NOT_FOUND, "writer.unknown", "没有“%.*s”这个操作", "There is no operation “%.*s”", STR_ARG(name));
  struct command_ctx inner = *c;
  inner.actor = *asker;
  inner.approved = true;
  inner.idempotency_key = STR("");
  enum status status = command_may(&inner, def->permission);
  if (status == OK) status = def->run(&inner, args, result);
  c->engine = inner.engine;
  c->program = inner.program;
  return status;
}

struct writer_state writer_state(struct writer *w) {
  pthread_mutex_lock(&w->state_mutex);
  struct writer_state state = w->state;
  pthread_mutex_unlock(&w->state_mutex);
  pthread_mutex_lock(&w->queue.mutex);
  state.queued = w->queue.count;
  pthread_mutex_unlock(&w->queue.mutex);
  return state;
}

const struct lang_program *writer_program(struct writer *w) { return writer_state(w).program; }

/* ---- life */

static enum status load(struct writer *w, struct problem *p) {
  enum status status = OK;
  bool stale = false;
  TRY(store_open(w->options.url, STORE_WRITE, &w->store, p));
  TRY(desk_open(&w->desk, &w->options, p));
  TRY(desk_prepare(&w->desk, w->store, &stale, p));
  TRY(event_log_open(&w->log, w->store, p));
  if (stale) TRY(desk_rebuild(&w->desk, w->store, p));
  else TRY(desk_reload(&w->desk, w->store, p));
  w->now_ms = writer_clock(w);
  w->state = (struct writer_state){.last_seq = w->log.last_seq, .now_ms = w->now_ms, .zone_offset_ms = w->desk.zone_offset_ms,
                                   .program = desk_program(&w->desk, w->now_ms)};
done:
  return status;
}

static void start(struct writer *w) {
  BUG_IF(pthread_create(&w->thread, NULL, write_loop, w) != 0);
  BUG_IF(pthread_create(&w->checkpointer, NULL, checkpoint_loop, w) != 0);
  w->readers = calloc((size_t)w->reader_count + 1, sizeof *w->readers);
  BUG_IF(w->readers == NULL);
  for (int i = 0; i < w->reader_count; i++) BUG_IF(pthread_create(&w->readers[i], NULL, read_loop, w) != 0);
  w->threads_started = true;
}

enum status writer_open(const struct writer_options *options, struct writer **out, struct problem *p) {
  struct writer *w = calloc(1, sizeof *w);
  BUG_IF(w == NULL);
  w->options = *options;
  char *url = strndup(options->url.p, options->url.n);
  BUG_IF(url == NULL);
  w->options.url = str_c(url);
  if (options->snapshot) {
    w->options.snapshot = strdup(options->snapshot);
    BUG_IF(w->options.snapshot == NULL);
  }
  if (w->options.queue_limit == 0) w->options.queue_limit = WRITER_QUEUE_DEFAULT;
  if (w->options.batch_limit == 0) w->options.batch_limit = WRITER_BATCH_DEFAULT;
  w->reader_count = options->readers == 0 ? WRITER_READERS_DEFAULT : options->readers < 0 ? 0 : options->readers;
  queue_init(&w->queue, w->options.queue_limit);
  queue_init(&w->read_queue, w->options.queue_limit);
  pthread_mutex_init(&w->state_mutex, NULL);
  cond_init(&w->checkpoint_wake);
  w->arena = arena_new(COMMAND_ARENA);
  w->batch_arena = arena_new(BATCH_ARENA);
  w->feed.arena = w->batch_arena;
  enum status status = load(w, p);
  if (status != OK) {
    writer_close(w);
    return status;
  }
  start(w);
  *out = w;
  return OK;
}

static void stop(struct writer *w) {
  queue_close(&w->queue);
  queue_close(&w->read_queue);
  pthread_join(w->thread, NULL);
  for (int i = 0; i < w->reader_count; i++) pthread_join(w->readers[i], NULL);
  pthread_mutex_lock(&w->state_mutex);
  w->stopping = true;
  pthread_cond_signal(&w->checkpoint_wake);
  pthread_mutex_unlock(&w->state_mutex);
  pthread_join(w->checkpointer, NULL);
}

void writer_close(struct writer *w) {
  if (w == NULL) return;
  if (w->threads_started) {
    stop(w);
    if (!w->stale && w->trouble == OK) engine_rest(w->desk.engine); /* what may go need not be written */
    keep_snapshot(w, 1);
  }
  desk_close(&w->desk);
  event_log_close(&w->log);
  store_close(w->store);
  queue_release(&w->queue);
  queue_release(&w->read_queue);
  pthread_mutex_destroy(&w->state_mutex);
  pthread_cond_destroy(&w->checkpoint_wake);
  arena_free(w->arena);
  arena_free(w->batch_arena);
  free(w->readers);
  free((char *)(uintptr_t)w->options.url.p);
  free((char *)(uintptr_t)w->options.snapshot);
  free(w);
}
