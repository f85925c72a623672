/* Conditions as alternatives of simple tests, tried on sample values; and what follows for a book: guards that
 * contradict themselves, exceptions that swallow their rule, gate lines that a refusal always overrides. */
#include "lang/check_logic.h"

#include <string.h>

enum { ALTERNATIVES_MAX = 64, TESTS_MAX = 24, SAMPLES_MAX = 96 };

/* One simple test on one thing. */
struct test {
  struct str key;                   /* what is tested, as written, without blanks; or the whole test when it is opaque */
  const struct lang_expr *subject;  /* NULL: opaque */
  const struct lang_expr *e;        /* NULL with `cell` */
  const struct lang_cell *cell;
  struct lang_span at;
  bool negated;
};
struct alternative {
  struct test tests[TESTS_MAX];
  size_t count;
};
struct alternatives {
  struct alternative *p;
  size_t count;
  bool overflow;
};

void logic_add(struct logic *l, const struct lang_expr *cond, bool negated) {
  if (!cond) return;
  if (l->count == LOGIC_PARTS_MAX) {
    l->full = true;
    return;
  }
  l->parts[l->count++] = (struct logic_part){.cond = cond, .negated = negated};
}
void logic_add_cell(struct logic *l, const struct lang_expr *column, const struct lang_cell *cell) {
  if (cell->kind != LANG_CELL_RANGES) return;
  logic_add(l, column, false);
  if (!l->full) l->parts[l->count - 1].cell = cell;
}
void logic_add_event(struct logic *l, const struct lang_event *e, const struct lang_expr *where) {
  for (int depth = 0; depth < 8; depth++) {
    logic_add(l, where, false);
    logic_add(l, e->where, false);
    if (!e->define || e->define->trigger.event_count != 1) return;
    where = e->define->trigger.where;
    e = &e->define->trigger.events[0];
  }
}

/* ---- splitting ---- */

static struct str without_blanks(struct checker *c, struct str s) {
  char *out = arena_alloc(c->arena, s.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\t' && s.p[i] != '\r') out[n++] = s.p[i];
  return (struct str){out, n};
}

/* A word or number that is the same at any time. */
static bool constant(const struct checker *c, const struct lang_expr *e, struct value *v) {
  if (lang_constant(c, e, v)) return true;
  if (e->kind != LX_PATH || e->path.count != 1 || e->meaning == LN_FIELD || e->meaning == LN_LET || e->meaning == LN_KEY || e->meaning == LN_CONTEXT ||
      e->meaning == LN_SCORE || e->meaning == LN_PARAMETER || e->meaning == LN_ELEMENT || map_ptr(&c->figures, e->path.text))
    return false;
  *v = value_text(e->path.text);
  return true;
}
static bool constant_ranges(const struct checker *c, const struct lang_ranges *r) {
  struct value v;
  for (size_t i = 0; i < r->count; i++) {
    if (r->p[i].lower && !constant(c, r->p[i].lower, &v)) return false;
    if (r->p[i].upper && !constant(c, r->p[i].upper, &v)) return false;
  }
  return r->count > 0;
}

static bool compares(const struct checker *c, const struct lang_expr *e) {
  struct value v;
  switch (e->kind) {
    case LX_PATH: return true;
    case LX_COMPARE: return e->compare <= LANG_GE && constant(c, e->b, &v) && !constant(c, e->a, &v);
    case LX_RANGE: return constant_ranges(c, &e->ranges);
    case LX_ONE_OF:
      for (size_t i = 0; i < e->arg_count; i++)
        if (!constant(c, e->args[i], &v)) return false;
      return e->arg_count > 0;
    default: return false;
  }
}

static struct test test_of(struct checker *c, const struct lang_expr *e, const struct lang_cell *cell, bool negated) {
  struct test t = {.e = e, .cell = cell, .at = e->at, .negated = negated};
  if (cell) {
    t.at = cell->at;
    if (constant_ranges(c, &cell->ranges)) t.subject = e;
  } else if (compares(c, e)) {
    t.subject = e->kind == LX_PATH ? e : e->a;
  }
  t.key = without_blanks(c, lang_text(c->p, t.subject ? t.subject->at : t.at));
  return t;
}

static void both(struct checker *c, struct alternatives *to, const struct alternatives *x, const struct alternatives *y) {
  size_t n = x->count * y->count;
  to->overflow = x->overflow || y->overflow || n > ALTERNATIVES_MAX;
  if (to->overflow) return;
  to->p = ARENA_ARRAY(c->arena, struct alternative, n);
  for (size_t i = 0; i < x->count; i++)
    for (size_t k = 0; k < y->count; k++) {
      struct alternative *a = &to->p[to->count++];
      *a = x->p[i];
      for (size_t m = 0; m < y->p[k].count; m++) {
        if (a->count == TESTS_MAX) to->overflow = true;
        else a->tests[a->count++] = y->p[k].tests[m];
      }
    }
}
static void either(struct checker *c, struct alternatives *to, const struct alternatives *x, const struct alternatives *y) {
  size_t n = x->count + y->count;
  to->overflow = x->overflow || y->overflow || n > ALTERNATIVES_MAX;
  if (to->overflow) return;
  to->p = ARENA_ARRAY(c->arena, struct alternative, n + 1);
  for (size_t i = 0; i < x->count; i++) to->p[to->count++] = x->p[i];
  for (size_t i = 0; i < y->count; i++) to->p[to->count++] = y->p[i];
}

static struct alternatives split(struct checker *c, const struct lang_expr *e, const struct lang_cell *cell, bool negated) {
  struct alternatives out = {0};
  if (!cell && e->kind == LX_NOT) return split(c, e->a, NULL, !negated);
  if (!cell && (e->kind == LX_AND || e->kind == LX_OR)) {
    struct alternatives a = split(c, e->a, NULL, negated), b = split(c, e->b, NULL, negated);
    if ((e->kind == LX_AND) != negated) both(c, &out, &a, &b);
    else either(c, &out, &a, &b);
    return out;
  }
  out.p = ARENA_NEW(c->arena, struct alternative);
  out.count = 1;
  out.p[0].count = 1;
  out.p[0].tests[0] = test_of(c, e, cell, negated);
  return out;
}

/* ---- trying ---- */

struct samples {
  struct value v[SAMPLES_MAX];
  size_t count;
};
static void sample(struct samples *s, struct value v) {
  for (size_t i = 0; i < s->count; i++)
    if (value_equal(&s->v[i], &v)) return;
  if (s->count < SAMPLES_MAX) s->v[s->count++] = v;
}
static void sample_around(struct samples *s, const struct value *v) {
  sample(s, *v);
  if (v->type == V_TEXT || v->type == V_REF || v->type == V_BOOL) return;
  for (int side = -1; side <= 1; side += 2) {
    struct value w = *v;
    if (v->type == V_RATIO) {
      i64 num, den;
      if (__builtin_mul_overflow(v->i, (i64)1000000, &num) || __builtin_mul_overflow(v->den, (i64)1000000, &den)) continue;
      w = value_ratio(num + side, den);
    } else {
      w.i += side;
    }
    sample(s, w);
  }
}
static void sample_ranges(const struct checker *c, struct samples *s, const struct lang_ranges *r) {
  struct value v;
  for (size_t i = 0; i < r->count; i++) {
    if (r->p[i].lower && constant(c, r->p[i].lower, &v)) sample_around(s, &v);
    if (r->p[i].upper && constant(c, r->p[i].upper, &v)) sample_around(s, &v);
  }
}
static void sample_test(const struct checker *c, struct samples *s, const struct test *t) {
  struct value v;
  if (t->cell) {
    sample_ranges(c, s, &t->cell->ranges);
  } else if (t->e->kind == LX_PATH) {
    sample(s, value_bool(true));
    sample(s, value_bool(false));
  } else if (t->e->kind == LX_COMPARE) {
    if (constant(c, t->e->b, &v)) sample_around(s, &v);
  } else if (t->e->kind == LX_RANGE) {
    sample_ranges(c, s, &t->e->ranges);
  } else {
    for (size_t i = 0; i < t->e->arg_count; i++)
      if (constant(c, t->e->args[i], &v)) sample_around(s, &v);
  }
}

/* 是 and the word 是 are the same answer to a yes-or-no field. */
static bool same_value(const struct value *a, const struct value *b) {
  if (value_equal(a, b)) return true;
  const struct value *flag = a->type == V_BOOL ? a : b, *word = a->type == V_BOOL ? b : a;
  if (flag->type == V_BOOL && word->type == V_TEXT) return str_is(word->s, flag->i ? "是" : "否");
  int order;
  return a->type != V_TEXT && b->type != V_TEXT && value_compare(a, b, &order) == OK && order == 0;
}
static bool in_ranges(const struct checker *c, const struct lang_ranges *r, const struct value *v, bool *known) {
  for (size_t i = 0; i < r->count; i++) {
    const struct lang_range *one = &r->p[i];
    struct value bound;
    int order;
    bool in = true;
    if (one->is_value) {
      in = constant(c, one->lower, &bound) && same_value(&bound, v);
    } else {
      if (one->lower) {
        if (!constant(c, one->lower, &bound) || value_compare(v, &bound, &order) != OK) *known = in = false;
        else in = order > 0 || (order == 0 && one->lower_included);
      }
      if (in && one->upper) {
        if (!constant(c, one->upper, &bound) || value_compare(v, &bound, &order) != OK) *known = in = false;
        else in = order < 0 || (order == 0 && one->upper_included);
      }
    }
    if (in) return true;
  }
  return false;
}
static bool holds(const struct checker *c, const struct test *t, const struct value *v, bool *known) {
  struct value bound;
  int order;
  if (t->cell) return in_ranges(c, &t->cell->ranges, v, known);
  const struct lang_expr *e = t->e;
  if (e->kind == LX_PATH) return v->type == V_BOOL ? v->i != 0 : str_is(v->s, "是");
  if (e->kind == LX_RANGE) return in_ranges(c, &e->ranges, v, known);
  if (e->kind == LX_ONE_OF) {
    for (size_t i = 0; i < e->arg_count; i++)
      if (constant(c, e->args[i], &bound) && same_value(&bound, v)) return true;
    return false;
  }
  if (!constant(c, e->b, &bound)) return false;
  if (e->compare == LANG_EQ || e->compare == LANG_NE) return same_value(&bound, v) == (e->compare == LANG_EQ);
  if (value_compare(v, &bound, &order) != OK) {
    *known = false;
    return false;
  }
  switch (e->compare) {
    case LANG_LT: return order < 0;
    case LANG_GT: return order > 0;
    case LANG_LE: return order <= 0;
    default: return order >= 0;
  }
}

/* May the tests at `pick` (all on one key) hold at one value? */
static bool one_value(const struct checker *c, const struct test *const *tests, size_t n, struct value *at) {
  struct samples s = {.count = 0};
  for (size_t i = 0; i < n; i++) sample_test(c, &s, tests[i]);
  bool words = false;
  for (size_t i = 0; i < s.count; i++) words |= s.v[i].type == V_TEXT;
  if (words) sample(&s, value_text(STR("\x01"))); /* some other word */
  if (s.count >= SAMPLES_MAX) {
    *at = value_absent();
    return true;
  }
  for (size_t i = 0; i < s.count; i++) {
    bool all = true, known = true;
    for (size_t k = 0; k < n && all; k++) all = holds(c, tests[k], &s.v[i], &known) != tests[k]->negated;
    if (!known || !all) {
      if (!known) {
        *at = value_absent();
        return true;
      }
      continue;
    }
    *at = s.v[i];
    return true;
  }
  return false;
}

static void show(struct checker *c, struct logic_answer *out, struct str key, const struct value *v) {
  if (v->type == V_ABSENT || (v->type == V_TEXT && str_is(v->s, "\x01"))) return;
  struct str zh = v->type == V_BOOL ? (v->i ? STR("是") : STR("否")) : value_show(c->arena, v, false, 0);
  struct str en = v->type == V_BOOL ? (v->i ? STR("yes") : STR("no")) : value_show(c->arena, v, true, 0);
  out->zh = arena_printf(c->arena, "%.*s%s%.*s = %.*s", STR_ARG(out->zh), out->zh.n ? "，" : "", STR_ARG(key), STR_ARG(zh));
  out->en = arena_printf(c->arena, "%.*s%s%.*s = %.*s", STR_ARG(out->en), out->en.n ? ", " : "", STR_ARG(key), STR_ARG(en));
}

static bool alternative_holds(struct checker *c, const struct alternative *a, struct logic_answer *out) {
  struct logic_answer found = {.possible = true, .certain = true};
  bool done[TESTS_MAX] = {false};
  for (size_t i = 0; i < a->count; i++) {
    if (done[i]) continue;
    const struct test *same[TESTS_MAX];
    size_t n = 0;
    for (size_t k = i; k < a->count; k++) {
      if (!str_eq(a->tests[k].key, a->tests[i].key) || (a->tests[k].subject == NULL) != (a->tests[i].subject == NULL)) continue;
      done[k] = true;
      same[n++] = &a->tests[k];
    }
    if (!a->tests[i].subject) { /* only its own opposite excludes it */
      found.certain = false;
      for (size_t k = 1; k < n; k++) {
        if (same[k]->negated == same[0]->negated) continue;
        out->one = lang_text(c->p, same[0]->at);
        out->other = lang_text(c->p, same[k]->at);
        return false;
      }
      continue;
    }
    struct value v;
    if (one_value(c, same, n, &v)) {
      if (v.type == V_ABSENT) found.certain = false;
      show(c, &found, lang_text(c->p, a->tests[i].subject->at), &v);
      continue;
    }
    for (size_t x = 0; x < n; x++) /* the pair to show */
      for (size_t y = 0; y < x; y++) {
        const struct test *pair[2] = {same[y], same[x]};
        if (out->one.n || one_value(c, pair, 2, &v)) continue;
        out->one = lang_text(c->p, pair[0]->at);
        out->other = lang_text(c->p, pair[1]->at);
      }
    return false;
  }
  struct str one = out->one, other = out->other;
  *out = found;
  out->one = one;
  out->other = other;
  return true;
}

struct logic_answer logic_ask(struct checker *c, const struct logic *l) {
  struct logic_answer out = {.possible = true};
  struct alternatives all = {.count = 1};
  if (l->full || !l->count) return out;
  all.p = ARENA_NEW(c->arena, struct alternative);
  for (size_t i = 0; i < l->count; i++) {
    struct alternatives next = {0}, part = split(c, l->parts[i].cond, l->parts[i].cell, l->parts[i].negated);
    both(c, &next, &all, &part);
    if (next.overflow) return out;
    all = next;
  }
  struct logic_answer worst = {0}, best = {0};
  for (size_t i = 0; i < all.count; i++) {
    struct logic_answer one = {0};
    if (!alternative_holds(c, &all.p[i], &one)) {
      if (!worst.one.n) worst = one;
      continue;
    }
    if (!best.possible || (one.certain && !best.certain)) best = one;
  }
  return best.possible ? best : worst;
}

/* ---- what it finds in a book ---- */

static struct lang_diagnostic *never(struct checker *c, struct lang_span at, const struct logic_answer *a) {
  if (!a->one.n || str_eq(a->one, a->other)) return lang_diagnose(c->d, LANG_ERROR, at, "lang.never", "这个条件永远不成立，规则用不上", "this condition can never hold: the rule never acts");
  return lang_diagnose(c->d, LANG_ERROR, at, "lang.never", "“%.*s”与“%.*s”不能同时成立，规则永远用不上", "“%.*s” and “%.*s” cannot both hold: the rule never acts", STR_ARG(a->one), STR_ARG(a->other));
}

static void check_rows(struct checker *c, const struct lang_tier *t, const struct logic *guard) {
  for (size_t r = 0; t && r < t->row_count; r++) {
    struct logic l = *guard;
    for (size_t k = 0; k < t->column_count; k++) logic_add_cell(&l, t->columns[k], &t->rows[r].cells[k]);
    if (!guard->count || l.count == guard->count) continue;
    struct logic_answer a = logic_ask(c, &l);
    struct logic cells = {.count = 0};
    for (size_t k = 0; k < t->column_count; k++) logic_add_cell(&cells, t->columns[k], &t->rows[r].cells[k]);
    if (a.possible || !logic_ask(c, &cells).possible) continue; /* an empty range has been told of already */
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, t->rows[r].at, "lang.row_never", "这一行永远用不上：规则开头的条件“%.*s”已经把它排除了", "this row is never reached: “%.*s” at the head of the rule rules it out", STR_ARG(a.one));
    lang_diagnostic_repair(c->d, m, "删去这一行，或放宽规则开头的条件", "delete the row, or widen the condition at the head of the rule");
  }
}
static void check_if(struct checker *c, const struct lang_acts *acts, const struct logic *guard) {
  for (size_t i = 0; i < acts->count; i++) {
    if (acts->p[i].kind != LANG_IF) continue;
    struct logic then = *guard, otherwise = *guard;
    logic_add(&then, acts->p[i].condition, false);
    logic_add(&otherwise, acts->p[i].condition, true);
    struct logic_answer a = logic_ask(c, &then);
    if (!a.possible) {
      lang_diagnostic_repair(c->d, never(c, acts->p[i].condition->at, &a), "删去这个“若”，或改其中一个条件", "delete this “if”, or change one of the conditions");
      continue;
    }
    check_if(c, &acts->p[i].then, &then);
    if (acts->p[i].otherwise.count) check_if(c, &acts->p[i].otherwise, &otherwise);
  }
}

static void check_when(struct checker *c, const struct lang_item *item, const struct lang_trigger *t, const struct lang_body *body) {
  for (size_t i = 0; i < t->event_count; i++) {
    struct logic guard = {.count = 0};
    logic_add_event(&guard, &t->events[i], t->where);
    struct logic_answer a = logic_ask(c, &guard);
    if (!a.possible) {
      struct lang_diagnostic *m = never(c, t->where ? t->where->at : t->events[i].at, &a);
      lang_diagnostic_repair(c->d, m, "改掉其中一个；两种情形都要就用“或”", "change one of them; use “or” when either is meant");
      return;
    }
    bool swallowed = false;
    for (size_t k = 0; k < item->tail_count && !swallowed; k++) {
      if (item->tails[k].kind != LANG_TAIL_UNLESS) continue;
      struct logic l = guard;
      logic_add(&l, item->tails[k].condition, true);
      if (logic_ask(c, &l).possible) continue;
      swallowed = true;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, item->tails[k].at, "lang.swallowed", "除外把规则整个除掉了：规则管的事都在除外之中", "the exception swallows the rule: everything the rule speaks of is excepted");
      lang_diagnostic_repair(c->d, m, "把除外写窄，或删去规则", "narrow the exception, or delete the rule");
    }
    if (swallowed || t->event_count > 1 || !body) continue;
    check_rows(c, body->tier, &guard);
    check_if(c, &body->acts, &guard);
  }
}

/* A line that every time meets a refusal (or, for a permit, a consultation) of the same gate first. */
static void check_gate_line(struct checker *c, const struct lang_gate *g, size_t at) {
  const struct lang_gate_line *line = &g->lines[at];
  struct logic l = {.count = 0};
  logic_add(&l, g->where, false);
  logic_add(&l, line->condition, false);
  struct logic_answer a = logic_ask(c, &l);
  if (!a.possible) {
    lang_diagnostic_repair(c->d, never(c, line->condition->at, &a), "改掉其中一个条件，或删去这一行", "change one of the conditions, or delete the line");
    return;
  }
  if (line->verdict == LANG_REFUSE) return;
  size_t over = 0;
  for (size_t i = 0; i < g->line_count; i++) {
    const struct lang_gate_line *o = &g->lines[i];
    bool wins = o->verdict == LANG_REFUSE || (o->verdict != line->verdict && line->verdict == LANG_PERMIT);
    if (i == at || !wins || !o->condition) continue;
    if (str_eq(lang_text(c->p, o->condition->at), lang_text(c->p, line->condition->at))) return; /* said already: lang.gate_both */
    logic_add(&l, o->condition, true);
    over++;
  }
  if (!over || logic_ask(c, &l).possible) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, line->at, "lang.swallowed", "这一行永远用不上：它管的情形都先被更严的一行（拒，或经人同意）接走了", "this line never takes effect: everything it speaks of meets a stricter line first (refuse, or via somebody)");
  lang_diagnostic_repair(c->d, m, "把更严一行的条件写窄，或删去这一行", "narrow the stricter line, or delete this one");
}

/* A rule that another one, which overrides it (例外于), takes over whole. */
static void check_overridden(struct checker *c, const struct lang_item *over) {
  for (size_t k = 0; k < over->tail_count; k++) {
    if (over->tails[k].kind != LANG_TAIL_EXCEPTION) continue;
    for (size_t i = 0; i < c->p->item_count; i++) {
      const struct lang_item *item = c->p->items[i];
      bool named = str_eq(over->tails[k].id, item->tag) || (item->clause && !item->tag.n && str_eq(over->tails[k].id, item->clause->id));
      if (!named || item == over || item->kind != LI_WHEN || over->kind != LI_WHEN) continue;
      const struct lang_trigger *a = &item->when->trigger, *b = &over->when->trigger;
      if (a->event_count != 1 || b->event_count != 1 || b->absent_within || !a->events[0].kind.n || !str_eq(a->events[0].kind, b->events[0].kind)) continue;
      struct logic wide = {.count = 0}, l = {.count = 0};
      logic_add_event(&wide, &b->events[0], b->where);
      logic_add_event(&l, &a->events[0], a->where);
      bool covers = true; /* the overriding guard holds whenever the other does: not one of its parts can fail */
      for (size_t p = 0; p < wide.count && covers; p++) {
        struct logic with = l;
        logic_add(&with, wide.parts[p].cond, true);
        covers = !logic_ask(c, &with).possible;
      }
      if (!covers) continue;
      struct str id = item->tag.n ? item->tag : item->clause->id;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, over->tails[k].at, "lang.swallowed", "例外把 #%.*s（第 %u 行）整个盖住了：它再也用不上", "the exception covers all of #%.*s (line %u), which never acts any more", STR_ARG(id), item->at.line);
      lang_diagnostic_repair(c->d, m, "用“其中”把例外写窄，或删去被盖住的一条", "narrow the exception with “where”, or delete the covered rule");
    }
  }
}

void lang_check_reach(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *item = c->p->items[i];
    if (item->kind == LI_WHEN) {
      check_when(c, item, &item->when->trigger, &item->when->body);
      check_overridden(c, item);
    } else if (item->kind == LI_MUST) {
      check_when(c, item, &item->must->trigger, NULL);
    } else if (item->kind == LI_FORBID) {
      check_when(c, item, &item->forbid->trigger, NULL);
    } else if (item->kind == LI_GATE) {
      for (size_t k = 0; k < item->gate->line_count; k++)
        if (item->gate->lines[k].condition) check_gate_line(c, item->gate, k);
    }
  }
}
