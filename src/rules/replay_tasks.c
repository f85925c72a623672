/* A run in phases, each shared out to threads, none beginning before the one ahead of it is done: what rules look at first; when
 * goals came; the rows of rules cut by subject; the rules, whole or by shard, with the live engine's beside them; what crosses
 * subjects. Which work is cut hangs on the counts of rows alone, and no answer hangs on it. */
#include "rules/replay_plan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64, GROUPS = 1024, CUT_LEAST = 1 << 17, CUT_GAIN_PERCENT = 80, LOOK_AHEAD = 3 };
/* What cutting in two costs, in percent of the work uncut: measured (processor time of both, 10 M rows). */
enum { COST_FIND = 150, COST_STREAMS = 150, COST_RULES = 130 };

enum phase { PHASE_FIND, PHASE_STREAMS, PHASE_SELECT, PHASE_RULES, PHASE_MERGE };
struct task {
  u32 a, b;                   /* base or noun; base and stream; rule */
  struct share share;
  u64 weight;
};
enum { TASK_LIVE = NONE, TASK_AGENTS = NONE };
struct shared {
  struct replay *p;
  enum phase phase;
  int threads;
  atomic_uint next;
  VEC(struct task) tasks;
  struct plan_found **base_parts; /* by base: its stretches, when it is searched in several */
};

/* ---- the cost rule ---- */

static int heavier(const void *x, const void *y) {
  u64 a = *(const u64 *)x, b = *(const u64 *)y;
  return a < b ? 1 : a > b ? -1 : 0;
}

/* When the last thread ends, heaviest piece first to whoever is free. */
static u64 ends_at(const u64 *weight, const u32 *pieces, u32 n, int threads, int cost) {
  u64 load[THREADS_MAX] = {0}, most = 0;
  VEC(u64) all = {0};
  for (u32 i = 0; i < n; i++) {
    for (u32 k = 0; k < pieces[i]; k++) *VEC_PUSH(all) = pieces[i] == 1 ? weight[i] : weight[i] / 100 * (u64)cost / pieces[i];
  }
  if (all.n) qsort(all.p, all.n, sizeof *all.p, heavier);
  for (u32 i = 0; i < all.n; i++) {
    int least = 0;
    for (int t = 1; t < threads; t++) {
      if (load[t] < load[least]) least = t;
    }
    load[least] += all.p[i];
    if (load[least] > most) most = load[least];
  }
  VEC_FREE(all);
  return most;
}

void replay_cut(const u64 *weight, u32 n, int threads, int asked, int cost, u32 *pieces) {
  for (u32 i = 0; i < n; i++) pieces[i] = asked > 1 ? (u32)asked : 1;
  if (threads > THREADS_MAX) threads = THREADS_MAX;
  if (asked || threads < 2) return;
  for (u32 kept = 0, cut = 0; cut < n;) { /* the heaviest, and the next ones with it when it alone gains nothing */
    u64 now = ends_at(weight, pieces, n, threads, cost);
    bool gained = false;
    for (u32 k = 0; k < LOOK_AHEAD && cut < n && weight[cut] >= CUT_LEAST && !gained; k++) {
      pieces[cut++] = (u32)threads;
      gained = ends_at(weight, pieces, n, threads, cost) * 100 <= now * CUT_GAIN_PERCENT;
    }
    for (u32 i = kept; i < cut && !gained; i++) pieces[i] = 1;
    if (!gained) return;
    kept = cut;
  }
}

static int longest_first(const void *x, const void *y) {
  const struct task *a = x, *b = y;
  if (a->weight != b->weight) return a->weight < b->weight ? 1 : -1;
  if (a->a != b->a) return a->a < b->a ? -1 : 1;
  return a->b < b->b ? -1 : a->b > b->b;
}

/* Works become pieces, the longest first. */
static void cut(struct shared *s, int cost) {
  u32 n = s->tasks.n;
  if (n == 0) return;
  struct task *works = s->tasks.p;
  qsort(works, n, sizeof *works, longest_first);
  u64 *weight = malloc(n * sizeof *weight);
  u32 *pieces = malloc(n * sizeof *pieces);
  BUG_IF(weight == NULL || pieces == NULL);
  for (u32 i = 0; i < n; i++) weight[i] = works[i].weight;
  replay_cut(weight, n, s->threads, s->p->shards, cost, pieces);
  u32 shift = 0;
  while (s->p->e->names.n >> shift > GROUPS) shift++;
  memset(&s->tasks, 0, sizeof s->tasks);
  for (u32 i = 0; i < n; i++) {
    if (works[i].weight == 0) pieces[i] = 1;
    for (u32 k = 0; k < pieces[i]; k++) {
      *VEC_PUSH(s->tasks) = works[i];
      s->tasks.p[s->tasks.n - 1].share = (struct share){k, pieces[i], shift};
    }
  }
  free(works);
  free(weight);
  free(pieces);
}

/* ---- sharing out ---- */

static void one_task(struct replay_worker *w, struct shared *s, const struct task *t) {
  struct replay *p = w->p;
  struct plan_rule *rule = s->phase >= PHASE_SELECT && t->a != TASK_LIVE ? &p->rules.p[t->a] : NULL;
  switch (s->phase) {
    case PHASE_FIND:
      if (t->b == TASK_AGENTS) replay_agents_fold(p, (u8)t->a, p->agents[t->a], t->share);
      else if (t->share.parts == 1) replay_base_find(w, &p->bases.p[t->a]);
      else replay_base_part(w, &p->bases.p[t->a], t->share, &s->base_parts[t->a][t->share.part]);
      break;
    case PHASE_STREAMS:
      if (t->b == TASK_AGENTS) replay_agents_finish(p, (u8)t->a, p->agents[t->a]);
      else replay_stream_find(w, &p->bases.p[t->a], &p->bases.p[t->a].streams.p[t->b], t->share);
      break;
    case PHASE_SELECT: replay_shard_select(w, rule, t->share); break;
    case PHASE_RULES:
      if (rule == NULL) p->live[0] = replay_live_run(p, false);
      else if (t->share.parts == 1) replay_rule(w, rule);
      else replay_shard_judge(w, rule, t->share);
      break;
    case PHASE_MERGE: replay_shard_merge(w, rule); break;
  }
}

static void *work(void *ctx) {
  struct shared *s = ctx;
  struct replay_worker w = {.p = s->p};
  bytecode_registers(&w.block, BC_BLOCK);
  bytecode_registers(&w.one, 1);
  for (;;) {
    u32 i = atomic_fetch_add(&s->next, 1);
    if (i >= s->tasks.n) break;
    one_task(&w, s, &s->tasks.p[i]);
  }
  bytecode_registers_free(&w.block);
  bytecode_registers_free(&w.one);
  table_clear(&w.counts);
  replay_duty_space_free(&w);
  return NULL;
}

/* Everything of a phase, and no phase before the one ahead of it is done. */
static void share_out(struct shared *s) {
  pthread_t others[THREADS_MAX];
  int started = 0;
  if (s->tasks.n == 0) return;
  s->next = 0;
  for (int i = 1; i < s->threads && i < THREADS_MAX && (u32)i < s->tasks.n; i++) {
    if (pthread_create(&others[started], NULL, work, s) == 0) started++;
  }
  work(s);
  for (int i = 0; i < started; i++) pthread_join(others[i], NULL);
  s->tasks.n = 0;
}

/* ---- the phases ---- */

static u64 rows_about(const struct replay *p, u32 noun) {
  u64 rows = 0;
  for (u32 k = 0; k < EVENT_KIND_COUNT; k++) rows += p->e->f_object[k][noun] >= 0 ? p->columns.kinds[k].n : 0;
  return rows;
}

static void add(struct shared *s, u32 a, u32 b, u64 weight) { *VEC_PUSH(s->tasks) = (struct task){a, b, {0, 1, 0}, weight}; }

static void find(struct shared *s, const bool *base_due, const bool *noun_due) {
  struct replay *p = s->p;
  s->phase = PHASE_FIND;
  for (u32 n = 0; n < N_COUNT; n++) {
    if (!noun_due[n] || p->agents[n]) continue;
    p->agents[n] = replay_agents_new(p);
    add(s, n, TASK_AGENTS, rows_about(p, n));
  }
  for (u32 i = 0; i < p->bases.n; i++) {
    if (base_due[i] && !p->bases.p[i].found) add(s, i, 0, p->bases.p[i].has_test ? p->columns.kinds[p->bases.p[i].kind].n / 4 : 0); /* a row is but looked at */
  }
  cut(s, COST_FIND);
  s->base_parts = calloc(p->bases.n + 1, sizeof *s->base_parts);
  BUG_IF(s->base_parts == NULL);
  bool fold[N_COUNT] = {false};
  u32 *parts = calloc(p->bases.n + 1, sizeof *parts);
  BUG_IF(parts == NULL);
  for (u32 i = 0; i < s->tasks.n; i++) {
    const struct task *t = &s->tasks.p[i];
    if (t->b == TASK_AGENTS) fold[t->a] = true;
    else if (t->share.parts > 1 && s->base_parts[t->a] == NULL) {
      parts[t->a] = t->share.parts;
      s->base_parts[t->a] = calloc(t->share.parts, sizeof **s->base_parts);
      BUG_IF(s->base_parts[t->a] == NULL);
    }
  }
  share_out(s);
  for (u32 i = 0; i < p->bases.n; i++) {
    if (s->base_parts[i]) replay_base_join(&p->bases.p[i], s->base_parts[i], parts[i]);
    free(s->base_parts[i]);
  }
  free(s->base_parts);
  free(parts);
  s->phase = PHASE_STREAMS;
  for (u32 i = 0; i < p->bases.n; i++) {
    struct plan_base *b = &p->bases.p[i];
    for (u32 k = 0; base_due[i] && k < b->streams.n; k++) {
      if (b->streams.p[k].stop || b->failed) continue;
      replay_stream_room(b, &b->streams.p[k]);
      add(s, i, k, (u64)b->n + p->columns.kinds[b->streams.p[k].events.kind].n);
    }
  }
  cut(s, COST_STREAMS);
  for (u32 n = 0; n < N_COUNT; n++) {
    if (fold[n]) add(s, n, TASK_AGENTS, 0);
  }
  share_out(s);
}

static u64 weight_of(const struct replay *p, const struct plan_rule *rule) {
  u64 rows = 0;
  for (u32 i = 0; i < rule->start_count; i++) {
    rows += rule->starts[i].base == NONE ? p->columns.kinds[rule->starts[i].events.kind].n : p->bases.p[rule->starts[i].base].n;
  }
  return rows;
}

static void judge(struct shared *s, const bool *due, bool live) {
  struct replay *p = s->p;
  p->sharded = 0;
  for (u32 i = 0; i < p->rules.n; i++) {
    if (due[i] && p->rules.p[i].r && p->rules.p[i].vector) add(s, i, 0, weight_of(p, &p->rules.p[i]));
  }
  cut(s, COST_RULES);
  u32 n = s->tasks.n;
  struct task *all = s->tasks.p;
  memset(&s->tasks, 0, sizeof s->tasks);
  for (u32 i = 0; i < n; i++) {
    if (all[i].share.parts == 1) continue;
    if (all[i].share.part == 0) replay_shard_begin(&p->rules.p[all[i].a], all[i].share.parts);
    p->sharded += all[i].share.part == 0;
    *VEC_PUSH(s->tasks) = all[i];
  }
  s->phase = PHASE_SELECT;
  share_out(s);
  s->phase = PHASE_RULES;
  if (live) add(s, TASK_LIVE, 0, 0);
  for (u32 i = 0; i < n; i++) *VEC_PUSH(s->tasks) = all[i];
  share_out(s);
  s->phase = PHASE_MERGE;
  for (u32 i = 0; i < n; i++) {
    if (all[i].share.parts > 1 && all[i].share.part == 0) add(s, all[i].a, 0, 0);
  }
  share_out(s);
  free(all);
}

void replay_tasks(struct replay *p, const bool *due, bool live, int threads) {
  struct shared s = {.p = p, .threads = threads < 1 ? 1 : threads};
  bool *base_due = calloc(p->bases.n + 1, 1), noun_due[N_COUNT] = {false};
  BUG_IF(base_due == NULL);
  for (u32 i = 0; i < p->rules.n; i++) {
    const struct plan_rule *rule = &p->rules.p[i];
    if (!due[i] || rule->r == NULL || !rule->vector) continue;
    for (u32 k = 0; k < rule->start_count; k++) {
      if (rule->starts[k].base != NONE) base_due[rule->starts[k].base] = true;
    }
    if (rule->duty && rule->duty->bearer == BEARER_AGENT) noun_due[rule->duty->noun] = true;
  }
  find(&s, base_due, noun_due);
  judge(&s, due, live);
  free(s.tasks.p);
  free(base_due);
  bool given_up = false;
  for (u32 i = 0; i < p->rules.n; i++) given_up |= p->rules.p[i].r && p->rules.p[i].vector && p->rules.p[i].gave_up;
  replay_live_free(p->live[1]);
  p->live[1] = given_up ? replay_live_run(p, true) : NULL;
}
