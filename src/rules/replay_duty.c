/* Duties over columns: 自 A … 内 须 B, bound to the conversation or order they are about. For each trigger the first goal,
 * release and end on its object after it are found by one walk over the rows of each such kind; when that is too late, or
 * never, the duty was broken the millisecond after its deadline, and who bore it then, and how far the sum grew, follow. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

enum { STREAMS = 8 };
struct duty_space {         /* grows and stays: pages are dear */
  u32 *head;                /* by symbol: first trigger of the object still waiting in this walk */
  u32 head_room;
  u32 *next, next_room;
  u32 *rows, rows_room;     /* selected rows of one kind */
};

void replay_duty_space_free(struct replay_worker *w) {
  struct duty_space *d = w->duties;
  if (d == NULL) return;
  free(d->head); free(d->next); free(d->rows);
  free(d);
  w->duties = NULL;
}

static void *larger(void *p, size_t n, size_t size) {
  p = realloc(p, n * size);
  BUG_IF(p == NULL);
  return p;
}

static struct duty_space *space(struct replay_worker *w, u32 triggers) {
  struct duty_space *d = w->duties;
  if (d == NULL) {
    d = w->duties = calloc(1, sizeof *d);
    BUG_IF(d == NULL);
  }
  u32 names = w->p->e->names.n + 1;
  if (d->head_room < names) {
    d->head = larger(d->head, names, sizeof *d->head);
    memset(d->head + d->head_room, 0xff, (size_t)(names - d->head_room) * sizeof *d->head);
    d->head_room = names;
  }
  if (triggers > d->next_room) {
    d->next_room = triggers + triggers / 4;
    d->next = larger(d->next, d->next_room, sizeof *d->next);
  }
  return d;
}

/* ---- deadlines ---- */

void replay_duty_dates(struct replay *p, struct plan_rule *rule) {
  struct plan_duty *d = rule->duty;
  if (d == NULL || !d->by_date || p->columns.rows == 0) return;
  d->first_date = instant_date(p->columns.first_at, p->e->zone);
  d->dates = (u32)(instant_date(p->columns.last_at, p->e->zone) - d->first_date) + 1;
  d->of_date = arena_array(p->plans, d->dates, sizeof *d->of_date);
  for (u32 i = 0; i < d->dates; i++) {
    i64 at = instant_at(d->first_date + i, 0, p->e->zone);
    struct env env = env_new(p->e, rule->r->version, rule->r, at, NONE);
    u32 shift;
    if (!due_moment(&env, &rule->r->item->must->due, at, 0, &d->of_date[i][0], &d->of_date[i][1], &shift)) d->of_date[i][1] = INT64_MIN;
    arena_reset(p->e->scratch);
  }
}

static bool deadline(struct replay_worker *w, const struct plan_rule *rule, u16 kind, u32 row, i64 at, i64 *due, i64 *last_good) {
  const struct plan_duty *d = rule->duty;
  if (d->by_date) {
    i64 i = instant_date(at, w->p->e->zone) - d->first_date;
    *due = d->of_date[i][0];
    *last_good = d->of_date[i][1];
    return *last_good != INT64_MIN;
  }
  i64 span = d->span.fen;
  if (d->span.constant) {
    span = d->span.program.steps[0].imm;
  } else {
    struct bc_source s = {.columns = &w->p->columns, .kind = kind, .row = row, .e = w->p->e, .now = at};
    if (!bytecode_value(&d->span.program, &s, &w->one, &span) || span == BC_ABSENT) return false;
  }
  *due = *last_good = at + span;
  if (rule->r->item->must->due.before) --*last_good;
  return true;
}

/* ---- when the goal came ---- */

void replay_stream_room(const struct plan_base *b, struct plan_stream *st) {
  st->stop = larger(NULL, b->n ? b->n : 1, sizeof *st->stop);
  st->stop_at = larger(NULL, b->n ? b->n : 1, sizeof *st->stop_at);
  memset(st->stop, 0xff, (size_t)b->n * sizeof *st->stop);
  for (u32 k = 0; k < b->n; k++) st->stop_at[k] = INT64_MAX;
}

/* For each row of the base whose object is of this share the first row of the stream on its object after it, or NONE. */
void replay_stream_find(struct replay_worker *w, const struct plan_base *b, struct plan_stream *st, struct share share) {
  const struct columns *c = &w->p->columns;
  const struct plan_events *ev = &st->events;
  const struct kind_rows *r = &c->kinds[ev->kind];
  bool failed;
  if (b->failed) return;
  struct duty_space *d = space(w, b->n);
  if (r->n == 0 || b->n == 0) return;
  const struct column *goal = &r->fields[w->p->e->f_object[ev->kind][b->noun]];
  const struct column *begun = &c->kinds[b->kind].fields[w->p->e->f_object[b->kind][b->noun]];
  if (goal->type == COL_NONE || begun->type == COL_NONE) return;
  failed = goal->type != COL_SYM || begun->type != COL_SYM;
  u32 first = b->rows ? b->rows[0] : 0, from = columns_from(c, ev->kind, c->kinds[b->kind].at[first]), n = r->n - from;
  const u32 *rows = NULL;
  if (ev->test_count && !failed) {
    n = 0;
    failed = !replay_select(w, ev, NULL, from, r->n, &d->rows, &n, &d->rows_room);
    rows = d->rows;
  }
  if (share.part == 0) st->failed = failed; /* every share sees the same */
  if (failed) return;
  const sym *begins = begun->syms, *syms = goal->syms;
  u32 *head = d->head;
  for (u32 k = b->n; k > 0; k--) { /* chains in the order of triggers */
    sym object = begins[b->rows ? b->rows[k - 1] : k - 1];
    if (object == ABSENT_SYM || !share_has(share, object)) continue;
    d->next[k - 1] = head[object];
    head[object] = k - 1;
  }
  const i64 *ends_at = r->at, *begins_at = c->kinds[b->kind].at;
  for (u32 i = 0; i < n; i++) {
    u32 row = rows ? rows[i] : from + i;
    sym object = syms[row];
    if (object == ABSENT_SYM || head[object] == NONE) continue;
    u32 k = head[object];
    while (k != NONE) {
      u32 begin = b->rows ? b->rows[k] : k;
      bool before = begins_at[begin] < ends_at[row] || (begins_at[begin] == ends_at[row] && replay_order_before(c, b->kind, begin, ev->kind, row));
      if (!before) break;
      st->stop[k] = row;
      st->stop_at[k] = ends_at[row];
      k = d->next[k];
    }
    head[object] = k;
  }
  for (u32 k = 0; k < b->n; k++) {
    sym object = begins[b->rows ? b->rows[k] : k];
    if (object != ABSENT_SYM && share_has(share, object)) head[object] = NONE;
  }
}

/* ---- breaking ---- */

static int by_instant(const void *x, const void *y) {
  const struct plan_broken *a = x, *b = y;
  if (a->judged != b->judged) return a->judged < b->judged ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

/* Deadlines of one instant fall in the order of the duties' identities, as timers do. */
static void same_instants(struct replay_worker *w, const struct plan_rule *rule, struct plan_broken *b, u32 n) {
  for (u32 i = 0; i + 1 < n; i++) {
    u32 end = i + 1;
    while (end < n && b[end].judged == b[i].judged) end++;
    if (end == i + 1) continue;
    for (u32 k = i; k < end; k++) {
      u64 duty = mix(rule->r->ident, columns_identity(&w->p->columns, rule->starts[b[k].trigger.start].events.kind, b[k].trigger.row));
      b[k].order = mix(duty, 0);
    }
    qsort(b + i, end - i, sizeof *b, by_instant);
    i = end - 1;
  }
}

static bool bearer_of(struct replay_worker *w, const struct plan_rule *rule, u16 kind, u32 row, sym object, i64 judged, sym *who) {
  const struct plan_duty *d = rule->duty;
  const sym *group;
  i64 v;
  switch (d->bearer) {
    case BEARER_AGENT:
      *who = replay_agent_at(w->p->agents[d->noun], object, judged);
      return *who != 0;
    case BEARER_ROLE: {
      u32 n = replay_holders(w->p, d->role, judged, -1, &group);
      *who = n ? group[0] : d->nobody;
      return n <= 1; /* which of several comes first hangs on who was first heard of */
    }
    case BEARER_WORD: {
      struct bc_source s = {.columns = &w->p->columns, .kind = kind, .row = row, .e = w->p->e, .now = judged};
      if (!bytecode_value(&d->bearer_word, &s, &w->one, &v) || v == BC_ABSENT || v == 0) return false;
      *who = (sym)v;
      return true;
    }
    default: return false;
  }
}

struct streams {
  const struct plan_stream *of[8][STREAMS]; /* by start */
  u32 n;
};

static bool break_one(struct replay_worker *w, struct plan_rule *rule, const struct streams *streams, const struct plan_broken *x) {
  const struct columns *c = &w->p->columns;
  u16 kind = rule->starts[x->trigger.start].events.kind;
  u32 row = x->trigger.row;
  i64 end = INT64_MAX;
  sym bearer, object = column_sym(c, kind, row, w->p->e->f_object[kind][rule->duty->noun]);
  if (object == 0) return false; /* bound to something else, or to nothing */
  if (!bearer_of(w, rule, kind, row, object, x->judged, &bearer)) return false;
  struct plan_cons base = {.stop_row = NONE, .last_good = x->judged - 1};
  for (u32 i = 0; i < streams->n; i++) {
    const struct plan_stream *s = streams->of[x->trigger.start][i];
    i64 at = s->stop_at[x->trigger.place];
    if (at >= end) continue;
    end = at;
    bool goal = i < rule->duty->goal_count;
    base.stop_row = goal ? s->stop[x->trigger.place] : NONE;
    base.stop_kind = goal ? s->events.kind : 0;
  }
  i64 month = instant_at(date_add_months(month_start(instant_date(x->due, w->p->e->zone)), 1), 0, w->p->e->zone);
  i64 limit = month > x->judged ? month : x->judged + 1;
  if (end >= limit) {
    end = limit;
    base.stop_row = NONE;
  }
  base.steps_ended = end <= w->p->until;
  if (end > w->p->until) {
    end = w->p->until;
    base.stop_row = NONE;
  }
  base.stop_at = end;
  return replay_body(w, rule, x->trigger.start, row, x->judged, x->due, bearer, &base);
}

/* The triggers of one start that were broken, in order: of `rows`, which are of its base. */
static bool broken_of(struct replay_worker *w, struct plan_rule *rule, const struct streams *streams, u32 start, const u32 *rows, u32 count,
                      struct plan_brokens *out) {
  const struct columns *c = &w->p->columns;
  const struct plan_base *b = &w->p->bases.p[rule->starts[start].base];
  u16 kind = rule->starts[start].events.kind;
  int field = w->p->e->f_object[kind][rule->duty->noun];
  if (count == 0) return true; /* of a kind without rows there are no columns either */
  const struct column *object = &c->kinds[kind].fields[field];
  u32 place = 0;
  if (object->gaps || object->type != COL_SYM) {
    for (u32 i = 0; i < count; i++) {
      if (column_sym(c, kind, rows[i], field) == 0) return false;
    }
  }
  for (u32 i = 0; i < count; i++) {
    u32 row = rows[i];
    if (b->rows) {
      while (b->rows[place] != row) place++;
    } else {
      place = row;
    }
    i64 due, last_good;
    if (!deadline(w, rule, kind, row, c->kinds[kind].at[row], &due, &last_good)) return false;
    if (last_good < c->kinds[kind].at[row]) return false; /* over before it began (当周 周五, on a Saturday): broken at once, among the facts of that instant */
    if (last_good >= w->p->until) continue;
    bool met = false;
    for (u32 k = 0; k < streams->n && !met; k++) met = streams->of[start][k]->stop_at[place] <= last_good;
    if (met) continue;
    if (out->n == out->room) out->p = vec_room(out->p, &out->room, out->n + 1, sizeof *out->p);
    out->p[out->n] = (struct plan_broken){.judged = last_good + 1, .due = due, .trigger = {row, place, start}, .order = out->n};
    ++out->n;
  }
  return true;
}

int replay_broken_order(const struct columns *c, const struct plan_rule *rule, const struct plan_broken *a, const struct plan_broken *b) {
  return replay_order_before(c, rule->starts[a->trigger.start].events.kind, a->trigger.row, rule->starts[b->trigger.start].events.kind, b->trigger.row) ? -1 : 1;
}

static bool streams_of(const struct replay *p, const struct plan_rule *rule, struct streams *streams) {
  const struct plan_duty *duty = rule->duty;
  *streams = (struct streams){.n = duty->goal_count + duty->release_count + duty->end_count};
  if (streams->n > STREAMS || rule->start_count > COUNT_OF(streams->of)) return false;
  for (u32 s = 0; s < rule->start_count; s++) {
    const struct plan_base *b = &p->bases.p[rule->starts[s].base];
    if (b->failed) return false;
    for (u32 i = 0; i < streams->n; i++) {
      streams->of[s][i] = plan_base_stream(b, plan_duty_stream(duty, i));
      if (streams->of[s][i] == NULL || streams->of[s][i]->failed) return false;
    }
  }
  return true;
}

/* Two runs in the order of facts, the second from `before` on, become one. */
static void join_runs(const struct columns *c, const struct plan_rule *rule, struct plan_brokens *b, u32 before) {
  if (before == b->n || before == 0) return;
  struct plan_broken *merged = larger(NULL, b->n, sizeof *merged);
  u32 i = 0, k = before, at = 0;
  while (i < before || k < b->n) merged[at++] = k == b->n || (i < before && replay_broken_order(c, rule, &b->p[i], &b->p[k]) < 0) ? b->p[i++] : b->p[k++];
  memcpy(b->p, merged, b->n * sizeof *merged);
  free(merged);
}

bool replay_duty_shard(struct replay_worker *w, struct plan_rule *rule, const struct plan_found *found, struct plan_brokens *out) {
  struct streams streams;
  if (!streams_of(w->p, rule, &streams)) return false;
  for (u32 s = 0; s < rule->start_count; s++) {
    u32 before = out->n;
    if (!broken_of(w, rule, &streams, s, found[s].rows, found[s].n, out)) return false;
    join_runs(&w->p->columns, rule, out, before);
  }
  return true;
}

bool replay_duty_judge(struct replay_worker *w, struct plan_rule *rule, struct plan_broken *broken, u32 n) {
  struct streams streams;
  if (!streams_of(w->p, rule, &streams)) return false;
  bool sorted = true, ok = true;
  for (u32 i = 0; i < n; i++) {
    broken[i].order = i;
    if (i && broken[i].judged < broken[i - 1].judged) sorted = false;
  }
  if (!sorted) qsort(broken, n, sizeof *broken, by_instant);
  if (rule->r->uses_ordinal) same_instants(w, rule, broken, n);
  for (u32 i = 0; i < n && ok; i++) ok = break_one(w, rule, &streams, &broken[i]);
  return ok;
}

void replay_duties(struct replay_worker *w, struct plan_rule *rule) {
  struct streams streams;
  struct plan_brokens broken = {0};
  struct duty_space *d = space(w, 0);
  bool ok = streams_of(w->p, rule, &streams);
  for (u32 s = 0; s < rule->start_count && ok; s++) {
    const struct plan_events *ev = &rule->starts[s].events;
    u32 before = broken.n, count = 0, from = columns_from(&w->p->columns, ev->kind, rule->from), to = columns_from(&w->p->columns, ev->kind, rule->to);
    if (from >= to) continue;
    ok = replay_select(w, ev, &w->p->bases.p[rule->starts[s].base], from, to, &d->rows, &count, &d->rows_room) &&
         broken_of(w, rule, &streams, s, d->rows, count, &broken);
    join_runs(&w->p->columns, rule, &broken, before);
  }
  rule->gave_up = !ok || !replay_duty_judge(w, rule, broken.p, broken.n);
  free(broken.p);
}
