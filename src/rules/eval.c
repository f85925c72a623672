/* Reading a clause: the value of an expression at an instant, for a fact, as of what is known then.
 *
 * Names are looked up as S7 says: element, event, the objects it names, anchor, lets and figures, roles, and at last the word
 * itself (a value of an enumeration). An absent field never counts as 0: the evaluation fails and the clause goes to a
 * person (待人工). Tests (有, 为空, comparisons in a guard) treat absent as "not so". */
#include "rules/live.h"

#include <string.h>

struct env env_new(struct engine *e, const struct version *v, const struct rule *r, i64 now, u32 fact) {
  return (struct env){.e = e, .v = v, .rule = r, .now = now, .fact = fact, .anchor = fact};
}

bool env_fail(struct env *env, const char *zh, const char *en, struct str word) {
  if (!env->failed) {
    env->failed = true;
    env->why_zh = arena_printf(env->e->scratch, "%s%s%.*s%s", zh, word.n ? "“" : "", STR_ARG(word), word.n ? "”" : "");
    env->why_en = arena_printf(env->e->scratch, "%s%s%.*s%s", en, word.n ? " \"" : "", STR_ARG(word), word.n ? "\"" : "");
  }
  return false;
}

/* The pairs of kinds that the language lets meet: a day of 24 hours against a duration, a number of days against days, an
 * instant against a date by its day. Everything else compares within its kind alone. */
bool values_order(struct engine *e, const struct value *left, const struct value *right, int *order) {
  struct value v[2] = {*left, *right};
  for (int i = 0; i < 2; i++) {
    const struct value *o = &v[1 - i];
    i64 ms;
    if (v[i].type == V_DAYS && o->type == V_DURATION && !__builtin_mul_overflow(v[i].i, MS_DAY, &ms)) v[i] = value_int(V_DURATION, ms);
    else if (v[i].type == V_DAYS && (o->type == V_COUNT || o->type == V_RATIO)) v[i] = value_int(V_COUNT, v[i].i);
    else if (v[i].type == V_INSTANT && o->type == V_DATE) v[i] = value_int(V_DATE, instant_date(v[i].i, e->zone));
  }
  return value_compare(&v[0], &v[1], order) == OK;
}

bool value_same(struct engine *e, const struct value *a, const struct value *b) {
  bool at = a->type == V_TEXT || a->type == V_REF, bt = b->type == V_TEXT || b->type == V_REF;
  if (at && bt) {
    if (str_eq(a->s, b->s)) return true;
    /* a person and the name of a role: does the person hold it? */
    const struct value *ref = a->type == V_REF && a->den == N_PERSON ? a : b->type == V_REF && b->den == N_PERSON ? b : NULL;
    const struct value *word = ref == a ? b : a;
    return ref && word->type == V_TEXT && person_has_role(e, intern_find(&e->names, ref->s), intern_find(&e->names, word->s));
  }
  if (a->type == V_BOOL && bt) return str_is(b->s, a->i ? "是" : "否");
  if (b->type == V_BOOL && at) return str_is(a->s, b->i ? "是" : "否");
  int order;
  return values_order(e, a, b, &order) && order == 0;
}

/* ---- names ---- */

static bool object_word(struct env *env, u32 fact, sym name, struct value *out) {
  struct engine *e = env->e;
  const struct fact *f = fact_of(e, fact);
  for (int noun = N_CONVERSATION; noun <= N_PRODUCT; noun++) {
    sym id = fact_sym(e, fact, e->f_object[f->kind][noun]);
    if (id && object_attribute(e, (enum noun)noun, id, name, out)) return true;
  }
  sym who = fact_sym(e, fact, e->f_person[f->kind]);
  return who && object_attribute(e, N_PERSON, who, name, out);
}

static u8 extra_noun(struct env *env, const struct fact *f, sym name) {
  const struct lang_case *c = lang_find_case(env->v->program, intern_str(&env->e->names, f->case_type));
  struct str word = intern_str(&env->e->names, name);
  for (size_t i = 0; c && i < c->field_count; i++) {
    if (!str_eq(c->fields[i].name.text, word)) continue;
    switch (c->fields[i].type.kind) {
      case LT_PERSON: return N_PERSON;
      case LT_CUSTOMER: return N_CUSTOMER;
      case LT_ORDER: return N_ORDER;
      case LT_CONVERSATION: return N_CONVERSATION;
      case LT_PRODUCT: return N_PRODUCT;
      case LT_CASE: return N_CASE;
      default: return N_NONE;
    }
  }
  return N_NONE;
}

/* A word read on one fact: its field, its case's field, the instant, the person, then what it names. */
static bool fact_word(struct env *env, u32 fact, sym name, const i16 *fields, struct value *out) {
  struct engine *e = env->e;
  const struct fact *f = fact_of(e, fact);
  int field;
  if (fields) {
    field = fields[f->kind];
  } else {
    field = field_of_word(e, f->kind, name);
  }
  /* 备注 of an order is the order's: it may be written after the event (decision 3) */
  if (name == e->w[W_NOTE] && e->f_object[f->kind][N_ORDER] >= 0 && f->kind != EVENT_order_noted && object_word(env, fact, name, out)) return true;
  if (f->case_type || f->kind == EVENT_survey_answered) {
    *out = fact_extra(e, fact, name);
    if (out->type != V_ABSENT) {
      if (out->type == V_REF || out->type == V_TEXT) {
        out->den = extra_noun(env, f, name);
        if (out->den) out->type = V_REF;
      }
      return true;
    }
    if (case_computed(e, fact, name, out)) {
      u8 noun = extra_noun(env, f, name);
      if (noun && (out->type == V_REF || out->type == V_TEXT)) *out = ref_value(e, (enum noun)noun, intern_sym(&e->names, out->s));
      return true;
    }
  }
  if (field >= 0) {
    *out = fact_field(e, fact, field);
    if (out->type != V_ABSENT) return true;
  }
  if (name == e->w[W_AT]) {
    *out = value_int(V_INSTANT, f->at);
    return true;
  }
  if (name == e->w[W_DATE]) {
    *out = value_int(V_DATE, instant_date(f->at, e->zone));
    return true;
  }
  if (name == e->w[W_PERSON]) {
    *out = ref_value(e, N_PERSON, fact_person(e, fact));
    if (out->type != V_ABSENT) return true;
  }
  if (name == e->w[W_AGENT] && f->case_type == 0) {
    if (object_word(env, fact, name, out)) return true;
    *out = ref_value(e, N_PERSON, fact_person(e, fact));
    return out->type != V_ABSENT || field >= 0;
  }
  if (name == e->w[W_CASE_ID] || (name == f->case_type && name)) {
    *out = fact_field(e, fact, e->f_object[f->kind][N_CASE]);
    if (out->type != V_ABSENT) return true;
  }
  if (object_word(env, fact, name, out)) return true;
  if (field >= 0) { /* the kind has the field; it was not filled in */
    *out = value_absent();
    return true;
  }
  if (f->case_type) {
    const struct lang_case *c = lang_find_case(env->v->program, intern_str(&e->names, f->case_type));
    struct str word = intern_str(&e->names, name);
    for (size_t i = 0; c && i < c->field_count; i++) {
      if (str_eq(c->fields[i].name.text, word)) {
        *out = value_absent();
        return true;
      }
    }
    if (case_state_moment(e, fact, name, out)) return true;
    if (str_starts(word, STR("已"))) {
      sym id = fact_sym(e, fact, e->f_object[f->kind][N_CASE]);
      if (id && object_attribute(e, N_CASE, id, name, out)) return true;
    }
  }
  return false;
}

static bool context_word(struct env *env, sym name, struct value *out) {
  struct engine *e = env->e;
  if (name == e->w[W_TODAY]) *out = value_int(V_DATE, instant_date(env->now, e->zone));
  else if (name == e->w[W_NOW]) *out = value_int(V_INSTANT, env->now);
  else if (name == e->w[W_CLOCK]) *out = value_int(V_TIME, instant_time_of_day(env->now, e->zone));
  else if (name == e->w[W_ACTOR] && env->anchor != NONE) {
    const struct fact *f = fact_of(e, env->anchor);
    sym who = f->actor ? f->actor : fact_person(e, env->anchor);
    *out = ref_value(e, N_PERSON, who);
  } else if (env->key_word && name == env->key_word) {
    *out = ref_value(e, (enum noun)env->key_noun, env->key);
  } else if (env->key && (name == e->w[W_STAFF] || name == e->w[W_PERSON])) *out = ref_value(e, N_PERSON, env->key);
  else if (env->bearer && (name == e->w[W_PERSON] || name == e->w[W_ON_DUTY])) *out = ref_value(e, N_PERSON, env->bearer);
  else return false;
  return true;
}

static bool is_bearer_word(const struct env *env, sym name) {
  return env->bearer && env->bearer_party && env->bearer_party->path.count == 1 && env->bearer_party->args.count == 0 &&
         str_eq(env->bearer_party->path.segments[0], intern_str(&env->e->names, name));
}

static bool word_value(struct env *env, sym name, const struct path_info *info, struct value *out) {
  struct engine *e = env->e;
  const i16 *fields = info ? info->field_by_kind : NULL;
  for (const struct element *el = env->element; el; el = el->up) {
    if (str_eq(el->name, intern_str(&e->names, name))) {
      *out = el->fact == NONE ? el->value : fact_field(e, el->fact, e->f_object[fact_of(e, el->fact)->kind][N_CASE]);
      if (out->type != V_ABSENT) return true;
    }
    if (el->fact != NONE && fact_word(env, el->fact, name, fields, out)) return true;
    if (el->fact == NONE && el->value.type == V_REF && el == env->element &&
        object_attribute(e, (enum noun)el->value.den, intern_sym(&e->names, el->value.s), name, out)) return true;
  }
  if (env->let) {
    for (size_t i = 0; i < env->let->parameters.count && i < COUNT_OF(env->params); i++) {
      if (str_eq(env->let->parameters.p[i].text, intern_str(&e->names, name)) && env->params[i]) {
        *out = ref_value(e, N_PERSON, env->params[i]);
        return true;
      }
    }
  }
  if (is_bearer_word(env, name)) {
    *out = ref_value(e, N_PERSON, env->bearer);
    return true;
  }
  if (env->bearer || env->key) {
    if (context_word(env, name, out)) return true;
  }
  if (env->fact != NONE && fact_word(env, env->fact, name, fields, out)) return true;
  if (context_word(env, name, out)) return true;
  if (env->anchor != NONE && env->anchor != env->fact && fact_word(env, env->anchor, name, fields, out)) return true;
  if (env->key && object_attribute(e, N_PERSON, env->key, name, out)) return true;
  return false;
}

bool eval_name(struct env *env, sym name, struct value *out) {
  if (word_value(env, name, NULL, out)) return true;
  sym zh = chinese_of(env->e, name);
  return zh && word_value(env, zh, NULL, out);
}

/* On which day's figures this is judged: a settlement at midnight of the first still belongs to the month it settles. */
i64 figure_date(const struct env *env) {
  i64 at = env->to && env->now >= env->to ? env->to - 1 : env->now;
  return instant_date(at, env->e->zone);
}

static bool figure_value(struct env *env, const struct lang_figure *figure, struct value *out) {
  const struct lang_expr *x = lang_figure_on(figure, figure_date(env));
  return x ? eval(env, x, out) : env_fail(env, "参数没有值", "the figure has no value:", figure->name.text);
}

static bool member(struct env *env, struct value *v, sym name) {
  struct engine *e = env->e;
  if (v->type == V_ABSENT) return true;
  if (v->type == V_INSTANT && name == e->w[W_DATE]) {
    *v = value_int(V_DATE, instant_date(v->i, e->zone));
    return true;
  }
  struct value out;
  if (v->type == V_REF || v->type == V_TEXT) {
    u8 noun = v->den ? (u8)v->den : N_PERSON;
    if (object_attribute(e, (enum noun)noun, intern_sym(&e->names, v->s), name, &out)) {
      *v = out;
      return true;
    }
    *v = value_absent();
    return true;
  }
  return env_fail(env, "这里没有", "there is no", intern_str(&e->names, name));
}

bool eval_word_place(struct env *env, const struct path_info *info, struct word_place *out) {
  struct engine *e = env->e;
  const struct element *el = env->element;
  if (!info->direct) return false;
  u32 ref = env->fact;
  if (el) {
    if (el->fact == NONE || str_eq(el->name, intern_str(&e->names, info->seg[0]))) return false;
    ref = el->fact;
  } else {
    if (ref == NONE || (env->let && env->let->parameters.count)) return false;
    if (env->key && (info->context || env->key_word)) return false;
    if (env->bearer && (info->context || is_bearer_word(env, info->seg[0]))) return false;
  }
  const struct fact *f = fact_of(e, ref);
  int field = info->field_by_kind[f->kind];
  if (field < 0 || f->case_type || f->kind == EVENT_survey_answered || f->cells == NONE) return false;
  const struct cell *c = (f->derived ? &e->s.derived_cells.p[f->cells] : &e->cells.p[f->cells]) + field;
  if ((c->type & 0xff) == V_ABSENT) return false;
  *out = (struct word_place){c, ref, field};
  return true;
}

/* Facts that cannot know the word: no field of that name, and no case, whose fields are the book's. */
static bool says_nothing(struct engine *e, u32 ref, const struct path_info *info) {
  if (ref == NONE) return true;
  const struct fact *f = fact_of(e, ref);
  return f->case_type == 0 && f->kind != EVENT_survey_answered && info->field_by_kind[f->kind] < 0 && e->f_object[f->kind][N_CASE] < 0;
}

bool eval_figure_word(struct env *env, const struct path_info *info, struct value *out) {
  if (!info->only_figure || env->element || (env->let && env->let->parameters.count)) return false;
  if (env->key_word || !says_nothing(env->e, env->fact, info) || (env->anchor != env->fact && !says_nothing(env->e, env->anchor, info))) return false;
  if (env->bearer && is_bearer_word(env, info->seg[0])) return false;
  const struct lang_expr *x = lang_figure_on(info->figure, figure_date(env));
  if (x == NULL || x->kind != LX_LITERAL) return false;
  *out = x->value;
  return true;
}

bool eval_words(struct env *env, const struct lang_expr *x, const struct path_info *info, struct value *out) {
  struct engine *e = env->e;
  sym first = info->seg[0], zh = info->chinese;
  u8 at = 1;
  if (x->meaning == LN_ENUM && info->count == 1) {
    *out = value_text(x->path.text);
    return true;
  }
  u32 self = info->here ? (env->anchor != NONE ? env->anchor : env->fact) : info->start ? env->anchor : NONE;
  if (self != NONE) {
    if (info->count == 1) {
      const struct fact *f = fact_of(e, self);
      for (int noun = N_CASE; noun >= N_CONVERSATION; noun--) {
        *out = fact_field(e, self, e->f_object[f->kind][noun]);
        if (out->type != V_ABSENT) return true;
      }
      *out = value_ref(intern_str(&e->names, f->id));
      return true;
    }
    sym word = chinese_of(e, info->seg[1]);
    if (!fact_word(env, self, info->seg[1], NULL, out) && !(word && fact_word(env, self, word, NULL, out))) *out = value_absent();
    at = 2;
  } else if (!word_value(env, first, info, out)) {
    if (info->figure) {
      if (!figure_value(env, info->figure, out)) return false;
    } else if (info->let) {
      sym who = env->key ? env->key : env->bearer ? env->bearer : env->fact != NONE ? fact_person(e, env->fact) : 0;
      if (!eval_let(env, info->let, &who, 1, out)) return false;
    } else if (info->score && info->count == 1) {
      sym who = env->key ? env->key : env->bearer ? env->bearer : env->fact != NONE ? fact_person(e, env->fact) : 0;
      if (!score_balance(env, info->score, who, out)) return false;
    } else if (zh && info->role == NULL && word_value(env, zh, NULL, out)) {
      /* person, today: the same words in English */
    } else if (info->count == 1) {
      *out = value_text(x->path.text); /* a role, a shift, a word of an enumeration */
    } else {
      *out = value_absent();
    }
  }
  for (; at < info->count; at++) {
    if (!member(env, out, info->seg[at])) return false;
  }
  return true;
}

bool eval_path(struct env *env, const struct lang_expr *x, struct value *out) { return eval_words(env, x, path_of(env->v, env->e, x), out); }

/* ---- operators ---- */

static bool contains(struct engine *e, const struct value *a, const struct value *b) {
  if (a->type == V_LIST) {
    for (size_t i = 0; i < a->count; i++) {
      if (value_same(e, &a->items[i], b) || (a->items[i].type == V_TEXT && contains(e, &a->items[i], b))) return true;
    }
    return false;
  }
  bool at = a->type == V_TEXT || a->type == V_REF, bt = b->type == V_TEXT || b->type == V_REF;
  return at && bt && b->s.n && str_find(a->s, b->s, 0) != SIZE_MAX;
}

/* 条款 = #tag: the fact names its clause by the heading, and the item by its tag. */
static bool names_tag(struct env *env, const struct lang_expr *x) {
  if (x->b->kind != LX_CLAUSE || x->b->name.n == 0) return false;
  u32 ref = env->element && env->element->fact != NONE ? env->element->fact : env->fact;
  if (ref == NONE || (x->a->path.count > 1 && env->anchor != NONE)) ref = env->anchor;
  if (ref == NONE) return false;
  const struct fact *f = fact_of(env->e, ref);
  return f->case_type == 0 && f->case_state && str_eq(intern_str(&env->e->names, f->case_state), x->b->name);
}

/* A sum of nothing over values that may be of any kind (数据.填报.值) is nought of whatever it meets. */
static void give_unit(struct value *v, const struct value *other) {
  if (v->type != V_COUNT || v->i != 0 || v->den != SUM_OF_NOTHING) return;
  if (other->type == V_RATIO) *v = value_ratio(0, 1);
  else if (other->type == V_MONEY || other->type == V_POINTS || other->type == V_DURATION || other->type == V_DAYS) *v = value_int(other->type, 0);
  else v->den = 0;
}

/* 状态 = 登记: beside 状态 the name of a state is that state, not the moment it was reached (S7). */
static bool is_state_word(const struct lang_expr *x) {
  if (x->kind != LX_PATH || x->path.count == 0) return false;
  struct str last = x->path.segments[x->path.count - 1];
  return str_is(last, "状态") || str_is(last, "state");
}

bool eval_may_be_beside_word(const struct lang_expr *x) {
  return x->b->kind == LX_PATH && x->b->path.count == 1 &&
         (x->b->meaning == LN_ENUM || x->b->meaning == LN_STATE || x->b->meaning == LN_ROLE || is_state_word(x->a));
}

bool eval_beside_word(const struct lang_expr *x, const struct value *a) { return a->type == V_TEXT && eval_may_be_beside_word(x); }

static bool compare(struct env *env, const struct lang_expr *x, struct value *out) {
  struct value a, b;
  if (!eval_tree(env, x->a, &a)) return false;
  if (eval_beside_word(x, &a)) b = value_text(x->b->path.text);
  else if (!eval_tree(env, x->b, &b)) return false;
  return eval_compared(env, x, &a, &b, out);
}

bool eval_compared(struct env *env, const struct lang_expr *x, struct value *a, struct value *b, struct value *out) {
  bool result = false;
  int order = 0;
  if (a->type == V_ABSENT || b->type == V_ABSENT) {
    /* An absent side compares as "not so", whichever way it was asked; ≠ too: a person looks where it matters. */
    if (x->compare == LANG_NOT_CONTAINS) result = true;
    *out = value_bool(result);
    return true;
  }
  give_unit(a, b);
  give_unit(b, a);
  switch (x->compare) {
    case LANG_EQ: result = value_same(env->e, a, b) || names_tag(env, x); break;
    case LANG_NE: result = !value_same(env->e, a, b) && !names_tag(env, x); break;
    case LANG_CONTAINS: result = contains(env->e, a, b); break;
    case LANG_NOT_CONTAINS: result = !contains(env->e, a, b); break;
    default:
      if (!values_order(env->e, a, b, &order)) return env_fail(env, "两边不是同一种量，不能比较", "the sides are of different kinds", (struct str){"", 0});
      if (x->compare == LANG_LT) result = order < 0;
      else if (x->compare == LANG_GT) result = order > 0;
      else if (x->compare == LANG_LE) result = order <= 0;
      else result = order >= 0;
  }
  *out = value_bool(result);
  return true;
}

static bool within(struct env *env, const struct lang_range *r, const struct value *v, bool *in) {
  struct value bound;
  int order;
  *in = true;
  if (r->is_value) {
    if (!eval(env, r->lower, &bound)) return false;
    *in = value_same(env->e, v, &bound);
    return true;
  }
  if (r->lower) {
    if (!eval(env, r->lower, &bound)) return false;
    if (!values_order(env->e, v, &bound, &order)) return env_fail(env, "范围与所比的不是同一种量", "the range is of another kind", (struct str){"", 0});
    if (order < 0 || (order == 0 && !r->lower_included)) *in = false;
  }
  if (r->upper && *in) {
    if (!eval(env, r->upper, &bound)) return false;
    if (!values_order(env->e, v, &bound, &order)) return env_fail(env, "范围与所比的不是同一种量", "the range is of another kind", (struct str){"", 0});
    if (order > 0 || (order == 0 && !r->upper_included)) *in = false;
  }
  return true;
}

bool eval_range(struct env *env, const struct lang_ranges *r, const struct value *v) {
  for (size_t i = 0; i < r->count; i++) {
    bool in;
    if (!within(env, &r->p[i], v, &in)) return false;
    if (in) return true;
  }
  return false;
}

bool eval_filled(const struct value *v) {
  if (v->type == V_ABSENT) return false;
  if (v->type == V_TEXT || v->type == V_REF) return v->s.n > 0;
  if (v->type == V_LIST) return v->count > 0;
  return true;
}

void eval_has(struct env *env, const struct lang_expr *x, const struct value *v, struct value *out) {
  struct engine *e = env->e;
  bool found = false;
  if (v->type == V_REF || v->type == V_TEXT) {
    struct value attribute;
    u8 noun = v->den ? (u8)v->den : N_PERSON;
    found = object_attribute(e, (enum noun)noun, intern_sym(&e->names, v->s), intern_sym(&e->names, x->name), &attribute) && eval_filled(&attribute);
  }
  *out = value_bool(x->kind == LX_HAS ? found : !found);
}

bool eval_true(struct env *env, const struct lang_expr *x) {
  struct value v;
  if (!eval(env, x, &v)) return false;
  return v.type == V_BOOL && v.i;
}

static bool tree_true(struct env *env, const struct lang_expr *x) {
  struct value v;
  return eval_tree(env, x, &v) && v.type == V_BOOL && v.i;
}

static bool logic(struct env *env, const struct lang_expr *x, struct value *out) {
  bool a = tree_true(env, x->a);
  if (env->failed) return false;
  if (x->kind == LX_NOT) {
    *out = value_bool(!a);
    return true;
  }
  bool result = a;
  if (x->kind == LX_AND && a) result = tree_true(env, x->b);
  if (x->kind == LX_OR && !a) result = tree_true(env, x->b);
  *out = value_bool(result);
  return !env->failed;
}

static bool arith(struct env *env, const struct lang_expr *x, struct value *out) {
  struct value a, b;
  return eval_tree(env, x->a, &a) && eval_tree(env, x->b, &b) && eval_computed(env, x, &a, &b, out);
}

bool eval_computed(struct env *env, const struct lang_expr *x, struct value *a, struct value *b, struct value *out) {
  if (a->type == V_ABSENT || b->type == V_ABSENT) {
    const struct lang_expr *missing = a->type == V_ABSENT ? x->a : x->b;
    return env_fail(env, "缺少", "missing:", missing->path.text);
  }
  if (x->op == '+' || x->op == '-') {
    give_unit(a, b);
    give_unit(b, a);
  }
  if (a->type == V_INSTANT && b->type == V_DAYS) *b = value_int(V_DURATION, b->i * MS_DAY);
  if (x->op == '/' && b->i == 0 && env->div0) {
    return eval(env, env->div0, out) ? (env->div0 = NULL, true) : false;
  }
  struct problem problem = {0};
  struct value result;
  if (value_arith(x->op, a, b, &result, &problem) != OK) {
    return env_fail(env, arena_cstr(env->e->scratch, str_c(problem.zh)), arena_cstr(env->e->scratch, str_c(problem.en)), (struct str){"", 0});
  }
  *out = result;
  return true;
}

bool eval_one_of(struct env *env, const struct lang_expr *x, const struct value *a, struct value *out) {
  struct value b;
  bool found = false;
  for (size_t i = 0; i < x->arg_count; i++) {
    if (x->args[i]->kind == LX_PATH && x->args[i]->path.count == 1 && a->type == V_TEXT) b = value_text(x->args[i]->path.text);
    else if (!eval(env, x->args[i], &b)) return false;
    if (a->type != V_ABSENT && b.type != V_ABSENT && value_same(env->e, a, &b)) found = true;
  }
  *out = value_bool(found);
  return true;
}

bool eval_at_time(struct env *env, const struct lang_expr *x, struct value *a, struct value *out) {
  if (a->type == V_INSTANT) *a = value_int(V_DATE, instant_date(a->i, env->e->zone));
  if (a->type != V_DATE) return env_fail(env, "钟点前面要是日期", "a time of day follows a date", (struct str){"", 0});
  *out = value_int(V_INSTANT, instant_at(a->i, x->value.i, env->e->zone));
  return true;
}

bool eval_kind(struct env *env, const struct lang_expr *x, struct value *out) {
  struct value v;
  bool found;
  switch (x->kind) {
    case LX_LITERAL: case LX_ORDINAL: *out = x->value; return true;
    case LX_CLAUSE: *out = value_text(x->name); return true;
    case LX_PATH: return eval_path(env, x, out);
    case LX_CALL: return eval_call(env, x, out);
    case LX_WINDOW: *out = value_absent(); return true;
    case LX_NEGATE:
      if (!eval_tree(env, x->a, out)) return false;
      out->i = -out->i;
      return true;
    case LX_ARITH: return arith(env, x, out);
    case LX_COMPARE: return compare(env, x, out);
    case LX_AND: case LX_OR: case LX_NOT: return logic(env, x, out);
    case LX_EXISTS: case LX_LACKS: case LX_ALL:
      if (!eval_exists(env, x, &found)) return false;
      *out = value_bool(found);
      return true;
    case LX_RANGE:
      if (!eval_tree(env, x->a, &v)) return false;
      *out = value_bool(v.type != V_ABSENT && eval_range(env, &x->ranges, &v));
      return !env->failed;
    case LX_ONE_OF: return eval_tree(env, x->a, &v) && eval_one_of(env, x, &v, out);
    case LX_HAS: case LX_LACKS_A:
      if (!eval_tree(env, x->a, &v)) return false;
      eval_has(env, x, &v, out);
      return true;
    case LX_FILLED: case LX_EMPTY:
      if (!eval_tree(env, x->a, &v)) return false;
      *out = value_bool(eval_filled(&v) == (x->kind == LX_FILLED));
      return true;
    case LX_IF:
      found = tree_true(env, x->a);
      if (env->failed) return false;
      return eval_tree(env, found ? x->b : x->c, out);
    case LX_WHERE: return eval_tree(env, x->a, out);
    case LX_AT_TIME: return eval_tree(env, x->a, &v) && eval_at_time(env, x, &v, out);
  }
  return env_fail(env, "不认得的写法", "unknown expression", (struct str){"", 0});
}

static bool too_deep(struct env *env) { return env_fail(env, "量套量太深", "measures refer to each other without end", (struct str){"", 0}); }

bool eval_tree(struct env *env, const struct lang_expr *x, struct value *out) {
  if (env->failed) return false;
  if (env->depth >= EVAL_DEPTH_MAX) return too_deep(env);
  env->depth++;
  bool ok = eval_kind(env, x, out);
  env->depth--;
  return ok;
}

bool eval(struct env *env, const struct lang_expr *x, struct value *out) {
  if (env->failed) return false;
  if (env->depth >= EVAL_DEPTH_MAX) return too_deep(env);
  if (x->kind == LX_LITERAL || x->kind == LX_ORDINAL) {
    *out = x->value;
    return true;
  }
  const struct live_code *code = env->e->walks || env->v == NULL ? NULL : live_code_of(env->v, x);
  if (code && env->depth + code->depth <= EVAL_DEPTH_MAX) return live_run(env, code, out);
  return eval_tree(env, x, out);
}

bool eval_round(struct env *env, const struct lang_rounding *r, struct value *v) {
  if (!r->written || r->step == NULL) return true;
  struct value step;
  if (!eval(env, r->step, &step)) return false;
  i64 i;
  i64 den = v->den > 0 ? v->den : 1;
  if (step.type == V_RATIO && v->type == V_RATIO) { /* to 0.1 %: num/den over snum/sden */
    if (ratio_round(v->i * step.den, den * step.i, 1, r->mode, &i) != OK) return env_fail(env, "取整溢出", "rounding overflows", (struct str){"", 0});
    *v = value_ratio(i * step.i, step.den);
    return true;
  }
  if (ratio_round(v->i, den, step.i, r->mode, &i) != OK) return env_fail(env, "取整溢出", "rounding overflows", (struct str){"", 0});
  *v = value_int(v->type, i);
  return true;
}

bool eval_cell(struct env *env, const struct lang_cell *cell, const struct value *v) {
  switch (cell->kind) {
    case LANG_CELL_ANY: case LANG_CELL_OTHERWISE: return true;
    case LANG_CELL_ORDINAL: return v->type == V_COUNT && v->i >= cell->first && (cell->last < 0 || v->i <= cell->last);
    case LANG_CELL_RANGES:
      for (size_t i = 0; i < cell->ranges.count; i++) { /* a plain word is a value, not a name */
        const struct lang_range *r = &cell->ranges.p[i];
        if (r->is_value && r->lower->kind == LX_PATH && r->lower->path.count == 1 && (v->type == V_TEXT || v->type == V_REF)) {
          if (str_eq(r->lower->path.text, v->s)) return true;
        }
      }
      return eval_range(env, &cell->ranges, v);
  }
  return false;
}

bool event_fits(struct env *env, const struct alt *alt, u32 ref) {
  const struct fact *f = fact_of(env->e, ref);
  if (!alt_fits(alt, f)) return false;
  if (alt->survey && !survey_counts(env, alt->survey, ref)) return false;
  u32 fact = env->fact;
  env->fact = ref;
  bool ok = true;
  for (u32 i = 0; i < alt->cond_count && ok; i++) ok = eval_true(env, alt->conds[i]);
  env->fact = fact;
  return ok && !env->failed;
}
