/* Rules over columns: the rows of a kind that pass the tests are found block by block; what follows from them is worked out
 * for each found row in the order of facts, because an ordinal counts what came before. Anything unforeseen gives the rule
 * up: it is then judged live, from the first fact. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

static u32 *room_for(u32 *rows, u32 *room, u32 need) {
  if (need <= *room) return rows;
  u32 fresh = *room ? *room : 4096;
  while (fresh < need) fresh *= 2;
  rows = realloc(rows, (size_t)fresh * sizeof *rows);
  BUG_IF(rows == NULL);
  *room = fresh;
  return rows;
}

/* Keep of `sel` (NULL: 0 … n-1) what passed. Few do: eight at a time are skipped when none did. */
static u32 keep(const u8 *test, const u32 *sel, u32 n, u32 *out) {
  u32 k = 0, i = 0;
  if (sel) {
    for (; i < n; i++) {
      out[k] = sel[i];
      k += test[i] == 1;
    }
    return k;
  }
  for (; i + 8 <= n; i += 8) {
    u64 eight;
    memcpy(&eight, test + i, 8);
    if (eight == 0) continue;
    for (u32 j = i; j < i + 8; j++) {
      out[k] = j;
      k += test[j] == 1;
    }
  }
  for (; i < n; i++) {
    out[k] = i;
    k += test[i] == 1;
  }
  return k;
}

bool replay_select(struct replay_worker *w, const struct plan_events *ev, const struct plan_base *base, u32 from, u32 to, u32 **rows, u32 *n, u32 *room) {
  struct bc_source s = {.columns = &w->p->columns, .kind = ev->kind, .e = w->p->e, .now = INT64_MIN};
  const u32 *list = base ? base->rows : NULL;
  if (list) { /* places instead of rows */
    u32 lo = 0, hi = base->n;
    while (lo < hi) {
      u32 mid = lo + (hi - lo) / 2;
      if (list[mid] < from) lo = mid + 1;
      else hi = mid;
    }
    from = lo;
    for (hi = base->n; lo < hi;) {
      u32 mid = lo + (hi - lo) / 2;
      if (list[mid] < to) lo = mid + 1;
      else hi = mid;
    }
    to = lo;
  }
  for (u32 at = from; at < to; at += BC_BLOCK) {
    u32 count = to - at < BC_BLOCK ? to - at : BC_BLOCK;
    const u32 *sel = list ? list + at : NULL;
    s.row = list ? 0 : at;
    for (u32 t = 0; t < ev->test_count && count; t++) {
      if (!bytecode_run(&ev->tests[t], &s, sel, count, &w->block)) return false;
      count = keep(w->block.test[ev->tests[t].result_register], sel, count, w->sel);
      sel = w->sel;
    }
    if (count == 0) continue;
    *rows = room_for(*rows, room, *n + count);
    for (u32 i = 0; i < count; i++) (*rows)[*n + i] = s.row + (sel ? sel[i] : i);
    *n += count;
  }
  return true;
}

bool replay_order_before(const struct columns *c, u16 kind_a, u32 a, u16 kind_b, u32 b) {
  i64 x = c->kinds[kind_a].at[a], y = c->kinds[kind_b].at[b];
  if (x != y) return x < y;
  return kind_a != kind_b ? kind_a < kind_b : a < b;
}

bool replay_person(const struct replay *p, u16 kind, u32 row, sym *who) {
  *who = column_sym(&p->columns, kind, row, p->e->f_person[kind]);
  if (*who == 0) *who = column_sym(&p->columns, kind, row, p->e->f_agent[kind]);
  return *who != 0;
}

u32 replay_holders(const struct replay *p, sym role, i64 at, int kind, const sym **who) {
  for (u32 i = 0; i < p->roles.n; i++) {
    const struct role_time *t = &p->roles.p[i];
    if (t->role != role) continue;
    u32 lo = 0, hi = t->spans.n; /* how many spans began before */
    while (lo < hi) {
      u32 mid = lo + (hi - lo) / 2;
      const struct holders *h = &t->spans.p[mid];
      if (h->at < at || (h->at == at && (int)h->kind < kind)) lo = mid + 1;
      else hi = mid;
    }
    if (lo == 0) return 0;
    *who = &t->who.p[t->spans.p[lo - 1].first];
    return t->spans.p[lo - 1].n;
  }
  return 0;
}

/* ---- tables ---- */

u64 replay_count_key(struct replay_worker *w, const struct plan_column *c, const struct bc_source *s, bool *ok) {
  u64 key = 0;
  *ok = true;
  for (u32 i = 0; i < c->key_count && *ok; i++) {
    i64 v;
    *ok = bytecode_value(&c->keys[i], s, &w->one, &v) && v != BC_ABSENT;
    key = key << 32 | ((u64)v + 1);
  }
  return key;
}

static bool ordinal(struct replay_worker *w, const struct plan_rule *rule, const struct plan_column *c, const struct bc_source *s, i64 now, struct plan_cons *base) {
  bool ok;
  u64 key = replay_count_key(w, c, s, &ok);
  if (!ok) return false;
  i64 from = INT32_MIN, to = INT32_MAX;
  i64 date = instant_date(now, w->p->e->zone);
  if (!c->whole && !c->last_period && date >= w->count_window && date < w->count_end) {
    from = w->count_window;
    to = w->count_end;
  } else if (!c->whole) {
    period_bounds(w->p->e, rule->r->version, c->period, date, &from, &to);
    if (c->last_period) period_bounds(w->p->e, rule->r->version, c->period, from - 1, &from, &to);
  }
  if (from != w->count_window) table_clear(&w->counts);
  w->count_window = from;
  w->count_end = to;
  base->ordinal = (u32)++*table_at(&w->counts, key, NULL);
  base->window_from = (i32)from;
  base->window_to = (i32)to;
  return true;
}

/* The row of the table that fits; NULL with *ok when none does. */
static const struct plan_row *table_row(struct replay_worker *w, const struct plan_rule *rule, const struct plan_body *b, const struct bc_source *s, i64 now, struct plan_cons *base, bool *ok) {
  i64 values[PLAN_COLUMNS];
  *ok = false;
  for (u32 c = 0; c < b->column_count; c++) {
    if (b->columns[c].ordinal) {
      if (!ordinal(w, rule, &b->columns[c], s, now, base)) return NULL;
      values[c] = base->ordinal;
    } else if (!bytecode_value(&b->columns[c].value, s, &w->one, &values[c]) || values[c] == BC_ABSENT) {
      return NULL;
    }
  }
  for (int pass = 0; pass < 2; pass++) {
    for (u32 i = 0; i < b->row_count; i++) {
      const struct plan_row *row = &b->rows[i];
      if (row->otherwise != (pass == 1)) continue;
      bool fits = true;
      for (u32 c = 0; c < b->column_count && fits; c++) {
        const struct plan_cell *cell = &row->cells[c];
        if (cell->any) continue;
        if (cell->never) fits = false;
        else if (cell->ordinal) fits = values[c] >= cell->first && (cell->last < 0 || values[c] <= cell->last);
        else {
          int test = bytecode_test(&cell->test, s, &w->one);
          if (test > 1) return NULL;
          fits = test == 1;
        }
      }
      if (!fits) continue;
      *ok = true;
      return row;
    }
  }
  *ok = true;
  return NULL;
}

/* ---- acts ---- */

static bool fen_of(struct replay_worker *w, const struct plan_amount *a, const struct bc_source *s, i64 *fen) {
  if (a->constant) {
    *fen = a->fen;
    return true;
  }
  i64 v;
  if (!bytecode_value(&a->program, s, &w->one, &v) || v == BC_ABSENT) return false;
  return ratio_round(v, a->program.result.den, 1, ROUND_HALF_UP, fen) == OK;
}

static bool stepped(struct replay_worker *w, const struct plan_act *a, const struct bc_source *s, struct plan_cons *c) {
  i64 step, cap = -1, over = c->stop_at - c->at;
  if (!fen_of(w, &a->step, s, &step) || step <= 0) return false;
  if (a->has_cap && !fen_of(w, &a->cap, s, &cap)) return false;
  if (over < 0) over = 0;
  bool started = a->act->steps == LANG_STEPS_STARTED;
  i64 steps = started ? (over + step - 1) / step : over / step, fen;
  if (started && steps == 0) steps = 1;
  if (__builtin_mul_overflow(steps, c->fen, &fen)) fen = INT64_MAX;
  if (cap >= 0 && fen >= cap) {
    fen = cap; /* it stopped growing there, whatever came later */
    i64 whole = c->fen > 0 ? (cap + c->fen - 1) / c->fen : 0;
    i64 reached = started ? (whole - 1) * step + 1 : whole * step;
    c->stop_at = whole <= (started ? 1 : 0) ? c->at : c->at + reached;
    c->steps_ended = c->capped = true;
  } else if (!c->steps_ended) { /* it grows yet: as of its last step */
    c->stop_at = c->at + (!started ? steps * step : steps > 1 ? (steps - 1) * step + 1 : 0);
  }
  c->fen = c->fen_max = fen;
  return true;
}

static void push(struct plan_rule *rule, const struct plan_cons *c, sym subject) {
  struct plan_cons *out = VEC_PUSH(rule->out);
  *out = *c;
  out->subject = subject;
}

static bool act(struct replay_worker *w, struct plan_rule *rule, u32 start, const struct plan_act *a, u32 number, const struct bc_source *s, const struct plan_cons *base) {
  struct plan_cons c = *base;
  c.start_act = start << 16 | number;
  c.fen = c.fen_max = 0;
  if (a->act == NULL && rule->duty) { /* the violation is booked when it is one; stop_at keeps the deadline */
    c.stop_at = c.at;
    c.at = s->now;
  }
  if (a->has_amount) {
    if (!fen_of(w, &a->from, s, &c.fen)) return false;
    c.fen_max = c.fen;
    if (a->has_to && !fen_of(w, &a->to, s, &c.fen_max)) return false;
    if (a->steps && !stepped(w, a, s, &c)) return false;
  }
  if (a->type == C_SCORE && !a->steps && c.fen == 0 && c.fen_max == 0) return true; /* no points are no consequence */
  if (a->party_count == 1 && a->parties[0].kind != PARTY_ROLE) {
    i64 who;
    sym person = s->bearer;
    if (a->parties[0].kind == PARTY_WORD) {
      if (!bytecode_value(&a->parties[0].word, s, &w->one, &who) || who == BC_ABSENT || who == 0) return false;
      person = (sym)who;
    } else if (person == 0 && !replay_person(w->p, s->kind, s->row, &person)) {
      return false;
    }
    push(rule, &c, person);
    return true;
  }
  u32 first = rule->out.n;
  for (u32 i = 0; i < a->party_count; i++) {
    const sym *group = NULL;
    sym one;
    u32 n = 1;
    if (a->parties[i].kind == PARTY_ROLE) {
      bool timer = rule->duty != NULL;
      i64 at = timer ? s->now : w->p->columns.kinds[s->kind].at[s->row];
      n = replay_holders(w->p, a->parties[i].role, at, timer ? -1 : s->kind, &group);
      if (n == 0) return false;
    } else {
      i64 who;
      if (!bytecode_value(&a->parties[i].word, s, &w->one, &who) || who == BC_ABSENT || who == 0) return false;
      one = (sym)who;
      group = &one;
    }
    for (u32 k = 0; k < n; k++) {
      bool twice = false;
      for (u32 o = first; o < rule->out.n; o++) twice |= rule->out.p[o].subject == group[k];
      if (!twice) push(rule, &c, group[k]);
    }
  }
  return true;
}

/* What follows from one row. False: give the rule up. */
bool replay_body(struct replay_worker *w, struct plan_rule *rule, u32 start, u32 row, i64 now, i64 booked, sym bearer, const struct plan_cons *from) {
  const struct plan_body *b = &rule->starts[start].body;
  struct bc_source s = {.columns = &w->p->columns, .kind = rule->starts[start].events.kind, .row = row, .e = w->p->e, .now = now, .bearer = bearer};
  struct plan_cons base = from ? *from : (struct plan_cons){.stop_row = NONE};
  base.row = row;
  base.at = booked;
  const struct plan_acts *acts = &b->acts;
  if (b->table) {
    bool ok;
    const struct plan_row *fit = table_row(w, rule, b, &s, now, &base, &ok);
    if (!ok) return false;
    if (fit == NULL) return true;
    acts = &fit->acts;
  }
  for (u32 i = 0; i < acts->n; i++) {
    u32 number = 0;
    while (rule->acts[number] != &acts->p[i]) number++;
    if (!act(w, rule, start, &acts->p[i], number, &s, &base)) return false;
  }
  return true;
}

/* ---- rules that follow at once ---- */

static bool run_start(struct replay_worker *w, struct plan_rule *rule, u32 start, u32 row) {
  const struct plan_start *st = &rule->starts[start];
  i64 at = w->p->columns.kinds[st->events.kind].at[row];
  struct bc_source s = {.columns = &w->p->columns, .kind = st->events.kind, .row = row, .e = w->p->e, .now = at};
  if (st->has_unless) {
    int test = bytecode_test(&st->unless, &s, &w->one);
    if (test == 3) return false;
    if (test == 1) return true;
  }
  sym bearer = 0;
  if (rule->r->type == R_FORBID && !replay_person(w->p, st->events.kind, row, &bearer)) return false;
  if (rule->only_role) {
    const sym *who = NULL;
    u32 n = replay_holders(w->p, rule->only_role, at, st->events.kind, &who);
    if (n >= PARTY_ROOM) return false; /* more were not written down */
    while (n > 0 && who[n - 1] != bearer) n--;
    if (n == 0) return true;
  }
  return replay_body(w, rule, start, row, at, at, bearer, NULL);
}

bool replay_follow(struct replay_worker *w, struct plan_rule *rule, const struct plan_found *streams) {
  const struct columns *c = &w->p->columns;
  if (rule->start_count == 1) {
    for (u32 i = 0; i < streams[0].n; i++) {
      if (!run_start(w, rule, 0, streams[0].rows[i])) return false;
    }
    return true;
  }
  u32 *at = calloc(rule->start_count + 1, sizeof *at);
  BUG_IF(at == NULL);
  bool ok = true;
  while (ok) { /* several kinds: in the order of facts */
    u32 best = NONE;
    for (u32 k = 0; k < rule->start_count; k++) {
      if (at[k] == streams[k].n) continue;
      if (best == NONE || replay_order_before(c, rule->starts[k].events.kind, streams[k].rows[at[k]], rule->starts[best].events.kind, streams[best].rows[at[best]])) best = k;
    }
    if (best == NONE) break;
    ok = run_start(w, rule, best, streams[best].rows[at[best]++]);
  }
  free(at);
  return ok;
}

void replay_worker_start(struct replay_worker *w, struct plan_rule *rule) {
  VEC_FREE(rule->out);
  rule->gave_up = false;
  rule->fresh = true;
  table_clear(&w->counts);
  w->count_window = w->count_end = INT64_MIN;
}

/* The rows of one start that pass, of [from, to). */
bool replay_start_rows(struct replay_worker *w, const struct plan_rule *rule, u32 start, u32 from, u32 to, struct plan_found *out) {
  const struct plan_start *s = &rule->starts[start];
  const struct plan_base *base = s->base == NONE ? NULL : &w->p->bases.p[s->base];
  if (base && base->failed) return false;
  return from >= to || replay_select(w, &s->events, base, from, to, &out->rows, &out->n, &out->room);
}

void replay_rule(struct replay_worker *w, struct plan_rule *rule) {
  replay_worker_start(w, rule);
  if (rule->r->type == R_MUST) {
    replay_duties(w, rule);
  } else {
    struct plan_found *streams = calloc(rule->start_count ? rule->start_count : 1, sizeof *streams);
    BUG_IF(streams == NULL);
    bool ok = true;
    for (u32 i = 0; i < rule->start_count && ok; i++) {
      u16 kind = rule->starts[i].events.kind;
      ok = replay_start_rows(w, rule, i, columns_from(&w->p->columns, kind, rule->from), columns_from(&w->p->columns, kind, rule->to), &streams[i]);
    }
    if (ok) ok = replay_follow(w, rule, streams);
    rule->gave_up = !ok;
    for (u32 i = 0; i < rule->start_count; i++) free(streams[i].rows);
    free(streams);
  }
  if (rule->gave_up) VEC_FREE(rule->out);
}
