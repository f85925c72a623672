/* Counts and sums of settlements over columns. 次数(检查.发现 其中 …) asks, person by person, for facts that one walk over the
 * period's rows groups for everybody; the settlement itself is judged by the live engine, which asks here. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

/* ---- which settlements ---- */

static bool words_of_people(const struct engine *e, const struct lang_program *program, const struct lang_expr *x) {
  struct str first = x->path.segments[0];
  if (x->path.count == 1 && lang_find_figure(program, first)) return true;
  sym name = intern_find(&e->names, first);
  return name && (name == e->w[W_STAFF] || name == e->w[W_PERSON] || name == e->w[W_WAGE] || name == e->w[W_ROLE] || name == e->w[W_JOB]);
}

static bool person_known(const struct replay *p, u16 kind) {
  i16 field = p->e->f_person[kind] >= 0 ? p->e->f_person[kind] : p->e->f_agent[kind];
  const struct kind_rows *r = &p->columns.kinds[kind];
  if (field < 0) return false;
  if (r->n == 0) return true;
  return r->fields[field].type == COL_SYM && !r->fields[field].gaps;
}

/* Will every row give the program what it expects? Then gathering cannot fail half way. */
static bool expected(const struct replay *p, u16 kind, const struct bc_program *b) {
  const struct kind_rows *r = &p->columns.kinds[kind];
  for (u32 i = 0; i < b->count; i++) {
    const struct bc_step *s = &b->steps[i];
    if (s->op >= BC_ADD && s->op <= BC_NEGATE) return false;
    if (s->op == BC_ACTOR) return false;
    bool field = s->op == BC_FIELD || (s->op >= BC_FIELD_LT && s->op <= BC_FIELD_NE);
    if (!field || r->n == 0) continue;
    const struct column *col = &r->fields[s->field];
    if (col->type == COL_NONE ? s->must : col->mixed || col->type == COL_OTHER || col->value != s->type || (s->must && col->gaps)) return false;
  }
  return true;
}

static bool condition(struct replay *p, const struct bc_place *place, const struct lang_expr *x, struct plan_events *ev, size_t *room) {
  if (x->kind == LX_AND) return condition(p, place, x->a, ev, room) && condition(p, place, x->b, ev, room);
  ev->tests = arena_grow(p->plans, ev->tests, room, ev->test_count + 1, sizeof *ev->tests);
  struct bc_program *b = &ev->tests[ev->test_count++];
  return bytecode_compile(p->plans, place, x, true, b) && expected(p, place->kind, b);
}

static bool tally_of(struct replay *p, const struct version *v, const struct lang_expr *x) {
  for (u32 i = 0; i < p->tallies.n; i++) {
    if (p->tallies.p[i].call == x) return true;
  }
  if (x->function != LF_COUNT && x->function != LF_SUM && x->function != LF_MEAN) return false;
  if (x->arg_count != 1 || x->member_count) return false;
  const struct lang_expr *what = x->args[0], *where = NULL;
  if (what->kind == LX_WHERE) {
    where = what->b;
    what = what->a;
  }
  if (what->kind != LX_PATH) return false;
  struct alts alts = {0};
  size_t used = what->path.count;
  for (; used > 0; used--) {
    alt_of_name(p->e, v, &what->path, used, &alts);
    if (alts.n) break;
  }
  if (alts.n == 0 || what->path.count - used > 1 || (x->function != LF_COUNT) != (what->path.count - used == 1)) return false;
  struct plan_tally t = {.call = x, .event_count = alts.n, .type = V_ABSENT};
  t.events = ARENA_ARRAY(p->plans, struct plan_events, alts.n);
  t.field = ARENA_ARRAY(p->plans, i16, alts.n);
  for (u32 i = 0; i < alts.n; i++) {
    const struct alt *a = &alts.p[i];
    if (a->kind < 0 || a->violates || a->case_type || p->e->f_object[a->kind][N_CASE] >= 0 || event_kind_all(NULL)[a->kind].derived || p->deemed[a->kind] || !person_known(p, (u16)a->kind)) return false;
    for (u32 k = 0; k < i; k++) {
      if (alts.p[k].kind == a->kind) return false;
    }
    struct bc_place place = {.e = p->e, .v = v, .kind = (u16)a->kind, .element = true};
    size_t room = 0;
    t.events[i].kind = (u16)a->kind;
    for (u32 c = 0; c < a->cond_count; c++) {
      if (!condition(p, &place, a->conds[c], &t.events[i], &room)) return false;
    }
    if (where && !condition(p, &place, where, &t.events[i], &room)) return false;
    t.field[i] = -1;
    if (x->function == LF_COUNT) continue;
    size_t field = event_kind_field(&event_kind_all(NULL)[a->kind], what->path.segments[used]);
    if (field == SIZE_MAX) return false;
    enum event_field_type type = event_kind_all(NULL)[a->kind].fields[field].type;
    enum value_type value = type == FIELD_MONEY ? V_MONEY : type == FIELD_POINTS ? V_POINTS : type == FIELD_DURATION ? V_DURATION : type == FIELD_COUNT ? V_COUNT : V_ABSENT;
    if (value == V_ABSENT || (i && value != t.type)) return false;
    const struct column *col = p->columns.kinds[a->kind].fields ? &p->columns.kinds[a->kind].fields[field] : NULL;
    /* a field left out might be read on an object instead: 金额 */
    if (col && p->columns.kinds[a->kind].n && (col->type == COL_NONE || col->type == COL_OTHER || col->mixed || col->gaps || col->value != value)) return false;
    t.type = value;
    t.field[i] = (i16)field;
  }
  *VEC_PUSH(p->tallies) = t;
  return true;
}

static bool over_columns(struct replay *p, const struct version *v, const struct lang_expr *x) {
  if (x == NULL) return true;
  switch (x->kind) {
    case LX_LITERAL: case LX_ORDINAL: return true;
    case LX_PATH: return words_of_people(p->e, v->program, x);
    case LX_CALL: return tally_of(p, v, x);
    case LX_NEGATE: case LX_ARITH: case LX_COMPARE: case LX_AND: case LX_OR: case LX_NOT: case LX_IF: case LX_RANGE:
      for (size_t i = 0; i < x->ranges.count; i++) {
        if (!over_columns(p, v, x->ranges.p[i].lower) || !over_columns(p, v, x->ranges.p[i].upper)) return false;
      }
      return over_columns(p, v, x->a) && over_columns(p, v, x->b) && over_columns(p, v, x->c);
    default: return false;
  }
}

static bool acts_over_columns(struct replay *p, const struct version *v, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    if (a->args.count || a->then.count || a->otherwise.count || a->condition) return false;
    if (!over_columns(p, v, a->expr) || !over_columns(p, v, a->amount.from) || !over_columns(p, v, a->amount.to) || !over_columns(p, v, a->cap)) return false;
    if (a->rounding.written && !over_columns(p, v, a->rounding.step)) return false;
  }
  return true;
}

bool replay_tallied(struct replay *p, struct plan_rule *rule) {
  const struct lang_settle *s = rule->r->item->settle;
  const struct version *v = rule->r->version;
  sym word;
  if (!settle_by_people(p->e, rule->r, &word) || !over_columns(p, v, s->where)) return false;
  for (size_t i = 0; i < s->statement_count; i++) {
    const struct lang_statement *st = &s->statements[i];
    if (st->kind == LANG_STATEMENT_LIMIT) continue;
    if (st->kind == LANG_STATEMENT_LET) return false;
    if (st->kind == LANG_STATEMENT_ACT && !acts_over_columns(p, v, &(struct lang_acts){st->act, 1})) return false;
    if (st->kind != LANG_STATEMENT_TIER) continue;
    for (size_t c = 0; c < st->tier->column_count; c++) {
      if (!over_columns(p, v, st->tier->columns[c])) return false;
    }
    for (size_t r = 0; r < st->tier->row_count; r++) {
      if (!acts_over_columns(p, v, &st->tier->rows[r].acts)) return false;
      for (size_t c = 0; c < st->tier->column_count; c++) {
        const struct lang_ranges *ranges = &st->tier->rows[r].cells[c].ranges;
        for (size_t k = 0; k < ranges->count; k++) {
          if (!over_columns(p, v, ranges->p[k].lower) || !over_columns(p, v, ranges->p[k].upper)) return false;
        }
      }
    }
  }
  return true;
}

/* ---- the sums ---- */

static u32 place_of(struct tally_period *t, sym person) {
  u32 mask = t->n - 1, at = (person * 2654435761u) & mask;
  while (t->person[at] && t->person[at] != person) at = (at + 1) & mask;
  return at;
}

static void more_room(struct tally_period *t) {
  struct tally_period old = *t;
  t->n = old.n ? old.n * 2 : 1024;
  t->person = calloc(t->n, sizeof *t->person);
  t->count = calloc(t->n, sizeof *t->count);
  t->sum = calloc(t->n, sizeof *t->sum);
  BUG_IF(t->person == NULL || t->count == NULL || t->sum == NULL);
  for (u32 i = 0; i < old.n; i++) {
    if (old.person[i] == 0) continue;
    u32 at = place_of(t, old.person[i]);
    t->person[at] = old.person[i];
    t->count[at] = old.count[i];
    t->sum[at] = old.sum[i];
  }
  free(old.person);
  free(old.count);
  free(old.sum);
}

static void gather(struct replay *p, const struct plan_tally *t, struct tally_period *out) {
  struct replay_worker w = {.p = p};
  bytecode_registers(&w.block, BC_BLOCK);
  u32 *rows = NULL, room = 0, people = 0;
  more_room(out);
  for (u32 i = 0; i < t->event_count; i++) {
    u16 kind = t->events[i].kind;
    const struct kind_rows *r = &p->columns.kinds[kind];
    u32 from = columns_from(&p->columns, kind, out->from), to = columns_from(&p->columns, kind, out->to), n = 0;
    if (from >= to) continue;
    BUG_IF(!replay_select(&w, &t->events[i], NULL, from, to, &rows, &n, &room)); /* looked at when it was planned */
    i16 field = p->e->f_person[kind] >= 0 ? p->e->f_person[kind] : p->e->f_agent[kind];
    const sym *who = r->fields[field].syms;
    const struct column *value = t->field[i] >= 0 ? &r->fields[t->field[i]] : NULL;
    for (u32 k = 0; k < n; k++) {
      sym person = who[rows[k]];
      u32 at = place_of(out, person);
      if (out->person[at] == 0) {
        if (++people * 2 > out->n) {
          more_room(out);
          at = place_of(out, person);
        }
        out->person[at] = person;
      }
      out->count[at]++;
      if (value == NULL) continue;
      i64 v = value->type == COL_I32 ? value->i32s[rows[k]] : value->i64s[rows[k]];
      if (__builtin_add_overflow(out->sum[at], v, &out->sum[at])) out->over = true;
    }
  }
  free(rows);
  bytecode_registers_free(&w.block);
}

bool replay_tally(void *ctx, struct env *env, const struct lang_expr *x, struct value *out) {
  struct replay *p = ctx;
  struct plan_tally *t = NULL;
  for (u32 i = 0; i < p->tallies.n && t == NULL; i++) {
    if (p->tallies.p[i].call == x) t = &p->tallies.p[i];
  }
  if (t == NULL || env->to == 0 || env->let || env->key_word) return false;
  struct tally_period *period = NULL;
  for (u32 i = t->periods.n; i > 0 && period == NULL; i--) {
    if (t->periods.p[i - 1].from == env->from && t->periods.p[i - 1].to == env->to) period = &t->periods.p[i - 1];
  }
  if (period == NULL) {
    period = VEC_PUSH(t->periods);
    *period = (struct tally_period){.from = env->from, .to = env->to};
    gather(p, t, period);
  }
  sym person = intern_find(&p->e->names, intern_str(&env->e->names, env->key));
  u32 at = person ? place_of(period, person) : 0;
  bool known = person && period->person[at];
  i64 count = known ? period->count[at] : 0, sum = known ? period->sum[at] : 0;
  if (period->over) return env_fail(env, "合计溢出", "the sum overflows", (struct str){"", 0}) || true;
  if (x->function == LF_COUNT) *out = value_int(V_COUNT, count);
  else if (x->function == LF_SUM) *out = value_int(t->type, sum);
  else if (count == 0) *out = value_absent();
  else {
    struct value total = value_int(t->type, sum), n = value_int(V_COUNT, count);
    struct problem problem = {0};
    if (value_arith('/', &total, &n, out, &problem) != OK) return env_fail(env, "均值溢出", "the mean overflows", (struct str){"", 0}) || true;
  }
  return true;
}

void replay_tally_free(struct replay *p) {
  for (u32 i = 0; i < p->tallies.n; i++) {
    for (u32 k = 0; k < p->tallies.p[i].periods.n; k++) {
      free(p->tallies.p[i].periods.p[k].person);
      free(p->tallies.p[i].periods.p[k].count);
      free(p->tallies.p[i].periods.p[k].sum);
    }
    free(p->tallies.p[i].periods.p);
  }
  VEC_FREE(p->tallies);
}
