/* The reference's look over periods, people and shifts: 连续, 名次, 工龄, 日薪, 相邻班, 在班, 违反. Everything is read from the history
 * when it is asked; only the places of 名次 stand for as long as one moment lasts, because they are worked out for everybody at once. */
#include "rules/reference_parts.h"

#include <string.h>

static const struct str nothing = {"", 0};
static struct str text_of(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : nothing; }

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

/* The last instant of the period that is settled, or now. */
static i64 end_of_view(const struct ref_env *env) { return env->to && env->to <= env->now ? env->to - 1 : env->now; }

/* ---- 连续 ---- */

/* Does the condition hold for that person, looking at nothing but [from, to)? */
static bool holds_in(struct ref_env *env, const struct lang_expr *condition, struct str person, i64 from, i64 to) {
  struct ref_env inner = *env;
  inner.key = inner.params[0] = person;
  inner.from = from;
  inner.to = to;
  inner.now = to < env->now ? to : env->now;
  bool holds = ref_true(&inner, condition);
  env->failed |= inner.failed;
  return holds;
}

/* 过渡 重新计次: what was before does not count. */
static i64 counted_from(const struct ref_env *env) { return env->rule ? env->rule->count_from : INT64_MIN; }

static bool over_calendar(struct ref_env *env, const struct lang_expr *x, enum lang_period period, struct str person, i64 *count) {
  struct ref *r = env->r;
  struct work_calendar days = ref_working_days(r);
  for (i64 date = instant_date(end_of_view(env), r->zone);;) {
    i64 first, end;
    bool work = true;
    struct problem p = {0};
    ref_period(env->program, period, date, &first, &end);
    i64 from = instant_at(first, 0, r->zone), to = instant_at(end, 0, r->zone), since = counted_from(env);
    if (period == LANG_WORKING_DAY && work_calendar_is_workday(&days, date, &work, &p) != OK) return failed(env);
    if (!work && from >= r->first_at) { /* a day off neither counts nor breaks */
      date--;
      continue;
    }
    if (!work || to <= r->first_at || to <= since || !ref_employed_in(r, person, from, to)) return true;
    if (!holds_in(env, x->args[0], person, from < since ? since : from, to)) return !env->failed;
    ++*count;
    date = first - 1;
  }
}

/* Shifts that the person worked or should have worked, from the last one that has begun; one on leave is no shift of theirs. */
static bool over_shifts(struct ref_env *env, const struct lang_expr *x, struct str person, i64 *count) {
  struct ref *r = env->r;
  for (i64 before = INT64_MAX, at = end_of_view(env);;) {
    const struct ref_shift *s = NULL;
    for (size_t i = 0; i < r->shifts.n; i++) {
      const struct ref_shift *o = r->shifts.p[i];
      if (o->gone || !str_eq(o->person, person) || o->from > at || o->from >= before) continue;
      if (s == NULL || o->from >= s->from) s = o;
    }
    if (s == NULL) return true;
    before = s->from;
    if (ref_on_leave(r, person, s->from)) continue;
    i64 from = instant_at(s->date, 0, r->zone), to = s->to > from + MS_DAY ? s->to + 1 : from + MS_DAY, since = counted_from(env);
    if (!ref_employed_in(r, person, s->from, s->to) || to <= since) return true;
    if (!holds_in(env, x->args[0], person, from < since ? since : from, to)) return !env->failed;
    ++*count;
  }
}

bool ref_streak(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str person = ref_whose(env);
  struct value v;
  i64 count = 0;
  if (x->arg_count < 2) return failed(env);
  if (x->arg_count > 2) {
    if (!ref_eval(env, x->args[2], &v) || text_of(v).n == 0) return failed(env);
    person = v.s;
  }
  const struct lang_expr *period = x->args[1];
  bool shifts = period->kind == LX_PATH && (str_is(period->path.text, "班次") || str_is(period->path.text, "shift"));
  if (person.n == 0 || (!shifts && (period->kind != LX_WINDOW || period->window != LANG_WINDOW_EACH))) return failed(env);
  if (!(shifts ? over_shifts(env, x, person, &count) : over_calendar(env, x, period->period, person, &count))) return false;
  *out = value_int(V_COUNT, count);
  return true;
}

/* ---- 名次 ---- */

static bool is_word(const struct lang_expr *x, const char *zh, const char *en) {
  return x->kind == LX_PATH && x->path.count == 1 && (str_is(x->path.text, zh) || str_is(x->path.text, en));
}

/* The value by which a person is ranked, and the group; false: has no place. */
static bool standing(struct ref_env *env, const struct lang_expr *x, struct str person, struct value *value, struct str *group) {
  const struct lang_item *item = env->rule && env->rule->type == RR_SETTLE ? env->rule->item : NULL;
  struct ref_env inner = *env;
  inner.key = inner.params[0] = person;
  *group = nothing;
  bool counts = item == NULL || item->settle->where == NULL || ref_true(&inner, item->settle->where);
  counts = counts && ref_eval(&inner, x->args[0], value) && value->type != V_ABSENT;
  for (size_t i = 3; counts && i < x->arg_count; i++) {
    struct value v;
    if (!ref_eval(&inner, x->args[i], &v)) break;
    struct str one = text_of(v).n ? v.s : arena_printf(env->r->a, "%d %lld", (int)v.type, (long long)v.i);
    *group = arena_printf(env->r->a, "%.*s\x1f%.*s", STR_ARG(*group), STR_ARG(one));
  }
  env->failed |= inner.failed;
  return counts && !inner.failed;
}

static struct ref_ranking *work_out(struct ref_env *env, const struct lang_expr *x, i64 from, i64 to) {
  struct ref *r = env->r;
  struct ref_ranking ranking = {.of = x, .rule = env->rule, .from = from, .to = to};
  LIST_OF(struct ref_place) all = {0};
  ref_people people = ref_joined(r);
  for (size_t i = 0; i < people.n; i++) {
    struct ref_place one = {.person = people.p[i]};
    if (!ref_employed_in(r, one.person, from, to)) continue;
    if (standing(env, x, one.person, &one.value, &one.group)) ADD(r->a, all) = one;
    if (env->failed) return NULL;
  }
  bool down = is_word(x->args[1], "从高到低", "highest_first"), in_turn = is_word(x->args[2], "并列顺延", "ties_in_turn");
  for (size_t i = 0; i < all.n; i++) {
    for (size_t k = 0; k < all.n; k++) { /* whoever is before: everybody, or every different value once */
      int order;
      if (value_compare(&all.p[k].value, &all.p[i].value, &order) != OK) return failed(env), NULL;
      if (!str_eq(all.p[k].group, all.p[i].group) || (down ? order <= 0 : order >= 0)) continue;
      bool counted = false;
      for (size_t m = 0; in_turn && m < k; m++) {
        int same;
        counted |= str_eq(all.p[m].group, all.p[k].group) && value_compare(&all.p[m].value, &all.p[k].value, &same) == OK && same == 0;
      }
      all.p[i].place += !counted;
    }
    all.p[i].place++;
  }
  ranking.places = all.p;
  ranking.count = all.n;
  ADD(r->a, r->rankings) = ranking;
  return &r->rankings.p[r->rankings.n - 1];
}

bool ref_rank_of(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct ref *r = env->r;
  i64 from = env->to ? env->from : env->now, to = env->to ? env->to : env->now + 1;
  const struct ref_ranking *ranking = NULL;
  if (x->arg_count < 3) return failed(env);
  for (size_t i = 0; i < r->rankings.n; i++) {
    const struct ref_ranking *o = &r->rankings.p[i];
    if (o->of == x && o->rule == env->rule && o->from == from && o->to == to) ranking = o;
  }
  if (ranking == NULL) ranking = work_out(env, x, from, to);
  if (ranking == NULL) return false;
  *out = value_absent();
  for (size_t i = 0; i < ranking->count; i++) {
    if (str_eq(ranking->places[i].person, ref_whose(env))) *out = value_int(V_COUNT, ranking->places[i].place);
  }
  return true;
}

/* ---- 工龄, 日薪 ---- */

static bool first_argument(struct ref_env *env, const struct lang_expr *x, struct str *who) {
  struct value v;
  if (x->arg_count == 0) return failed(env);
  if (!ref_eval(env, x->args[0], &v)) return false;
  *who = text_of(v);
  return true;
}

/* Full months and, as parts of 32, the days beyond them: "more than 6 months" begins the day after. */
bool ref_tenure(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  i64 zone = env->r->zone, left;
  struct str who;
  struct value v;
  if (!first_argument(env, x, &who)) return false;
  *out = value_absent();
  if (who.n == 0 || !ref_known(env->r, who)) return true;
  i64 joined = instant_date(ref_joined_at(env->r, who), zone), today = instant_date(env->now, zone);
  if (ref_left_at(env->r, who, &left) && left <= env->now) today = instant_date(left, zone);
  if (x->arg_count > 1) {
    if (!ref_eval(env, x->args[1], &v)) return false;
    if (v.type == V_INSTANT) v = value_int(V_DATE, instant_date(v.i, zone));
    if (v.type != V_DATE) return failed(env);
    today = v.i;
  }
  if (today < joined) return true;
  i64 months = 0;
  while (date_add_months(joined, months + 1) <= today) months++;
  *out = value_int(V_MONTHS, months * 32 + today - date_add_months(joined, months));
  out->den = 32;
  return true;
}

bool ref_day_wage(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str who;
  struct value wage, by;
  struct problem p = {0};
  if (x->arg_count < 2) return failed(env);
  if (!first_argument(env, x, &who) || !ref_eval(env, x->args[1], &by)) return false;
  *out = value_absent();
  if (by.type == V_ABSENT || who.n == 0 || !ref_attribute(env->r, RN_PERSON, who, STR("底薪"), &wage) || wage.type != V_MONEY) return true;
  if (by.type == V_DAYS || by.type == V_WORKDAYS) by = value_int(V_COUNT, by.i);
  if ((by.type != V_COUNT && by.type != V_RATIO) || by.i <= 0) return failed(env);
  return value_arith('/', &wage, &by, out, &p) == OK || failed(env);
}

/* ---- shifts ---- */

/* The shift meant: of that day (and name), else the next one of that name that has not ended. */
static const struct ref_shift *shift_meant(struct ref_env *env, struct str who, struct str name, const i64 *date) {
  const struct ref_shift *best = NULL;
  for (size_t i = env->r->shifts.n; i > 0; i--) {
    const struct ref_shift *s = env->r->shifts.p[i - 1];
    if (s->gone || !str_eq(s->person, who) || (name.n && !str_eq(s->name, name)) || (date ? s->date != *date : s->to < env->now)) continue;
    if (best == NULL || s->from < best->from) best = s;
  }
  return best;
}

static const struct ref_shift *shift_beside(const struct ref *r, const struct ref_shift *mid, bool after) {
  const struct ref_shift *best = NULL;
  for (size_t i = r->shifts.n; mid && i > 0; i--) {
    const struct ref_shift *s = r->shifts.p[i - 1];
    if (s->gone || s == mid || !str_eq(s->person, mid->person) || (after ? s->from <= mid->from : s->from >= mid->from)) continue;
    if (best == NULL || (after ? s->from < best->from : s->from > best->from)) best = s;
  }
  return best;
}

static bool was_swapped(const struct ref_shift *s) {
  struct str cause = s ? text_of(ref_field(s->fact, "缘由")) : nothing;
  return str_is(cause, "换班") || str_is(cause, "swap");
}

bool ref_neighbour(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str who, name = nothing, part = x->member_count ? x->members[0] : nothing;
  i64 date = 0;
  bool dated = false;
  if (!first_argument(env, x, &who)) return false;
  for (size_t i = 1; i < x->arg_count; i++) {
    struct value v;
    if (!ref_eval(env, x->args[i], &v)) return false;
    if (v.type == V_INSTANT) v = value_int(V_DATE, instant_date(v.i, env->r->zone));
    if (v.type == V_DATE) dated = true, date = v.i;
    else if (text_of(v).n) name = v.s;
  }
  const struct ref_shift *mid = who.n ? shift_meant(env, who, name, dated ? &date : NULL) : NULL;
  const struct ref_shift *before = shift_beside(env->r, mid, false), *after = shift_beside(env->r, mid, true);
  if (str_is(part, "换来") || str_is(part, "swapped")) {
    *out = value_bool(was_swapped(before) || was_swapped(after));
  } else if (str_is(part, "前班") || str_is(part, "former")) {
    *out = before ? ref_words(before->name) : value_absent();
  } else if (str_is(part, "后班") || str_is(part, "latter")) {
    *out = after ? ref_words(after->name) : value_absent();
  } else if (part.n == 0) {
    struct value *names = ARENA_ARRAY(env->r->a, struct value, 2);
    size_t n = 0;
    if (before) names[n++] = ref_words(before->name);
    if (after) names[n++] = ref_words(after->name);
    *out = (struct value){.type = V_LIST, .items = names, .count = n};
  } else {
    return failed(env);
  }
  return true;
}

bool ref_on_shift(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str who;
  struct value at = value_int(V_INSTANT, env->now);
  if (!first_argument(env, x, &who)) return false;
  if (x->arg_count > 1 && !ref_eval(env, x->args[1], &at)) return false;
  if (at.type != V_INSTANT) return failed(env);
  *out = value_bool(who.n && ref_shift_at(env->r, who, at.i) != NULL);
  return true;
}

/* ---- 违反(#a, #b, what): a live breach of one of the clauses in that matter, or by that person ---- */

static bool names_clause(const struct lang_expr *x, const struct ref_fact *f) {
  for (size_t i = 0; i < x->arg_count; i++) {
    if (x->args[i]->kind != LX_CLAUSE) continue;
    if (str_eq(x->args[i]->name, text_of(ref_own_field(f, "条款"))) || (f->tag.n && str_eq(x->args[i]->name, f->tag))) return true;
  }
  return false;
}

static bool concerns(const struct ref_fact *f, struct str what) {
  static const char *const fields[] = {"对象", "单据", "当事人"};
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    struct str s = text_of(ref_field(f, fields[i]));
    if (s.n && str_eq(s, what)) return true;
  }
  return false;
}

bool ref_violated(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  i64 from = INT64_MIN, to = INT64_MAX;
  ref_people wanted = {0};
  bool found = false, unknown = false;
  for (size_t i = 0; i < x->arg_count; i++) {
    struct value v;
    if (x->args[i]->kind == LX_CLAUSE || ref_window(env, x->args[i], &from, &to)) continue;
    if (!ref_eval(env, x->args[i], &v)) return false;
    unknown |= v.type != V_TEXT && v.type != V_REF; /* no such matter: not broken there */
    ADD(env->r->a, wanted) = text_of(v);
  }
  for (size_t i = 0; i < env->r->history.n && !unknown; i++) {
    const struct ref_fact *f = env->r->history.p[i];
    if (f->dead || f->kind != EVENT_clause_violated || f->at < from || f->at >= to || !names_clause(x, f)) continue;
    bool fits = true;
    for (size_t k = 0; k < wanted.n; k++) fits &= concerns(f, wanted.p[k]);
    found |= fits;
  }
  *out = value_bool(found);
  return true;
}
