/* Deriving again, from the newest station before the change or from the first fact: what a publication, and a change that a
 * slice cannot vouch for, come to. The differences are reported by the identity of consequences, clocks and derived facts. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1 << 30, TURNS_MAX = 64, ONE_BY_ONE_TURNS = 16 };

struct old_clock {
  struct rule_clock clock;
  u64 key;
};
struct before {
  struct state old;    /* what was held, put aside */
  struct table clocks; /* id -> index + 1 */
  VEC(struct old_clock) clock;
  struct arena *arena;
};

static u64 clock_key(const struct duty *d, sym bearer) {
  return mix(mix(mix(mix(d->id, (u64)d->clock), (u64)d->due), bearer), (u64)d->done);
}

static void remember(struct engine *e, struct before *b) {
  *b = (struct before){.arena = arena_new(ARENA_CAP)};
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
  b->old = e->s;
  e->s = (struct state){.free_duty = NONE};
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

static const struct cons *held(const struct state *s, u64 id) {
  const u64 *at = table_get(&s->cons_of, id);
  return at ? &s->cons.p[*at - 1] : NULL;
}

static void report_consequences(struct engine *e, const struct state *old, u32 same) {
  for (u32 i = 0; i < e->s.cons.n; i++) {
    struct cons *c = &e->s.cons.p[i];
    if (!c->live || (i < same && i < old->cons.n && memcmp(c, &old->cons.p[i], sizeof *c) == 0)) continue;
    const struct cons *was = held(old, c->id);
    if (was == NULL || !was->live) engine_report_consequence(e, CHANGE_ADD, c);
    else if (cons_digest(was) != cons_digest(c)) engine_report_consequence(e, CHANGE_UPDATE, c);
  }
  for (u32 i = 0; i < old->cons.n; i++) {
    const struct cons *was = &old->cons.p[i];
    struct cons *now = cons_by_id(e, was->id);
    if (was->live && (now == NULL || !now->live)) engine_report_consequence(e, CHANGE_WITHDRAW, now ? now : cons_keep_withdrawn(e, was));
    else if (now == NULL) (void)cons_keep_withdrawn(e, was); /* withdrawn earlier, still to be asked about */
  }
}

/* A derived fact counts when it stands in the list of its kind: one that a slice took out or made anew leaves its first form
 * behind. Lists begin alike up to the change. */
static void report_derived_of(struct engine *e, struct state *old, int kind, u32 same) {
  struct table was = {0}, now = {0};
  const struct refs a = old->by_kind[kind], b = e->s.by_kind[kind];
  const struct state fresh = e->s;
  u32 alike = 0;
  while (alike < a.n && alike < b.n && a.p[alike] == b.p[alike] && (!(a.p[alike] & DERIVED_BIT) || (a.p[alike] & ~DERIVED_BIT) < same)) alike++;
  for (u32 i = alike; i < b.n; i++) {
    if (b.p[i] & DERIVED_BIT) *table_at(&now, fact_identity(e, b.p[i]), NULL) = 1;
  }
  for (u32 i = alike; i < a.n; i++) {
    if (!(a.p[i] & DERIVED_BIT)) continue;
    e->s = *old;
    u64 id = fact_identity(e, a.p[i]);
    *table_at(&was, id, NULL) = 1;
    bool gone = !table_get(&now, id);
    arena_reset(e->words);
    const struct event *event = gone ? fact_event(e, e->words, a.p[i]) : NULL;
    e->s = fresh;
    if (gone) e->sink->derived(e->sink->ctx, CHANGE_WITHDRAW, event);
  }
  for (u32 i = alike; i < b.n; i++) {
    if ((b.p[i] & DERIVED_BIT) && !table_get(&was, fact_identity(e, b.p[i]))) engine_report_derived(e, CHANGE_ADD, b.p[i]);
  }
  table_clear(&was);
  table_clear(&now);
}

static void report_difference(struct engine *e, struct before *b, u32 same_cons, u32 same_derived) {
  report_consequences(e, &b->old, same_cons);
  for (int k = 0; e->sink && e->sink->derived && k < EVENT_KIND_COUNT; k++) report_derived_of(e, &b->old, k, same_derived);
  if (e->sink && e->sink->clock) report_clocks(e, b);
}

static void forget(struct before *b) {
  state_free(&b->old);
  free(b->clock.p);
  table_clear(&b->clocks);
  arena_free(b->arena);
}

/* What an upheld appeal took back goes before the next fact is judged, as it did when the ruling was told: a later ruling finds what was
 * there after the earlier one. False: that takes another derivation, without it. */
static bool take_out(struct engine *e, const struct station *from, i64 dirty_from) {
  bool good = !e->dirty;
  for (u32 i = 0; good && i < e->taken_back.n; i++) {
    const struct taken_back t = e->taken_back.p[i];
    good = t.trigger != NONE && !(t.trigger & DERIVED_BIT) && (from == NULL || fact_of(e, t.trigger)->at > from->s.now) && slice_take_out(e, t.trigger, t.key);
  }
  e->taken_back.n = 0;
  if (good) e->dirty_from = dirty_from;
  else e->dirty = true;
  return good;
}

/* All of it; false: cut short, e->dirty says so. */
static bool derive_once(struct engine *e, const struct station *from, i64 now, bool started) {
  for (;;) {
    i64 dirty_from = e->dirty_from;
    engine_run_to(e, now);
    bool over = !(e->one_by_one && e->taken_back.n);
    if (over && started) engine_pass_time(e, now);
    if (e->one_by_one && e->taken_back.n && !take_out(e, from, dirty_from)) return false;
    if (over) return true;
  }
}

/* False: something was found on the way that reaches behind the station. */
static bool derive_from(struct engine *e, const struct station *from, i64 now, bool started) {
  station_dead(e, from); /* found anew: which facts an appeal took back follows from the facts alone, not from how they came */
  table_clear(&e->revoked);
  e->revocations.n = 0; /* no station stands where there was any */
  e->dirty = true;
  for (int turn = 0; e->dirty && turn < TURNS_MAX; turn++) { /* an upheld appeal found on the way sends it back once more */
    e->dirty = false;
    e->dirty_from = INT64_MAX;
    e->dirty_place = NONE;
    e->replaying = true;
    revoke_begin(e);
    e->derived_again++;
    e->taken_back.n = 0;
    table_clear(&e->ended);
    station_enter(e, from);
    e->one_by_one = turn < ONE_BY_ONE_TURNS;
    bool whole = derive_once(e, from, now, started);
    e->one_by_one = e->replaying = false;
    if (from && (e->revocations.n || (e->dirty && from->s.now > e->dirty_from))) return false;
    if (whole && revoke_settle(e)) e->dirty = true;
  }
  return true;
}

void derive_again(struct engine *e) {
  struct before b;
  i64 now = e->s.now;
  bool started = e->s.started;
  if (!e->dirty) return;
  stations_cut(e, e->dirty_from, e->dirty_place);
  if (e->forgotten && e->stations.n == 0) {
    forget_missed(e);
    return;
  }
  remember(e, &b);
  while (!derive_from(e, e->stations.n ? &e->stations.p[e->stations.n - 1] : NULL, now, started)) {
    if (e->revocations.n) stations_free(e);
    else stations_cut(e, e->dirty_from, e->dirty_place);
    if (e->forgotten && e->stations.n == 0) {
      forget_missed(e);
      break;
    }
  }
  e->dirty = false;
  e->dirty_from = INT64_MAX;
  e->dirty_place = NONE;
  const struct state *same = e->stations.n ? &e->stations.p[e->stations.n - 1].s : NULL;
  report_difference(e, &b, same ? same->cons.n : 0, same ? same->derived.n : 0);
  forget(&b);
}
