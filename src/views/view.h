/* What a view is: tables folded from the log that can be deleted and come back the same, and the reads over them.
 * Folds run in the writer's transaction; reads run on a pool with read-only connections. */
#ifndef GUIJU_VIEWS_VIEW_H
#define GUIJU_VIEWS_VIEW_H

#include "events/event.h"
#include "lang/ast.h"
#include "rules/engine.h"
#include "store/store.h"

enum actor_type { ACTOR_NOBODY, ACTOR_PERSON, ACTOR_CUSTOMER, ACTOR_KEY, ACTOR_SYSTEM };
struct actor {
  enum actor_type type;
  struct str id;      /* person, customer or key id */
  struct str name;
  struct str role;    /* 岗位 */
  bool owner;         /* created the desk: may do everything */
  struct str scopes;  /* ACTOR_KEY: space-separated permission paths */
  struct str session; /* session id (hash), for sign-out */
  struct str address; /* peer address for the audit trail of sign-ins */
};

struct read_ctx {
  struct store *store;
  struct arena *arena;
  const struct lang_program *program; /* in force now; NULL before set-up */
  struct engine *engine;              /* only when on_writer */
  i64 now_ms;
  i64 zone_offset_ms;
  struct actor actor;
  struct problem *problem;
};

struct read_def {
  const char *name;        /* "conversation.list" */
  const char *permission;  /* as command_def */
  enum status (*run)(struct read_ctx *r, json_t *query, json_t **result);
  bool on_writer;          /* needs the engine: runs on the writer thread */
  const char *args;        /* as command_def */
  const char *summary_en, *summary_zh;
};

/* A noun's view. `tables` are dropped and refilled when `version` differs from the stored one. */
struct view_def {
  const char *noun;
  int version;
  const char *const *tables; /* ends with NULL; created by src/views/<noun>.sql */
  enum status (*fold)(struct store *s, struct arena *a, const struct event *e, struct problem *p);
  /* Optional: the engine's reports (ledger.c folds consequences, duty.c clocks). */
  enum status (*consequence)(struct store *s, struct arena *a, enum change change, const struct consequence *c, struct problem *p);
  enum status (*clock)(struct store *s, struct arena *a, const struct rule_clock *c, struct problem *p);
  enum status (*derived)(struct store *s, struct arena *a, enum change change, const struct event *e, struct problem *p);
  const struct read_def *reads; /* ends with {NULL} */
  /* Nouns of the kinds that `fold` looks at ("conversation", "customer"), ends with NULL; NULL itself: all of them.
   * The writer asks only the views concerned, so a message does not pay for the roster. */
  const char *const *nouns;
  /* Optional: work that may lag behind the events (an index). Does at most `most` pieces of it, in a transaction of its own, when
   * the writer is idle and at the end of a rebuild; depends on the tables alone. *more: there is more to do. */
  enum status (*catch_up)(struct store *s, struct arena *a, i64 most, bool *more, struct problem *p);
};
/* One per noun file, joined in views/view.c; src/views/meson.build lists the nouns. */
const struct view_def *const *view_all(size_t *count);
const struct read_def *view_read(struct str name); /* NULL: no such read */
/* The tables and queries of all nouns. */
const struct store_module *const *view_modules(size_t *count);

/* May the actor do `path` (see command_may)? Shared by reads and commands. */
bool view_may(const struct lang_program *program, const struct actor *actor, struct str path);

#endif
