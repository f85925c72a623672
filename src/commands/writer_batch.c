/* One batch: the queued commands in one transaction, then their answers.
 *
 * Commands run without savepoints: they check first and hardly ever fail after their first write. When one does, the
 * whole transaction is undone and the batch runs again behind savepoints, so only that command is lost. The engine has
 * then seen events that never happened and is made anew from the log. */
#include "commands/writer_internal.h"

#include "base/fault.h"
#include "base/log.h"
#include "commands/writer.sql.h"

#include <stdlib.h>
#include <string.h>

static const i64 FORGET_EVERY_MS = 3600000;
enum { CARRY_ROUNDS_MOST = 20, ATTEMPTS_MOST = 3, CARRY_FULL = 50 /* as many as one look finds: there may be more */ };

/* Failures of the disk or the database, not of the request. */
static bool is_trouble(enum status status) { return status == E_IO || status == E_FULL; }

/* ---- one command */

static struct str actor_key(const struct writer *w, const struct node *n) {
  switch (n->actor.type) {
    case ACTOR_PERSON: case ACTOR_KEY: case ACTOR_CUSTOMER: return n->actor.id;
    case ACTOR_NOBODY: return arena_printf(w->arena, "@%.*s", STR_ARG(n->actor.address));
    default: return STR("-");
  }
}

static enum status answered_before(struct writer *w, struct node *n, bool *found) {
  *found = false;
  if (n->key.n == 0) return OK;
  const struct stored_answer_get_in in = {.actor = actor_key(w, n), .key = n->key};
  struct stored_answer_get_row *row = NULL;
  enum status status = stored_answer_get(w->store, w->arena, &in, &row, &n->problem);
  if (status != OK || row == NULL) return status;
  n->result = json_loadb(row->body.p, row->body.n, JSON_DECODE_ANY, NULL);
  *found = true;
  return OK;
}

static enum status remember_answer(struct writer *w, struct node *n) {
  if (n->key.n == 0) return OK;
  char *body = n->result ? json_dumps(n->result, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  const struct stored_answer_put_in in = {.actor = actor_key(w, n), .key = n->key, .at_ms = w->now_ms, .body = str_c(body ? body : "null")};
  enum status status = stored_answer_put(w->store, &in, NULL, &n->problem);
  free(body);
  return status;
}

static struct command_ctx context_of(struct writer *w, struct node *n) {
  return (struct command_ctx){.writer = w, .store = w->store, .arena = w->arena, .engine = w->desk.engine,
                              .program = desk_program(&w->desk, w->now_ms), .now_ms = w->now_ms, .zone_offset_ms = w->desk.zone_offset_ms,
                              .actor = n->actor, .idempotency_key = n->key, .problem = &n->problem};
}

static enum status run_command(struct writer *w, struct node *n) {
  enum status status = OK;
  bool found = false;
  struct command_ctx c = context_of(w, n);
  TRY(command_may(&c, n->command->permission));
  TRY(answered_before(w, n, &found));
  if (found) return OK;
  TRY(n->command->run(&c, n->args, &n->result));
  TRY(remember_answer(w, n));
done:
  return status;
}

enum status writer_settle(struct writer *w, struct arena *a, struct problem *p) {
  struct applying to = {.desk = &w->desk, .store = w->store, .arena = a, .feed = &w->feed, .seq = w->log.last_seq, .now_ms = w->now_ms, .problem = p};
  enum status status = desk_settle(&to);
  desk_hold(&w->desk);
  return status;
}

static enum status run_read(struct writer *w, struct node *n) {
  struct read_ctx r = {.store = w->store, .arena = w->arena, .program = desk_program(&w->desk, w->now_ms), .engine = w->desk.engine,
                       .now_ms = w->now_ms, .zone_offset_ms = w->desk.zone_offset_ms, .actor = n->actor, .problem = &n->problem};
  if (!view_may(r.program, &r.actor, str_c(n->read->permission)))
    return problem_set(&n->problem, r.actor.type == ACTOR_NOBODY ? E_UNAUTHENTIC : E_DENIED, "may.read", "没有查看的权限（%s）", "You may not look at this (%s)", n->read->permission);
  return n->read->run(&r, n->args, &n->result);
}

static void forget_result(struct node *n) {
  json_decref(n->result);
  n->result = NULL;
}

static enum status reload(struct writer *w, struct problem *p) {
  return w->whole ? desk_reload_whole(&w->desk, w->store, p) : desk_reload(&w->desk, w->store, p);
}

/* Runs one node. OK also when the request itself was refused; a failure is the batch's. */
static enum status run_node(struct writer *w, struct node *n, struct problem *p) {
  arena_reset(w->arena);
  n->problem = (struct problem){0};
  forget_result(n);
  if (n->read) {
    enum status status = writer_settle(w, w->arena, p);
    if (status != OK) return status;
    n->status = run_read(w, n);
    return OK;
  }
  if (n->command == NULL) return OK;
  struct event_log_mark mark = event_log_mark(&w->log);
  size_t feed = w->feed.count;
  i64 before = store_changes(w->store);
  if (w->savepoints) {
    enum status status = store_savepoint(w->store, p);
    if (status != OK) return status;
  }
  w->running = n;
  n->status = run_command(w, n);
  w->running = NULL;
  if (n->status == OK && !w->savepoints) return OK;
  if (n->status == OK) { /* a later one may make the engine anew: nothing may wait in the old one */
    enum status status = writer_settle(w, w->arena, p);
    return status == OK ? store_savepoint_keep(w->store, p) : status;
  }
  forget_result(n);
  bool wrote = store_changes(w->store) != before;
  bool appended = w->log.last_seq != mark.last_seq;
  if (n->problem.key[0] == 0) {
    enum status ignored = problem_set(&n->problem, n->status, "command.failed", "没有做成", "This could not be done");
    (void)ignored;
  }
  if (!w->savepoints) {
    if (!wrote && !appended && !is_trouble(n->status)) return OK;
    n->settled = !is_trouble(n->status);
    w->rerun = true;
    return E_CONFLICT;
  }
  n->settled = true;
  enum status status = store_savepoint_undo(w->store, p);
  if (status != OK) return status;
  event_log_undo(&w->log, mark);
  w->feed.count = feed;
  if (!appended) return OK;
  status = reload(w, p);
  desk_hold(&w->desk);
  return status;
}

/* ---- time */

/* A version's day has come: the log says so, before anything is judged by it. */
static enum status announce(struct writer *w, struct problem *p) {
  const struct desk_version *v = desk_to_announce(&w->desk, w->now_ms);
  if (v == NULL || v->program->header == NULL) return OK;
  arena_reset(w->arena);
  struct command_ctx c = {.writer = w, .store = w->store, .arena = w->arena, .engine = w->desk.engine, .program = v->program, .now_ms = w->now_ms,
                          .zone_offset_ms = w->desk.zone_offset_ms, .actor = {.type = ACTOR_SYSTEM}, .problem = p};
  i64 seen = engine_now(w->desk.engine);
  struct event *e = event_new(w->arena, EVENT_rulebook_in_force, v->in_force_ms > seen ? v->in_force_ms : seen > w->now_ms ? w->now_ms : seen, STR(""));
  event_set_text(e, "rulebook", v->program->header->id.text);
  event_set_text(e, "version", arena_printf(w->arena, "%d.%d", v->program->header->major, v->program->header->minor));
  return command_append(&c, e);
}

/* Deadlines that passed: one clock.due in the log says how far time was looked at, so a replay looks exactly then. */
static enum status pass_time(struct writer *w, struct problem *p) {
  i64 due = engine_next_due(w->desk.engine);
  if (due > w->now_ms || due == w->desk.last_due_ms) return OK;
  arena_reset(w->arena);
  struct command_ctx c = {.writer = w, .store = w->store, .arena = w->arena, .engine = w->desk.engine,
                          .program = desk_program(&w->desk, w->now_ms), .now_ms = w->now_ms, .zone_offset_ms = w->desk.zone_offset_ms,
                          .actor = {.type = ACTOR_SYSTEM}, .problem = p};
  return command_append(&c, event_new(w->arena, EVENT_clock_due, w->now_ms, STR("")));
}

/* What rules ordered in this batch is done in it; what it brings about in turn may order more. */
static enum status carry_orders(struct writer *w, struct problem *p) {
  const struct command_def *carry = writer_command(w, STR("rules.carry_out"));
  enum status status = OK;
  for (int round = 0; carry && round < CARRY_ROUNDS_MOST; round++) {
    json_t *result = NULL;
    arena_reset(w->arena);
    TRY(writer_settle(w, w->arena, p)); /* what was held orders too */
    if (!w->desk.orders) return OK;
    w->desk.orders = false;
    struct command_ctx c = {.writer = w, .store = w->store, .arena = w->arena, .engine = w->desk.engine,
                            .program = desk_program(&w->desk, w->now_ms), .now_ms = w->now_ms, .zone_offset_ms = w->desk.zone_offset_ms,
                            .actor = {.type = ACTOR_SYSTEM}, .problem = p};
    if (c.program == NULL) return OK;
    status = carry->run(&c, NULL, &result);
    if (json_integer_value(json_object_get(result, "looked_at")) >= CARRY_FULL) w->desk.orders = true;
    json_decref(result);
    if (status != OK) break;
  }
done:
  if (status != OK) w->desk.orders = true;
  return status;
}

static enum status forget_answers(struct writer *w, struct problem *p) {
  if (w->now_ms - w->forgot_ms < FORGET_EVERY_MS) return OK;
  w->forgot_ms = w->now_ms;
  const struct stored_answer_forget_in in = {.before_ms = w->now_ms - WRITER_ANSWER_KEPT_MS};
  return stored_answer_forget(w->store, &in, NULL, p);
}

/* ---- the transaction */

/* Something was needed that the engine had forgotten: what it said in this transaction is taken back with it. */
static enum status past_at_hand(struct writer *w, struct problem *p) {
  if (!engine_wants_past(w->desk.engine)) return OK;
  w->whole = true;
  return problem_set(p, E_CONFLICT, "desk.past", "要先把以前的事重新读出来", "What is past has to be read again first");
}

static enum status run_all(struct writer *w, struct node *first, struct problem *p) {
  enum status status = OK;
  w->feed.count = 0;
  w->feed.items = NULL;
  w->feed.room = 0;
  arena_reset(w->batch_arena);
  TRY(store_begin(w->store, p));
  TRY(forget_answers(w, p));
  desk_hold(&w->desk);
  TRY(announce(w, p));
  TRY(pass_time(w, p));
  TRY(past_at_hand(w, p));
  for (struct node *n = first; n; n = n->next) {
    if (n->settled) continue;
    TRY(run_node(w, n, p));
    TRY(past_at_hand(w, p));
  }
  TRY(carry_orders(w, p));
  arena_reset(w->arena);
  TRY(writer_settle(w, w->arena, p));
  TRY(past_at_hand(w, p));
  TRY(event_log_seal(&w->log, w->store, w->now_ms, p));
  TRY(fault_point("writer.commit"));
  TRY(store_commit(w->store, p));
done:
  return status;
}

static enum status undo(struct writer *w, struct problem *p) {
  store_rollback(w->store);
  w->stale = true;
  return event_log_open(&w->log, w->store, p);
}

/* After trouble: is there room to write at all? A full disk must not cost a reload of the engine per request. */
static enum status probe(struct writer *w, struct problem *p) {
  enum status status = OK;
  if (w->trouble == OK) return OK;
  TRY(store_begin(w->store, p));
  TRY(writer_probe_pass(w->store, NULL, p));
  TRY(store_commit(w->store, p));
done:
  if (status != OK) store_rollback(w->store);
  return status;
}

static enum status ready(struct writer *w, struct problem *p) {
  enum status status = OK;
  TRY(probe(w, p));
  if (w->stale) {
    TRY(event_log_open(&w->log, w->store, p));
    TRY(reload(w, p));
    w->stale = false;
  }
done:
  return status;
}

/* The tables and the log are as before the batch; the engine will be. */
static void undo_quietly(struct writer *w) {
  struct problem p = {0};
  if (undo(w, &p) != OK) log_error("after a failed batch: %s", p.en);
}

static enum status attempt(struct writer *w, struct node *first, struct problem *p) {
  enum status status = OK;
  w->whole = w->savepoints = false;
  for (int turn = 0; turn < ATTEMPTS_MOST; turn++) { /* again behind savepoints, or with the whole past, or both */
    bool whole = w->whole;
    *p = (struct problem){0};
    status = ready(w, p);
    if (status != OK) break;
    w->rerun = false;
    status = run_all(w, first, p);
    if (status == OK) break;
    undo_quietly(w);
    w->savepoints |= w->rerun;
    if (!w->rerun && w->whole == whole) break;
  }
  w->whole = w->savepoints = false;
  return status;
}

static void note_state(struct writer *w, enum status status, i64 commands) {
  pthread_mutex_lock(&w->state_mutex);
  w->state.program = desk_program(&w->desk, w->now_ms);
  w->state.zone_offset_ms = w->desk.zone_offset_ms;
  w->state.now_ms = w->now_ms;
  w->state.trouble = status;
  w->state.batches++;
  w->state.commands += commands;
  if (status == OK) w->state.last_seq = w->log.last_seq;
  else w->state.commits_failed++;
  w->journal_pages = store_journal_pages(w->store);
  pthread_cond_signal(&w->checkpoint_wake);
  pthread_mutex_unlock(&w->state_mutex);
}

void writer_batch(struct writer *w, struct node *first) {
  struct problem p = {0};
  i64 now = writer_clock(w), commands = 0;
  if (now > w->now_ms) w->now_ms = now; /* a clock that is set back waits until it has caught up */
  enum status status = attempt(w, first, &p);
  if (status != OK && p.key[0] == 0) status = problem_set(&p, status, "store.io", "没有保存成功", "This was not saved");
  if (status != OK && w->trouble == OK) log_error("commit failed: %s", p.en);
  if (status == OK && w->trouble != OK) log_info("writing works again");
  w->trouble = status;
  if (status == OK && w->feed.count && w->options.feed) w->options.feed(w->options.feed_ctx, w->feed.items, w->feed.count);
  for (struct node *n = first; n; n = n->next) commands += n->command != NULL;
  note_state(w, status, commands);
  while (first) {
    struct node *n = first;
    first = n->next;
    bool lost = status != OK && !n->settled;
    if (n->done) n->done(n->ctx, lost ? status : n->status, lost ? NULL : n->result, lost ? &p : &n->problem);
    node_free(n);
  }
}
