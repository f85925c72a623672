/* Live judging on bytecode: every expression of a version is turned into steps over a few registers when it is published, and
 * whatever the engine asks of a rule (guards, cells, amounts, deadlines, what counts, what is settled) is a run of such steps.
 *
 * A register holds a value with its type, because a word may be a field of this event, of its order, a figure or a role,
 * depending on the fact at hand. What can be known before is known before: a word's field for every kind of event, its symbols,
 * constants, where a condition may stop early. A field beside a constant is one step that looks at the cell where it lies.
 * Counts, existence and calls stay nodes of the tree: LIVE_NODE asks the evaluator, whose conditions are again steps.
 *
 * Every step calls what the tree walker calls (state.h, eval.c), in the same order, so a value, a failure and its words are
 * the same either way; engine_walk makes an engine walk the trees, and the tests hold both together. A replay over columns has
 * an instruction set of its own (bytecode.h), without types at run time: there a column has one type for millions of rows. */
#ifndef GUIJU_RULES_LIVE_H
#define GUIJU_RULES_LIVE_H

#include "rules/parts.h"

enum { LIVE_REGISTERS = 12, LIVE_STEPS_MAX = 500 };
enum live_op {
  LIVE_CONST,        /* dst = value */
  LIVE_PATH,         /* dst = words of the book, by S7 */
  LIVE_TEST,         /* dst = field beside value, and on to `jump`; when the cell is not of that kind, the steps before `jump` */
  LIVE_NODE,         /* dst = what the evaluator says of x */
  LIVE_COMPARE,      /* dst = dst beside a */
  LIVE_COMPARE_WORD, /* the other side is a word of an enumeration where dst is a text, else x->b */
  LIVE_ARITH,        /* dst = dst op a */
  LIVE_NEGATE,
  LIVE_TRUTH,        /* dst = is dst 是? */
  LIVE_NOT,
  LIVE_RANGE, LIVE_ONE_OF, LIVE_HAS, LIVE_FILLED, LIVE_AT_TIME, /* dst = x of dst */
  LIVE_IF, LIVE_IF_NOT, /* on to `jump` when dst is 是, or is not */
  LIVE_JUMP
};
struct live_step {
  u8 op, dst, a;
  u8 compare;          /* TEST: enum lang_compare */
  u16 depth;           /* how deep in the expression, from 1 */
  u16 jump;
  sym word;            /* TEST: a text */
  const struct lang_expr *x;
  const struct path_info *path;
  const struct value *value;
};
struct live_code {
  const struct lang_expr *x;
  struct live_step *steps;
  u16 count, depth;    /* depth: of the deepest step */
};

/* live_compile.c: all expressions of a version; its code stays as long as the engine. */
void live_compile(struct engine *e, struct version *v);
/* live.c: run; as eval() says. */
bool live_run(struct env *env, const struct live_code *code, struct value *out);
static inline const struct live_code *live_code_of(const struct version *v, const struct lang_expr *x) {
  const u64 *at = v->live_of.n ? table_get(&v->live_of, (u64)(uintptr_t)x) : NULL;
  return at ? (const struct live_code *)(uintptr_t)*at : NULL;
}

/* eval.c: the parts of the evaluator that steps and trees share. */
enum { EVAL_DEPTH_MAX = 200 };
bool eval_tree(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_kind(struct env *env, const struct lang_expr *x, struct value *out);
bool eval_words(struct env *env, const struct lang_expr *x, const struct path_info *info, struct value *out);
bool eval_compared(struct env *env, const struct lang_expr *x, struct value *a, struct value *b, struct value *out);
bool eval_beside_word(const struct lang_expr *x, const struct value *a); /* is the other side taken as written? */
bool eval_may_be_beside_word(const struct lang_expr *x);
bool eval_computed(struct env *env, const struct lang_expr *x, struct value *a, struct value *b, struct value *out);
bool eval_one_of(struct env *env, const struct lang_expr *x, const struct value *a, struct value *out);
void eval_has(struct env *env, const struct lang_expr *x, const struct value *v, struct value *out);
bool eval_filled(const struct value *v);
bool eval_at_time(struct env *env, const struct lang_expr *x, struct value *a, struct value *out);
/* Where a single word stands when nothing comes before the fact's own field; false: look it up as S7 says. */
struct word_place {
  const struct cell *cell; /* not absent */
  u32 ref;
  int field;
};
/* A figure of the book that nothing at hand has a word for; false: as S7 says. */
bool eval_figure_word(struct env *env, const struct path_info *info, struct value *out);
bool eval_word_place(struct env *env, const struct path_info *info, struct word_place *out);

#endif
