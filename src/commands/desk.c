/* What a desk is besides its tables: the engine, the rulebook's versions. All of it follows from the log,
 * so it can be thrown away and made again; live work, start and rebuild go through the one desk_apply. */
#include "commands/writer_internal.h"

#include "base/log.h"
#include "commands/writer.sql.h"
#include "events/log.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t PROGRAMS_CAP = (size_t)1 << 30;
static const size_t REPLAY_CAP = (size_t)1 << 28;
enum { TAIL_SETTLE_EVERY = 256, REBUILD_COMMIT_EVERY = 20000, REST_EVERY = 50000, DATES_MAX = 4000 };

/* ---- which views fold which kinds */

struct view_fold_list {
  const struct view_def *views[32];
  size_t count;
};

static bool folds_noun(const struct view_def *v, const char *noun) {
  if (v->fold == NULL) return false;
  if (v->nouns == NULL) return true;
  for (const char *const *n = v->nouns; *n; n++)
    if (strcmp(*n, noun) == 0) return true;
  return false;
}

static struct view_fold_list *fold_lists(const struct writer_options *o) {
  size_t kinds;
  const struct event_kind *all = event_kind_all(&kinds);
  struct view_fold_list *lists = calloc(kinds, sizeof *lists);
  BUG_IF(lists == NULL || o->view_count > COUNT_OF(lists->views));
  for (size_t k = 0; k < kinds; k++)
    for (size_t i = 0; i < o->view_count; i++)
      if (folds_noun(o->views[i], all[k].noun)) lists[k].views[lists[k].count++] = o->views[i];
  return lists;
}

/* ---- life */

static void engine_fresh(struct desk *d) {
  struct engine *old = d->engine;
  d->engine = engine_new(d->zone_offset_ms, NULL);
  if (old) engine_remember_as(d->engine, old);
  engine_free(old);
  d->version_count = 0;
  d->last_due_ms = INT64_MIN;
}

enum status desk_open(struct desk *d, const struct writer_options *options, struct problem *p) {
  (void)p;
  *d = (struct desk){.options = options, .zone_offset_ms = options->zone_offset_ms, .programs = arena_new(PROGRAMS_CAP)};
  d->folds = fold_lists(options);
  engine_fresh(d);
  return OK;
}

void desk_close(struct desk *d) {
  engine_free(d->engine);
  arena_free(d->programs);
  free(d->versions);
  free(d->folds);
  *d = (struct desk){0};
}

const struct lang_program *desk_program(const struct desk *d, i64 now_ms) {
  const struct desk_version *best = NULL, *first = NULL;
  for (size_t i = 0; i < d->version_count; i++) {
    const struct desk_version *v = &d->versions[i];
    if (v->in_force_ms <= now_ms && (best == NULL || v->in_force_ms >= best->in_force_ms)) best = v;
    if (first == NULL || v->in_force_ms < first->in_force_ms) first = v;
  }
  if (best == NULL) best = first; /* roles and pages are needed on the day before, too */
  return best ? best->program : NULL;
}

const struct desk_version *desk_to_announce(const struct desk *d, i64 now_ms) {
  const struct desk_version *newest = NULL;
  for (size_t i = 0; i < d->version_count; i++) {
    const struct desk_version *v = &d->versions[i];
    if (v->in_force_ms <= now_ms && (newest == NULL || v->in_force_ms >= newest->in_force_ms)) newest = v;
  }
  return newest && !newest->announced ? newest : NULL;
}

/* ---- facts about the desk itself */

static enum status apply_rulebook(struct applying *to, const struct event *e) {
  struct desk *d = to->desk;
  struct str source = event_get_text(e, "source");
  const struct lang_program *program = NULL;
  if (source.n == 0 || d->options->compile == NULL) return OK;
  for (size_t i = 0; i < d->version_count && !program; i++)
    if (str_eq(d->versions[i].program->source, source)) program = d->versions[i].program;
  enum status status = OK;
  if (program == NULL) status = d->options->compile(d->options->compile_ctx, d->programs, source, &program, to->problem);
  if (status != OK) return status;
  i64 in_force = e->occurred_ms;
  if (event_has(e, "in_force")) in_force = instant_at(event_get_int(e, "in_force", 0), 0, d->zone_offset_ms);
  if (event_has(e, "from")) in_force = event_get_int(e, "from", in_force); /* from a moment of that day on */
  status = engine_publish(d->engine, program, e->occurred_ms, in_force, to->problem);
  if (status != OK) return status;
  if (d->version_count == d->version_room) {
    d->version_room = d->version_room ? d->version_room * 2 : 8;
    d->versions = realloc(d->versions, d->version_room * sizeof *d->versions);
    BUG_IF(d->versions == NULL);
  }
  d->versions[d->version_count++] = (struct desk_version){.published_ms = e->occurred_ms, .in_force_ms = in_force, .program = program};
  return OK;
}

static void apply_in_force(struct desk *d, const struct event *e) {
  struct str name = event_get_text(e, "version");
  for (size_t i = 0; i < d->version_count; i++) {
    const struct lang_header *h = d->versions[i].program->header;
    char own[48];
    snprintf(own, sizeof own, "%d.%d", h ? h->major : 0, h ? h->minor : 0);
    if (str_is(name, own)) d->versions[i].announced = true;
  }
}

/* ---- the engine's reports */

static void first_failure(struct applying *to, enum status status) {
  if (to->status == OK) to->status = status;
}

static void on_consequence(void *ctx, enum change change, const struct consequence *c) {
  struct applying *to = ctx;
  bool order = c->type == C_OPEN_CASE || c->type == C_MOVE_CASE || c->type == C_ASSIGN || c->type == C_SEND_FORM;
  if (order && change != CHANGE_WITHDRAW) to->desk->orders = true;
  const struct writer_options *o = to->desk->options;
  for (size_t i = 0; to->store && i < o->view_count && to->status == OK; i++)
    if (o->views[i]->consequence) first_failure(to, o->views[i]->consequence(to->store, to->arena, change, c, to->problem));
  if (to->feed) feed_consequence(to->feed, to->desk, to->seq, to->now_ms, change, c);
}

static void on_clock(void *ctx, const struct rule_clock *c) {
  struct applying *to = ctx;
  const struct writer_options *o = to->desk->options;
  for (size_t i = 0; to->store && i < o->view_count && to->status == OK; i++)
    if (o->views[i]->clock) first_failure(to, o->views[i]->clock(to->store, to->arena, c, to->problem));
  if (to->feed) feed_clock(to->feed, to->desk, to->seq, to->now_ms, c);
}

static void on_derived(void *ctx, enum change change, const struct event *e) {
  struct applying *to = ctx;
  const struct writer_options *o = to->desk->options;
  for (size_t i = 0; to->store && i < o->view_count && to->status == OK; i++)
    if (o->views[i]->derived) first_failure(to, o->views[i]->derived(to->store, to->arena, change, e, to->problem));
}

enum status desk_fold(struct applying *to, const struct event *e) {
  const struct view_fold_list *folds = &to->desk->folds[event_kind_index(e->kind)];
  for (size_t i = 0; i < folds->count; i++) {
    enum status status = folds->views[i]->fold(to->store, to->arena, e, to->problem);
    if (status != OK) return status;
  }
  return OK;
}

enum status desk_apply(struct applying *to, const struct event *e) {
  struct desk *d = to->desk;
  enum status status = OK;
  const struct engine_sink sink = {.ctx = to, .consequence = on_consequence, .clock = on_clock, .derived = on_derived};
  size_t kind = event_kind_index(e->kind);
  to->seq = e->seq;
  to->status = OK;
  if (to->store) TRY(desk_fold(to, e));
  switch (kind) {
    case EVENT_clock_due: /* not a fact of its own: it only says up to when time was looked at */
      d->last_due_ms = engine_next_due(d->engine);
      engine_advance(d->engine, e->occurred_ms, &sink);
      return to->status;
    case EVENT_rulebook_published: TRY(apply_rulebook(to, e)); break;
    case EVENT_rulebook_in_force: apply_in_force(d, e); break;
    case EVENT_desk_opened: {
      i64 offset;
      if (zone_offset(event_get_text(e, "zone"), &offset) && offset != d->zone_offset_ms && d->version_count == 0) {
        d->zone_offset_ms = offset;
        engine_fresh(d);
        desk_hold(d); /* as it was: the desk's first fact stands at the head of a transaction */
      }
      break;
    }
    default: break;
  }
  TRY(engine_step(d->engine, e, &sink, to->problem));
  status = to->status;
done:
  return status;
}

void desk_hold(struct desk *d) { engine_hold(d->engine); }

enum status desk_settle(struct applying *to) {
  const struct engine_sink sink = {.ctx = to, .consequence = on_consequence, .clock = on_clock, .derived = on_derived};
  to->status = OK;
  engine_flush(to->desk->engine, &sink);
  return to->status;
}

/* ---- from the log */

struct replay {
  struct applying to;
  struct store *store;
  i64 since_commit, sealed_to;
};

/* In a rebuild: the event begins a new transaction of the log, so what was held in the one before is derived now. */
static enum status cross_seal(struct replay *r, const struct event *e, struct arena *a) {
  if (r->to.store == NULL || e->seq <= r->sealed_to) return OK;
  enum status status = r->sealed_to ? desk_settle(&r->to) : OK;
  if (status != OK) return status;
  const struct log_seals_in in = {.after = e->seq - 1, .most = 1};
  struct log_seals_row *rows = NULL;
  size_t count = 0;
  status = log_seals(r->store, a, &in, &rows, &count, r->to.problem);
  r->sealed_to = count ? rows[0].last_seq : INT64_MAX;
  desk_hold(r->to.desk);
  return status;
}

static enum status replay_one(void *ctx, const struct event *e, struct str line, struct arena *a) {
  (void)line;
  struct replay *r = ctx;
  r->to.arena = a;
  r->to.now_ms = e->recorded_ms;
  enum status status = cross_seal(r, e, a);
  if (status == OK) status = desk_apply(&r->to, e);
  if (status == OK && r->to.store && ++r->since_commit >= REBUILD_COMMIT_EVERY) {
    r->since_commit = 0;
    status = store_commit(r->store, r->to.problem);
    if (status == OK) status = store_begin(r->store, r->to.problem);
  }
  return status;
}

/* What came after the snapshot, in order of recording: a late fact is then a correction like any other. */
static enum status tail_one(void *ctx, const struct event *e, struct str line, struct arena *a) {
  struct replay *r = ctx;
  enum status status = replay_one(ctx, e, line, a);
  if (status != OK || ++r->since_commit % TAIL_SETTLE_EVERY) return status;
  status = desk_settle(&r->to);
  desk_hold(r->to.desk);
  return status;
}

/* Stations are left behind on the way, and what lies before them is forgotten. */
static enum status resting_one(void *ctx, const struct event *e, struct str line, struct arena *a) {
  struct replay *r = ctx;
  enum status status = replay_one(ctx, e, line, a);
  if (status == OK && ++r->since_commit % REST_EVERY == 0) engine_rest(r->to.desk->engine);
  return status;
}

static enum status reload_tail(struct desk *d, struct store *s, struct problem *p) {
  struct replay r = {.to = {.desk = d, .problem = p}, .store = s};
  d->last_due_ms = INT64_MIN;
  desk_hold(d);
  enum status status = event_log_each(s, d->snapshot_seq, d->zone_offset_ms, tail_one, &r, p);
  return status == OK ? desk_settle(&r.to) : status;
}

static enum status reload_log(struct desk *d, struct store *s, bool whole, struct problem *p) {
  engine_fresh(d);
  struct replay r = {.to = {.desk = d, .problem = p}, .store = s};
  desk_hold(d);
  enum status status = event_log_each_by_time(s, INT64_MAX, NULL, d->zone_offset_ms, whole ? replay_one : resting_one, &r, p);
  return status == OK ? desk_settle(&r.to) : status;
}

enum status desk_reload_snapshot(struct desk *d, struct store *s, bool *usable, struct problem *p) {
  *usable = desk_restore(d, s);
  if (!*usable) return OK;
  enum status status = reload_tail(d, s, p);
  return status == OK && engine_wants_past(d->engine) ? reload_log(d, s, true, p) : status; /* the tail speaks of what the snapshot has forgotten */
}

enum status desk_reload(struct desk *d, struct store *s, struct problem *p) {
  bool usable = false;
  enum status status = desk_reload_snapshot(d, s, &usable, p);
  if (usable || status != OK) return status;
  status = reload_log(d, s, false, p);
  return status == OK && engine_wants_past(d->engine) ? reload_log(d, s, true, p) : status; /* a version that came after what it judges */
}

enum status desk_reload_whole(struct desk *d, struct store *s, struct problem *p) { return reload_log(d, s, true, p); }

static enum status each_view_table(const struct desk *d, struct store *s, enum status (*f)(struct store *, const struct store_table *, struct problem *), struct problem *p) {
  for (size_t i = 0; i < d->options->module_count; i++)
    for (size_t k = 0; k < d->options->modules[i]->table_count; k++) {
      const struct store_table *t = &d->options->modules[i]->tables[k];
      enum status status = t->keep ? OK : f(s, t, p);
      if (status != OK) return status;
    }
  return OK;
}

static enum status put_versions(const struct desk *d, struct store *s, struct problem *p) {
  for (size_t i = 0; i < d->options->view_count; i++) {
    const struct view_version_put_in in = {.noun = str_c(d->options->views[i]->noun), .version = d->options->views[i]->version};
    enum status status = view_version_put(s, &in, NULL, p);
    if (status != OK) return status;
  }
  return OK;
}

enum status desk_catch_up(const struct desk *d, struct store *s, struct arena *a, i64 most, bool *more, struct problem *p) {
  enum status status = store_begin(s, p);
  if (status != OK) return status;
  *more = false;
  for (size_t i = 0; i < d->options->view_count && status == OK; i++) {
    bool rest = false;
    if (d->options->views[i]->catch_up) status = d->options->views[i]->catch_up(s, a, most, &rest, p);
    *more |= rest;
  }
  if (status == OK) status = store_commit(s, p);
  if (status != OK) store_rollback(s);
  return status;
}

enum status desk_catch_up_all(const struct desk *d, struct store *s, struct problem *p) {
  struct arena *a = arena_new(REPLAY_CAP);
  enum status status = OK;
  for (bool more = true; more && status == OK; arena_reset(a)) status = desk_catch_up(d, s, a, REBUILD_COMMIT_EVERY, &more, p);
  arena_free(a);
  return status;
}

enum status desk_rebuild(struct desk *d, struct store *s, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(REPLAY_CAP);
  struct replay r = {.to = {.desk = d, .store = s, .problem = p}, .store = s};
  TRY(store_begin(s, p));
  TRY(view_version_clear(s, NULL, p)); /* interrupted here or later, the next start begins again */
  TRY(each_view_table(d, s, store_table_drop, p));
  TRY(each_view_table(d, s, store_table_create, p));
  engine_fresh(d);
  TRY(event_log_each(s, 0, d->zone_offset_ms, replay_one, &r, p));
  r.to.arena = a;
  TRY(desk_settle(&r.to));
  TRY(put_versions(d, s, p));
  TRY(store_commit(s, p));
  arena_reset(a);
  TRY(desk_catch_up_all(d, s, p));
done:
  if (status != OK) store_rollback(s);
  arena_free(a);
  return status;
}

enum status desk_prepare(struct desk *d, struct store *s, bool *stale, struct problem *p) {
  enum status status = OK;
  struct arena *a = arena_new(REPLAY_CAP);
  struct view_version_all_row *rows = NULL;
  size_t count = 0;
  TRY(store_begin(s, p));
  for (size_t i = 0; i < d->options->module_count; i++) TRY(store_module_create(s, d->options->modules[i], false, p));
  TRY(view_version_all(s, a, &rows, &count, p));
  *stale = false;
  for (size_t i = 0; i < d->options->view_count; i++) {
    bool same = false;
    for (size_t k = 0; k < count; k++)
      same |= str_is(rows[k].noun, d->options->views[i]->noun) && rows[k].version == d->options->views[i]->version;
    *stale |= !same;
  }
  TRY(store_commit(s, p));
done:
  if (status != OK) store_rollback(s);
  arena_free(a);
  return status;
}
