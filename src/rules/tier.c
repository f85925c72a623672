/* Tables: which row counts. Plain tables have one row for every case; 取最重 lets rows overlap and takes the one that weighs
 * most; 累进 takes them all, each for the part that lies inside it (the first ten thousand at 1 %, what is above at 2 %). */
#include "rules/parts.h"

/* How much a row weighs: money taken, then points taken, then a discipline or proposal; of equals the later row. */
struct weight {
  i64 fen, points, grade;
};

static bool add_amount(struct env *env, const struct lang_act *act, struct weight *w) {
  struct value v;
  const struct lang_expr *x = act->amount.to ? act->amount.to : act->amount.from;
  if (x == NULL || !eval(env, x, &v)) return false;
  i64 *sum = v.type == V_MONEY ? &w->fen : &w->points;
  i64 den = v.den > 0 ? v.den : 1, i;
  if (ratio_round(v.i, den, 1, ROUND_HALF_UP, &i) != OK || __builtin_add_overflow(*sum, i, sum)) return env_fail(env, "金额溢出", "the amount overflows", (struct str){"", 0});
  return true;
}

static bool row_weight(struct env *env, const struct lang_row *row, struct weight *w) {
  *w = (struct weight){0};
  for (size_t i = 0; i < row->acts.count; i++) {
    const struct lang_act *act = &row->acts.p[i];
    if (act->kind == LANG_FINE || act->kind == LANG_COMPENSATE || act->kind == LANG_DEDUCT) {
      if (!add_amount(env, act, w)) return false;
    } else if (act->kind == LANG_DISCIPLINE || act->kind == LANG_PROPOSE) {
      w->grade++;
    }
  }
  return true;
}

static bool heavier(const struct weight *a, const struct weight *b) {
  if (a->fen != b->fen) return a->fen > b->fen;
  if (a->points != b->points) return a->points > b->points;
  return a->grade >= b->grade;
}

const struct lang_row *eval_tier(struct env *env, const struct lang_tier *tier) {
  struct value columns[8];
  BUG_IF(tier->column_count > COUNT_OF(columns));
  for (size_t c = 0; c < tier->column_count; c++) {
    if (!eval(env, tier->columns[c], &columns[c])) return NULL;
    if (columns[c].type == V_ABSENT) {
      env_fail(env, "缺少", "missing:", tier->columns[c]->path.text);
      return NULL;
    }
  }
  const struct lang_row *best = NULL;
  struct weight most = {0};
  for (int pass = 0; pass < 2 && best == NULL; pass++) { /* 其余 last, wherever it is written */
    for (size_t i = 0; i < tier->row_count; i++) {
      const struct lang_row *row = &tier->rows[i];
      bool otherwise = false, fits = true;
      for (size_t c = 0; c < tier->column_count && fits; c++) {
        if (row->cells[c].kind == LANG_CELL_OTHERWISE) otherwise = true;
        fits = eval_cell(env, &row->cells[c], &columns[c]);
      }
      if (env->failed) return NULL;
      if (!fits || otherwise != (pass == 1)) continue;
      if (!tier->heaviest) return row;
      struct weight w;
      if (!row_weight(env, row, &w)) return NULL;
      if (best == NULL || heavier(&w, &most)) {
        best = row;
        most = w;
      }
    }
  }
  return best;
}

/* One end of a row as the amount that lies below it; counts are whole, so 超过10 begins after the tenth, 11以上 too. */
static bool slice_end(struct env *env, const struct lang_expr *x, bool included, bool lower, struct value *out) {
  if (!eval(env, x, out)) return false;
  if (out->type == V_COUNT && lower == included) out->i -= 1;
  return true;
}

bool eval_slices(struct env *env, const struct lang_tier *tier, struct value *out) {
  struct value v, whole;
  struct problem p = {0};
  bool any = false;
  if (!eval(env, tier->columns[0], &v)) return false;
  if (v.type == V_ABSENT) return env_fail(env, "缺少", "missing:", tier->columns[0]->path.text);
  for (size_t i = 0; i < tier->row_count; i++) {
    const struct lang_cell *cell = &tier->rows[i].cells[0];
    if (cell->kind != LANG_CELL_RANGES || cell->ranges.count != 1) return env_fail(env, "累进的一行要是一段范围", "a row by slices must be one range", (struct str){"", 0});
    const struct lang_range *r = &cell->ranges.p[0];
    struct value from = value_int(v.type, 0), to = v, part, rate, piece;
    int order;
    if (r->lower && !slice_end(env, r->lower, r->lower_included, true, &from)) return false;
    if (from.i < 0) from.i = 0;
    if (r->upper && !slice_end(env, r->upper, r->upper_included, false, &to)) return false;
    if (r->upper && value_compare(&v, &to, &order) == OK && order < 0) to = v;
    if (value_compare(&to, &from, &order) != OK) return env_fail(env, "累进的界限单位不同", "the bounds of the slices differ in unit", (struct str){"", 0});
    if (!eval(env, tier->rows[i].expr, &rate)) return false;
    if (order < 0) to = from; /* nothing reaches this row: nought of its kind */
    if (value_arith('-', &to, &from, &part, &p) != OK || value_arith('*', &part, &rate, &piece, &p) != OK || (any && value_arith('+', out, &piece, &whole, &p) != OK))
      return env_fail(env, "累进溢出，或单位不合", "the slices overflow, or their units do not fit", (struct str){"", 0});
    *out = any ? whole : piece;
    any = true;
  }
  return any;
}
