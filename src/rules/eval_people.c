/* Counting people instead of facts: 次数(人员 其中 岗位=客服), 合计(人员.底薪 其中 在职). Everybody who was ever employed here is
 * looked at, those employed now when nothing narrows it, in the order of joining. */
#include "rules/parts.h"

#include <string.h>

static const struct lang_expr *subject(const struct lang_expr *x, const struct lang_expr **where) {
  const struct lang_expr *what = x->arg_count ? x->args[0] : NULL;
  *where = NULL;
  if (what && what->kind == LX_WHERE) {
    *where = what->b;
    what = what->a;
  }
  return what;
}

/* 人员 or 人员.底薪, but not 人员.入职, which is a kind of fact. */
bool is_over_people(struct env *env, const struct lang_expr *x) {
  const struct lang_expr *where, *what = subject(x, &where);
  if (what == NULL || what->kind != LX_PATH || what->path.count == 0 || what->path.count > 2) return false;
  if (!str_is(what->path.segments[0], "人员") && !str_is(what->path.segments[0], "person")) return false;
  (void)env;
  return what->path.count == 1 || event_kind_find(what->path.text) == NULL;
}

static bool counts(struct env *env, const struct lang_expr *where, struct str word, sym id, i64 at) {
  if (where == NULL) return person_employed(env->e, id, at);
  struct element el = {.name = word, .fact = NONE, .value = ref_value(env->e, N_PERSON, id), .up = env->element};
  struct env inner = *env;
  inner.element = &el;
  bool holds = eval_true(&inner, where);
  if (inner.failed) {
    env->failed = true;
    env->why_zh = inner.why_zh;
    env->why_en = inner.why_en;
  }
  return holds && !inner.failed;
}

static bool add(struct env *env, struct value *total, const struct value *v, struct str word) {
  struct value sum;
  struct problem p = {0};
  if (total->type == V_ABSENT) {
    *total = *v;
    return true;
  }
  if (value_arith('+', total, v, &sum, &p) != OK) return env_fail(env, "合计溢出或不是同一种量", "the sum overflows or mixes kinds", word);
  *total = sum;
  return true;
}

bool eval_over_people(struct env *env, const struct lang_expr *x, struct value *out) {
  struct engine *e = env->e;
  const struct lang_expr *where, *what = subject(x, &where);
  sym name = what->path.count == 2 ? intern_sym(&e->names, what->path.segments[1]) : 0;
  if (x->function == LF_MEDIAN || x->function == LF_DISTINCT) return env_fail(env, "人员不能这样数：", "people cannot be counted like this:", what->path.text);
  i64 n = 0;
  struct value total = value_absent();
  for (u32 i = 0; i < e->s.people.n; i++) {
    const struct object person = e->s.objects.p[e->s.people.p[i]];
    if (!person.known || !counts(env, where, what->path.segments[0], person.id, env->now)) {
      if (env->failed) return false;
      continue;
    }
    struct value v = value_int(V_COUNT, 1);
    if (name && (!object_attribute(e, N_PERSON, person.id, name, &v) || v.type == V_ABSENT)) {
      if (x->function == LF_COUNT) continue;
      return env_fail(env, "有人没有填", "somebody has none:", intern_str(&e->names, name)); /* an absent wage is not zero */
    }
    n++;
    int order = 0;
    if (x->function == LF_SUM || x->function == LF_MEAN) {
      if (!add(env, &total, &v, what->path.text)) return false;
    } else if (x->function == LF_MAX || x->function == LF_MIN) {
      if (total.type == V_ABSENT || (value_compare(&v, &total, &order) == OK && (x->function == LF_MAX ? order > 0 : order < 0))) total = v;
    }
  }
  if (x->function == LF_COUNT) {
    *out = value_int(V_COUNT, n);
    return true;
  }
  if (x->function == LF_SUM && n == 0) total = str_is(what->path.text, "人员.底薪") || str_is(what->path.text, "person.base_wage") ? value_int(V_MONEY, 0) : value_int(V_COUNT, 0);
  if (x->function == LF_MEAN && n) {
    struct value count = value_int(V_COUNT, n), mean;
    struct problem p = {0};
    if (value_arith('/', &total, &count, &mean, &p) != OK) return env_fail(env, "均值溢出", "the mean overflows", what->path.text);
    total = mean;
  }
  *out = total;
  return true;
}
