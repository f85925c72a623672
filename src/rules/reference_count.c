/* The reference's counting: periods and windows, 次数 合计 均值 … over the whole history, of facts and of people, 次序, 有 and 无,
 * measures. */
#include "rules/reference_parts.h"

#include <string.h>

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

/* ---- windows ---- */

void ref_period(const struct lang_program *program, enum lang_period period, i64 date, i64 *from, i64 *to) {
  struct civil c = civil_from_date(date);
  i64 month = date_from_civil(c.year, c.month, 1);
  int first = program->header ? program->header->attendance_from : 0;
  switch (period) {
    case LANG_DAY: case LANG_WORKING_DAY:
      *from = date;
      *to = date + 1;
      return;
    case LANG_WEEK:
      *from = date - (weekday(date) - 1);
      *to = *from + 7;
      return;
    case LANG_HALF_MONTH:
      *from = c.day <= 15 ? month : month + 15;
      *to = c.day <= 15 ? month + 15 : date_add_months(month, 1);
      return;
    case LANG_QUARTER: case LANG_QUARTER_END:
      *from = date_from_civil(c.year, 3 * ((c.month - 1) / 3) + 1, 1);
      *to = date_add_months(*from, 3);
      return;
    case LANG_HALF_YEAR:
      *from = date_from_civil(c.year, c.month < 7 ? 1 : 7, 1);
      *to = date_add_months(*from, 6);
      return;
    case LANG_YEAR: case LANG_YEAR_END:
      *from = date_from_civil(c.year, 1, 1);
      *to = date_from_civil(c.year + 1, 1, 1);
      return;
    case LANG_ATTENDANCE_MONTH:
      if (first <= 1) break;
      *from = c.day >= first ? month + first - 1 : date_add_months(month, -1) + first - 1;
      *to = date_add_months(date_from_civil(civil_from_date(*from).year, civil_from_date(*from).month, 1), 1) + first - 1;
      return;
    default: break;
  }
  *from = month;
  *to = date_add_months(month, 1);
}

static const struct lang_expr *window_in(const struct ref_env *env, const struct lang_expr *x) {
  if (x->kind == LX_WINDOW) return x;
  if (x->kind != LX_PATH || x->path.count != 1) return NULL;
  const struct lang_figure *f = lang_find_figure(env->program, x->path.text);
  const struct lang_expr *held = f ? lang_figure_on(f, ref_day(env)) : NULL;
  return held && held->kind == LX_WINDOW ? held : NULL;
}

bool ref_window(struct ref_env *env, const struct lang_expr *x, i64 *from, i64 *to) {
  i64 zone = env->r->zone, date = instant_date(env->now, zone);
  const struct lang_expr *w = window_in(env, x);
  struct value v;
  if (w == NULL) return false;
  if (w->window == LANG_WINDOW_CASE) return *from = INT64_MIN, *to = INT64_MAX, true;
  if (w->window == LANG_WINDOW_RECENT) {
    if (w->a == NULL || !ref_eval(env, w->a, &v)) return false;
    if (v.type == V_DURATION) *from = env->now - v.i;
    else if (v.type == V_MONTHS) *from = instant_at(date_add_months(date, -v.i), instant_time_of_day(env->now, zone), zone);
    else *from = env->now - v.i * MS_DAY;
    *to = env->now + 1;
    return true;
  }
  i64 first, end;
  ref_period(env->program, w->period, ref_day(env), &first, &end);
  if (w->window == LANG_WINDOW_LAST) ref_period(env->program, w->period, first - 1, &first, &end);
  *from = instant_at(first, 0, zone);
  *to = instant_at(end, 0, zone);
  return true;
}

/* ---- what is counted ---- */

struct scope {
  const struct lang_path *path;
  size_t used;               /* words of the path that name the event; the rest is a field of it */
  const struct lang_expr *where;
  i64 from, to;
  const struct lang_expr *keys[4];
  size_t key_count;
  struct str of_case;        /* 本单 */
  bool of_key_holder;        /* nothing else says whose: in a settlement, the key holder's */
  bool names_key;
};

static bool mentions_key(const struct ref_env *env, const struct lang_expr *x) {
  if (x == NULL) return false;
  if (x->kind == LX_PATH && x->path.count) {
    struct str first = x->path.segments[0];
    if (str_is(first, "当事人") || str_is(first, "员工") || str_is(first, "person") || str_is(first, "staff")) return true;
    for (size_t i = 0; env->let && i < env->let->parameters.count; i++) {
      if (str_eq(env->let->parameters.p[i].text, first)) return true;
    }
  }
  for (size_t i = 0; i < x->arg_count; i++) {
    if (mentions_key(env, x->args[i])) return true;
  }
  return mentions_key(env, x->a) || mentions_key(env, x->b) || mentions_key(env, x->c);
}

static bool scope_of(struct ref_env *env, const struct lang_expr *x, struct scope *s) {
  *s = (struct scope){.from = env->to ? env->from : INT64_MIN, .to = env->to ? env->to : INT64_MAX};
  if (x->arg_count == 0) return failed(env);
  const struct lang_expr *what = x->args[0];
  if (what->kind == LX_WHERE) {
    s->where = what->b;
    what = what->a;
  }
  if (what->kind != LX_PATH) return failed(env);
  s->path = &what->path;
  bool named = false;
  for (s->used = what->path.count; s->used > 0; s->used--) {
    ref_is(env, s->path, s->used, NULL, &named);
    if (named) break;
  }
  if (!named) return failed(env);
  for (size_t i = 1; i < x->arg_count; i++) {
    const struct lang_expr *w = window_in(env, x->args[i]);
    if (w && w->window == LANG_WINDOW_CASE && env->fact) s->of_case = ref_object_of(env->fact, RN_CASE);
    if (ref_window(env, x->args[i], &s->from, &s->to)) continue;
    if (s->key_count < COUNT_OF(s->keys)) s->keys[s->key_count++] = x->args[i];
  }
  if (env->rule && env->rule->count_from > s->from && !env->to) s->from = env->rule->count_from; /* 过渡 重新计次 */
  s->of_key_holder = s->key_count == 0 && env->key.n;
  s->names_key = mentions_key(env, s->where);
  return !env->failed;
}

static bool in_scope(struct ref_env *env, const struct scope *s, const struct ref_fact *f) {
  bool named;
  struct ref_element el = {.name = s->path->text, .fact = f, .outer = env->element};
  struct ref_env inner = *env;
  if (f->dead || f->at < s->from || f->at >= s->to || (env->until && f->at >= env->until)) return false;
  if (s->of_case.n && !str_eq(ref_object_of(f, RN_CASE), s->of_case)) return false;
  inner.element = &el;
  if (!ref_is(&inner, s->path, s->used, f, &named)) return false;
  if (s->of_key_holder && env->key_word.n) {
    if (!ref_mentions(f, env->key)) return false;
  } else if (s->of_key_holder) {
    struct str who = ref_person_of(env->r, f);
    if (who.n ? !str_eq(who, env->key) : !s->names_key) return false;
  }
  for (size_t i = 0; i < s->key_count; i++) {
    struct value mine, theirs;
    struct ref_element only = {.fact = f};
    struct ref_env other = *env;
    other.element = &only;
    other.bearer = other.key = (struct str){"", 0};
    const struct lang_expr *key = s->keys[i];
    bool staff = env->key.n && env->key_word.n == 0 && key->kind == LX_PATH && key->path.count == 1 && (str_is(key->path.text, "员工") || str_is(key->path.text, "staff"));
    if (!ref_eval(env, key, &mine)) return false;
    if (staff) theirs = ref_to(RN_PERSON, ref_person_of(env->r, f)); /* on a fact, 员工 is whom it concerns */
    else if (!ref_eval(&other, key, &theirs)) return false;
    if (theirs.type == V_ABSENT || !ref_same(env->r, &mine, &theirs)) return false;
  }
  return s->where == NULL || (ref_true(&inner, s->where) && !inner.failed);
}

static struct value field_of(struct ref_env *env, const struct scope *s, const struct lang_expr *call, const struct ref_fact *f) {
  struct ref_element el = {.fact = f};
  struct ref_env inner = *env;
  inner.element = &el;
  struct str words[12];
  size_t n = 0;
  for (size_t i = s->used; i < s->path->count && n < COUNT_OF(words); i++) words[n++] = s->path->segments[i];
  for (size_t i = 0; i < call->member_count && n < COUNT_OF(words); i++) words[n++] = call->members[i];
  struct value v, next;
  if (n == 0) return value_int(V_INSTANT, f->at);
  if (!ref_name(&inner, words[0], &v)) return value_absent();
  for (size_t i = 1; i < n && (v.type == V_REF || v.type == V_TEXT); i++) {
    v = ref_attribute(env->r, v.den ? (enum ref_noun)v.den : RN_PERSON, v.s, words[i], &next) ? next : value_absent();
  }
  return v;
}

static struct value zero_of_field(enum event_field_type type) {
  if (type == FIELD_MONEY) return value_int(V_MONEY, 0);
  if (type == FIELD_POINTS) return value_int(V_POINTS, 0);
  if (type == FIELD_DURATION) return value_int(V_DURATION, 0);
  if (type == FIELD_ANY) return (struct value){.type = V_COUNT, .den = REF_NOTHING};
  return value_int(V_COUNT, 0);
}

static struct value zero_of_type(enum lang_type_kind kind) {
  if (kind == LT_MONEY) return value_int(V_MONEY, 0);
  if (kind == LT_POINTS) return value_int(V_POINTS, 0);
  if (kind == LT_DURATION) return value_int(V_DURATION, 0);
  return value_int(V_COUNT, 0);
}

/* What a sum of nothing is: nought of the field's own kind; of a 所称, of the first event it stands for. */
static struct value zero_of(struct ref_env *env, const struct scope *s) {
  const struct lang_path *path = s->path;
  size_t used = s->used;
  struct str field = used < path->count ? path->segments[used] : (struct str){"", 0};
  for (const struct lang_define *d; used == path->count || used == 1;) {
    d = lang_find_define(env->program, used == path->count ? path->text : path->segments[0]);
    if (d == NULL || d->trigger.event_count == 0 || d->trigger.events[0].path.count == 0) break;
    path = &d->trigger.events[0].path;
    used = path->count;
  }
  const struct lang_case *c = lang_find_case(env->program, path->segments[0]);
  for (size_t i = 0; c && i < c->field_count; i++) {
    if (str_eq(c->fields[i].name.text, field)) return zero_of_type(c->fields[i].type.kind);
  }
  struct str name = path->segments[0];
  for (size_t i = 1; i < used; i++) name = arena_printf(env->r->a, "%.*s.%.*s", STR_ARG(name), STR_ARG(path->segments[i]));
  const struct event_kind *kind = c ? NULL : event_kind_find(name);
  size_t i = kind ? event_kind_field(kind, field) : SIZE_MAX;
  return i == SIZE_MAX ? value_int(V_COUNT, 0) : zero_of_field(kind->fields[i].type);
}

static int by_value(const struct value *a, const struct value *b) {
  int order;
  return value_compare(a, b, &order) == OK ? order : str_compare(a->s, b->s);
}

/* 合计 均值 最大 最小 中位 不同数 of the values that are there. */
static bool over_values(struct ref_env *env, const struct lang_expr *x, const struct scope *s, struct value *out) {
  LIST_OF(struct value) all = {0};
  struct problem p = {0};
  for (size_t i = 0; i < env->r->history.n; i++) {
    if (!in_scope(env, s, env->r->history.p[i])) continue;
    struct value v = field_of(env, s, x, env->r->history.p[i]);
    if (v.type != V_ABSENT) ADD(env->r->a, all) = v;
  }
  if (x->function == LF_DISTINCT) {
    i64 n = 0;
    for (size_t i = 0; i < all.n; i++) {
      bool seen = false;
      for (size_t k = 0; k < i; k++) seen |= value_equal(&all.p[i], &all.p[k]);
      n += !seen;
    }
    return *out = value_int(V_COUNT, n), true;
  }
  struct value total = all.n ? all.p[0] : zero_of(env, s); /* of nothing */
  for (size_t i = 1; i < all.n; i++) {
    struct value sum;
    if (x->function != LF_SUM && x->function != LF_MEAN) break;
    if (value_arith('+', &total, &all.p[i], &sum, &p) != OK) return failed(env);
    total = sum;
  }
  if (x->function == LF_SUM) return *out = total, true;
  *out = value_absent();
  if (all.n == 0) return true;
  struct value n = value_int(V_COUNT, (i64)all.n), two = value_int(V_COUNT, 2), sum;
  if (x->function == LF_MEAN) return value_arith('/', &total, &n, out, &p) == OK || failed(env);
  for (size_t i = 0; i < all.n; i++) { /* smallest first */
    for (size_t k = i + 1; k < all.n; k++) {
      if (by_value(&all.p[k], &all.p[i]) >= 0) continue;
      struct value swap = all.p[i];
      all.p[i] = all.p[k];
      all.p[k] = swap;
    }
  }
  if (x->function == LF_MIN) *out = all.p[0];
  else if (x->function == LF_MAX) *out = all.p[all.n - 1];
  else if (all.n % 2) *out = all.p[all.n / 2];
  else if (value_arith('+', &all.p[all.n / 2 - 1], &all.p[all.n / 2], &sum, &p) != OK || value_arith('/', &sum, &two, out, &p) != OK) return failed(env);
  return true;
}

/* ---- people: 次数(人员 其中 …), 合计(人员.底薪 其中 在职) ---- */

static bool over_people(struct ref_env *env, const struct lang_expr *x, const struct lang_path *path, const struct lang_expr *where, struct value *out) {
  ref_people all = ref_joined(env->r);
  LIST_OF(struct value) values = {0};
  struct problem p = {0};
  if (x->function == LF_MEDIAN || x->function == LF_DISTINCT) return failed(env);
  for (size_t i = 0; i < all.n; i++) {
    struct ref_element el = {.name = path->segments[0], .value = ref_to(RN_PERSON, all.p[i]), .outer = env->element};
    struct ref_env inner = *env;
    struct value v = value_int(V_COUNT, 1);
    inner.element = &el;
    bool counts = where ? ref_true(&inner, where) : ref_employed(env->r, all.p[i], env->now);
    if (inner.failed) return failed(env);
    if (!counts) continue;
    if (path->count == 2 && (!ref_attribute(env->r, RN_PERSON, all.p[i], path->segments[1], &v) || v.type == V_ABSENT)) {
      if (x->function == LF_COUNT) continue;
      return failed(env); /* an absent wage is not zero */
    }
    ADD(env->r->a, values) = v;
  }
  *out = value_int(V_COUNT, (i64)values.n);
  if (x->function == LF_COUNT) return true;
  if (values.n == 0) {
    bool wage = path->count == 2 && (str_is(path->segments[1], "底薪") || str_is(path->segments[1], "base_wage"));
    *out = x->function != LF_SUM ? value_absent() : wage ? value_int(V_MONEY, 0) : value_int(V_COUNT, 0);
    return true;
  }
  struct value n = *out, total = values.p[0];
  for (size_t i = 1; i < values.n; i++) {
    int order = 0;
    struct value sum;
    if (x->function == LF_SUM || x->function == LF_MEAN) {
      if (value_arith('+', &total, &values.p[i], &sum, &p) != OK) return failed(env);
      total = sum;
    } else if (value_compare(&values.p[i], &total, &order) == OK && (x->function == LF_MAX ? order > 0 : order < 0)) {
      total = values.p[i];
    }
  }
  *out = total;
  return x->function != LF_MEAN || value_arith('/', &total, &n, out, &p) == OK || failed(env);
}

/* 人员 or 人员.底薪, but not 人员.入职, which is a kind of fact. */
static bool counts_people(struct ref_env *env, const struct lang_expr *x, bool *done, struct value *out) {
  const struct lang_expr *what = x->arg_count ? x->args[0] : NULL, *where = NULL;
  if (what && what->kind == LX_WHERE) {
    where = what->b;
    what = what->a;
  }
  bool people = what && what->kind == LX_PATH && (what->path.count == 1 || what->path.count == 2) &&
                (str_is(what->path.segments[0], "人员") || str_is(what->path.segments[0], "person"));
  if (!people || (what->path.count == 2 && event_kind_find(what->path.text))) return false;
  *done = over_people(env, x, &what->path, where, out);
  return true;
}

/* ---- 次序 ---- */

static bool ordinal(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct ref *r = env->r;
  i64 from = INT64_MIN, to = INT64_MAX;
  struct str keys = {"", 0};
  bool by_window = false; /* 上月 …: the trigger itself lies outside */
  for (size_t i = 0; i < x->arg_count; i++) {
    struct value v;
    if (ref_window(env, x->args[i], &from, &to)) {
      by_window = window_in(env, x->args[i])->window == LANG_WINDOW_LAST;
      continue;
    }
    if (!ref_eval(env, x->args[i], &v) || v.type == V_ABSENT) return failed(env);
    struct str one = v.type == V_TEXT || v.type == V_REF ? v.s : arena_printf(r->a, "%lld", (long long)v.i);
    keys = arena_printf(r->a, "%.*s\x1f%.*s", STR_ARG(keys), STR_ARG(one));
  }
  u64 ident = env->rule ? env->rule->ident : 0;
  if (env->rule && env->rule->count_from > from) from = env->rule->count_from; /* 过渡 重新计次 */
  i64 before = 0;
  bool counted = false; /* the same trigger asks again */
  ref_facts facts = {0};
  for (size_t i = 0; i < r->ranks.n && !counted; i++) {
    const struct ref_rank *k = &r->ranks.p[i];
    bool inside = by_window ? k->from == from : k->at >= from && k->at < to;
    if (k->ident != ident || !inside || !str_eq(k->keys, keys)) continue;
    counted = env->site && k->site == env->site;
    before += !counted;
    if (!counted && k->fact) ADD(r->a, facts) = k->fact;
  }
  if (!counted && env->site) ADD(r->a, r->ranks) = (struct ref_rank){ident, keys, from, env->now, env->site, env->anchor};
  *out = value_int(V_COUNT, before + 1);
  if (env->ordinal && *env->ordinal == 0) {
    *env->ordinal = before + 1;
    env->window[0] = from;
    env->window[1] = to;
    *env->counted = facts;
  }
  return true;
}

/* ---- 有, 无, 全部 ---- */

static bool over_objects(struct ref_env *env, const struct lang_expr *x, ref_people ids, enum ref_noun noun, bool *found) {
  bool any = false, every = true;
  for (size_t i = 0; i < ids.n; i++) {
    struct ref_element el = {.name = x->path.text, .value = ref_to(noun, ids.p[i]), .outer = env->element};
    struct ref_env inner = *env;
    inner.element = &el;
    bool holds = x->a == NULL || ref_true(&inner, x->a);
    if (inner.failed) return failed(env);
    any |= holds;
    every &= holds;
  }
  *found = x->kind == LX_ALL ? every : any;
  return true;
}

static bool over_facts(struct ref_env *env, const struct lang_expr *x, bool *found) {
  bool any = false, every = true, named = false;
  size_t used = x->path.count;
  for (; used > 0; used--) {
    ref_is(env, &x->path, used, NULL, &named);
    if (named) break;
  }
  if (!named) return failed(env);
  for (size_t i = 0; i < env->r->history.n; i++) {
    const struct ref_fact *f = env->r->history.p[i];
    struct ref_element el = {.name = x->path.text, .fact = f, .outer = env->element};
    struct ref_env inner = *env;
    inner.element = &el;
    if (f->dead || !ref_is(&inner, &x->path, used, f, &named)) continue;
    bool holds = x->a == NULL || (ref_true(&inner, x->a) && !inner.failed);
    any |= holds;
    every &= holds;
  }
  *found = x->kind == LX_ALL ? every : any;
  return true;
}

bool ref_exists(struct ref_env *env, const struct lang_expr *x, bool *found) {
  struct str word = x->path.segments[0];
  bool ok;
  if (x->path.count == 1 && (str_is(word, "人员") || str_is(word, "全员") || lang_find_role(env->program, word))) {
    ok = over_objects(env, x, ref_holders(env->r, word), RN_PERSON, found);
  } else if (x->path.count == 1 && lang_find_case(env->program, word)) {
    ok = over_objects(env, x, ref_cases(env->r, word), RN_CASE, found);
  } else {
    ok = over_facts(env, x, found);
  }
  if (ok && x->kind == LX_LACKS) *found = !*found;
  return ok;
}

/* ---- measures and the other functions ---- */

/* 转化率(员工) is of a person, 成本(项) of a word: only a person narrows what is counted to his own facts. */
static bool is_of_person(struct ref *r, const struct lang_let *let, struct str value) {
  static const char *const words[] = {"员工", "当事人", "人员", "staff", "person"};
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    if (str_is(let->parameters.p[0].text, words[i])) return true;
  }
  return ref_is_somebody(r, value);
}

bool ref_let(struct ref_env *env, const struct lang_let *let, const struct str *params, size_t count, struct value *out) {
  struct ref_env inner = *env;
  inner.let = let;
  inner.when_zero = let->when_zero;
  memset(inner.params, 0, sizeof inner.params);
  for (size_t i = 0; i < count && i < COUNT_OF(inner.params); i++) inner.params[i] = params[i];
  if (let->parameters.count && count && params[0].n && is_of_person(env->r, let, params[0])) inner.key = params[0];
  bool ok;
  if (let->tier && let->tier->marginal) {
    ok = ref_slices(&inner, let->tier, out);
  } else if (let->tier) {
    const struct lang_row *row = ref_row(&inner, let->tier);
    ok = row && ref_eval(&inner, row->expr, out);
  } else {
    ok = ref_eval(&inner, let->expr, out);
  }
  ok = ok && ref_round(&inner, &let->rounding, out);
  env->failed |= inner.failed;
  return ok;
}

static bool date_of(struct ref_env *env, const struct lang_expr *x, i64 *date) {
  struct value v;
  if (!ref_eval(env, x, &v)) return false;
  if (v.type == V_INSTANT) *date = instant_date(v.i, env->r->zone);
  else if (v.type == V_DATE) *date = v.i;
  else return failed(env);
  return true;
}

static bool over_days(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  i64 from, to, n = 0;
  struct problem p = {0};
  struct work_calendar days = ref_working_days(env->r);
  bool work;
  if (x->function == LF_HOLIDAY || x->function == LF_WORKING_DAY) {
    if (x->arg_count == 0 || !date_of(env, x->args[0], &from)) return false;
    if (work_calendar_is_workday(&days, from, &work, &p) != OK) return failed(env);
    return *out = value_bool(work == (x->function == LF_WORKING_DAY)), true;
  }
  if (x->arg_count < 2 || !date_of(env, x->args[0], &from) || !date_of(env, x->args[1], &to)) return false;
  if (x->function == LF_DAYS) return *out = value_int(V_DAYS, to - from), true;
  for (i64 d = from + 1; d <= to; d++) {
    if (work_calendar_is_workday(&days, d, &work, &p) != OK) return failed(env);
    n += work;
  }
  return *out = value_int(V_WORKDAYS, n), true;
}

/* 转化率(甲), 毛利(上月): a measure, of somebody, of another period. */
static bool measure_of(struct ref_env *env, const struct lang_expr *x, const struct lang_let *let, struct value *out) {
  struct str params[4] = {0};
  size_t n = 0;
  struct ref_env period = *env;
  for (size_t i = 0; i < x->arg_count && n < COUNT_OF(params); i++) {
    struct value v;
    if (ref_window(env, x->args[i], &period.from, &period.to)) continue;
    if (!ref_eval(env, x->args[i], &v)) return false;
    params[n++] = v.type == V_REF || v.type == V_TEXT ? v.s : (struct str){"", 0};
  }
  bool ok = ref_let(&period, let, params, n, out);
  env->failed |= period.failed;
  return ok;
}

/* 月分(当事人), 月分(当事人, 上月): a window is its end, or now while it runs. */
static bool points_of(struct ref_env *env, const struct lang_expr *x, const struct lang_score *score, struct value *out) {
  struct ref_env inner = *env;
  struct value who = value_absent();
  if (x->arg_count && !ref_eval(env, x->args[0], &who)) return false;
  for (size_t i = 1; i < x->arg_count; i++) {
    if (!ref_window(env, x->args[i], &inner.from, &inner.to)) return failed(env);
  }
  bool ok = ref_score(&inner, score, who.type == V_REF || who.type == V_TEXT ? who.s : (struct str){"", 0}, out);
  env->failed |= inner.failed;
  return ok;
}

static bool named(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str word = x->path.segments[0];
  const struct lang_let *let = lang_find_let(env->program, word);
  const struct lang_score *score = ref_score_named(env->program, word);
  struct value v;
  if (x->path.count == 1 && (str_is(word, "在班") || str_is(ref_chinese(word), "在班"))) return ref_on_shift(env, x, out);
  if (let) return measure_of(env, x, let, out);
  if (score) return points_of(env, x, score, out);
  struct lang_party party = {.path = x->path, .args = {x->args, x->arg_count}};
  ref_people who = {0};
  if (x->arg_count == 1) who = ref_party(env, &party);
  if (who.n && !(str_starts(who.p[0], STR("role:")) && !lang_find_role(env->program, word))) {
    *out = ref_to(RN_PERSON, who.p[0]);
    for (size_t i = 0; i < x->member_count && out->type == V_REF; i++) {
      struct value next;
      *out = ref_attribute(env->r, RN_PERSON, out->s, x->members[i], &next) ? next : value_absent();
    }
    return true;
  }
  if (x->arg_count == 1 && x->path.count == 1 && !env->failed && ref_eval(env, x->args[0], &v) && (v.type == V_REF || v.type == V_TEXT) &&
      ref_attribute(env->r, v.den ? (enum ref_noun)v.den : RN_PERSON, v.s, word, out)) {
    return true; /* 底薪(员工) */
  }
  return failed(env);
}

bool ref_call(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct scope s;
  struct value v;
  const struct ref_fact *best = NULL;
  i64 n = 0;
  bool done;
  if (x->function >= LF_COUNT && x->function <= LF_MEDIAN && counts_people(env, x, &done, out)) return done;
  switch (x->function) {
    case LF_ORDINAL: return ordinal(env, x, out);
    case LF_COUNT:
      if (!scope_of(env, x, &s)) return false;
      for (size_t i = 0; i < env->r->history.n; i++) n += in_scope(env, &s, env->r->history.p[i]);
      return *out = value_int(V_COUNT, n), true;
    case LF_SUM: case LF_MEAN: case LF_MAX: case LF_MIN: case LF_MEDIAN: case LF_DISTINCT:
      return scope_of(env, x, &s) && over_values(env, x, &s, out);
    case LF_LATEST: case LF_EARLIEST:
      if (!scope_of(env, x, &s)) return false;
      for (size_t i = 0; i < env->r->history.n; i++) {
        const struct ref_fact *f = env->r->history.p[i];
        if (best && (ref_fact_order(f, best) > 0) != (x->function == LF_LATEST)) continue;
        if (in_scope(env, &s, f)) best = f;
      }
      return *out = best ? field_of(env, &s, x, best) : value_absent(), true;
    case LF_DAYS: case LF_WORKDAYS: case LF_HOLIDAY: case LF_WORKING_DAY: return over_days(env, x, out);
    case LF_LENGTH:
      if (x->arg_count == 0 || !ref_eval(env, x->args[0], &v)) return false;
      return *out = value_int(V_COUNT, v.type == V_TEXT ? (i64)str_han_count(v.s) : 0), true;
    case LF_STREAK: return ref_streak(env, x, out);
    case LF_RANK: return ref_rank_of(env, x, out);
    case LF_TENURE: return ref_tenure(env, x, out);
    case LF_DAY_WAGE: return ref_day_wage(env, x, out);
    case LF_NEXT_SHIFT: return ref_neighbour(env, x, out);
    case LF_VIOLATED: return ref_violated(env, x, out);
    case LF_NAMED: return named(env, x, out);
    default: return failed(env);
  }
}
