/* The reference's names: what a word of a clause stands for, looked up in the order of the meaning (S7): the element at hand, the
 * event, the objects it names, the anchor, measures, figures and accounts, and at last the word itself. A word of the trade in
 * English is the Chinese one; a word of the book's own comes first. */
#include "rules/reference_parts.h"

#include <string.h>

static const struct { const char *en, *zh; } trade_words[] = {
    {"person", "当事人"}, {"agent", "接待人"}, {"at", "时刻"}, {"date", "日期"}, {"this", "此"}, {"anchor", "始"}, {"actor", "操作人"},
    {"today", "今日"}, {"now", "此刻"}, {"clock", "钟点"}, {"everyone", "全员"}, {"everybody", "全员"}, {"on_shift", "在班"}, {"is_on_shift", "在班"},
    {"superior", "上级"}, {"deputy", "代理"}, {"name", "姓名"}, {"job_number", "工号"}, {"role", "岗位"}, {"base_wage", "底薪"},
    {"seller_note", "备注"}, {"flag", "旗"}, {"special", "特殊要求"}, {"fetched", "已取单"}, {"customer", "客户"}, {"amount", "金额"},
    {"staff", "员工"}, {"state", "状态"}, {"conversation", "会话"}, {"order", "订单"}, {"number", "编号"}, {"holder", "经办人"},
    {"duration", "时长"}, {"paid", "已付款"}, {"employed", "在职"}, {"item", "项"}, {"shift", "班次"}, {"case", "单"}};

/* "" when it is no such word. */
struct str ref_chinese(struct str word) {
  for (size_t i = 0; i < COUNT_OF(trade_words); i++) {
    if (str_is(word, trade_words[i].en)) return str_c(trade_words[i].zh);
  }
  return (struct str){"", 0};
}

static bool failed(struct ref_env *env) {
  env->failed = true;
  return false;
}

static bool is_text(const struct value *v) { return v->type == V_TEXT || v->type == V_REF; }

/* ---- one fact ---- */

static const struct lang_field *declared_field(const struct ref_env *env, const struct ref_fact *f, struct str name) {
  const struct lang_case *c = f->case_type.n && env->program ? lang_find_case(env->program, f->case_type) : NULL;
  for (size_t i = 0; c && i < c->field_count; i++) {
    if (str_eq(c->fields[i].name.text, name)) return &c->fields[i];
  }
  return NULL;
}

static enum ref_noun noun_of_type(enum lang_type_kind kind) {
  switch (kind) {
    case LT_PERSON: return RN_PERSON;
    case LT_CUSTOMER: return RN_CUSTOMER;
    case LT_ORDER: return RN_ORDER;
    case LT_CONVERSATION: return RN_CONVERSATION;
    case LT_PRODUCT: return RN_PRODUCT;
    case LT_CASE: return RN_CASE;
    default: return RN_NONE;
  }
}

/* What the objects that a fact names know by this word. */
static bool object_word(struct ref_env *env, const struct ref_fact *f, struct str name, struct value *out) {
  for (int noun = RN_CONVERSATION; noun <= RN_PRODUCT; noun++) {
    if (ref_attribute(env->r, (enum ref_noun)noun, ref_object_of(f, (enum ref_noun)noun), name, out)) return true;
  }
  struct value who = ref_own_field(f, "当事人");
  return is_text(&who) && ref_attribute(env->r, RN_PERSON, who.s, name, out);
}

/* A field that the case carries, or works out by itself; of an answered survey, what was answered. */
static bool case_field(struct ref_env *env, const struct ref_fact *f, struct str name, struct value *out) {
  const struct lang_field *declared = declared_field(env, f, name);
  enum ref_noun noun = declared ? noun_of_type(declared->type.kind) : RN_NONE;
  if (f->case_type.n == 0 && f->kind != EVENT_survey_answered) return false;
  *out = ref_extra(f, name);
  if (out->type == V_ABSENT && !ref_computed(env->r, f, name, out)) return false;
  if (is_text(out) && noun != RN_NONE) *out = ref_to(noun, out->s);
  else if (is_text(out)) out->den = RN_NONE;
  return true;
}

bool ref_fact_word(struct ref_env *env, const struct ref_fact *f, struct str name, struct value *out) {
  struct ref *r = env->r;
  bool has_field = event_kind_field(&event_kind_all(NULL)[f->kind], name) != SIZE_MAX;
  /* what is noted on an order belongs to the order: it may be written after the event */
  if (str_is(name, "备注") && ref_kind_has(f->kind, RN_ORDER) && f->kind != EVENT_order_noted && object_word(env, f, name, out)) return true;
  if (case_field(env, f, name, out)) return true;
  if (has_field) {
    *out = ref_own(f, name);
    if (out->type != V_ABSENT) return true;
  }
  if (str_is(name, "时刻")) return *out = value_int(V_INSTANT, f->at), true;
  if (str_is(name, "日期")) return *out = value_int(V_DATE, instant_date(f->at, r->zone)), true;
  if (str_is(name, "当事人")) {
    *out = ref_to(RN_PERSON, ref_person_of(r, f));
    if (out->type != V_ABSENT) return true;
  }
  if (str_is(name, "接待人") && f->case_type.n == 0) {
    if (object_word(env, f, name, out)) return true;
    *out = ref_to(RN_PERSON, ref_person_of(r, f));
    return out->type != V_ABSENT || has_field;
  }
  if (str_is(name, "单") || (f->case_type.n && str_eq(name, f->case_type))) {
    *out = ref_to(RN_CASE, ref_object_of(f, RN_CASE));
    if (out->type != V_ABSENT) return true;
  }
  if (object_word(env, f, name, out)) return true;
  *out = value_absent();
  if (has_field || declared_field(env, f, name)) return true; /* known, but not filled in */
  if (f->case_type.n == 0) return false;
  if (ref_state_moment(r, f, name, out)) return true;
  return str_starts(name, STR("已")) && ref_attribute(r, RN_CASE, ref_object_of(f, RN_CASE), name, out);
}

/* ---- where nothing is said of whose ---- */

static bool context_word(struct ref_env *env, struct str name, struct value *out) {
  struct ref *r = env->r;
  if (str_is(name, "今日")) *out = value_int(V_DATE, instant_date(env->now, r->zone));
  else if (str_is(name, "此刻")) *out = value_int(V_INSTANT, env->now);
  else if (str_is(name, "钟点")) *out = value_int(V_TIME, instant_time_of_day(env->now, r->zone));
  else if (str_is(name, "操作人") && env->anchor) *out = ref_to(RN_PERSON, env->anchor->actor.n ? env->anchor->actor : ref_person_of(r, env->anchor));
  else if (env->key_word.n && str_eq(name, env->key_word)) *out = ref_to(env->key_noun, env->key);
  else if (env->key.n && (str_is(name, "员工") || str_is(name, "当事人"))) *out = ref_to(RN_PERSON, env->key);
  else if (env->bearer.n && (str_is(name, "当事人") || str_is(name, "当班人"))) *out = ref_to(RN_PERSON, env->bearer);
  else return false;
  return true;
}

static bool element_word(struct ref_env *env, struct str name, struct value *out) {
  for (const struct ref_element *el = env->element; el; el = el->outer) {
    if (str_eq(el->name, name)) {
      *out = el->fact ? ref_to(RN_CASE, ref_object_of(el->fact, RN_CASE)) : el->value;
      if (out->type != V_ABSENT) return true;
    }
    if (el->fact && ref_fact_word(env, el->fact, name, out)) return true;
    if (el->fact == NULL && el == env->element && el->value.type == V_REF &&
        ref_attribute(env->r, (enum ref_noun)el->value.den, el->value.s, name, out)) return true;
  }
  return false;
}

bool ref_is_bearer_word(const struct ref_env *env, struct str name) {
  return env->bearer.n && env->bearer_party && env->bearer_party->path.count == 1 && env->bearer_party->args.count == 0 &&
         str_eq(env->bearer_party->path.segments[0], name);
}

static bool word(struct ref_env *env, struct str name, struct value *out) {
  if (element_word(env, name, out)) return true;
  for (size_t i = 0; env->let && i < env->let->parameters.count && i < COUNT_OF(env->params); i++) {
    if (str_eq(env->let->parameters.p[i].text, name) && env->params[i].n) return *out = ref_to(RN_PERSON, env->params[i]), true;
  }
  if (ref_is_bearer_word(env, name)) return *out = ref_to(RN_PERSON, env->bearer), true;
  if ((env->bearer.n || env->key.n) && context_word(env, name, out)) return true;
  if (env->fact && ref_fact_word(env, env->fact, name, out)) return true;
  if (context_word(env, name, out)) return true;
  if (env->anchor && env->anchor != env->fact && ref_fact_word(env, env->anchor, name, out)) return true;
  return env->key.n && ref_attribute(env->r, RN_PERSON, env->key, name, out);
}

bool ref_name(struct ref_env *env, struct str name, struct value *out) {
  struct str zh = ref_chinese(name);
  return word(env, name, out) || (zh.n && word(env, zh, out));
}

/* ---- paths ---- */

/* Figures and windows of a settlement are those of the period that ends, not of the midnight after it. */
i64 ref_day(const struct ref_env *env) {
  return instant_date(env->to && env->now >= env->to ? env->to - 1 : env->now, env->r->zone);
}

static bool figure(struct ref_env *env, const struct lang_figure *f, struct value *out) {
  const struct lang_expr *x = lang_figure_on(f, ref_day(env));
  return x ? ref_eval(env, x, out) : failed(env);
}

static bool member(struct ref_env *env, struct str name, struct value *v) {
  if (v->type == V_ABSENT) return true;
  if (v->type == V_INSTANT && str_is(name, "日期")) return *v = value_int(V_DATE, instant_date(v->i, env->r->zone)), true;
  if (!is_text(v)) return failed(env);
  struct value out;
  enum ref_noun noun = v->den ? (enum ref_noun)v->den : RN_PERSON;
  *v = ref_attribute(env->r, noun, v->s, name, &out) ? out : value_absent();
  return true;
}

static bool whole_fact(const struct ref_fact *f, struct value *out) {
  for (int noun = RN_CASE; noun >= RN_CONVERSATION; noun--) {
    *out = ref_to((enum ref_noun)noun, ref_object_of(f, (enum ref_noun)noun));
    if (out->type != V_ABSENT) return true;
  }
  *out = value_ref(f->id);
  return true;
}

struct str ref_whose(const struct ref_env *env) {
  if (env->key.n) return env->key;
  if (env->bearer.n) return env->bearer;
  return env->fact ? ref_person_of(env->r, env->fact) : (struct str){"", 0};
}

/* What the book itself calls so: a figure, a measure, an account of points; else the words of the trade; else the word itself. */
static bool declared_word(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str first = x->path.segments[0], zh = ref_chinese(first), who = ref_whose(env);
  const struct lang_figure *f = lang_find_figure(env->program, first);
  const struct lang_let *let = lang_find_let(env->program, first);
  const struct lang_score *score = ref_score_named(env->program, first);
  if (f) return figure(env, f, out);
  if (let) return ref_let(env, let, &who, 1, out);
  if (score && x->path.count == 1) return ref_score(env, score, who, out);
  if (zh.n && !lang_find_role(env->program, first) && word(env, zh, out)) return true;
  *out = x->path.count == 1 ? value_text(x->path.text) : value_absent();
  return true;
}

bool ref_path(struct ref_env *env, const struct lang_expr *x, struct value *out) {
  struct str first = x->path.segments[0], zh = ref_chinese(first);
  size_t next = 1;
  if (x->meaning == LN_ENUM && x->path.count == 1) return *out = value_text(x->path.text), true;
  bool here = str_is(first, "此") || str_is(zh, "此"), start = str_is(first, "始") || str_is(zh, "始");
  const struct ref_fact *self = here ? (env->anchor ? env->anchor : env->fact) : start ? env->anchor : NULL;
  if (self && x->path.count == 1) return whole_fact(self, out);
  if (self) {
    struct str other = ref_chinese(x->path.segments[1]);
    if (!ref_fact_word(env, self, x->path.segments[1], out) && !(other.n && ref_fact_word(env, self, other, out))) *out = value_absent();
    next = 2;
  } else if (!word(env, first, out) && !declared_word(env, x, out)) {
    return false;
  }
  for (; next < x->path.count; next++) {
    if (!member(env, x->path.segments[next], out)) return false;
  }
  return true;
}
