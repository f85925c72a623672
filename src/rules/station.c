/* Stations: copies of the derived state at instants that are past. What cannot be corrected by a slice is derived again from
 * the newest station before the change and not from the first fact. See slice.h for the promise.
 *
 * A station is good for as long as nothing before it changes: a late fact before its place, a fact before it taken back, a word
 * that reaches behind it, a new version throw it away. The facts themselves are the engine's; a station holds only what
 * follows from them. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

static void *copy(const void *p, size_t n) {
  if (n == 0) return NULL;
  void *fresh = malloc(n);
  BUG_IF(fresh == NULL);
  memcpy(fresh, p, n);
  return fresh;
}

enum { STATION_FACTS = 200, FORGET_FACTS = 10000 };
#define STATION_SPAN_MS ((i64)MS_DAY)
#define RECENT_MS (15 * (i64)MS_DAY) /* a late fact so far back stays a slice */
#define COUNTED_MS (70 * (i64)MS_DAY) /* this month and the one before */

#define COPY(to, v) ((to).p = copy((v).p, (size_t)(v).n * sizeof *(v).p), (to).n = (to).room = (v).n)

static struct table table_copy(const struct table *t) {
  return (struct table){copy(t->keys, (size_t)t->room * sizeof *t->keys), copy(t->values, (size_t)t->room * sizeof *t->values), t->n, t->room};
}

static struct state state_copy(const struct state *of) {
  struct state s = *of;
  COPY(s.objects, of->objects);
  for (int n = 0; n < N_COUNT; n++) s.of_sym[n] = copy(of->of_sym[n], (size_t)of->of_room[n] * sizeof(u32));
  COPY(s.notes, of->notes);
  COPY(s.spells, of->spells);
  COPY(s.shifts, of->shifts);
  COPY(s.people, of->people);
  COPY(s.cases, of->cases);
  COPY(s.leaves, of->leaves);
  COPY(s.duties, of->duties);
  COPY(s.rule_duties, of->rule_duties);
  COPY(s.cons, of->cons);
  s.cons_of = table_copy(&of->cons_of);
  COPY(s.ranks, of->ranks);
  s.counters = table_copy(&of->counters);
  COPY(s.timers.nodes, of->timers.nodes);
  COPY(s.timers.ready, of->timers.ready);
  s.timers.slots = of->timers.slots ? copy(of->timers.slots, WHEEL_LEVELS * WHEEL_SLOTS * sizeof *of->timers.slots) : NULL;
  for (int i = 0; i < TIMER_OWNERS; i++) COPY(s.timers.owned[i], of->timers.owned[i]);
  COPY(s.open, of->open);
  s.over = table_copy(&of->over);
  COPY(s.derived, of->derived);
  COPY(s.derived_cells, of->derived_cells);
  for (int k = 0; k < EVENT_KIND_COUNT; k++) COPY(s.by_kind[k], of->by_kind[k]);
  COPY(s.by_case, of->by_case);
  for (u32 i = 0; i < of->by_case.n; i++) COPY(s.by_case.p[i], of->by_case.p[i]);
  s.by_case_of = table_copy(&of->by_case_of);
  COPY(s.queue, of->queue);
  s.said = table_copy(&of->said);
  s.score_last = table_copy(&of->score_last);
  s.score_read = table_copy(&of->score_read);
  s.caused = table_copy(&of->caused);
  s.overruled = table_copy(&of->overruled);
  s.verdicts = table_copy(&of->verdicts);
  COPY(s.holidays, of->holidays);
  COPY(s.make_up, of->make_up);
  return s;
}

void station_drop(struct engine *e, u32 i) {
  state_free(&e->stations.p[i].s);
  table_clear(&e->stations.p[i].dead);
  memmove(&e->stations.p[i], &e->stations.p[i + 1], (e->stations.n - 1 - i) * sizeof *e->stations.p);
  e->stations.n--;
}

void stations_free(struct engine *e) {
  while (e->stations.n) station_drop(e, e->stations.n - 1);
  VEC_FREE(e->stations);
}

void stations_cut(struct engine *e, i64 at, u32 place) {
  while (e->stations.n) {
    const struct state *s = &e->stations.p[e->stations.n - 1].s;
    if (s->now <= at && s->next_fact <= place) return;
    station_drop(e, e->stations.n - 1);
  }
}

/* The station that leaves the smallest hole, measured by how long ago it is; never the newest. */
static u32 least_missed(const struct engine *e, i64 now) {
  u32 best = 0;
  i64 least = 0;
  for (u32 i = 0; i + 1 < e->stations.n; i++) {
    i64 at = e->stations.p[i].s.now, before = i ? e->stations.p[i - 1].s.now : 2 * at - now; /* the oldest: as if one stood at twice its age */
    i64 hole = (e->stations.p[i + 1].s.now - before) * 1024 / (now - at + 1);
    if (i && hole >= least) continue;
    best = i;
    least = hole;
  }
  return best;
}

bool engine_keep_station(struct engine *e) {
  bool busy = e->pending.n || e->dirty || e->taken_back.n || e->s.queue.n || e->slice || e->lean;
  if (busy || !e->s.started || e->revocations.n) return false; /* a fact that another takes back is looked for from the first fact on */
  if (e->stations.n && e->stations.p[e->stations.n - 1].s.next_fact == e->s.next_fact) station_drop(e, e->stations.n - 1);
  if (e->stations.n == STATIONS_MAX) station_drop(e, least_missed(e, e->s.now));
  *VEC_PUSH(e->stations) = (struct station){state_copy(&e->s), table_copy(&e->dead)};
  return true;
}

void engine_rest(struct engine *e) {
  const struct state *last = e->stations.n ? &e->stations.p[e->stations.n - 1].s : NULL;
  u32 facts = e->s.next_fact - (last ? last->next_fact : 0);
  bool due = facts >= STATION_FACTS && (last == NULL || e->s.now - last->now >= STATION_SPAN_MS);
  if (due) (void)engine_keep_station(e);
  u32 past = e->stations.n ? e->stations.p[0].s.next_fact : 0;
  if (past < e->rested_place + FORGET_FACTS || past < e->rested_place + e->rested_place / 4) return;
  (void)engine_forget(e, RECENT_MS, COUNTED_MS);
  e->rested_place = e->stations.p[0].s.next_fact;
}

/* The state as it was there, to be derived on from; the station stays. NULL: before the first fact. */
void station_enter(struct engine *e, const struct station *st) {
  state_free(&e->s);
  if (st) e->s = state_copy(&st->s);
  rankings_forget(e);
}

void station_dead(struct engine *e, const struct station *st) {
  table_clear(&e->dead);
  if (st) e->dead = table_copy(&st->dead);
}

void dirty_at(struct engine *e, i64 at, u32 place) {
  if (at < e->dirty_from) e->dirty_from = at;
  if (place < e->dirty_place) e->dirty_place = place;
}

void dirty_since(struct engine *e, i64 at) {
  if (at > INT64_MIN) at--; /* a station of that very instant may hold it */
  if (at < e->dirty_from) e->dirty_from = at;
}
