/* Can these conditions hold together? The part of the checker that finds rules which can never act. Internal to lang.
 *
 * Conditions are split into alternatives of simple tests (时长 超过 5分, 事由=服务, 是夜班). Tests on one and the same
 * thing are tried on sample values at and beside every number or word written; tests that compare two unknown things
 * are only set against their own opposite. So "impossible" is certain, while "possible" may be too kind. */
#ifndef GUIJU_LANG_CHECK_LOGIC_H
#define GUIJU_LANG_CHECK_LOGIC_H

#include "lang/checker.h"

enum { LOGIC_PARTS_MAX = 24 };
struct logic_part {
  const struct lang_expr *cond;     /* a condition, or, with `cell`, the column a table cell judges */
  const struct lang_cell *cell;     /* only ranges; NULL: cond is the condition itself */
  bool negated;
};
struct logic {
  struct logic_part parts[LOGIC_PARTS_MAX]; /* all of them must hold */
  size_t count;
  bool full;                        /* there was no room: everything is called possible */
};

void logic_add(struct logic *l, const struct lang_expr *cond, bool negated); /* NULL is ignored */
void logic_add_cell(struct logic *l, const struct lang_expr *column, const struct lang_cell *cell);
/* The guards of one event of a trigger: its own, the trigger's, and those of a 所称 it names. */
void logic_add_event(struct logic *l, const struct lang_event *e, const struct lang_expr *where);

struct logic_answer {
  bool possible;
  struct str one, other;            /* impossible: the two tests that exclude each other, as written; may be empty */
  struct str zh, en;                /* possible: values at which all hold ("时长 31分钟"); empty when nothing is known */
  bool certain;                     /* possible, and no test was left unjudged */
};
struct logic_answer logic_ask(struct checker *c, const struct logic *l);

#endif
