/* From an expression of a book to a register program, for facts of one kind. What a word means is settled here as S7 says and
 * eval.c does it: the fact's own field, its instant, whom it concerns, the context, a figure, at last the word itself. A word
 * that could mean the state of an object or a count is not for programs: then the whole expression stays with the tree. */
#include "rules/bytecode.h"

#include <string.h>

struct maker {
  struct arena *a;
  const struct bc_place *place;
  struct bc_program *out;
  size_t room, dated_room;
  u32 next; /* first free register */
};
struct operand {
  struct bc_type t;
  bool constant;
  i64 k;
  u8 r;
  bool field; /* only a field read by the last step: a comparison may swallow it */
};

static bool number(u8 type) { return type != V_TEXT && type != V_REF && type != V_ABSENT && type != V_LIST; }
static bool symbol(u8 type) { return type == V_TEXT || type == V_REF; }

static struct bc_step *emit(struct maker *m, enum bc_op op) {
  m->out->steps = arena_grow(m->a, m->out->steps, &m->room, m->out->count + 1, sizeof *m->out->steps);
  struct bc_step *s = &m->out->steps[m->out->count++];
  *s = (struct bc_step){.op = (u8)op};
  return s;
}

static bool fresh(struct maker *m, u8 *r) {
  if (m->next >= BC_REGISTERS) return false;
  *r = (u8)m->next++;
  return true;
}

static bool in_register(struct maker *m, struct operand *o) {
  if (!o->constant) return true;
  if (!fresh(m, &o->r)) return false;
  struct bc_step *s = emit(m, BC_CONST);
  s->dst = o->r;
  s->imm = o->k;
  o->constant = false;
  return true;
}

static bool constant(const struct maker *m, const struct value *v, struct operand *o) {
  *o = (struct operand){.constant = true, .t = {.type = (u8)v->type, .den = v->den > 0 ? v->den : 1}};
  if (symbol(o->t.type)) {
    o->t.den = 1;
    o->k = intern_sym(&m->place->e->names, v->s);
    return v->s.n > 0;
  }
  o->k = v->i;
  return number(o->t.type) && v->i > INT64_MIN / 4 && v->i < INT64_MAX / 4;
}

/* ---- words ---- */

static u8 type_of_field(enum event_field_type t) {
  switch (t) {
    case FIELD_TEXT: case FIELD_ENUM: return V_TEXT;
    case FIELD_MONEY: return V_MONEY;
    case FIELD_POINTS: return V_POINTS;
    case FIELD_DURATION: return V_DURATION;
    case FIELD_INSTANT: return V_INSTANT;
    case FIELD_DATE: return V_DATE;
    case FIELD_COUNT: return V_COUNT;
    case FIELD_BOOL: return V_BOOL;
    case FIELD_RATIO: case FIELD_LIST: case FIELD_ANY: return V_ABSENT;
    default: return V_REF;
  }
}

/* Could the word be read on an object that facts of this kind name, or on the person they concern? */
static bool of_object(const struct bc_place *p, sym name) {
  struct engine *e = p->e;
  sym zh = chinese_of(e, name);
  if (zh) name = zh;
  const i16 *objects = e->f_object[p->kind];
  if (objects[N_CASE] >= 0) return true;
  bool order = objects[N_ORDER] >= 0, conversation = objects[N_CONVERSATION] >= 0;
  static const enum engine_word of_order[] = {W_NOTE, W_FLAG, W_SPECIAL, W_FETCHED, W_PURCHASED, W_AMOUNT};
  static const enum engine_word of_person[] = {W_NAME, W_JOB, W_ROLE, W_SUPERIOR, W_WAGE, W_STATE, W_ON_SHIFT};
  for (size_t i = 0; order && i < COUNT_OF(of_order); i++) {
    if (name == e->w[of_order[i]]) return true;
  }
  for (size_t i = 0; e->f_person[p->kind] >= 0 && i < COUNT_OF(of_person); i++) {
    if (name == e->w[of_person[i]]) return true;
  }
  return (order || conversation) && (name == e->w[W_AGENT] || name == e->w[W_CUSTOMER]);
}

static bool read_step(struct maker *m, enum bc_op op, u8 type, u8 noun, struct operand *o) {
  *o = (struct operand){.t = {.type = type, .noun = noun, .den = 1}};
  if (!fresh(m, &o->r)) return false;
  emit(m, op)->dst = o->r;
  return true;
}

static bool field_step(struct maker *m, int field, bool must, struct operand *o) {
  const struct bc_place *p = m->place;
  const struct event_kind *kind = &event_kind_all(NULL)[p->kind];
  u8 type = type_of_field(kind->fields[field].type);
  if (type == V_ABSENT) return false;
  if (is_message_text(kind, (size_t)field) && !p->e->keeps_texts) return false;
  if (!read_step(m, BC_FIELD, type, field_noun(kind, (size_t)field), o)) return false;
  struct bc_step *s = &m->out->steps[m->out->count - 1];
  s->field = (u16)field;
  s->must = must;
  s->type = type;
  o->field = true;
  return true;
}

/* The fact's own word. *known: the fact says it. False with *known false: it says nothing of that name. */
static bool fact_word(struct maker *m, sym name, struct operand *o, bool *known) {
  const struct bc_place *p = m->place;
  struct engine *e = p->e;
  int field = field_of_word(e, p->kind, name);
  *known = true;
  if (chinese_of(e, name) && field < 0) return false; /* a word of the trade in English: the tree knows */
  if (name == e->w[W_NOTE] && e->f_object[p->kind][N_ORDER] >= 0 && p->kind != EVENT_order_noted) return false;
  if (field >= 0) {
    if (chinese_of(e, name)) name = chinese_of(e, name);
    bool must = name == e->w[W_AT] || name == e->w[W_DATE] || name == e->w[W_PERSON] || name == e->w[W_AGENT] || of_object(p, name);
    return field_step(m, field, must, o);
  }
  if (name == e->w[W_AT]) return read_step(m, BC_AT, V_INSTANT, 0, o);
  if (name == e->w[W_DATE]) return read_step(m, BC_DATE, V_DATE, 0, o);
  if (name == e->w[W_PERSON] && e->f_agent[p->kind] >= 0) return field_step(m, e->f_agent[p->kind], true, o);
  if (name == e->w[W_AGENT] && e->f_object[p->kind][N_ORDER] < 0 && e->f_object[p->kind][N_CONVERSATION] < 0 && e->f_person[p->kind] >= 0) {
    return field_step(m, e->f_person[p->kind], true, o);
  }
  if (name == e->w[W_PERSON] || name == e->w[W_AGENT] || name == e->w[W_CASE_ID] || of_object(p, name)) return false;
  *known = false;
  return false;
}

static bool context_word(struct maker *m, sym name, struct operand *o, bool *known) {
  const struct bc_place *p = m->place;
  struct engine *e = p->e;
  *known = true;
  if (name == e->w[W_TODAY] || name == e->w[W_NOW] || name == e->w[W_CLOCK]) {
    if (p->has_bearer || p->element) return false; /* the instant is not the fact's */
    if (name == e->w[W_NOW]) return read_step(m, BC_AT, V_INSTANT, 0, o);
    if (name == e->w[W_TODAY]) return read_step(m, BC_DATE, V_DATE, 0, o);
    return read_step(m, BC_TIME, V_TIME, 0, o);
  }
  if (name == e->w[W_ACTOR]) return !p->goal && !p->element && read_step(m, BC_ACTOR, V_REF, N_PERSON, o);
  if (p->has_bearer && (name == e->w[W_PERSON] || name == e->w[W_ON_DUTY])) return read_step(m, BC_BEARER, V_REF, N_PERSON, o);
  *known = false;
  return false;
}

static bool figure(struct maker *m, const struct lang_figure *f, struct operand *o) {
  struct operand first = {0};
  u32 from = m->out->dated_count;
  for (size_t i = 0; i < f->value_count; i++) {
    const struct lang_expr *x = f->values[i].expr;
    struct operand one;
    if (x == NULL || x->kind != LX_LITERAL || !constant(m, &x->value, &one)) return false;
    if (i == 0) first = one;
    if (one.t.type != first.t.type || one.t.den != first.t.den) return false;
    m->out->dated = arena_grow(m->a, m->out->dated, &m->dated_room, m->out->dated_count + 1, sizeof *m->out->dated);
    m->out->dated[m->out->dated_count++] = (struct bc_dated){.from = f->values[i].has_from ? f->values[i].from : INT64_MIN, .value = one.k};
  }
  if (f->value_count == 0 || f->values[0].has_from) return false;
  *o = first;
  if (f->value_count == 1) {
    m->out->dated_count = from;
    return true;
  }
  if (f->value_count > 255 || from > 255) return false;
  m->out->uses_date = true;
  if (!read_step(m, BC_FIGURE, first.t.type, 0, o)) return false;
  o->t = first.t;
  struct bc_step *s = &m->out->steps[m->out->count - 1];
  s->a = (u8)from;
  s->b = (u8)f->value_count;
  return true;
}

static bool bearer_word(const struct bc_place *p, struct str word) {
  return p->has_bearer && p->bearer && p->bearer->path.count == 1 && p->bearer->args.count == 0 && str_eq(p->bearer->path.segments[0], word);
}

static bool word_of(struct maker *m, struct str word, bool plain, struct operand *o) {
  const struct bc_place *p = m->place;
  struct engine *e = p->e;
  sym name = intern_sym(&e->names, word);
  bool known;
  if (p->goal && (name == e->w[W_PERSON] || name == e->w[W_ON_DUTY] || name == e->w[W_ACTOR] || (p->bearer && p->bearer->path.count && str_eq(p->bearer->path.segments[0], word)))) return false;
  if (bearer_word(p, word)) return read_step(m, BC_BEARER, V_REF, N_PERSON, o);
  if (p->has_bearer) {
    if (context_word(m, name, o, &known)) return true;
    if (known) return false;
  }
  if (fact_word(m, name, o, &known)) return true;
  if (known) return false;
  if (!p->has_bearer) {
    if (context_word(m, name, o, &known)) return true;
    if (known) return false;
  }
  if (p->goal) { /* the anchor might know the word */
    if (lang_find_figure(p->v->program, word) == NULL) return false;
  }
  static const enum engine_word of_key[] = {W_NAME, W_JOB, W_ROLE, W_SUPERIOR, W_WAGE, W_STATE, W_ON_SHIFT, W_STAFF};
  for (size_t i = 0; p->element && i < COUNT_OF(of_key); i++) {
    if (name == e->w[of_key[i]]) return false; /* of whom it is counted for */
  }
  const struct lang_figure *f = lang_find_figure(p->v->program, word);
  if (f && p->element && f->value_count > 1) return false; /* of the day of counting */
  if (f) return figure(m, f, o);
  if (lang_find_let(p->v->program, word) || !plain) return false;
  for (u32 i = 0; i < p->v->score_count; i++) {
    if (str_eq(p->v->scores[i]->name.text, word)) return false;
  }
  struct value text = value_text(word);
  return constant(m, &text, o);
}

static bool path_of_words(struct maker *m, const struct lang_expr *x, struct operand *o) {
  const struct bc_place *p = m->place;
  struct engine *e = p->e;
  if (x->path.count == 0 || x->path.count > 2) return false;
  if (x->meaning == LN_ENUM && x->path.count == 1) {
    struct value text = value_text(x->path.text);
    return constant(m, &text, o);
  }
  sym first = intern_sym(&e->names, x->path.segments[0]);
  if (first == e->w[W_THIS] || first == e->w[W_ANCHOR]) {
    bool known;
    return x->path.count == 2 && !p->goal && fact_word(m, intern_sym(&e->names, x->path.segments[1]), o, &known);
  }
  if (!word_of(m, x->path.segments[0], x->path.count == 1, o)) return false;
  if (x->path.count == 1) return true;
  if (o->constant || o->t.type != V_INSTANT || !str_is(x->path.segments[1], "日期")) return false;
  struct bc_step *s = emit(m, BC_DATE_OF);
  s->a = s->dst = o->r;
  o->t.type = V_DATE;
  o->field = false;
  return true;
}

/* ---- expressions ---- */

static bool value_of(struct maker *m, const struct lang_expr *x, struct operand *o);
static bool test_of(struct maker *m, const struct lang_expr *x, u8 *r);

static bool arith(struct maker *m, const struct lang_expr *x, struct operand *o) {
  struct operand a, b;
  if (!value_of(m, x->a, &a) || !value_of(m, x->b, &b)) return false;
  if (!number(a.t.type) || !number(b.t.type)) return false;
  if (x->op == '*') { /* one side a plain constant: counts and ratios */
    if (a.constant && !b.constant) {
      struct operand t = a;
      a = b;
      b = t;
    }
    bool scale = b.constant && (b.t.type == V_COUNT || b.t.type == V_RATIO);
    bool amount = a.t.type == V_MONEY || a.t.type == V_POINTS || a.t.type == V_DURATION;
    bool count = a.t.type == V_COUNT && b.t.type == V_COUNT;
    if (scale && (amount || count) && !a.constant) {
      if (a.t.den > 1000000 || b.t.den > 1000000) return false;
      struct bc_step *s = emit(m, BC_SCALE);
      s->a = s->dst = a.r;
      s->imm = b.k;
      *o = a;
      o->field = false;
      o->t.den *= b.t.den;
      return true;
    }
    bool a_number = a.t.type == V_COUNT, b_number = b.t.type == V_COUNT;
    if (a.t.den != 1 || b.t.den != 1 || (!a_number && !b_number) || a.t.type == V_RATIO || b.t.type == V_RATIO) return false;
    u8 type = a_number ? b.t.type : a.t.type;
    if (type != V_COUNT && type != V_MONEY && type != V_POINTS && type != V_DURATION) return false;
    if (!in_register(m, &a) || !in_register(m, &b)) return false;
    struct bc_step *s = emit(m, BC_MUL);
    s->dst = s->a = a.r;
    s->b = b.r;
    *o = a;
    o->field = false;
    o->t.type = type;
    return true;
  }
  if (x->op != '+' && x->op != '-') return false;
  if (a.t.den != 1 || b.t.den != 1) return false;
  u8 type;
  bool minus = x->op == '-';
  if (a.t.type == b.t.type && (a.t.type == V_COUNT || a.t.type == V_MONEY || a.t.type == V_POINTS || a.t.type == V_DURATION || a.t.type == V_DAYS)) type = a.t.type;
  else if (a.t.type == V_INSTANT && b.t.type == V_DURATION) type = V_INSTANT;
  else if (a.t.type == V_TIME && b.t.type == V_DURATION) type = V_TIME;
  else if (a.t.type == V_DATE && b.t.type == V_DAYS) type = V_DATE;
  else if (minus && a.t.type == V_INSTANT && b.t.type == V_INSTANT) type = V_DURATION;
  else if (minus && a.t.type == V_DATE && b.t.type == V_DATE) type = V_DAYS;
  else return false;
  if (!in_register(m, &a) || !in_register(m, &b)) return false;
  struct bc_step *s = emit(m, minus ? BC_SUB : BC_ADD);
  s->dst = s->a = a.r;
  s->b = b.r;
  *o = a;
  o->field = false;
  o->t = (struct bc_type){.type = type, .den = 1};
  return true;
}

static bool value_of(struct maker *m, const struct lang_expr *x, struct operand *o) {
  switch (x->kind) {
    case LX_LITERAL: case LX_ORDINAL: return constant(m, &x->value, o);
    case LX_PATH: return path_of_words(m, x, o);
    case LX_ARITH: return arith(m, x, o);
    case LX_NEGATE: {
      if (!value_of(m, x->a, o) || !number(o->t.type) || o->t.type == V_BOOL) return false;
      if (o->constant) {
        o->k = -o->k;
        return true;
      }
      struct bc_step *s = emit(m, BC_NEGATE);
      s->a = s->dst = o->r;
      o->field = false;
      return true;
    }
    default: return false;
  }
}

/* Test of a against b; both of one kind, or the tree. */
static bool comparison(struct maker *m, enum bc_op op, struct operand a, struct operand b, u8 *r) {
  if (symbol(a.t.type) != symbol(b.t.type)) {
    /* 成交 = 是 written as a word */
    if (a.t.type == V_BOOL && b.constant && (op == BC_EQ || op == BC_NE)) {
      struct str word = intern_str(&m->place->e->names, (sym)b.k);
      if (!str_is(word, "是") && !str_is(word, "否")) return false;
      b.k = str_is(word, "是");
      b.t = (struct bc_type){.type = V_BOOL, .den = 1};
    } else {
      return false;
    }
  }
  if (symbol(a.t.type)) {
    if (op != BC_EQ && op != BC_NE) return false;
    bool person = (a.t.type == V_REF && a.t.noun == N_PERSON) || (b.t.type == V_REF && b.t.noun == N_PERSON);
    if (person && (a.t.type != V_REF || b.t.type != V_REF)) return false; /* who holds the role? */
  } else {
    if (a.t.type != b.t.type || a.t.den != b.t.den) return false;
    if (a.t.type == V_MONTH_DAY) return false;
  }
  if (a.constant && b.constant) return false;
  if (a.constant) {
    struct operand t = a;
    a = b;
    b = t;
    static const enum bc_op turned[] = {[BC_LT] = BC_GT, [BC_LE] = BC_GE, [BC_GT] = BC_LT, [BC_GE] = BC_LE, [BC_EQ] = BC_EQ, [BC_NE] = BC_NE};
    op = turned[op];
  }
  if (b.constant && a.field && m->out->count && m->out->steps[m->out->count - 1].op == BC_FIELD && m->out->steps[m->out->count - 1].dst == a.r) {
    struct bc_step *s = &m->out->steps[m->out->count - 1]; /* the field is read by the comparison itself */
    s->op = (u8)(BC_FIELD_LT + (op - BC_LT));
    s->imm = b.k;
    *r = s->dst;
    return true;
  }
  struct bc_step *s = emit(m, b.constant ? (enum bc_op)(BC_LT_K + (op - BC_LT)) : op);
  s->dst = s->a = a.r;
  s->b = b.constant ? 0 : b.r;
  s->imm = b.constant ? b.k : 0;
  *r = s->dst;
  return true;
}

static bool joined(struct maker *m, enum bc_op op, u8 a, u8 b, u8 *r) {
  struct bc_step *s = emit(m, op);
  s->dst = s->a = a;
  s->b = b;
  *r = a;
  return true;
}

static bool compare(struct maker *m, const struct lang_expr *x, u8 *r) {
  static const enum bc_op ops[] = {[LANG_EQ] = BC_EQ, [LANG_NE] = BC_NE, [LANG_LT] = BC_LT, [LANG_GT] = BC_GT, [LANG_LE] = BC_LE, [LANG_GE] = BC_GE};
  struct operand a, b;
  if (!value_of(m, x->a, &a)) return false;
  bool word = x->b->kind == LX_PATH && x->b->path.count == 1 && a.t.type == V_TEXT &&
              (x->b->meaning == LN_ENUM || x->b->meaning == LN_STATE || x->b->meaning == LN_ROLE);
  if (word) {
    struct value text = value_text(x->b->path.text);
    if (!constant(m, &text, &b)) return false;
  } else if (x->compare <= LANG_GE && x->b->kind != LX_LITERAL && a.field) { /* keep the field read last when b needs steps */
    if (!value_of(m, x->b, &b)) return false;
  } else if (!value_of(m, x->b, &b)) {
    return false;
  }
  if (x->compare == LANG_CONTAINS || x->compare == LANG_NOT_CONTAINS) {
    if (a.constant || !b.constant || !symbol(a.t.type) || !symbol(b.t.type)) return false;
    struct bc_step *s = emit(m, x->compare == LANG_CONTAINS ? BC_HAS_TEXT : BC_LACKS_TEXT);
    s->dst = s->a = a.r;
    s->imm = b.k;
    *r = s->dst;
    return true;
  }
  return comparison(m, ops[x->compare], a, b, r);
}

/* a in r1 或 r2 …: the value is read anew for each bound, which a column gives for nothing. */
static bool ranges(struct maker *m, const struct lang_expr *x, u8 *r) {
  u8 any = 0;
  for (size_t i = 0; i < x->ranges.count; i++) {
    const struct lang_range *range = &x->ranges.p[i];
    u8 both = 0;
    bool have = false;
    for (int side = 0; side < (range->is_value ? 1 : 2); side++) {
      const struct lang_expr *bound = side == 0 ? range->lower : range->upper;
      if (bound == NULL) continue;
      struct operand a, b;
      u8 one;
      if (!value_of(m, x->a, &a) || !value_of(m, bound, &b)) return false;
      if (!range->is_value && (!number(a.t.type) || a.t.type != b.t.type)) return false;
      enum bc_op op = range->is_value ? BC_EQ : side == 0 ? (range->lower_included ? BC_GE : BC_GT) : (range->upper_included ? BC_LE : BC_LT);
      if (!comparison(m, op, a, b, &one)) return false;
      if (have && !joined(m, BC_AND, both, one, &both)) return false;
      if (!have) both = one;
      have = true;
    }
    if (!have) return false;
    if (i && !joined(m, BC_OR, any, both, &any)) return false;
    if (i == 0) any = both;
  }
  *r = any;
  return x->ranges.count > 0;
}

static bool one_of(struct maker *m, const struct lang_expr *x, u8 *r) {
  u8 any = 0;
  for (size_t i = 0; i < x->arg_count; i++) {
    struct operand a, b;
    u8 one;
    if (!value_of(m, x->a, &a)) return false;
    if (x->args[i]->kind == LX_PATH && x->args[i]->path.count == 1 && a.t.type == V_TEXT) {
      struct value text = value_text(x->args[i]->path.text);
      if (!constant(m, &text, &b)) return false;
    } else if (!value_of(m, x->args[i], &b)) {
      return false;
    }
    if (!comparison(m, BC_EQ, a, b, &one)) return false;
    if (i && !joined(m, BC_OR, any, one, &any)) return false;
    if (i == 0) any = one;
  }
  *r = any;
  return x->arg_count > 0;
}

static bool test_of(struct maker *m, const struct lang_expr *x, u8 *r) {
  u8 a, b;
  struct operand o;
  switch (x->kind) {
    case LX_AND: case LX_OR:
      return test_of(m, x->a, &a) && test_of(m, x->b, &b) && joined(m, x->kind == LX_AND ? BC_AND : BC_OR, a, b, r);
    case LX_NOT:
      if (!test_of(m, x->a, &a)) return false;
      *r = emit(m, BC_NOT)->dst = a;
      m->out->steps[m->out->count - 1].a = a;
      return true;
    case LX_COMPARE: return compare(m, x, r);
    case LX_RANGE: return ranges(m, x, r);
    case LX_ONE_OF: return one_of(m, x, r);
    case LX_FILLED: case LX_EMPTY:
      if (!value_of(m, x->a, &o) || o.constant) return false;
      {
        struct bc_step *s = emit(m, x->kind == LX_FILLED ? BC_FILLED : BC_EMPTY);
        s->dst = s->a = o.r;
        s->b = symbol(o.t.type);
        *r = s->dst;
      }
      return true;
    case LX_LITERAL:
      if (x->value.type != V_BOOL || !fresh(m, &a)) return false;
      {
        struct bc_step *s = emit(m, BC_ALWAYS);
        s->dst = a;
        s->imm = x->value.i != 0;
      }
      *r = a;
      return true;
    case LX_PATH:
      if (!value_of(m, x, &o) || o.constant || o.t.type != V_BOOL) return false;
      if (o.field && m->out->steps[m->out->count - 1].op == BC_FIELD) {
        m->out->steps[m->out->count - 1].op = BC_FIELD_EQ;
        m->out->steps[m->out->count - 1].imm = 1;
        *r = o.r;
      } else {
        struct bc_step *s = emit(m, BC_TRUTH);
        s->dst = s->a = o.r;
        *r = s->dst;
      }
      return true;
    default: return false;
  }
}

bool bytecode_compile(struct arena *a, const struct bc_place *place, const struct lang_expr *x, bool want_test, struct bc_program *out) {
  *out = (struct bc_program){0};
  struct maker m = {.a = a, .place = place, .out = out};
  if (want_test) {
    out->result = (struct bc_type){.test = true, .type = V_BOOL, .den = 1};
    return test_of(&m, x, &out->result_register);
  }
  struct operand o;
  if (!value_of(&m, x, &o) || !in_register(&m, &o)) return false;
  out->result = o.t;
  out->result_register = o.r;
  return true;
}

bool bytecode_word(struct arena *a, const struct bc_place *place, struct str word, struct bc_program *out) {
  *out = (struct bc_program){0};
  struct maker m = {.a = a, .place = place, .out = out};
  struct operand o;
  if (!word_of(&m, word, true, &o) || !in_register(&m, &o)) return false;
  out->result = o.t;
  out->result_register = o.r;
  return true;
}
