/* Running the steps of an expression: see live.h. A step that fails ends the run; where the tree would stop without a failure (a
 * measure without a row that fits) the tree itself is walked, so that its caller sees what it always saw. */
#include "rules/live.h"

static bool test_of(const struct live_step *s, i64 a, i64 b) {
  switch (s->compare) {
    case LANG_EQ: return a == b;
    case LANG_NE: return a != b;
    case LANG_LT: return a < b;
    case LANG_GT: return a > b;
    case LANG_LE: return a <= b;
    default: return a >= b;
  }
}

/* A field beside a constant of its own kind: two numbers, or two words. False: the cell holds something else. */
static bool test_cell(struct env *env, const struct live_step *s, struct value *out) {
  struct word_place at;
  if (!eval_word_place(env, s->path, &at)) return false;
  u32 type = at.cell->type & 0xff;
  if (type != (u32)s->value->type) return false;
  *out = value_bool(type == V_TEXT ? (at.cell->s == s->word) == (s->compare == LANG_EQ) : test_of(s, at.cell->i, s->value->i));
  return true;
}

static bool words(struct env *env, const struct live_step *s, struct value *out) {
  struct word_place at;
  if (!eval_word_place(env, s->path, &at)) return eval_figure_word(env, s->path, out) || eval_words(env, s->x, s->path, out);
  *out = fact_field(env->e, at.ref, at.field);
  return true;
}

static bool is_true(const struct value *v) { return v->type == V_BOOL && v->i; }

static bool step_of(struct env *env, const struct live_step *s, struct value *d, struct value *a) {
  struct value v;
  switch (s->op) {
    case LIVE_CONST: *d = *s->value; return !env->failed;
    case LIVE_PATH: return !env->failed && words(env, s, d);
    case LIVE_NODE: return !env->failed && eval_kind(env, s->x, d);
    case LIVE_COMPARE: return eval_compared(env, s->x, d, a, d);
    case LIVE_COMPARE_WORD:
      if (d->type == V_TEXT) v = value_text(s->x->b->path.text);
      else if (!eval_tree(env, s->x->b, &v)) return false;
      return eval_compared(env, s->x, d, &v, d);
    case LIVE_ARITH: return eval_computed(env, s->x, d, a, d);
    case LIVE_NEGATE: d->i = -d->i; return true;
    case LIVE_TRUTH: *d = value_bool(is_true(d)); return !env->failed;
    case LIVE_NOT: *d = value_bool(!is_true(d)); return !env->failed;
    case LIVE_RANGE: *d = value_bool(d->type != V_ABSENT && eval_range(env, &s->x->ranges, d)); return !env->failed;
    case LIVE_ONE_OF: v = *d; return eval_one_of(env, s->x, &v, d);
    case LIVE_HAS: v = *d; eval_has(env, s->x, &v, d); return true;
    case LIVE_FILLED: *d = value_bool(eval_filled(d) == (s->x->kind == LX_FILLED)); return true;
    default: return eval_at_time(env, s->x, d, d);
  }
}

bool live_run(struct env *env, const struct live_code *code, struct value *out) {
  struct value r[LIVE_REGISTERS];
  const struct lang_expr *div0 = env->div0;
  u32 depth = env->depth;
  bool ok = true;
  for (u32 at = 0; at < code->count && ok; at++) {
    const struct live_step *s = &code->steps[at];
    struct value *d = &r[s->dst];
    env->depth = depth + s->depth;
    if (s->op == LIVE_TEST) {
      ok = !env->failed;
      if (ok && test_cell(env, s, d)) at = s->jump - 1u;
    } else if (s->op >= LIVE_IF) {
      ok = s->op == LIVE_JUMP || !env->failed;
      if (s->op == LIVE_JUMP || is_true(d) == (s->op == LIVE_IF)) at = s->jump - 1u;
    } else {
      ok = step_of(env, s, d, &r[s->a]);
    }
  }
  env->depth = depth;
  if (ok) *out = r[0];
  if (ok || env->failed) return ok;
  env->div0 = div0;
  return eval_tree(env, code->x, out);
}
