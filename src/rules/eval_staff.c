/* Functions about employment and shifts: 工龄 (how long with the house), 日薪 (a day's wage by the divisor the book names),
 * 相邻班 (the shifts before and after one), 在班, 违反 (was that clause broken in this matter). */
#include "rules/parts.h"

#include <string.h>

static bool person_arg(struct env *env, const struct lang_expr *x, sym *who) {
  struct value v;
  if (x->arg_count == 0) return env_fail(env, "没有写是谁的", "whose it is must be written", (struct str){"", 0});
  if (!eval(env, x->args[0], &v)) return false;
  *who = v.type == V_REF || v.type == V_TEXT ? intern_sym(&env->e->names, v.s) : 0;
  return true;
}

/* Full months and the days beyond them: days are 1/32 of a step between months, so that "more than 6 months" begins the day
 * after, and months still compare with months alone. The spell that runs counts; an earlier one does not. */
enum { DAYS_PER_STEP = 32 };
bool eval_tenure(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  sym who = 0;
  if (!person_arg(env, x, &who)) return false;
  *out = value_absent();
  u32 p = who ? object_find(e, N_PERSON, who) : NONE;
  if (p == NONE || !e->s.objects.p[p].known) return true;
  i64 joined = instant_date(e->s.objects.p[p].since, e->zone), today = instant_date(env->now, e->zone);
  if (e->s.objects.p[p].left && e->s.objects.p[p].until <= env->now) today = instant_date(e->s.objects.p[p].until, e->zone);
  if (x->arg_count > 1) {
    struct value v;
    if (!eval(env, x->args[1], &v)) return false;
    if (v.type == V_INSTANT) v = value_int(V_DATE, instant_date(v.i, e->zone));
    if (v.type != V_DATE) return env_fail(env, "要的是日期", "a date is wanted", (struct str){"", 0});
    today = v.i;
  }
  if (today < joined) return true;
  struct civil a = civil_from_date(joined), b = civil_from_date(today);
  i64 months = (i64)(b.year - a.year) * 12 + b.month - a.month;
  if (date_add_months(joined, months) > today) months--;
  *out = value_int(V_MONTHS, months * DAYS_PER_STEP + (today - date_add_months(joined, months)));
  out->den = DAYS_PER_STEP;
  return true;
}

bool eval_day_wage(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  sym who = 0;
  struct value wage, by;
  struct problem p = {0};
  if (x->arg_count < 2) return env_fail(env, "日薪按多少天折算，要写明", "the divisor of a day's wage must be written", (struct str){"", 0});
  if (!person_arg(env, x, &who) || !eval(env, x->args[1], &by)) return false;
  *out = value_absent();
  if (by.type == V_ABSENT || who == 0 || !object_attribute(e, N_PERSON, who, e->w[W_WAGE], &wage) || wage.type != V_MONEY) return true;
  if (by.type == V_DAYS || by.type == V_WORKDAYS) by = value_int(V_COUNT, by.i);
  if ((by.type != V_COUNT && by.type != V_RATIO) || by.i <= 0) return env_fail(env, "日薪的除数要是大于零的天数", "the divisor of a day's wage must be a number of days above zero", (struct str){"", 0});
  if (value_arith('/', &wage, &by, out, &p) != OK) return env_fail(env, "日薪溢出", "the day's wage overflows", (struct str){"", 0});
  return true;
}

/* ---- 相邻班 ---- */

/* The shift meant: of that day (and name), else the next one of that name that has not ended. */
static u32 meant(struct engine *e, sym who, sym name, bool has_date, i64 date, i64 now) {
  u32 p = object_find(e, N_PERSON, who), best = NONE;
  for (u32 s = p == NONE ? 0 : e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
    const struct shift *o = &e->s.shifts.p[s - 1];
    if (o->gone || (name && o->name != name) || (has_date ? o->date != date : o->to < now)) continue;
    if (best == NONE || o->from < e->s.shifts.p[best].from) best = s - 1;
  }
  return best;
}

static u32 beside(struct engine *e, u32 of, bool after) {
  const struct shift *mid = &e->s.shifts.p[of];
  u32 p = object_find(e, N_PERSON, mid->person), best = NONE;
  for (u32 s = e->s.objects.p[p].shifts; s; s = e->s.shifts.p[s - 1].next) {
    const struct shift *o = &e->s.shifts.p[s - 1];
    if (o->gone || s - 1 == of || (after ? o->from <= mid->from : o->from >= mid->from)) continue;
    if (best == NONE || (after ? o->from < e->s.shifts.p[best].from : o->from > e->s.shifts.p[best].from)) best = s - 1;
  }
  return best;
}

static bool swapped(struct engine *e, u32 shift) {
  struct str cause = shift == NONE ? (struct str){"", 0} : intern_str(&e->names, e->s.shifts.p[shift].cause);
  return str_is(cause, "换班") || str_is(cause, "swap");
}

bool eval_neighbour(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  sym who = 0, name = 0;
  i64 date = 0;
  bool has_date = false;
  if (!person_arg(env, x, &who)) return false;
  for (size_t i = 1; i < x->arg_count; i++) {
    struct value v;
    if (!eval(env, x->args[i], &v)) return false;
    if (v.type == V_INSTANT) v = value_int(V_DATE, instant_date(v.i, e->zone));
    if (v.type == V_DATE) {
      date = v.i;
      has_date = true;
    } else if (v.type == V_TEXT || v.type == V_REF) {
      name = intern_sym(&e->names, v.s);
    }
  }
  u32 mid = who ? meant(e, who, name, has_date, date, env->now) : NONE;
  u32 before = mid == NONE ? NONE : beside(e, mid, false), after = mid == NONE ? NONE : beside(e, mid, true);
  struct str part = x->member_count ? x->members[0] : (struct str){"", 0};
  if (str_is(part, "换来") || str_is(part, "swapped")) {
    *out = value_bool(swapped(e, before) || swapped(e, after));
  } else if (str_is(part, "前班") || str_is(part, "former")) {
    *out = before == NONE ? value_absent() : text_value(e, e->s.shifts.p[before].name);
  } else if (str_is(part, "后班") || str_is(part, "latter")) {
    *out = after == NONE ? value_absent() : text_value(e, e->s.shifts.p[after].name);
  } else if (part.n == 0) { /* both names: 含 asks whether one of them is it */
    struct value *items = ARENA_ARRAY(e->scratch, struct value, 2);
    size_t n = 0;
    if (before != NONE) items[n++] = text_value(e, e->s.shifts.p[before].name);
    if (after != NONE) items[n++] = text_value(e, e->s.shifts.p[after].name);
    *out = (struct value){.type = V_LIST, .items = items, .count = n};
  } else {
    return env_fail(env, "相邻班没有这一项：", "a neighbouring shift has no", part);
  }
  return true;
}

bool eval_on_shift(struct env *env, const struct lang_expr *x, struct value *out) {
  sym who = 0;
  i64 at = env->now;
  if (!person_arg(env, x, &who)) return false;
  if (x->arg_count > 1) {
    struct value v;
    if (!eval(env, x->args[1], &v)) return false;
    if (v.type != V_INSTANT) return env_fail(env, "要的是时刻", "an instant is wanted", (struct str){"", 0});
    at = v.i;
  }
  *out = value_bool(who && shift_at(env->e, who, at) != NONE);
  return true;
}

/* ---- 违反(#a, #b, what): a live breach of one of the clauses in that matter, or by that person ---- */

static bool concerns(struct engine *e, u32 ref, const struct value *what) {
  static const char *const fields[] = {"对象", "单据", "当事人"};
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct value v = fact_named(e, ref, intern_sym(&e->names, str_c(fields[i])));
    if ((v.type == V_TEXT || v.type == V_REF) && str_eq(v.s, what->s)) return true;
  }
  return false;
}

bool eval_violated(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  struct value wanted[8];
  size_t n = 0;
  i64 from = INT64_MIN, to = INT64_MAX;
  bool found = false, unknown = false;
  narrow_past(env);
  for (size_t i = 0; i < x->arg_count; i++) {
    i64 a, b;
    if (x->args[i]->kind == LX_CLAUSE) continue;
    if (eval_window(env, x->args[i], &a, &b)) {
      from = a;
      to = b;
      continue;
    }
    if (n == COUNT_OF(wanted)) return env_fail(env, "违反后面写得太多", "too much is written after violated", (struct str){"", 0});
    if (!eval(env, x->args[i], &wanted[n])) return false;
    unknown |= wanted[n].type != V_TEXT && wanted[n].type != V_REF; /* no such matter: not broken there */
    n++;
  }
  for (u32 k = 0; !unknown && !found && k < e->s.by_kind[EVENT_clause_violated].n; k++) {
    u32 ref = e->s.by_kind[EVENT_clause_violated].p[k];
    const struct fact f = *fact_of(e, ref);
    if (f.at < from || f.at >= to) continue;
    struct str clause = fact_named(e, ref, intern_sym(&e->names, STR("条款"))).s, tag = intern_str(&e->names, f.case_state);
    bool named = false, fits = true;
    for (size_t i = 0; i < x->arg_count; i++) {
      if (x->args[i]->kind == LX_CLAUSE) named |= str_eq(x->args[i]->name, clause) || (f.case_state && str_eq(x->args[i]->name, tag));
    }
    for (size_t i = 0; i < n; i++) fits &= concerns(e, ref, &wanted[i]);
    found = named && fits;
  }
  *out = value_bool(found);
  return true;
}
