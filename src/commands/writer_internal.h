/* Inside commands: what the writer's files share. desk.c holds what is rebuilt from the log, writer.c the threads. */
#ifndef GUIJU_COMMANDS_WRITER_INTERNAL_H
#define GUIJU_COMMANDS_WRITER_INTERNAL_H

#include "commands/writer.h"
#include "events/event_log.h"

#include <pthread.h>

/* ---- the desk: engine and rulebook versions; all of it follows from the log ------------------------------- */

struct desk_version {
  i64 published_ms, in_force_ms;
  const struct lang_program *program;
  bool announced;                  /* the log says that it came into force (or a later one did) */
};

struct desk {
  const struct writer_options *options;
  struct arena *programs;          /* checked rulebooks; never freed while the writer lives, readers hold them */
  struct engine *engine;
  struct desk_version *versions;
  size_t version_count, version_room;
  i64 zone_offset_ms;
  bool orders;                     /* rules may have ordered something that is not carried out yet */
  i64 last_due_ms;                 /* what engine_next_due said before the last advance */
  struct view_fold_list *folds;    /* by kind: which views to ask */
  i64 snapshot_seq;                /* the newest event that the snapshot holds; 0: there is none */
};

/* Where an event's consequences go: folds into views when `store` is there, lines into the feed when `feed` is. */
struct feed_batch;
struct applying {
  struct desk *desk;
  struct store *store;             /* NULL: the engine only */
  struct arena *arena;
  struct feed_batch *feed;         /* NULL: none */
  i64 seq, now_ms;
  enum status status;              /* first failure of a fold inside the engine's reports */
  struct problem *problem;
};

MUST_CHECK enum status desk_open(struct desk *d, const struct writer_options *options, struct problem *p);
void desk_close(struct desk *d);
/* Folds the event, then lets the engine judge it and folds what it reports. The same path live, at start and in a rebuild. */
MUST_CHECK enum status desk_apply(struct applying *to, const struct event *e);
MUST_CHECK enum status desk_fold(struct applying *to, const struct event *e); /* the views' half of it */
/* Late facts make the engine derive again: once for all of a transaction, not for each (an import is full of them). Between the
 * two nothing derived from a late fact is there yet. The transaction's seal in the log is the same boundary for a rebuild. */
void desk_hold(struct desk *d);
MUST_CHECK enum status desk_settle(struct applying *to);
/* Engine and versions anew from the log, views untouched. */
MUST_CHECK enum status desk_reload(struct desk *d, struct store *s, struct problem *p);
/* The same from the whole log, nothing forgotten: after engine_wants_past. */
MUST_CHECK enum status desk_reload_whole(struct desk *d, struct store *s, struct problem *p);
/* Drops every view table and folds the whole log again; commits on the way. Nothing else may write meanwhile. */
MUST_CHECK enum status desk_rebuild(struct desk *d, struct store *s, struct problem *p);
/* What views put off (view_def.catch_up): one slice in a transaction of its own, or all of it. */
MUST_CHECK enum status desk_catch_up(const struct desk *d, struct store *s, struct arena *a, i64 most, bool *more, struct problem *p);
MUST_CHECK enum status desk_catch_up_all(const struct desk *d, struct store *s, struct problem *p);
/* Makes missing tables; *stale when a view's version is not the stored one. */
MUST_CHECK enum status desk_prepare(struct desk *d, struct store *s, bool *stale, struct problem *p);
/* The version that came into force by now_ms and of which the log does not say so yet; NULL: none. */
const struct desk_version *desk_to_announce(const struct desk *d, i64 now_ms);
/* snapshot.c. Restoring is false when there is none or it cannot be used: the log says why, and everything is judged again. */
MUST_CHECK enum status desk_snapshot(struct desk *d, const struct event_log *log, struct problem *p);
bool desk_restore(struct desk *d, struct store *s);
MUST_CHECK enum status desk_reload_snapshot(struct desk *d, struct store *s, bool *usable, struct problem *p); /* nothing else when it is not */
const struct lang_program *desk_program(const struct desk *d, i64 now_ms);

/* ---- feed lines gathered during a batch --------------------------------------------------------------------------- */

struct feed_batch {
  struct arena *arena;
  struct feed_item *items;
  size_t count, room;
};
void feed_event(struct feed_batch *f, const struct event *e);
void feed_consequence(struct feed_batch *f, const struct desk *d, i64 seq, i64 now_ms, enum change change, const struct consequence *c);
void feed_clock(struct feed_batch *f, const struct desk *d, i64 seq, i64 now_ms, const struct rule_clock *c);

/* ---- the writer ----------------------------------------------------------------------------------------------------- */

struct node {
  struct node *next;
  const struct command_def *command; /* one of these two, or work, or neither: a tick */
  const struct read_def *read;
  void (*work)(void *ctx, struct read_ctx *r);
  void *work_ctx;
  struct str name, key;
  struct actor actor;
  json_t *args;
  void (*done)(void *ctx, enum status status, json_t *result, const struct problem *problem);
  void *ctx;
  /* answer, while the batch is not committed */
  enum status status;
  json_t *result;
  struct problem problem;
  bool settled; /* failed for good: not run again when the batch is */
  char *text;   /* the copied strings */
};

struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct node *first, *last;
  size_t count, limit;
  bool closed;
};

struct writer {
  struct writer_options options;
  struct store *store;
  struct desk desk;
  struct event_log log;
  struct queue queue;     /* for the writer */
  struct queue read_queue;
  pthread_t thread, checkpointer, *readers;
  int reader_count;
  bool threads_started;
  struct arena *arena;    /* of the running command */
  struct arena *batch_arena;
  struct feed_batch feed;
  bool stale;             /* the engine has seen what was rolled back */
  enum status trouble;
  struct problem trouble_problem;
  bool savepoints;        /* this batch runs its commands behind savepoints */
  bool whole;             /* … and something that it had forgotten was needed: the next one is made from the whole log */
  bool rerun;             /* … and must, because a command failed after it had written */
  const struct node *running;
  i64 now_ms, forgot_ms;
  i64 caught_up_seq;      /* up to here views have caught up */
  /* shared with other threads, under state_mutex */
  pthread_mutex_t state_mutex;
  pthread_cond_t checkpoint_wake;
  struct writer_state state;
  i64 journal_pages;
  bool stopping;
};

/* writer_batch.c: runs the nodes in one transaction and answers them. */
void writer_batch(struct writer *w, struct node *first);
void node_free(struct node *n);
i64 writer_clock(struct writer *w);
/* What was held is derived now, and held again: before a gate, a read of the engine, the seal. */
MUST_CHECK enum status writer_settle(struct writer *w, struct arena *a, struct problem *p);
/* Runs another command in place, as its asker, behind the gate's last approval. */
MUST_CHECK enum status writer_run_approved(struct command_ctx *c, struct str name, json_t *args, const struct actor *asker, json_t **result);
const struct command_def *writer_command(const struct writer *w, struct str name);
const struct read_def *writer_read_def(const struct writer *w, struct str name);

#endif
