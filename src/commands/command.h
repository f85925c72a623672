/* What a command is and what it may use. A command is one request that changes something: it authorises, asks the gates,
 * appends events. It runs on the desk's writer thread inside a transaction that it shares with the other commands of the
 * same batch, so a gate never races with the act it guards. An answer is given only after the commit.
 *
 * Order inside a handler: read and check everything → command_may → command_gate → command_append …
 * After the first command_append a handler must not fail for reasons of the request. */
#ifndef GUIJU_COMMANDS_COMMAND_H
#define GUIJU_COMMANDS_COMMAND_H

#include "events/event.h"
#include "lang/ast.h"
#include "rules/engine.h"
#include "store/store.h"
#include "views/view.h"

struct writer;

struct command_ctx {
  struct writer *writer;
  struct store *store;      /* inside the transaction; read your own views here */
  struct arena *arena;      /* dies with the command */
  struct engine *engine;
  const struct lang_program *program; /* version in force now; NULL before set-up */
  i64 now_ms;               /* the command's instant: never ask the system */
  i64 zone_offset_ms;
  struct actor actor;       /* who asks (views/view.h) */
  struct str idempotency_key;
  bool approved;            /* runs after the last approval of a 经 gate: permit and consult lines are settled */
  struct problem *problem;  /* fill on failure */
};

struct command_def {
  const char *name;         /* "conversation.reply" */
  const char *permission;   /* path a role must hold: "会话.人工回复"; "" = any signed-in person; "*" = anybody (set-up, widget) */
  enum status (*run)(struct command_ctx *c, json_t *args, json_t **result); /* *result: new reference or NULL */
  const char *args;         /* schema line for the API description: "conversation:id! text:text! files:list note:bool" */
  const char *summary_en, *summary_zh;
};
/* Each noun's table ends with {NULL}; src/commands/meson.build lists the nouns. */
const struct command_def *const *command_all(size_t *count); /* one table per noun */
const struct command_def *command_find(struct str name);     /* NULL: no such command */
/* Tables of this folder and of the log. */
const struct store_module *const *command_modules(size_t *count);

/* May the actor do `path`? Owner: everything. Otherwise the role's 可/不可 of the rulebook, longest match wins; a role
 * without 可 gets the product's default for its place in the hierarchy (docs/permissions.md). E_DENIED names who may. */
MUST_CHECK enum status command_may(struct command_ctx *c, const char *path);
/* Ask the gates about an event that is about to be appended. *proceed true: go on. False: `*decision` (new reference) is
 * what the handler returns as its result: {"decision":{"verdict":"consult","approval":"a12","stages":[…],"reasons":[…]}};
 * the request waits in the approvals and the same command runs again with c->approved when everybody agreed.
 * A refusal is E_REFUSED with the clause. When a permit carries acts, they appear in *decision too (proceed stays true). */
MUST_CHECK enum status command_gate(struct command_ctx *c, const struct event *request, bool *proceed, json_t **decision);
/* The same for those who cannot wait for an agreement (a customer, one field of many): a consult line is a refusal. */
MUST_CHECK enum status command_gate_now(struct command_ctx *c, const struct event *request);
/* Append: assigns seq and id (unless set), writes the log, folds every view, steps the engine, folds its reports, queues the feed. */
MUST_CHECK enum status command_append(struct command_ctx *c, struct event *e);
/* The seq the next event will have: what new ids are made from. */
i64 command_next_seq(const struct command_ctx *c);
/* The reasons and stages of a decision as JSON; new references. */
json_t *gate_reasons_json(const struct gate_decision *d);
json_t *gate_stages_json(const struct gate_decision *d);

/* Typed access to args; a missing required one is E_INVALID naming the field in both languages. Text is trimmed and in the arena. */
MUST_CHECK enum status command_text(struct command_ctx *c, json_t *args, const char *name, bool required, size_t max_chars, struct str *out);
MUST_CHECK enum status command_int(struct command_ctx *c, json_t *args, const char *name, bool required, i64 least, i64 most, i64 *out);
bool command_bool(json_t *args, const char *name);

#endif
