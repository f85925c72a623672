/* From the expressions of a version to steps (live.h), when it is published. What is evaluated by itself gets its own code: a
 * guard, a cell's bound, an amount, and inside a node its conditions and keys, which are asked of every fact that may count. */
#include "rules/live.h"

#include <string.h>

struct coder {
  struct engine *e;
  struct version *v;
  struct live_step steps[LIVE_STEPS_MAX];
  u32 count, depth;
  bool full;           /* too long, or too wide for the registers */
  VEC(const struct lang_expr *) roots; /* still to be coded */
};

static void root(struct coder *c, const struct lang_expr *x) {
  if (x && x->kind != LX_LITERAL && x->kind != LX_ORDINAL) *VEC_PUSH(c->roots) = x; /* a constant needs no code: eval() gives it at once */
}

static void bounds(struct coder *c, const struct lang_ranges *r) {
  for (size_t i = 0; i < r->count; i++) {
    root(c, r->p[i].lower);
    root(c, r->p[i].upper);
  }
}

/* What a node asks for by itself: what is counted where, by which keys, since when. */
static void roots_of(struct coder *c, const struct lang_expr *x) {
  if (x->kind == LX_EXISTS || x->kind == LX_LACKS || x->kind == LX_ALL || x->kind == LX_WINDOW) root(c, x->a);
  if (x->kind == LX_WHERE) root(c, x->b);
  for (size_t i = 0; i < x->arg_count; i++) {
    const struct lang_expr *arg = x->args[i];
    if (arg->kind == LX_WHERE || arg->kind == LX_WINDOW) roots_of(c, arg);
    else root(c, arg);
  }
}

static struct live_step *emit(struct coder *c, enum live_op op, u32 dst, u32 level, const struct lang_expr *x) {
  if (c->count == LIVE_STEPS_MAX) c->full = true;
  struct live_step *s = &c->steps[c->full ? LIVE_STEPS_MAX - 1 : c->count++];
  *s = (struct live_step){.op = (u8)op, .dst = (u8)dst, .depth = (u16)(level + 1), .x = x};
  if (level + 1 > c->depth) c->depth = level + 1;
  return s;
}

static void constant(struct coder *c, u32 dst, u32 level, const struct lang_expr *x, struct value v) {
  struct value *kept = ARENA_NEW(c->e->program, struct value);
  *kept = v;
  emit(c, LIVE_CONST, dst, level, x)->value = kept;
}

static bool plain_number(const struct value *v) {
  switch (v->type) {
    case V_ABSENT: case V_TEXT: case V_REF: case V_LIST: case V_RATIO: return false;
    default: return v->den <= 1 && v->den >= 0;
  }
}

/* A field beside a number, or beside a word that is taken as written: one look at the cell, most of the time. */
static struct live_step *test(struct coder *c, const struct lang_expr *x, u32 dst, u32 level) {
  const struct lang_expr *b = x->b;
  if (x->a->kind != LX_PATH || x->a->meaning == LN_ENUM || x->compare >= LANG_CONTAINS) return NULL;
  const struct path_info *path = path_of(c->v, c->e, x->a);
  bool equal = x->compare == LANG_EQ || x->compare == LANG_NE;
  bool number = b->kind == LX_LITERAL && plain_number(&b->value), word = equal && eval_may_be_beside_word(x);
  if (b->kind == LX_LITERAL && b->value.type == V_TEXT && equal) word = true;
  if (!path->direct || (!number && !word)) return NULL;
  struct value *kept = ARENA_NEW(c->e->program, struct value);
  *kept = b->kind == LX_LITERAL ? b->value : value_text(b->path.text);
  struct live_step *s = emit(c, LIVE_TEST, dst, level, x);
  s->path = path;
  s->value = kept;
  s->compare = (u8)x->compare;
  s->word = kept->type == V_TEXT ? intern_sym(&c->e->names, kept->s) : 0;
  return s;
}

static void code(struct coder *c, const struct lang_expr *x, u32 dst, u32 level);

static void jump_here(struct coder *c, u32 from) { c->steps[from].jump = (u16)c->count; }

static void compare(struct coder *c, const struct lang_expr *x, u32 dst, u32 level) {
  u32 from = c->count;
  bool quick = test(c, x, dst, level) != NULL;
  code(c, x->a, dst, level + 1);
  if (eval_may_be_beside_word(x)) {
    emit(c, LIVE_COMPARE_WORD, dst, level, x);
  } else {
    code(c, x->b, dst + 1, level + 1);
    emit(c, LIVE_COMPARE, dst, level, x)->a = (u8)(dst + 1);
  }
  if (quick) jump_here(c, from);
}

static void logic(struct coder *c, const struct lang_expr *x, u32 dst, u32 level) {
  code(c, x->a, dst, level + 1);
  if (x->kind == LX_NOT) {
    emit(c, LIVE_NOT, dst, level, x);
    return;
  }
  emit(c, LIVE_TRUTH, dst, level, x);
  u32 stop = c->count;
  emit(c, x->kind == LX_AND ? LIVE_IF_NOT : LIVE_IF, dst, level, x);
  code(c, x->b, dst, level + 1);
  emit(c, LIVE_TRUTH, dst, level, x);
  jump_here(c, stop);
}

static void choice(struct coder *c, const struct lang_expr *x, u32 dst, u32 level) {
  code(c, x->a, dst, level + 1);
  u32 no = c->count;
  emit(c, LIVE_IF_NOT, dst, level, x);
  code(c, x->b, dst, level + 1);
  u32 end = c->count;
  emit(c, LIVE_JUMP, dst, level, x);
  jump_here(c, no);
  code(c, x->c, dst, level + 1);
  jump_here(c, end);
}

static void one(struct coder *c, enum live_op op, const struct lang_expr *x, u32 dst, u32 level) {
  code(c, x->a, dst, level + 1);
  emit(c, op, dst, level, x);
}

static void code(struct coder *c, const struct lang_expr *x, u32 dst, u32 level) {
  if (dst + 1 >= LIVE_REGISTERS || c->full || x == NULL) {
    c->full = true;
    return;
  }
  switch (x->kind) {
    case LX_LITERAL: case LX_ORDINAL: constant(c, dst, level, x, x->value); break;
    case LX_CLAUSE: constant(c, dst, level, x, value_text(x->name)); break;
    case LX_WINDOW:
      constant(c, dst, level, x, value_absent());
      roots_of(c, x);
      break;
    case LX_PATH: {
      const struct path_info *path = path_of(c->v, c->e, x);
      if (x->meaning == LN_ENUM && path->count == 1) constant(c, dst, level, x, value_text(x->path.text));
      else emit(c, LIVE_PATH, dst, level, x)->path = path;
      break;
    }
    case LX_CALL: case LX_EXISTS: case LX_LACKS: case LX_ALL:
      emit(c, LIVE_NODE, dst, level, x);
      roots_of(c, x);
      break;
    case LX_NEGATE: one(c, LIVE_NEGATE, x, dst, level); break;
    case LX_ARITH:
      code(c, x->a, dst, level + 1);
      code(c, x->b, dst + 1, level + 1);
      emit(c, LIVE_ARITH, dst, level, x)->a = (u8)(dst + 1);
      break;
    case LX_COMPARE: compare(c, x, dst, level); break;
    case LX_AND: case LX_OR: case LX_NOT: logic(c, x, dst, level); break;
    case LX_RANGE:
      one(c, LIVE_RANGE, x, dst, level);
      bounds(c, &x->ranges);
      break;
    case LX_ONE_OF:
      one(c, LIVE_ONE_OF, x, dst, level);
      roots_of(c, x);
      break;
    case LX_HAS: case LX_LACKS_A: one(c, LIVE_HAS, x, dst, level); break;
    case LX_FILLED: case LX_EMPTY: one(c, LIVE_FILLED, x, dst, level); break;
    case LX_IF: choice(c, x, dst, level); break;
    case LX_WHERE:
      code(c, x->a, dst, level + 1);
      roots_of(c, x);
      break;
    case LX_AT_TIME: one(c, LIVE_AT_TIME, x, dst, level); break;
  }
}

/* ---- what is evaluated by itself ---- */

static void code_root(struct coder *c, const struct lang_expr *x) {
  struct engine *e = c->e;
  bool fresh;
  u64 *at = table_at(&c->v->live_of, (u64)(uintptr_t)x, &fresh);
  if (!fresh) return;
  struct live_code *made = ARENA_NEW(e->program, struct live_code);
  *at = (u64)(uintptr_t)made;
  c->count = c->depth = 0;
  c->full = false;
  code(c, x, 0, 0);
  if (c->full) { /* one node, then */
    c->count = c->depth = 0;
    c->full = false;
    emit(c, LIVE_NODE, 0, 0, x);
  }
  *made = (struct live_code){.x = x, .count = (u16)c->count, .depth = (u16)c->depth, .steps = ARENA_ARRAY(e->program, struct live_step, c->count)};
  memcpy(made->steps, c->steps, c->count * sizeof *made->steps);
}

static void acts(struct coder *c, const struct lang_acts *list) {
  for (size_t i = 0; i < list->count; i++) {
    const struct lang_act *a = &list->p[i];
    root(c, a->amount.from);
    root(c, a->amount.to);
    root(c, a->step);
    root(c, a->cap);
    root(c, a->expr);
    root(c, a->rounding.step);
    root(c, a->condition);
    root(c, a->event.where);
    for (size_t k = 0; k < a->args.count; k++) root(c, a->args.p[k].value);
    acts(c, &a->then);
    acts(c, &a->otherwise);
  }
}

static void table(struct coder *c, const struct lang_tier *t) {
  if (t == NULL) return;
  for (size_t i = 0; i < t->column_count; i++) root(c, t->columns[i]);
  for (size_t i = 0; i < t->row_count; i++) {
    for (size_t k = 0; k < t->column_count; k++) bounds(c, &t->rows[i].cells[k].ranges);
    acts(c, &t->rows[i].acts);
    root(c, t->rows[i].expr);
  }
}

static void body(struct coder *c, const struct lang_body *b) {
  acts(c, &b->acts);
  table(c, b->tier);
}

static void events(struct coder *c, const struct lang_event *list, size_t count) {
  for (size_t i = 0; i < count; i++) root(c, list[i].where);
}

static void trigger(struct coder *c, const struct lang_trigger *t) {
  events(c, t->events, t->event_count);
  root(c, t->where);
  root(c, t->absent_within);
  root(c, t->absent.where);
}

static void goals(struct coder *c, const struct lang_goals *list) {
  for (size_t i = 0; i < list->count; i++) {
    root(c, list->p[i].event.where);
    root(c, list->p[i].where);
    for (size_t k = 0; k < list->p[i].evidence_count; k++) bounds(c, &list->p[i].evidence[k].bound);
  }
}

static void due(struct coder *c, const struct lang_due *d) {
  root(c, d->span);
  root(c, d->moment);
  root(c, d->options.pause);
}

static void recurs(struct coder *c, const struct lang_recurs *r) {
  for (size_t i = 0; i < r->count; i++) {
    root(c, r->p[i].span);
    root(c, r->p[i].offset);
  }
}

static void measure(struct coder *c, const struct lang_let *let) {
  root(c, let->expr);
  table(c, let->tier);
  root(c, let->rounding.step);
  root(c, let->when_zero);
}

static void case_type(struct coder *c, const struct lang_case *t) {
  for (size_t i = 0; i < t->field_count; i++) {
    root(c, t->fields[i].computed);
    root(c, t->fields[i].asked_if);
  }
  for (size_t i = 0; i < t->state_count; i++) {
    root(c, t->states[i].limit);
    root(c, t->states[i].only_if);
  }
  for (size_t i = 0; i < t->arrow_count; i++) root(c, t->arrows[i].after);
}

static void settlement(struct coder *c, const struct lang_settle *s) {
  root(c, s->where);
  recurs(c, &s->recurs);
  for (size_t i = 0; i < s->statement_count; i++) {
    const struct lang_statement *one = &s->statements[i];
    if (one->kind == LANG_STATEMENT_LET) measure(c, one->let);
    if (one->kind == LANG_STATEMENT_ACT) acts(c, &(struct lang_acts){one->act, 1});
    if (one->kind == LANG_STATEMENT_TIER) table(c, one->tier);
  }
}

static void report(struct coder *c, const struct lang_report *r) {
  for (size_t i = 0; i < r->column_count; i++) {
    root(c, r->columns[i].expr);
    trigger(c, &r->columns[i].trigger);
  }
}

static void item_of(struct coder *c, const struct lang_item *item) {
  switch (item->kind) {
    case LI_WHEN:
      trigger(c, &item->when->trigger);
      body(c, &item->when->body);
      break;
    case LI_MUST:
      trigger(c, &item->must->trigger);
      due(c, &item->must->due);
      goals(c, &item->must->goals);
      break;
    case LI_EACH:
      recurs(c, &item->each->recurs);
      root(c, item->each->due.span);
      root(c, item->each->object_where);
      goals(c, &item->each->goals);
      break;
    case LI_FORBID: trigger(c, &item->forbid->trigger); break;
    case LI_SETTLE: settlement(c, item->settle); break;
    case LI_GATE:
      root(c, item->gate->request.where);
      root(c, item->gate->where);
      for (size_t i = 0; i < item->gate->line_count; i++) {
        root(c, item->gate->lines[i].condition);
        acts(c, &item->gate->lines[i].acts);
      }
      break;
    case LI_ROUTE:
      root(c, item->route->step.where);
      table(c, item->route->tier);
      break;
    case LI_LET: measure(c, item->let); break;
    case LI_REPORT: report(c, item->report); break;
    case LI_CHECKLIST:
      for (size_t i = 0; i < item->checklist->row_count; i++) acts(c, &item->checklist->rows[i].acts);
      break;
    case LI_CASE: case_type(c, item->case_type); break;
    case LI_DEFINE: trigger(c, &item->define->trigger); break;
    case LI_WORDS: trigger(c, &item->words->at_event); break;
    case LI_SURVEY:
      trigger(c, &item->survey->at_event);
      root(c, item->survey->valid);
      break;
    case LI_SCORE:
      root(c, item->score->start);
      root(c, item->score->floor);
      root(c, item->score->ceiling);
      break;
    case LI_FIGURE:
      for (size_t i = 0; i < item->figure->value_count; i++) root(c, item->figure->values[i].expr);
      break;
    default: break;
  }
  for (size_t i = 0; i < item->tail_count; i++) {
    events(c, item->tails[i].events, item->tails[i].event_count);
    root(c, item->tails[i].span);
    body(c, &item->tails[i].body);
    root(c, item->tails[i].condition);
  }
}

void live_compile(struct engine *e, struct version *v) {
  struct coder *c = ARENA_NEW(e->scratch, struct coder);
  c->e = e;
  c->v = v;
  for (size_t i = 0; i < v->program->item_count; i++) item_of(c, v->program->items[i]);
  for (u32 i = 0; i < c->roots.n; i++) code_root(c, c->roots.p[i]); /* what is found inside joins the end */
  VEC_FREE(c->roots);
}
