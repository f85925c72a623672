/* The desk at work: one writer thread that owns every change, a pool of readers, and a thread that keeps the journal short.
 *
 * A request goes in with writer_submit and comes back through its `done`, on the writer's or a reader's thread, never
 * before the change is on disk. The writer takes what is queued and runs it in one transaction (group commit): each
 * command checks, appends events, folds views and steps the engine; one commit; then all answers, then the feed.
 * A command that fails leaves nothing behind; a commit that fails answers everybody in the batch with the reason, and
 * the next batch tries again, so service resumes as soon as the disk does.
 *
 * A command with an idempotency key is done once per actor and key: sent again, also after a restart, it gets the stored
 * answer. Time comes from `clock` alone.
 *
 * Order of ownership: open → submit from any thread → close (answers everything first). */
#ifndef GUIJU_COMMANDS_WRITER_H
#define GUIJU_COMMANDS_WRITER_H

#include "base/calendar.h"
#include "commands/command.h"

enum {
  WRITER_QUEUE_DEFAULT = 20000,      /* waiting requests beyond which a sender is told E_BUSY */
  WRITER_BATCH_DEFAULT = 1000,       /* commands that share a commit at most */
  WRITER_READERS_DEFAULT = 2,
  WRITER_SNAPSHOT_EVERY = 50000,     /* events after which an idle writer writes its snapshot anew */
  WRITER_KEY_MAX = 200,              /* bytes of an idempotency key */
  WRITER_ANSWER_KEPT_MS = 259200000, /* stored answers are forgotten after three days */
};

enum feed_type { FEED_EVENT, FEED_CONSEQUENCE, FEED_CLOCK };
/* One line of the live feed: what was committed, in order. Lines of one event share its seq. */
struct feed_item {
  enum feed_type type;
  i64 seq;
  struct str line;     /* JSON: {"seq":…,"kind":…}, {"seq":…,"consequence":…}, {"seq":…,"clock":…} */
  const char *kind;    /* FEED_EVENT: English kind */
  const char *noun;    /* "conversation", "order" … of `object`; "" when none */
  struct str object;   /* conversation, order or case concerned, or "" */
  struct str person;   /* whom it concerns: agent of a message, subject of a fine, bearer of a clock; or "" */
  struct str customer; /* or "" */
};

struct writer_options {
  struct str url;                                    /* see store_open */
  const char *snapshot;                              /* file the engine's memory is kept in between starts; NULL: none */
  i64 (*clock)(void *ctx);                           /* UTC ms; NULL: the system's */
  void *clock_ctx;
  i64 zone_offset_ms;                                /* until desk.opened says otherwise */
  size_t queue_limit, batch_limit;                   /* 0: the defaults */
  int readers;                                       /* 0: the default; negative: none */
  const struct view_def *const *views;               /* view_all() */
  size_t view_count;
  const struct command_def *const *commands;         /* command_all() */
  size_t command_count;
  const struct store_module *const *modules;         /* tables: command_modules() and view_modules() */
  size_t module_count;
  /* Rulebook source -> checked program in the arena (lang_parse, lang_check with the desk's vocabulary). */
  enum status (*compile)(void *ctx, struct arena *a, struct str source, const struct lang_program **out, struct problem *p);
  void *compile_ctx;
  /* Committed feed items, on the writer's thread, before the answers; borrowed for the call. May be NULL. */
  void (*feed)(void *ctx, const struct feed_item *items, size_t count);
  void *feed_ctx;
  /* Forms of the engine's reports in the feed; NULL: a plain form. */
  json_t *(*consequence_json)(const struct lang_program *program, const struct consequence *c);
  json_t *(*clock_json)(const struct lang_program *program, const struct rule_clock *c, i64 now_ms);
};

struct writer;
/* Opens the database, makes missing tables, rebuilds views whose version changed, builds the engine from the log, starts the threads. */
MUST_CHECK enum status writer_open(const struct writer_options *options, struct writer **out, struct problem *p);
/* Runs what is queued, answers it, stops. NULL is allowed. */
void writer_close(struct writer *w);

struct request {
  struct str name;            /* command or read: "conversation.reply", "conversation.list" */
  json_t *owned_args;         /* object or NULL; taken over, also on failure */
  struct actor actor;         /* copied */
  struct str idempotency_key; /* copied; "" = none */
  void (*done)(void *ctx, enum status status, json_t *result, const struct problem *problem); /* result is borrowed */
  void *ctx;
};
/* E_BUSY when the queue is full, E_NOT_FOUND for an unknown name: then `done` is not called. */
MUST_CHECK enum status writer_submit(struct writer *w, const struct request *r, struct problem *p);
/* The same and wait for the answer: for tests, imports, the command line. *result: new reference or NULL. */
MUST_CHECK enum status writer_call(struct writer *w, const struct request *r, json_t **result, struct problem *p);

/* Look at the clock now: let deadlines pass up to it. Returns when that is committed. A running clock does it by itself. */
MUST_CHECK enum status writer_tick(struct writer *w, struct problem *p);

/* Any read-only work on a reader's thread with a snapshot (session look-ups, password checks); as writer_submit. */
MUST_CHECK enum status writer_read(struct writer *w, void (*work)(void *ctx, struct read_ctx *r), void *ctx, struct problem *p);

struct writer_state {
  i64 last_seq;              /* committed */
  i64 now_ms, zone_offset_ms;
  const struct lang_program *program; /* in force; lives until the writer closes; NULL before set-up */
  size_t queued;
  i64 commands, batches, commits_failed; /* since the start */
  enum status trouble;       /* of the last commit: OK, E_FULL, E_IO */
};
struct writer_state writer_state(struct writer *w);
const struct lang_program *writer_program(struct writer *w);

/* Drops every view table, folds the whole log again and compares. Nobody else may have the desk open. */
struct rebuild_table {
  const char *name;
  i64 rows_before, rows_after;
  bool existed, same;
};
enum { REBUILD_TABLES_MAX = 128 };
enum rebuild_snapshot { SNAPSHOT_NONE, SNAPSHOT_SAME, SNAPSHOT_UNUSABLE /* damaged, or of another log or program */, SNAPSHOT_DIFFERS };
struct rebuild_report {
  i64 events;
  enum rebuild_snapshot snapshot; /* what it leads to, held against the whole log */
  struct rebuild_table tables[REBUILD_TABLES_MAX];
  size_t count;
  bool same; /* every table that was there came back the same, and the snapshot does not differ */
};
MUST_CHECK enum status writer_rebuild(const struct writer_options *options, struct rebuild_report *out, struct problem *p);

/* Feed lines of events after `since`, oldest first, from the log (what is older than the buffer that `feed` fills).
 * Consequences and clocks are not in it: whoever comes back after that long reads them anew. */
MUST_CHECK enum status writer_feed_since(struct store *s, i64 since, size_t most,
                                         void (*f)(void *ctx, const struct feed_item *item), void *ctx, struct problem *p);

#endif
