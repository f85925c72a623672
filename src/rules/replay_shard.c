/* One rule cut by subject. A row's subject is what may not be torn apart when the row is judged: the key an ordinal counts by, the
 * object a duty hangs on, else the person concerned. Equal subjects fall into one shard, in the order of facts, so every count
 * within a subject is what it would be in one piece; a duty whose deadlines are counted in order crosses subjects (the order is
 * that of deadlines, the key its bearer): shards find what was not met, and the counting waits for all of them. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

enum { STRETCH = 4096 };      /* rows about nobody stay together by stretches */

void replay_shard_begin(struct plan_rule *rule, u32 shards) {
  VEC_FREE(rule->out);
  rule->gave_up = false;
  rule->fresh = true;
  rule->shards = shards;
  rule->parts = calloc(shards, sizeof *rule->parts);
  rule->found = calloc((size_t)shards * (rule->start_count ? rule->start_count : 1), sizeof *rule->found);
  BUG_IF(rule->parts == NULL || rule->found == NULL);
}

void replay_shard_select(struct replay_worker *w, struct plan_rule *rule, struct share share) {
  for (u32 i = 0; i < rule->start_count; i++) {
    struct plan_found *out = &rule->found[i * share.parts + share.part];
    u16 kind = rule->starts[i].events.kind;
    u32 from = columns_from(&w->p->columns, kind, rule->from), to = columns_from(&w->p->columns, kind, rule->to);
    u64 n = to > from ? to - from : 0;
    out->failed = !replay_start_rows(w, rule, i, from + (u32)(n * share.part / share.parts), from + (u32)(n * (share.part + 1) / share.parts), out);
  }
}

static const struct plan_column *counted(const struct plan_body *b) {
  for (u32 i = 0; b->table && i < b->column_count; i++) {
    if (b->columns[i].ordinal) return &b->columns[i];
  }
  return NULL;
}

static u64 subject(struct replay_worker *w, const struct plan_rule *rule, const struct plan_start *start, u32 row) {
  const struct replay *p = w->p;
  u16 kind = start->events.kind;
  if (rule->duty) return column_sym(&p->columns, kind, row, p->e->f_object[kind][rule->duty->noun]);
  const struct plan_column *by = counted(&start->body);
  if (by) {
    struct bc_source s = {.columns = &p->columns, .kind = kind, .row = row, .e = p->e, .now = p->columns.kinds[kind].at[row]};
    if (rule->r->type == R_FORBID) (void)replay_person(p, kind, row, &s.bearer);
    bool ok;
    u64 key = replay_count_key(w, by, &s, &ok);
    return ok ? key : 0; /* what cannot be told is given up where it is judged */
  }
  sym who;
  if (replay_person(p, kind, row, &who)) return who;
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    if ((who = column_sym(&p->columns, kind, row, p->e->f_object[kind][noun])) != 0) return who;
  }
  return row / STRETCH;
}

/* The column that says the subject of every row, or NULL: it is worked out row by row. */
static const struct column *subjects(const struct replay_worker *w, const struct plan_rule *rule, const struct plan_start *start) {
  const struct engine *e = w->p->e;
  u16 kind = start->events.kind;
  if (!rule->duty && counted(&start->body)) return NULL;
  int field = rule->duty ? e->f_object[kind][rule->duty->noun] : e->f_person[kind] >= 0 ? e->f_person[kind] : e->f_agent[kind];
  const struct column *c = field >= 0 && w->p->columns.kinds[kind].fields ? &w->p->columns.kinds[kind].fields[field] : NULL;
  return c && c->type == COL_SYM && !c->gaps ? c : NULL;
}

/* The rows of this shard's subjects, of all stretches, in the order of facts. */
static bool own_rows(struct replay_worker *w, const struct plan_rule *rule, u32 start, struct share share, struct plan_found *out) {
  const struct column *by = subjects(w, rule, &rule->starts[start]);
  for (u32 k = 0; k < share.parts; k++) {
    const struct plan_found *f = &rule->found[start * share.parts + k];
    if (f->failed) return false;
    if (out->n + f->n > out->room) out->rows = vec_room(out->rows, &out->room, out->n + f->n, sizeof *out->rows);
    for (u32 i = 0; i < f->n; i++) {
      if (!share_has(share, by ? by->syms[f->rows[i]] : subject(w, rule, &rule->starts[start], f->rows[i]))) continue;
      out->rows[out->n++] = f->rows[i];
    }
  }
  return true;
}

static bool crosses(const struct plan_rule *rule) { return rule->duty && rule->r->uses_ordinal; }

void replay_shard_judge(struct replay_worker *w, struct plan_rule *rule, struct share share) {
  struct plan_part *part = &rule->parts[share.part];
  struct plan_found *own = calloc(rule->start_count + 1, sizeof *own);
  BUG_IF(own == NULL);
  struct plan_rule mine = *rule; /* its own consequences; all else is only read */
  memset(&mine.out, 0, sizeof mine.out);
  replay_worker_start(w, &mine);
  bool ok = true;
  for (u32 i = 0; i < rule->start_count && ok; i++) ok = own_rows(w, rule, i, share, &own[i]);
  if (rule->duty) {
    struct plan_brokens broken = {0};
    ok = ok && replay_duty_shard(w, &mine, own, &broken);
    if (crosses(rule)) {
      part->broken.p = broken.p;
      part->broken.n = broken.n;
      part->broken.room = broken.room;
    } else {
      ok = ok && replay_duty_judge(w, &mine, broken.p, broken.n);
      free(broken.p);
    }
  } else {
    ok = ok && replay_follow(w, &mine, own);
  }
  memcpy(&part->out, &mine.out, sizeof part->out);
  part->failed = !ok;
  for (u32 i = 0; i < rule->start_count; i++) free(own[i].rows);
  free(own);
}

/* ---- behind the barrier ---- */

static bool before(const struct columns *c, const struct plan_rule *rule, const struct plan_cons *a, const struct plan_cons *b) {
  if (rule->duty && a->last_good != b->last_good) return a->last_good < b->last_good;
  u16 x = rule->starts[a->start_act >> 16].events.kind, y = rule->starts[b->start_act >> 16].events.kind;
  return replay_order_before(c, x, a->row, y, b->row);
}

static void join(const struct columns *c, struct plan_rule *rule) {
  u32 at[REPLAY_SHARDS_MAX] = {0}, n = 0;
  for (u32 k = 0; k < rule->shards; k++) n += rule->parts[k].out.n;
  if (n) rule->out.p = vec_room(rule->out.p, &rule->out.room, n, sizeof *rule->out.p);
  while (rule->out.n < n) {
    u32 best = NONE;
    for (u32 k = 0; k < rule->shards; k++) {
      if (at[k] == rule->parts[k].out.n) continue;
      if (best == NONE || before(c, rule, &rule->parts[k].out.p[at[k]], &rule->parts[best].out.p[at[best]])) best = k;
    }
    rule->out.p[rule->out.n++] = rule->parts[best].out.p[at[best]++];
  }
}

static bool judge_together(struct replay_worker *w, struct plan_rule *rule) {
  u32 at[REPLAY_SHARDS_MAX] = {0}, n = 0, room = 0, all = 0;
  struct plan_broken *broken = NULL;
  for (u32 k = 0; k < rule->shards; k++) all += rule->parts[k].broken.n;
  if (all) broken = vec_room(broken, &room, all, sizeof *broken);
  while (n < all) {
    u32 best = NONE;
    for (u32 k = 0; k < rule->shards; k++) {
      if (at[k] == rule->parts[k].broken.n) continue;
      if (best == NONE || replay_broken_order(&w->p->columns, rule, &rule->parts[k].broken.p[at[k]], &rule->parts[best].broken.p[at[best]]) < 0) best = k;
    }
    broken[n++] = rule->parts[best].broken.p[at[best]++];
  }
  bool ok = replay_duty_judge(w, rule, broken, n);
  free(broken);
  return ok;
}

void replay_shard_merge(struct replay_worker *w, struct plan_rule *rule) {
  bool ok = true;
  for (u32 k = 0; k < rule->shards; k++) ok &= !rule->parts[k].failed;
  replay_worker_start(w, rule);
  if (ok && crosses(rule)) ok = judge_together(w, rule);
  else if (ok) join(&w->p->columns, rule);
  rule->gave_up = !ok;
  if (!ok) VEC_FREE(rule->out);
  for (u32 k = 0; k < rule->shards; k++) {
    VEC_FREE(rule->parts[k].out);
    VEC_FREE(rule->parts[k].broken);
  }
  for (u32 k = 0; k < rule->shards * rule->start_count; k++) free(rule->found[k].rows);
  free(rule->parts);
  free(rule->found);
  rule->parts = NULL;
  rule->found = NULL;
  rule->shards = 1;
}
