/* The reference's reading of expressions: one function per kind of expression, values exact, nothing remembered. What is absent is
 * not zero: arithmetic on it fails, and the clause goes to a person; tests on it are "not so". Names: reference_names.c. */
#include "rules/reference_parts.h"

#include <string.h>

struct ref_env ref_env_of(struct ref *r, const struct ref_rule *rule, i64 now, const struct ref_fact *fact) {
  const struct reference_version *v = rule ? rule->version : ref_version_at(r, now);
  return (struct ref_env){.r = r, .rule = rule, .version = v, .program = v ? v->program : NULL, .now = now, .fact = fact, .anchor = fact};
}

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

static bool is_text(const struct value *v) { return v->type == V_TEXT || v->type == V_REF; }

bool ref_same(struct ref *r, const struct value *a, const struct value *b) {
  if (is_text(a) && is_text(b)) {
    if (str_eq(a->s, b->s)) return true;
    if (a->type == V_REF && a->den == RN_PERSON && b->type == V_TEXT) return ref_has_role(r, a->s, b->s); /* 当事人 = 客服 */
    if (b->type == V_REF && b->den == RN_PERSON && a->type == V_TEXT) return ref_has_role(r, b->s, a->s);
    return false;
  }
  if (a->type == V_BOOL && is_text(b)) return str_is(b->s, a->i ? "是" : "否");
  if (b->type == V_BOOL && is_text(a)) return str_is(a->s, b->i ? "是" : "否");
  int order;
  return ref_order(r, a, b, &order) && order == 0;
}

/* Within one kind only, but for a day of 24 hours beside hours, a number of days beside a number, an instant beside a date. */
bool ref_order(struct ref *r, const struct value *a, const struct value *b, int *order) {
  struct value x = *a, y = *b;
  i64 ms;
  if (x.type == V_INSTANT && y.type == V_DATE) x = value_int(V_DATE, instant_date(x.i, r->zone));
  if (y.type == V_INSTANT && x.type == V_DATE) y = value_int(V_DATE, instant_date(y.i, r->zone));
  if (x.type == V_DAYS && y.type == V_DURATION && !__builtin_mul_overflow(x.i, MS_DAY, &ms)) x = value_int(V_DURATION, ms);
  if (y.type == V_DAYS && x.type == V_DURATION && !__builtin_mul_overflow(y.i, MS_DAY, &ms)) y = value_int(V_DURATION, ms);
  if (x.type == V_DAYS && (y.type == V_COUNT || y.type == V_RATIO)) x = value_int(V_COUNT, x.i);
  if (y.type == V_DAYS && (x.type == V_COUNT || x.type == V_RATIO)) y = value_int(V_COUNT, y.i);
  return value_compare(&x, &y, order) == OK;
}

bool ref_filled(const struct value *v) {
  if (is_text(v)) return v->s.n > 0;
  if (v->type == V_LIST) return v->count > 0;
  return v->type != V_ABSENT;
}

/* ---- operators ---- */

static bool contains(struct ref *r, const struct value *a, const struct value *b) {
  for (size_t i = 0; a->type == V_LIST && i < a->count; i++) {
    if (ref_same(r, &a->items[i], b) || (is_text(&a->items[i]) && contains(r, &a->items[i], b))) return true;
  }
  return is_text(a) && is_text(b) && b->s.n && str_find(a->s, b->s, 0) != SIZE_MAX;
}

/* 条款 = #tag: a fact names its clause by the heading, and the item by its tag. */
static bool names_tag(struct ref_env *env, const struct lang_expr *x) {
  const struct ref_fact *f = env->element && env->element->fact ? env->element->fact : env->fact;
  if (x->b->kind != LX_CLAUSE || x->b->name.n == 0) return false;
  if (f == NULL || (x->a->path.count > 1 && env->anchor)) f = env->anchor;
  return f && f->tag.n && str_eq(f->tag, x->b->name);
}

/* A sum of nothing over values of any kind is nought of whatever it meets. */
static void give_unit(struct value *v, const struct value *other) {
  if (v->type != V_COUNT || v->i != 0 || v->den != REF_NOTHING) return;
  if (other->type == V_RATIO) *v = value_ratio(0, 1);
  else if (other->type == V_MONEY || other->type == V_POINTS || other->type == V_DURATION || other->type == V_DAYS) *v = value_int(other->type, 0);
  else v->den = 0;
}

/* 状态 = 登记: beside 状态 the name of a state is that state, not the moment it was reached. */
static bool asks_state(const struct lang_expr *x) {
  struct str last = x->kind == LX_PATH && x->path.count ? x->path.segments[x->path.count - 1] : (struct str){"", 0};
  return str_is(last, "状态") || str_is(last, "state");
}

static bool compare(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value a, b;
  if (!ref_eval(env, x->a, &a)) return false;
  bool word = x->b->kind == LX_PATH && x->b->path.count == 1 && a.type == V_TEXT &&
              (x->b->meaning == LN_ENUM || x->b->meaning == LN_STATE || x->b->meaning == LN_ROLE || asks_state(x->a));
  if (word) b = value_text(x->b->path.text); /* `=` looks right first among the left side's values */
  else if (!ref_eval(env, x->b, &b)) return false;
  if (a.type == V_ABSENT || b.type == V_ABSENT) return *out = value_bool(x->compare == LANG_NOT_CONTAINS), true;
  int order = 0;
  bool yes = false;
  give_unit(&a, &b);
  give_unit(&b, &a);
  if (x->compare >= LANG_LT && x->compare <= LANG_GE && !ref_order(env->r, &a, &b, &order)) return failed(env);
  switch (x->compare) {
    case LANG_EQ: yes = ref_same(env->r, &a, &b) || names_tag(env, x); break;
    case LANG_NE: yes = !ref_same(env->r, &a, &b) && !names_tag(env, x); break;
    case LANG_LT: yes = order < 0; break;
    case LANG_GT: yes = order > 0; break;
    case LANG_LE: yes = order <= 0; break;
    case LANG_GE: yes = order >= 0; break;
    case LANG_CONTAINS: yes = contains(env->r, &a, &b); break;
    case LANG_NOT_CONTAINS: yes = !contains(env->r, &a, &b); break;
  }
  *out = value_bool(yes);
  return true;
}

static bool in_range(struct ref_env *env, const struct lang_range *range, const struct value *v, bool *in) {
  struct value bound;
  int order;
  *in = true;
  if (range->is_value) {
    if (!ref_eval(env, range->lower, &bound)) return false;
    *in = ref_same(env->r, v, &bound);
    return true;
  }
  if (range->lower) {
    if (!ref_eval(env, range->lower, &bound)) return false;
    if (!ref_order(env->r, v, &bound, &order)) return failed(env);
    *in = order > 0 || (order == 0 && range->lower_included);
  }
  if (*in && range->upper) {
    if (!ref_eval(env, range->upper, &bound)) return false;
    if (!ref_order(env->r, v, &bound, &order)) return failed(env);
    *in = order < 0 || (order == 0 && range->upper_included);
  }
  return true;
}

bool ref_in_ranges(struct ref_env *env, const struct lang_ranges *ranges, const struct value *v) {
  for (size_t i = 0; i < ranges->count; i++) {
    bool in;
    if (!in_range(env, &ranges->p[i], v, &in)) return false;
    if (in) return true;
  }
  return false;
}

bool ref_true(struct ref_env *env, const struct lang_expr *x) {
  struct value v;
  return ref_eval(env, x, &v) && v.type == V_BOOL && v.i;
}

static bool arith(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value a, b;
  struct problem p = {0};
  if (!ref_eval(env, x->a, &a) || !ref_eval(env, x->b, &b)) return false;
  if (a.type == V_ABSENT || b.type == V_ABSENT) return failed(env);
  if (x->op == '+' || x->op == '-') {
    give_unit(&a, &b);
    give_unit(&b, &a);
  }
  if (a.type == V_INSTANT && b.type == V_DAYS) b = value_int(V_DURATION, b.i * MS_DAY);
  if (x->op == '/' && b.i == 0 && env->when_zero) {
    const struct lang_expr *instead = env->when_zero;
    env->when_zero = NULL;
    return ref_eval(env, instead, out);
  }
  return value_arith(x->op, &a, &b, out, &p) == OK || failed(env);
}

static bool one_of(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value a, b;
  bool yes = false;
  if (!ref_eval(env, x->a, &a)) return false;
  for (size_t i = 0; i < x->arg_count; i++) {
    if (x->args[i]->kind == LX_PATH && x->args[i]->path.count == 1 && a.type == V_TEXT) b = value_text(x->args[i]->path.text);
    else if (!ref_eval(env, x->args[i], &b)) return false;
    yes |= a.type != V_ABSENT && b.type != V_ABSENT && ref_same(env->r, &a, &b);
  }
  *out = value_bool(yes);
  return true;
}

static bool has(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value v, attribute;
  if (!ref_eval(env, x->a, &v)) return false;
  enum ref_noun noun = v.den ? (enum ref_noun)v.den : RN_PERSON;
  bool yes = is_text(&v) && ref_attribute(env->r, noun, v.s, x->name, &attribute) && ref_filled(&attribute);
  *out = value_bool(yes == (x->kind == LX_HAS));
  return true;
}

static bool at_time(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value a;
  if (!ref_eval(env, x->a, &a)) return false;
  if (a.type == V_INSTANT) a = value_int(V_DATE, instant_date(a.i, env->r->zone));
  if (a.type != V_DATE) return failed(env);
  *out = value_int(V_INSTANT, instant_at(a.i, x->value.i, env->r->zone));
  return true;
}

static bool of_kind(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct value v;
  bool yes;
  switch (x->kind) {
    case LX_LITERAL: case LX_ORDINAL: return *out = x->value, true;
    case LX_CLAUSE: return *out = value_text(x->name), true;
    case LX_PATH: return ref_path(env, x, out);
    case LX_CALL: return ref_call(env, x, out);
    case LX_WINDOW: return *out = value_absent(), true;
    case LX_NEGATE:
      if (!ref_eval(env, x->a, out)) return false;
      out->i = -out->i;
      return true;
    case LX_ARITH: return arith(env, x, out);
    case LX_COMPARE: return compare(env, x, out);
    case LX_AND: case LX_OR: case LX_NOT:
      yes = ref_true(env, x->a);
      if (x->kind == LX_NOT) yes = !yes;
      else if (!env->failed && yes == (x->kind == LX_AND)) yes = ref_true(env, x->b);
      *out = value_bool(yes);
      return !env->failed;
    case LX_EXISTS: case LX_LACKS: case LX_ALL:
      if (!ref_exists(env, x, &yes)) return false;
      return *out = value_bool(yes), true;
    case LX_RANGE:
      if (!ref_eval(env, x->a, &v)) return false;
      *out = value_bool(v.type != V_ABSENT && ref_in_ranges(env, &x->ranges, &v));
      return !env->failed;
    case LX_ONE_OF: return one_of(env, x, out);
    case LX_HAS: case LX_LACKS_A: return has(env, x, out);
    case LX_FILLED: case LX_EMPTY:
      if (!ref_eval(env, x->a, &v)) return false;
      return *out = value_bool(ref_filled(&v) == (x->kind == LX_FILLED)), true;
    case LX_IF:
      yes = ref_true(env, x->a);
      return !env->failed && ref_eval(env, yes ? x->b : x->c, out);
    case LX_WHERE: return ref_eval(env, x->a, out);
    case LX_AT_TIME: return at_time(env, x, out);
  }
  return failed(env);
}

bool ref_eval(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  if (env->failed) return false;
  if (env->depth >= 200) return failed(env);
  env->depth++;
  bool ok = of_kind(env, x, out);
  env->depth--;
  return ok;
}

bool ref_round(struct ref_env *env, const struct lang_rounding *rounding, struct value *v) {
  struct value step;
  i64 i, den = v->den > 0 ? v->den : 1;
  if (!rounding->written || rounding->step == NULL) return true;
  if (!ref_eval(env, rounding->step, &step)) return false;
  bool ratios = step.type == V_RATIO && v->type == V_RATIO;
  i64 step_den = ratios ? step.den : 1;
  i64 scaled;
  if (__builtin_mul_overflow(v->i, step_den, &scaled) || __builtin_mul_overflow(den, step.i, &den)) return failed(env);
  if (step.i <= 0 || ratio_round(scaled, den, 1, rounding->mode, &i) != OK) return failed(env);
  *v = ratios ? value_ratio(i * step.i, step.den) : value_int(v->type, i * step.i);
  return true;
}

/* ---- tables ---- */

static bool in_cell(struct ref_env *env, const struct lang_cell *cell, const struct value *v) {
  if (cell->kind == LANG_CELL_ANY || cell->kind == LANG_CELL_OTHERWISE) return true;
  if (cell->kind == LANG_CELL_ORDINAL) return v->type == V_COUNT && v->i >= cell->first && (cell->last < 0 || v->i <= cell->last);
  for (size_t i = 0; i < cell->ranges.count; i++) { /* a plain word in a cell is a value, not a name */
    const struct lang_range *range = &cell->ranges.p[i];
    if (range->is_value && range->lower->kind == LX_PATH && range->lower->path.count == 1 && is_text(v) && str_eq(range->lower->path.text, v->s)) return true;
  }
  return ref_in_ranges(env, &cell->ranges, v);
}

/* 取最重: the money a row takes, then the points, then how many disciplines. */
struct burden {
  i64 by[3];
};

static bool burden_of(struct ref_env *env, const struct lang_row *row, struct burden *out) {
  *out = (struct burden){0};
  for (size_t i = 0; i < row->acts.count; i++) {
    const struct lang_act *act = &row->acts.p[i];
    bool takes = act->kind == LANG_FINE || act->kind == LANG_COMPENSATE || act->kind == LANG_DEDUCT;
    struct value v;
    i64 amount;
    out->by[2] += act->kind == LANG_DISCIPLINE || act->kind == LANG_PROPOSE;
    if (!takes) continue;
    if (!ref_eval(env, act->amount.to ? act->amount.to : act->amount.from, &v)) return false;
    if (ratio_round(v.i, v.den > 0 ? v.den : 1, 1, ROUND_HALF_UP, &amount) != OK) return failed(env);
    out->by[v.type == V_MONEY ? 0 : 1] += amount;
  }
  return true;
}

/* Of equals the later one. */
static bool not_lighter(const struct burden *a, const struct burden *b) {
  for (int i = 0; i < 3; i++) {
    if (a->by[i] != b->by[i]) return a->by[i] > b->by[i];
  }
  return true;
}

/* 累进: every row takes the part of the amount that lies inside it, at its own rate. */
bool ref_slices(struct ref_env *env, const struct lang_tier *tier, struct value *out) {
  struct value whole, sum;
  struct problem p = {0};
  if (!ref_eval(env, tier->columns[0], &whole) || whole.type == V_ABSENT) return failed(env);
  for (size_t i = 0; i < tier->row_count; i++) {
    const struct lang_cell *cell = &tier->rows[i].cells[0];
    struct value low = value_int(whole.type, 0), high = whole, part, rate, share;
    int order;
    if (cell->kind != LANG_CELL_RANGES || cell->ranges.count != 1) return failed(env);
    const struct lang_range *range = &cell->ranges.p[0];
    if (range->lower && !ref_eval(env, range->lower, &low)) return false;
    if (range->upper && !ref_eval(env, range->upper, &high)) return false;
    if (range->lower && low.type == V_COUNT && range->lower_included && low.i > 0) low.i--; /* things are whole: from the 3rd is after the 2nd */
    if (range->upper && high.type == V_COUNT && !range->upper_included) high.i--;
    if (value_compare(&whole, &high, &order) != OK) return failed(env);
    if (order < 0) high = whole;
    if (value_compare(&high, &low, &order) != OK) return failed(env);
    if (order < 0) high = low; /* it does not reach this row */
    if (!ref_eval(env, tier->rows[i].expr, &rate)) return false;
    if (value_arith('-', &high, &low, &part, &p) != OK || value_arith('*', &part, &rate, &share, &p) != OK) return failed(env);
    if (i == 0) sum = share;
    else if (value_arith('+', out, &share, &sum, &p) != OK) return failed(env);
    *out = sum;
  }
  return tier->row_count > 0;
}

const struct lang_row *ref_row(struct ref_env *env, const struct lang_tier *tier) {
  struct value columns[8];
  for (size_t c = 0; c < tier->column_count; c++) {
    if (!ref_eval(env, tier->columns[c], &columns[c])) return NULL;
    if (columns[c].type == V_ABSENT) return failed(env), NULL;
  }
  const struct lang_row *otherwise = NULL, *heaviest = NULL;
  struct burden most = {0}, one;
  for (size_t i = 0; i < tier->row_count; i++) {
    bool fits = true, rest = false;
    for (size_t c = 0; c < tier->column_count && fits; c++) {
      fits = in_cell(env, &tier->rows[i].cells[c], &columns[c]);
      rest |= tier->rows[i].cells[c].kind == LANG_CELL_OTHERWISE;
    }
    if (env->failed) return NULL;
    if (fits && !rest && !tier->heaviest) return &tier->rows[i];
    if (fits && rest && otherwise == NULL) otherwise = &tier->rows[i];
    if (!fits || rest) continue;
    if (!burden_of(env, &tier->rows[i], &one)) return NULL;
    if (heaviest && !not_lighter(&one, &most)) continue;
    heaviest = &tier->rows[i];
    most = one;
  }
  return heaviest ? heaviest : otherwise;
}

/* ---- events of the book ---- */

static bool fits_one(struct ref_env *env, const struct lang_event *event, const struct ref_fact *f);

/* Is `f` what the first `used` words of a path name: a kind, a state of a case, a 所称? *named: they name some event at all. */
bool ref_is(struct ref_env *env, const struct lang_path *p, size_t used, const struct ref_fact *f, bool *named) {
  struct str name = p->segments[0];
  for (size_t i = 1; i < used; i++) name = arena_printf(env->r->a, "%.*s.%.*s", STR_ARG(name), STR_ARG(p->segments[i]));
  const struct lang_define *define = lang_find_define(env->program, name);
  const struct lang_survey *survey = used == 1 ? ref_survey_named(env->program, name) : NULL;
  const struct event_kind *kind = event_kind_find(name);
  const struct lang_case *type = lang_find_case(env->program, p->segments[0]);
  *named = true;
  if (survey) return f && f->kind == EVENT_survey_answered && ref_survey_counts(env, survey, f);
  if (define) return f && ref_fits(env, define->trigger.events, define->trigger.event_count, define->trigger.where, f);
  if (kind) return f && f->kind == (enum event_kind_id)event_kind_index(kind);
  *named = type && used <= 2;
  if (!*named) return false;
  bool of_type = f && str_eq(f->case_type, type->name.text);
  if (used == 1) return of_type && f->kind == EVENT_case_opened;
  size_t state = lang_case_state(type, p->segments[1]);
  if (state != SIZE_MAX) {
    if (!of_type || !str_eq(f->case_state, type->states[state].name.text)) return false;
    return f->kind == EVENT_case_moved || (state == 0 && f->kind == EVENT_case_opened);
  }
  kind = event_kind_find(arena_printf(env->r->a, "单据.%.*s", STR_ARG(p->segments[1])));
  if (kind == NULL) kind = event_kind_find(arena_printf(env->r->a, "case.%.*s", STR_ARG(p->segments[1])));
  *named = kind != NULL;
  return kind && of_type && f->kind == (enum event_kind_id)event_kind_index(kind);
}

static bool fits_one(struct ref_env *env, const struct lang_event *event, const struct ref_fact *f) {
  bool named;
  if (event->violates.count) {
    struct value clause = ref_field(f, "条款");
    bool one = false;
    for (size_t i = 0; i < event->violates.count && f->kind == EVENT_clause_violated; i++) {
      one |= str_eq(event->violates.p[i].text, clause.s) || (f->tag.n && str_eq(event->violates.p[i].text, f->tag));
    }
    if (!one) return false;
  } else if (event->path.count == 0 || !ref_is(env, &event->path, event->path.count, f, &named)) {
    return false;
  }
  struct ref_env there = *env;
  there.fact = f;
  bool ok = event->where == NULL || ref_true(&there, event->where);
  env->failed |= there.failed;
  return ok && !there.failed;
}

bool ref_fits(struct ref_env *env, const struct lang_event *events, size_t count, const struct lang_expr *where, const struct ref_fact *f) {
  for (size_t i = 0; i < count; i++) {
    struct ref_env there = *env;
    there.failed = false;
    there.fact = f;
    if (!fits_one(&there, &events[i], f)) continue;
    if (where == NULL || (ref_true(&there, where) && !there.failed)) return true;
  }
  return false;
}
