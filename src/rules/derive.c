/* Deriving everything again, from the first fact: what a publication, and a change that a slice cannot vouch for, come to. The
 * differences are reported by the identity of consequences, clocks and derived facts. */
#include "rules/slice.h"

#include <stdlib.h>

enum { ARENA_CAP = 1 << 30, TURNS_MAX = 64 };

struct old_clock {
  struct rule_clock clock;
  u64 key;
};
struct before {
  struct cons_list cons, gone; /* gone: withdrawn earlier, still to be asked about */
  struct table digest;
  struct table clocks; /* id -> index + 1 */
  VEC(struct old_clock) clock;
  VEC(u64) derived_id;
  struct table derived;
  struct arena *arena;
  VEC(struct event *) events;
};

static u64 clock_key(const struct duty *d, sym bearer) {
  return mix(mix(mix(mix(d->id, (u64)d->clock), (u64)d->due), bearer), (u64)d->done);
}

static void remember(struct engine *e, struct before *b) {
  *b = (struct before){.arena = arena_new(ARENA_CAP)};
  for (u32 i = 0; i < e->s.cons.n; i++) {
    if (!e->s.cons.p[i].live) {
      *VEC_PUSH(b->gone) = e->s.cons.p[i];
      continue;
    }
    *VEC_PUSH(b->cons) = e->s.cons.p[i];
    *table_at(&b->digest, e->s.cons.p[i].id, NULL) = b->cons.n;
  }
  if (e->sink && e->sink->clock) {
    for (u32 i = 0; i < e->s.duties.n; i++) {
      const struct duty *d = &e->s.duties.p[i];
      if (d->state == D_DONE || duty_hidden(e, i)) continue;
      struct old_clock *o = VEC_PUSH(b->clock);
      duty_clock(e, i, b->arena, &o->clock);
      o->key = clock_key(d, intern_sym(&e->names, o->clock.bearer));
      *table_at(&b->clocks, d->id, NULL) = b->clock.n;
    }
  }
  if (e->sink && e->sink->derived) {
    for (u32 i = 0; i < e->s.derived.n; i++) {
      *VEC_PUSH(b->events) = fact_event(e, b->arena, i | DERIVED_BIT);
      *VEC_PUSH(b->derived_id) = fact_identity(e, i | DERIVED_BIT);
      *table_at(&b->derived, fact_identity(e, i | DERIVED_BIT), NULL) = b->events.n;
    }
  }
}

static void report_clocks(struct engine *e, struct before *b) {
  struct table seen = {0};
  for (u32 i = 0; i < e->s.duties.n; i++) {
    const struct duty *d = &e->s.duties.p[i];
    if (d->state == D_DONE || duty_hidden(e, i)) continue;
    *table_at(&seen, d->id, NULL) = 1;
    u64 *at = table_get(&b->clocks, d->id);
    arena_reset(e->words);
    struct rule_clock clock;
    duty_clock(e, i, e->words, &clock);
    if (at && b->clock.p[*at - 1].key == clock_key(d, intern_sym(&e->names, clock.bearer))) continue;
    e->sink->clock(e->sink->ctx, &clock);
  }
  for (u32 i = 0; i < b->clock.n; i++) {
    struct rule_clock *c = &b->clock.p[i].clock;
    u64 id = 0;
    for (size_t k = 0; k < c->id.n; k++) id = id << 4 | (u64)(c->id.p[k] <= '9' ? c->id.p[k] - '0' : c->id.p[k] - 'a' + 10);
    if (table_get(&seen, id)) continue;
    u64 *state = table_get(&e->ended, id);
    c->state = state ? (enum clock_state)(*state - 1) : CLOCK_DISCHARGED;
    if (c->state == CLOCK_RUNNING || c->state == CLOCK_PAUSED) c->state = CLOCK_DISCHARGED;
    e->sink->clock(e->sink->ctx, c);
  }
  table_clear(&seen);
}

struct cons *cons_keep_withdrawn(struct engine *e, const struct cons *c) {
  struct cons gone = *c;
  gone.live = false;
  gone.seal = SEAL_WITHDRAWN;
  if (gone.trigger & DERIVED_BIT) gone.trigger = NONE; /* it may be gone too */
  gone.stop = NONE;
  gone.rank = 0;
  *VEC_PUSH(e->s.cons) = gone;
  *table_at(&e->s.cons_of, gone.id, NULL) = e->s.cons.n;
  return &e->s.cons.p[e->s.cons.n - 1];
}

static void report_difference(struct engine *e, struct before *b) {
  for (u32 i = 0; i < e->s.cons.n; i++) {
    struct cons *c = &e->s.cons.p[i];
    if (!c->live) continue;
    u64 *at = table_get(&b->digest, c->id);
    if (at == NULL) engine_report_consequence(e, CHANGE_ADD, c);
    else if (cons_digest(&b->cons.p[*at - 1]) != cons_digest(c)) engine_report_consequence(e, CHANGE_UPDATE, c);
  }
  for (u32 i = 0; i < b->cons.n; i++) {
    u64 *now = table_get(&e->s.cons_of, b->cons.p[i].id);
    if (now && e->s.cons.p[*now - 1].live) continue;
    if (now == NULL) {
      engine_report_consequence(e, CHANGE_WITHDRAW, cons_keep_withdrawn(e, &b->cons.p[i]));
    } else {
      engine_report_consequence(e, CHANGE_WITHDRAW, &e->s.cons.p[*now - 1]);
    }
  }
  for (u32 i = 0; i < b->gone.n; i++) {
    if (!table_get(&e->s.cons_of, b->gone.p[i].id)) (void)cons_keep_withdrawn(e, &b->gone.p[i]);
  }
  if (e->sink && e->sink->derived) {
    struct table now = {0};
    for (u32 i = 0; i < e->s.derived.n; i++) {
      u64 id = fact_identity(e, i | DERIVED_BIT);
      *table_at(&now, id, NULL) = 1;
      if (!table_get(&b->derived, id)) engine_report_derived(e, CHANGE_ADD, i | DERIVED_BIT);
    }
    for (u32 i = 0; i < b->events.n; i++) {
      if (!table_get(&now, b->derived_id.p[i])) e->sink->derived(e->sink->ctx, CHANGE_WITHDRAW, b->events.p[i]);
    }
    table_clear(&now);
  }
  if (e->sink && e->sink->clock) report_clocks(e, b);
}

static void forget(struct before *b) {
  free(b->cons.p);
  free(b->gone.p);
  free(b->clock.p);
  free(b->derived_id.p);
  free(b->events.p);
  table_clear(&b->digest);
  table_clear(&b->clocks);
  table_clear(&b->derived);
  arena_free(b->arena);
}

void derive_again(struct engine *e) {
  struct before b;
  i64 now = e->s.now;
  bool started = e->s.started;
  if (!e->dirty) return;
  remember(e, &b);
  table_clear(&e->dead); /* found anew: which facts an appeal took back follows from the facts alone, not from how they came */
  for (int turn = 0; e->dirty && turn < TURNS_MAX; turn++) { /* an upheld appeal found on the way sends it back once more */
    e->dirty = false;
    e->dirty_from = INT64_MAX;
    e->replaying = true;
    revoke_begin(e);
    e->derived_again++;
    e->taken_back.n = 0;
    table_clear(&e->ended);
    state_free(&e->s);
    rankings_forget(e);
    engine_run_to(e, now);
    if (started) engine_pass_time(e, now);
    e->replaying = false;
    if (revoke_settle(e)) e->dirty = true;
  }
  e->dirty = false;
  report_difference(e, &b);
  forget(&b);
}
