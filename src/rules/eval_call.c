/* The language's own functions: counting and summing over facts in a window, ranks, days between, existence. */
#include "rules/slice.h"

#include <string.h>

void period_bounds(struct engine *e, const struct version *v, enum lang_period period, i64 date, i64 *from, i64 *to) {
  struct civil c = civil_from_date(date);
  i64 start = month_start(date);
  int first;
  switch (period) {
    case LANG_DAY: case LANG_WORKING_DAY: *from = date; *to = date + 1; return;
    case LANG_WEEK: *from = week_start(date); *to = *from + 7; return;
    case LANG_HALF_MONTH:
      *from = c.day <= 15 ? start : start + 15;
      *to = c.day <= 15 ? start + 15 : date_add_months(start, 1);
      return;
    case LANG_QUARTER: case LANG_QUARTER_END:
      *from = date_from_civil(c.year, (c.month - 1) / 3 * 3 + 1, 1);
      *to = date_add_months(*from, 3);
      return;
    case LANG_HALF_YEAR:
      *from = date_from_civil(c.year, c.month <= 6 ? 1 : 7, 1);
      *to = date_add_months(*from, 6);
      return;
    case LANG_YEAR: case LANG_YEAR_END:
      *from = date_from_civil(c.year, 1, 1);
      *to = date_from_civil(c.year + 1, 1, 1);
      return;
    case LANG_ATTENDANCE_MONTH:
      first = v && v->program->header ? v->program->header->attendance_from : 0;
      if (first > 1) {
        *from = start + first - 1;
        if (date < *from) *from = date_add_months(start, -1) + first - 1;
        *to = date_add_months(month_start(*from), 1) + first - 1;
        return;
      }
      break;
    default: break;
  }
  (void)e;
  *from = start;
  *to = date_add_months(start, 1);
}

bool eval_window(struct env *env, const struct lang_expr *x, i64 *from, i64 *to) {
  struct engine *e = env->e;
  if (x->kind == LX_PATH && x->path.count == 1) { /* a figure that holds a window */
    const struct path_info *info = path_of(env->v, e, x);
    const struct lang_expr *held = info->figure ? lang_figure_on(info->figure, figure_date(env)) : NULL;
    return held && held->kind == LX_WINDOW && eval_window(env, held, from, to);
  }
  if (x->kind != LX_WINDOW) return false;
  i64 date = instant_date(env->now, e->zone);
  if (x->window != LANG_WINDOW_RECENT) date = figure_date(env); /* a settlement's 本自然月 is the month it settles, 上月 the one before */
  if (x->window == LANG_WINDOW_CASE) {
    *from = INT64_MIN;
    *to = INT64_MAX;
    return true;
  }
  if (x->window == LANG_WINDOW_RECENT) {
    struct value v;
    if (x->a == NULL || !eval(env, x->a, &v)) return false;
    if (v.type == V_DURATION) *from = env->now - v.i;
    else if (v.type == V_MONTHS) *from = instant_at(date_add_months(date, -v.i), instant_time_of_day(env->now, e->zone), e->zone);
    else *from = env->now - v.i * MS_DAY;
    *to = env->now + 1;
    return true;
  }
  i64 first, end;
  period_bounds(e, env->v, x->period, date, &first, &end);
  if (x->window == LANG_WINDOW_LAST) period_bounds(e, env->v, x->period, first - 1, &first, &end);
  *from = instant_at(first, 0, e->zone);
  *to = instant_at(end, 0, e->zone);
  return true;
}

/* ---- walking facts ---- */

struct scope {
  struct alts alts;
  const struct lang_expr *where;
  sym field[4];
  u32 field_count;
  i64 from, to;
  const struct lang_expr *keys[4];
  u32 key_count;
  struct str word;     /* the element's name */
  bool by_person;      /* settlement or measure: facts of the key holder */
  sym of_case;         /* 本单: facts of the case at hand */
  bool own_test;       /* the condition itself names the key holder */
};

static bool mentions(const struct engine *e, const struct lang_expr *x, const struct env *env) {
  if (x == NULL) return false;
  if (x->kind == LX_PATH && x->path.count) {
    struct str first = x->path.segments[0];
    if (str_is(first, "当事人") || str_is(first, "员工") || str_is(first, "person") || str_is(first, "staff")) return true;
    if (env->let) {
      for (size_t i = 0; i < env->let->parameters.count; i++) {
        if (str_eq(env->let->parameters.p[i].text, first)) return true;
      }
    }
  }
  if (mentions(e, x->a, env) || mentions(e, x->b, env) || mentions(e, x->c, env)) return true;
  for (size_t i = 0; i < x->arg_count; i++) {
    if (mentions(e, x->args[i], env)) return true;
  }
  return false;
}

static bool scope_of(struct env *env, const struct lang_expr *x, struct scope *s) {
  struct engine *e = env->e;
  *s = (struct scope){.from = env->to ? env->from : INT64_MIN, .to = env->to ? env->to : INT64_MAX};
  if (x->arg_count == 0) return env_fail(env, "没有写数什么", "nothing to count", (struct str){"", 0});
  const struct lang_expr *what = x->args[0];
  if (what->kind == LX_WHERE) {
    s->where = what->b;
    what = what->a;
  }
  if (what->kind != LX_PATH) return env_fail(env, "要数的不是一种事实", "what is counted is not a kind of fact", what->path.text);
  const struct named_alts *named = alts_named(e, env->v, &what->path);
  s->alts = named->alts;
  for (size_t i = named->used; s->alts.n && i < what->path.count && s->field_count < COUNT_OF(s->field); i++) {
    s->field[s->field_count++] = intern_sym(&e->names, what->path.segments[i]);
  }
  if (s->alts.n == 0) return env_fail(env, "没有这种事实：", "no such kind of fact:", what->path.text);
  s->word = what->path.text;
  narrow_reach(env, &s->alts);
  for (size_t i = 1; i < x->arg_count; i++) {
    if (x->args[i]->kind == LX_WINDOW && x->args[i]->window == LANG_WINDOW_CASE && env->fact != NONE) {
      s->of_case = fact_sym(e, env->fact, e->f_object[fact_of(e, env->fact)->kind][N_CASE]);
    }
    if (eval_window(env, x->args[i], &s->from, &s->to)) continue;
    if (s->key_count < COUNT_OF(s->keys)) s->keys[s->key_count++] = x->args[i];
  }
  if (env->rule && env->rule->count_from > s->from && !env->to) s->from = env->rule->count_from; /* 过渡 重新计次 */
  s->by_person = s->key_count == 0 && env->key != 0;
  s->own_test = s->where && mentions(e, s->where, env);
  return !env->failed;
}

/* 次数(…, 员工) in a settlement: on a fact, 员工 is whom it concerns. */
static bool is_staff(const struct env *env, const struct lang_expr *x) {
  if (env->key == 0 || env->key_word || x->kind != LX_PATH || x->path.count != 1) return false;
  return str_is(x->path.text, "员工") || str_is(x->path.text, "staff");
}

static bool in_scope(struct env *env, const struct scope *s, u32 ref, const struct fact *f) {
  struct engine *e = env->e;
  if (f->at < s->from || f->at >= s->to) return false;
  if (env->narrow && !narrow_fits(env, ref)) return false;
  if (s->of_case && fact_sym(e, ref, e->f_object[f->kind][N_CASE]) != s->of_case) return false;
  if (env->group) {
    struct element el = {.fact = ref};
    struct env inner = *env;
    struct value v;
    inner.element = &el;
    inner.group = 0;
    if (!eval_name(&inner, env->group, &v) || !value_same(e, &v, &env->group_value)) return false;
  }
  if (s->by_person && env->key_word) {
    if (!fact_mentions(e, ref, env->key)) return false;
  } else if (s->by_person) {
    sym who = fact_person(e, ref);
    if (who ? who != env->key : !s->own_test) return false;
  }
  for (u32 i = 0; i < s->key_count; i++) {
    struct value mine, theirs;
    if (!eval(env, s->keys[i], &mine)) return false;
    if (is_staff(env, s->keys[i])) {
      theirs = ref_value(e, N_PERSON, fact_person(e, ref));
      if (theirs.type == V_ABSENT || !value_same(e, &mine, &theirs)) return false;
      continue;
    }
    struct element el = {.fact = ref, .up = NULL};
    struct env other = *env;
    other.element = &el;
    other.bearer = 0;
    other.key = 0;
    if (!eval(&other, s->keys[i], &theirs) || !value_same(e, &mine, &theirs)) return false;
  }
  if (s->where == NULL && s->alts.p[0].cond_count == 0) return true;
  struct element el = {.name = s->word, .fact = ref, .up = env->element};
  struct env inner = *env;
  inner.element = &el;
  bool ok = s->where == NULL || eval_true(&inner, s->where);
  return ok && !inner.failed;
}

/* The next fact of the scope in order, walking the kinds' lists; alts of several kinds are walked one after another. */
struct walk {
  u32 alt, at;
};

static bool alt_conditions(struct env *env, const struct alt *a, u32 ref) {
  if (a->survey && !survey_counts(env, a->survey, ref)) return false;
  if (a->cond_count == 0) return true;
  struct env inner = *env;
  struct element el = {.fact = ref, .up = env->element};
  inner.element = &el;
  for (u32 i = 0; i < a->cond_count; i++) {
    if (!eval_true(&inner, a->conds[i])) return false;
  }
  return true;
}

const struct refs *facts_of_kind(struct engine *e, int kind, sym case_type) {
  static const struct refs none;
  if (case_type == 0) return &e->s.by_kind[kind];
  const u64 *at = table_get(&e->s.by_case_of, (u64)(u32)kind << 32 | case_type);
  return at ? &e->s.by_case.p[*at - 1] : &none;
}

struct refs *list_of_kind(struct engine *e, int kind, sym case_type) {
  if (case_type == 0) return &e->s.by_kind[kind];
  bool fresh;
  u64 *at = table_at(&e->s.by_case_of, (u64)(u32)kind << 32 | case_type, &fresh);
  if (fresh) {
    *VEC_PUSH(e->s.by_case) = (struct refs){0};
    *at = e->s.by_case.n;
  }
  return &e->s.by_case.p[*at - 1];
}

static u32 first_in(struct engine *e, const struct refs *refs, i64 from) {
  u32 lo = 0, hi = refs->n;
  while (lo < hi) {
    u32 mid = lo + (hi - lo) / 2;
    if (fact_of(e, refs->p[mid])->at < from) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

static bool walk_next(struct env *env, const struct scope *s, struct walk *w, u32 *ref) {
  struct engine *e = env->e;
  for (; w->alt < s->alts.n; w->alt++, w->at = 0) {
    const struct alt *a = &s->alts.p[w->alt];
    if (a->kind < 0) continue;
    const struct refs *refs = facts_of_kind(e, a->kind, a->case_type);
    if (w->at == 0) forget_looked(e, a->kind, s->from);
    if (w->at == 0) w->at = first_in(e, refs, s->from) + 1;
    for (; w->at <= refs->n; w->at++) {
      u32 candidate = refs->p[w->at - 1];
      const struct fact *f = fact_of(e, candidate);
      if (f->at >= s->to || (env->until && f->at >= env->until)) break;
      if (!alt_fits(a, f) || !in_scope(env, s, candidate, f) || !alt_conditions(env, a, candidate)) continue;
      *ref = candidate;
      w->at++;
      return true;
    }
  }
  return false;
}

static bool scope_field(struct env *env, const struct scope *s, u32 ref, struct value *out) {
  struct env inner = *env;
  struct element el = {.fact = ref};
  inner.element = &el;
  if (s->field_count == 0) {
    *out = value_int(V_INSTANT, fact_of(env->e, ref)->at);
    return true;
  }
  if (!eval_name(&inner, s->field[0], out)) *out = value_absent();
  for (u32 i = 1; i < s->field_count && (out->type == V_REF || out->type == V_TEXT); i++) {
    struct value next;
    if (!object_attribute(env->e, (enum noun)(out->den ? out->den : N_PERSON), intern_sym(&env->e->names, out->s), s->field[i], &next)) next = value_absent();
    *out = next;
  }
  return true;
}

/* What a sum of nothing is: zero of the field's own type. */
static struct value zero_of(struct env *env, const struct scope *s) {
  const struct alt *a = &s->alts.p[0];
  struct str field = s->field_count ? intern_str(&env->e->names, s->field[0]) : (struct str){"", 0};
  const struct event_kind *kind = &event_kind_all(NULL)[a->kind];
  size_t i = event_kind_field(kind, field);
  if (i != SIZE_MAX && !a->case_type) {
    if (kind->fields[i].type == FIELD_MONEY) return value_int(V_MONEY, 0);
    if (kind->fields[i].type == FIELD_POINTS) return value_int(V_POINTS, 0);
    if (kind->fields[i].type == FIELD_DURATION) return value_int(V_DURATION, 0);
    if (kind->fields[i].type == FIELD_ANY) return (struct value){.type = V_COUNT, .den = SUM_OF_NOTHING};
  }
  const struct lang_case *c = a->case_type ? lang_find_case(env->v->program, intern_str(&env->e->names, a->case_type)) : NULL;
  for (size_t k = 0; c && k < c->field_count; k++) {
    if (!str_eq(c->fields[k].name.text, field)) continue;
    if (c->fields[k].type.kind == LT_MONEY) return value_int(V_MONEY, 0);
    if (c->fields[k].type.kind == LT_POINTS) return value_int(V_POINTS, 0);
    if (c->fields[k].type.kind == LT_DURATION) return value_int(V_DURATION, 0);
  }
  return value_int(V_COUNT, 0);
}

static bool add_up(struct env *env, const struct scope *s, bool mean, struct value *out) {
  struct walk w = {0};
  u32 ref;
  i64 count = 0;
  struct value total = zero_of(env, s), v;
  while (walk_next(env, s, &w, &ref)) {
    if (!scope_field(env, s, ref, &v)) return false;
    if (v.type == V_ABSENT) continue;
    struct problem p = {0};
    struct value sum;
    if (count == 0 && total.i == 0) sum = v;
    else if (value_arith('+', &total, &v, &sum, &p) != OK) return env_fail(env, "合计溢出或不是同一种量", "the sum overflows or mixes kinds", s->word);
    total = sum;
    count++;
  }
  if (mean) {
    if (count == 0) {
      *out = value_absent();
      return true;
    }
    struct value n = value_int(V_COUNT, count);
    struct problem p = {0};
    if (value_arith('/', &total, &n, out, &p) != OK) return env_fail(env, "均值溢出", "the mean overflows", s->word);
    return true;
  }
  *out = total;
  return !env->failed;
}

static int by_value(const struct value *a, const struct value *b) {
  int order;
  if (value_compare(a, b, &order) == OK) return order;
  return str_compare(a->s, b->s);
}

static bool collect(struct env *env, const struct scope *s, struct value **items, size_t *count) {
  struct walk w = {0};
  u32 ref;
  size_t room = 0;
  *items = NULL;
  *count = 0;
  while (walk_next(env, s, &w, &ref)) {
    struct value v;
    if (!scope_field(env, s, ref, &v)) return false;
    if (v.type == V_ABSENT) continue;
    *items = arena_grow(env->e->scratch, *items, &room, *count + 1, sizeof **items);
    (*items)[(*count)++] = v;
  }
  return !env->failed;
}

static bool distinct(struct env *env, const struct scope *s, struct value *out) {
  struct walk w = {0};
  u32 ref;
  struct table seen = {0};
  while (walk_next(env, s, &w, &ref)) {
    struct value v;
    bool fresh;
    if (!scope_field(env, s, ref, &v) || v.type == V_ABSENT) continue;
    u64 key = v.type == V_TEXT || v.type == V_REF ? mix_str(0, v.s) : mix(mix(0, (u64)v.i), (u64)v.den);
    table_at(&seen, key, &fresh);
  }
  *out = value_int(V_COUNT, seen.n);
  table_clear(&seen);
  return !env->failed;
}

static bool extreme(struct env *env, const struct scope *s, enum lang_function f, struct value *out) {
  struct value *items;
  size_t n;
  if (!collect(env, s, &items, &n)) return false;
  *out = value_absent();
  if (n == 0) return true;
  if (f == LF_MEDIAN) {
    for (size_t i = 1; i < n; i++) { /* small lists: insertion sort keeps it plain and stable */
      struct value v = items[i];
      size_t k = i;
      for (; k > 0 && by_value(&items[k - 1], &v) > 0; k--) items[k] = items[k - 1];
      items[k] = v;
    }
    *out = items[n / 2];
    if (n % 2 == 0) {
      struct value sum, two = value_int(V_COUNT, 2);
      struct problem p = {0};
      if (value_arith('+', &items[n / 2 - 1], &items[n / 2], &sum, &p) != OK || value_arith('/', &sum, &two, out, &p) != OK) {
        return env_fail(env, "中位数算不出", "no median", s->word);
      }
    }
    return true;
  }
  *out = items[0];
  for (size_t i = 1; i < n; i++) {
    int order = by_value(&items[i], out);
    if (f == LF_MAX ? order > 0 : order < 0) *out = items[i];
  }
  return true;
}

static bool end_fact(struct env *env, const struct lang_expr *x, struct scope *s, struct value *out) {
  struct engine *e = env->e;
  struct walk w = {0};
  u32 ref, best = NONE;
  while (walk_next(env, s, &w, &ref)) {
    if (best == NONE || (x->function == LF_LATEST ? fact_compare(e, ref, best) > 0 : fact_compare(e, ref, best) < 0)) best = ref;
  }
  if (best == NONE) {
    *out = value_absent();
    return !env->failed;
  }
  for (size_t i = 0; i < x->member_count && s->field_count < COUNT_OF(s->field); i++) s->field[s->field_count++] = intern_sym(&e->names, x->members[i]);
  return scope_field(env, s, best, out);
}

/* ---- existence ---- */

static bool objects_exist(struct env *env, const struct lang_expr *x, const sym *ids, u32 n, enum noun noun, bool all, bool *found) {
  struct engine *e = env->e;
  bool any = false, every = true;
  for (u32 i = 0; i < n; i++) {
    struct element el = {.name = x->path.text, .fact = NONE, .value = ref_value(e, noun, ids[i]), .up = env->element};
    struct env inner = *env;
    inner.element = &el;
    bool holds = x->a == NULL || eval_true(&inner, x->a);
    if (inner.failed) {
      env->failed = true;
      env->why_zh = inner.why_zh;
      env->why_en = inner.why_en;
      return false;
    }
    any |= holds;
    every &= holds;
  }
  *found = all ? every : any;
  return true;
}

bool eval_exists(struct env *env, const struct lang_expr *x, bool *found) {
  struct engine *e = env->e;
  bool all = x->kind == LX_ALL;
  struct str word = x->path.segments[0];
  sym name = intern_sym(&e->names, word);
  bool ok;
  if (x->path.count == 1 && (name == e->w[W_PERSON_NOUN] || name == e->w[W_EVERYBODY] || lang_find_role(env->v->program, word))) {
    sym ids[PARTY_ROOM];
    u32 n = people_of_role(e, name, ids, PARTY_ROOM);
    ok = objects_exist(env, x, ids, n, N_PERSON, all, found);
  } else if (x->path.count == 1 && lang_find_case(env->v->program, word)) {
    u32 n = 0;
    if (e->slice) slice_escape(e, "cases");
    sym *ids = ARENA_ARRAY(e->scratch, sym, e->s.cases.n + 1);
    for (u32 i = 0; i < e->s.cases.n; i++) {
      const struct object *c = &e->s.objects.p[e->s.cases.p[i]];
      if (c->type == name && !c->closed) ids[n++] = c->id;
    }
    ok = objects_exist(env, x, ids, n, N_CASE, all, found);
  } else {
    struct lang_expr what = {.kind = LX_PATH, .path = x->path};
    struct lang_expr where = {.kind = LX_WHERE, .a = &what, .b = all ? NULL : x->a};
    struct lang_expr *args[1] = {&where};
    struct lang_expr call = {.kind = LX_CALL, .args = args, .arg_count = 1};
    struct scope s;
    if (!scope_of(env, &call, &s)) return false;
    s.from = INT64_MIN;
    s.to = INT64_MAX;
    s.by_person = false;
    struct walk w = {0};
    u32 ref;
    *found = all;
    while (walk_next(env, &s, &w, &ref)) {
      if (!all) {
        *found = true;
        break;
      }
      struct element el = {.name = word, .fact = ref, .up = env->element};
      struct env inner = *env;
      inner.element = &el;
      if (x->a && !eval_true(&inner, x->a)) {
        *found = false;
        break;
      }
    }
    ok = !env->failed;
  }
  if (ok && x->kind == LX_LACKS) *found = !*found;
  return ok;
}

/* ---- measures ---- */

/* 转化率(员工) is of a person, 成本(项) of a word: only a person narrows what is counted to his own facts. */
static bool means_person(struct engine *e, const struct lang_let *let, sym value) {
  static const char *const words[] = {"员工", "当事人", "人员", "staff", "person"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(let->parameters.p[0].text, words[i])) return true;
  return object_find(e, N_PERSON, value) != NONE;
}

bool eval_let(struct env *env, const struct lang_let *let, const sym *params, u32 count, struct value *out) {
  struct env inner = *env;
  inner.let = let;
  memset(inner.params, 0, sizeof inner.params);
  for (u32 i = 0; i < count && i < COUNT_OF(inner.params); i++) inner.params[i] = params[i];
  if (let->parameters.count && count && params[0] && means_person(env->e, let, params[0])) inner.key = params[0];
  inner.div0 = let->when_zero;
  bool ok;
  if (let->tier) {
    const struct lang_row *row = let->tier->marginal ? NULL : eval_tier(&inner, let->tier);
    ok = let->tier->marginal ? eval_slices(&inner, let->tier, out) : row && eval(&inner, row->expr, out);
  } else {
    ok = eval(&inner, let->expr, out);
  }
  if (ok) ok = eval_round(&inner, &let->rounding, out);
  if (inner.failed && !env->failed) {
    env->failed = true;
    env->why_zh = inner.why_zh;
    env->why_en = inner.why_en;
  }
  return ok;
}

static bool two_dates(struct env *env, const struct lang_expr *x, i64 *a, i64 *b) {
  struct value v[2];
  for (int i = 0; i < 2; i++) {
    if ((size_t)i >= x->arg_count || !eval(env, x->args[i], &v[i])) return false;
    if (v[i].type == V_INSTANT) v[i] = value_int(V_DATE, instant_date(v[i].i, env->e->zone));
    if (v[i].type != V_DATE) return env_fail(env, "要的是日期", "a date is wanted", (struct str){"", 0});
  }
  *a = v[0].i;
  *b = v[1].i;
  return true;
}

static bool day_function(struct env *env, const struct lang_expr *x, struct value *out) {
  i64 a = 0, b = 0;
  struct value v;
  struct problem p = {0};
  struct work_calendar calendar = working_days(env->e);
  if (x->function == LF_DAYS || x->function == LF_WORKDAYS) {
    if (!two_dates(env, x, &a, &b)) return false;
    if (x->function == LF_DAYS) {
      *out = value_int(V_DAYS, b - a);
      return true;
    }
    i64 n = 0;
    for (i64 d = a + 1; d <= b; d++) {
      bool work;
      if (work_calendar_is_workday(&calendar, d, &work, &p) != OK) return env_fail(env, p.zh, p.en, (struct str){"", 0});
      n += work;
    }
    *out = value_int(V_WORKDAYS, n);
    return true;
  }
  if (x->arg_count == 0 || !eval(env, x->args[0], &v)) return false;
  if (v.type == V_INSTANT) v = value_int(V_DATE, instant_date(v.i, env->e->zone));
  if (v.type != V_DATE) return env_fail(env, "要的是日期", "a date is wanted", (struct str){"", 0});
  bool work;
  if (work_calendar_is_workday(&calendar, v.i, &work, &p) != OK) return env_fail(env, p.zh, p.en, (struct str){"", 0});
  *out = value_bool(x->function == LF_WORKING_DAY ? work : !work);
  return true;
}

/* 月分(当事人), 月分(当事人, 上月): a window is its end, or now while it runs. */
static bool score_of_call(struct env *env, const struct lang_score *score, const struct lang_expr *x, sym person, struct value *out) {
  struct env inner = *env;
  for (size_t i = 1; i < x->arg_count; i++) {
    i64 from, to;
    if (!eval_window(env, x->args[i], &from, &to)) return env_fail(env, "积分后面写谁，再写期间：", "points are of a person, then of a period:", score->name.text);
    inner.from = from;
    inner.to = to;
  }
  if (score_balance(&inner, score, person, out)) return true;
  env->failed = inner.failed;
  env->why_zh = inner.why_zh;
  env->why_en = inner.why_en;
  return false;
}

static bool named_call(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  const struct path_info *info = path_of(env->v, e, x);
  if (info->count == 1 && (info->seg[0] == e->w[W_ON_SHIFT] || chinese_of(e, info->seg[0]) == e->w[W_ON_SHIFT])) return eval_on_shift(env, x, out);
  sym params[4] = {0};
  u32 n = 0;
  struct env period = *env; /* 毛利(上月): a measure of that period */
  for (size_t i = 0; i < x->arg_count && n < COUNT_OF(params); i++) {
    struct value v;
    if (info->let && eval_window(env, x->args[i], &period.from, &period.to)) continue;
    if (!eval(env, x->args[i], &v)) return false;
    params[n++] = v.type == V_REF || v.type == V_TEXT ? intern_sym(&e->names, v.s) : 0;
  }
  if (info->let) {
    bool ok = eval_let(&period, info->let, params, n, out);
    if (period.failed && !env->failed) {
      env->failed = true;
      env->why_zh = period.why_zh;
      env->why_en = period.why_en;
    }
    return ok;
  }
  if (info->score) return score_of_call(env, info->score, x, n ? params[0] : 0, out);
  struct lang_party party = {.path = x->path, .args = {x->args, x->arg_count}};
  sym who[1];
  bool found = x->arg_count == 1 && party_symbols(env, &party, who, 1, NULL);
  if (found && str_starts(intern_str(&e->names, who[0]), STR("role:")) && info->role == NULL) found = false; /* 底薪(员工): no role, but something that a person has */
  if (found) {
    *out = ref_value(e, N_PERSON, who[0]);
    for (size_t i = 0; i < x->member_count && out->type == V_REF; i++) {
      struct value next;
      if (!object_attribute(e, N_PERSON, intern_sym(&e->names, out->s), intern_sym(&e->names, x->members[i]), &next)) next = value_absent();
      *out = next;
    }
    return true;
  }
  struct value v;
  if (x->arg_count == 1 && info->count == 1 && eval(env, x->args[0], &v) && (v.type == V_REF || v.type == V_TEXT) &&
      object_attribute(e, v.den ? (enum noun)v.den : N_PERSON, intern_sym(&e->names, v.s), info->seg[0], out)) {
    return true; /* 底薪(员工) */
  }
  return env_fail(env, "还不会算", "not known how to compute", x->path.text);
}

bool eval_call(struct env *env, const struct lang_expr *x, struct value *out) {
  struct scope s;
  struct value v;
  struct walk w = {0};
  u32 ref;
  i64 n = 0;
  if (x->function >= LF_COUNT && x->function <= LF_MEDIAN && is_over_people(env, x)) return eval_over_people(env, x, out);
  if (env->e->tally && env->key && env->e->tally(env->e->tally_ctx, env, x, out)) return !env->failed;
  switch (x->function) {
    case LF_ORDINAL: return eval_ordinal(env, x, out);
    case LF_COUNT:
      if (!scope_of(env, x, &s)) return false;
      while (walk_next(env, &s, &w, &ref)) n++;
      *out = value_int(V_COUNT, n);
      return !env->failed;
    case LF_SUM: return scope_of(env, x, &s) && add_up(env, &s, false, out);
    case LF_MEAN: return scope_of(env, x, &s) && add_up(env, &s, true, out);
    case LF_DISTINCT: return scope_of(env, x, &s) && distinct(env, &s, out);
    case LF_MAX: case LF_MIN: case LF_MEDIAN: return scope_of(env, x, &s) && extreme(env, &s, x->function, out);
    case LF_LATEST: case LF_EARLIEST: return scope_of(env, x, &s) && end_fact(env, x, &s, out);
    case LF_DAYS: case LF_WORKDAYS: case LF_HOLIDAY: case LF_WORKING_DAY: return day_function(env, x, out);
    case LF_LENGTH:
      if (x->arg_count == 0 || !eval(env, x->args[0], &v)) return false;
      *out = value_int(V_COUNT, v.type == V_TEXT ? (i64)str_han_count(v.s) : 0);
      return true;
    case LF_STREAK: return eval_streak(env, x, out);
    case LF_RANK: return eval_rank(env, x, out);
    case LF_TENURE: return eval_tenure(env, x, out);
    case LF_DAY_WAGE: return eval_day_wage(env, x, out);
    case LF_NEXT_SHIFT: return eval_neighbour(env, x, out);
    case LF_VIOLATED: return eval_violated(env, x, out);
    case LF_NAMED: return named_call(env, x, out);
    default: return env_fail(env, "还不会算", "not known how to compute", x->path.text);
  }
}
