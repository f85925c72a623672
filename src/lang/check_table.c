/* Gaps and overlaps of tables. Every bound of a column yields sample values at it and just beside it (counts step by
 * 1, money by 0.01, points by 0.01, time by 1 ms, rates by less than any written digit); each combination of samples must fall on exactly
 * one row. The message names the value that falls through. */
#include "lang/check_logic.h"

#include <stdlib.h>

enum { SAMPLES_MAX = 64, COMBINATIONS_MAX = 20000, COLUMNS = 8 };

struct sample {
  struct value v;
  int side; /* -1 just below the written bound, +1 just above, 0 the bound itself: for the message */
  struct value bound;
};
struct column {
  struct sample samples[SAMPLES_MAX];
  size_t count;
  bool ordinal, opaque; /* opaque: some bound is not constant */
  struct str unit;
};

static struct value beside(const struct value *v, int side) {
  struct value out = *v;
  if (v->type == V_RATIO) {
    i64 num, den;
    if (__builtin_mul_overflow(v->i, (i64)1000000, &num) || __builtin_mul_overflow(v->den, (i64)1000000, &den)) return out;
    return value_ratio(num + side, den);
  }
  if (side < 0 ? out.i > INT64_MIN : out.i < INT64_MAX) out.i += side;
  return out;
}

static void add_sample(struct column *col, struct value v, int side, struct value bound) {
  bool negative = v.type != V_TEXT && v.i < 0;
  if (negative || col->count == SAMPLES_MAX) return;
  for (size_t i = 0; i < col->count; i++)
    if (value_equal(&col->samples[i].v, &v)) return;
  col->samples[col->count++] = (struct sample){v, side, bound};
}
static void add_around(struct column *col, struct value v) {
  add_sample(col, v, 0, v);
  if (v.type == V_TEXT || v.type == V_BOOL || v.type == V_REF) return;
  add_sample(col, beside(&v, -1), -1, v);
  add_sample(col, beside(&v, 1), 1, v);
}

/* A word or a constant. */
static bool cell_value(const struct checker *c, const struct lang_expr *e, struct value *v) {
  if (lang_constant(c, e, v)) return true;
  if (e->kind == LX_PATH && e->path.count == 1 && !map_ptr(&c->figures, e->path.text) && e->meaning != LN_FIELD) {
    *v = value_text(e->path.text);
    return true;
  }
  return false;
}

static void enumerate(struct column *col, const struct known_type *type) {
  const struct lang_names *names = type->field && type->field->kind == LT_ENUM ? &type->field->enum_values : NULL;
  for (size_t i = 0; names && i < names->count; i++) add_around(col, value_text(names->p[i].text));
  if (type->vocabulary && type->vocabulary->type == LT_ENUM)
    for (size_t i = 0; i < type->vocabulary->value_count; i++) {
      bool english = false; /* a table in English names the English words */
      for (size_t k = 0; type->vocabulary->values_en && k < col->count; k++) english |= str_eq(col->samples[k].v.s, type->vocabulary->values_en[i]);
      if (!english) add_around(col, value_text(type->vocabulary->values[i]));
    }
}

static void fill_column(struct checker *c, const struct lang_tier *t, size_t k, const struct known_type *type, struct column *col) {
  struct value v;
  for (size_t r = 0; r < t->row_count; r++) {
    const struct lang_cell *cell = &t->rows[r].cells[k];
    if (cell->kind == LANG_CELL_ORDINAL) {
      col->ordinal = true;
      col->unit = cell->unit;
      add_sample(col, value_int(V_COUNT, cell->first), 0, value_int(V_COUNT, cell->first));
      if (cell->first > 1) add_sample(col, value_int(V_COUNT, cell->first - 1), 0, value_int(V_COUNT, cell->first - 1));
      if (cell->last > 0) add_sample(col, value_int(V_COUNT, cell->last), 0, value_int(V_COUNT, cell->last));
      if (cell->last > 0) add_sample(col, value_int(V_COUNT, cell->last + 1), 0, value_int(V_COUNT, cell->last + 1));
    }
    for (size_t i = 0; i < cell->ranges.count; i++) {
      const struct lang_range *range = &cell->ranges.p[i];
      const struct lang_expr *ends[2] = {range->lower, range->is_value ? NULL : range->upper};
      for (int m = 0; m < 2; m++) {
        if (!ends[m]) continue;
        if (cell_value(c, ends[m], &v)) add_around(col, v);
        else col->opaque = true;
      }
    }
  }
  if (col->ordinal) {
    add_sample(col, value_int(V_COUNT, 1), 0, value_int(V_COUNT, 1));
  } else if (col->count) {
    enum value_type first = col->samples[0].v.type;
    for (size_t i = 1; i < col->count; i++) col->opaque |= col->samples[i].v.type != first && !(first == V_RATIO || col->samples[i].v.type == V_RATIO);
    if (first == V_BOOL) {
      add_sample(col, value_bool(true), 0, value_bool(true));
      add_sample(col, value_bool(false), 0, value_bool(false));
    } else if (first == V_TEXT) {
      enumerate(col, type);
    } else {
      add_sample(col, first == V_RATIO ? value_ratio(0, 1) : value_int(first, 0), 0, value_int(first, 0));
    }
  }
}

static bool in_range(const struct checker *c, const struct lang_range *r, const struct value *v) {
  struct value bound;
  int order;
  if (r->is_value) return cell_value(c, r->lower, &bound) && value_equal(&bound, v);
  if (r->lower) {
    if (!cell_value(c, r->lower, &bound) || value_compare(v, &bound, &order) != OK) return false;
    if (order < 0 || (order == 0 && !r->lower_included)) return false;
  }
  if (r->upper) {
    if (!cell_value(c, r->upper, &bound) || value_compare(v, &bound, &order) != OK) return false;
    if (order > 0 || (order == 0 && !r->upper_included)) return false;
  }
  return true;
}
static bool cell_matches(const struct checker *c, const struct lang_cell *cell, const struct sample *s) {
  switch (cell->kind) {
    case LANG_CELL_ANY: case LANG_CELL_OTHERWISE: return true;
    case LANG_CELL_ORDINAL: return s->v.i >= cell->first && (cell->last < 0 || s->v.i <= cell->last);
    case LANG_CELL_RANGES: break;
  }
  for (size_t i = 0; i < cell->ranges.count; i++)
    if (in_range(c, &cell->ranges.p[i], &s->v)) return true;
  return false;
}

static struct str show_sample(struct checker *c, const struct column *col, const struct sample *s, bool english) {
  if (col->ordinal) return arena_printf(c->arena, english ? "no. %lld" : "第%lld次", (long long)s->v.i);
  if (s->v.type == V_BOOL) return s->v.i ? (english ? STR("yes") : STR("是")) : (english ? STR("no") : STR("否"));
  if (s->v.type == V_RATIO && s->side) {
    struct str bound = value_show(c->arena, &s->bound, english, 0);
    if (english) return arena_printf(c->arena, "a little %s %.*s", s->side < 0 ? "less than" : "more than", STR_ARG(bound));
    return arena_printf(c->arena, "比 %.*s 略%s", STR_ARG(bound), s->side < 0 ? "少" : "多");
  }
  return value_show(c->arena, &s->v, english, 0);
}

static struct str show_combination(struct checker *c, const struct column *cols, const size_t *pick, size_t n, bool english) {
  struct str out = {"", 0};
  for (size_t k = 0; k < n; k++) {
    if (!cols[k].count) continue;
    struct str one = show_sample(c, &cols[k], &cols[k].samples[pick[k]], english);
    out = out.n ? arena_printf(c->arena, "%.*s, %.*s", STR_ARG(out), STR_ARG(one)) : one;
  }
  return out;
}

static void report_gap(struct checker *c, const struct lang_tier *t, struct str zh, struct str en, bool ordinal) {
  struct lang_diagnostic *m = lang_diagnose_texts(
      c->d, LANG_ERROR, t->at, ordinal ? "lang.ordinal_hole" : "lang.tier_gap", arena_printf(c->arena, "%.*s 落不到任何一行", STR_ARG(zh)),
      arena_printf(c->arena, "%.*s falls on no row", STR_ARG(en)));
  lang_diagnostic_repair(c->d, m, ordinal ? "补上这一次，或把最后一行写成“第…次及以后”" : "补上一行，或把相邻一行的界限放宽", ordinal ? "add the row, or end the last one with “and later”" : "add a row, or widen the one beside it");
  lang_diagnostic_repair(c->d, m, "没有后果就写：| 其余 | 无 |", "when nothing follows: | otherwise | none |");
}
static void report_overlap(struct checker *c, const struct lang_tier *t, size_t row, struct str zh, struct str en, u32 first_line) {
  struct lang_diagnostic *m = lang_diagnose_texts(
      c->d, LANG_ERROR, t->rows[row].at, "lang.tier_overlap", arena_printf(c->arena, "%.*s 同时落在这一行和第 %u 行（文件行号）", STR_ARG(zh), first_line),
      arena_printf(c->arena, "%.*s falls both on this row and on the one in line %u", STR_ARG(en), first_line));
  lang_diagnostic_repair(c->d, m, "改界限：“以上、以下”含本数，“超过、不满”不含", "change a bound: 以上, 以下 include the number, 超过, 不满 do not");
  lang_diagnostic_repair(c->d, m, "有意重叠就在冒号后写“取最重”", "if meant so, write “heaviest” after the colon");
}

/* Does the condition at the head of the rule let these values through? */
static bool guard_allows(struct checker *c, const struct lang_tier *t, const struct column *cols, const size_t *pick) {
  if (!c->guard) return true;
  struct logic l = *c->guard;
  for (size_t k = 0; k < t->column_count; k++) {
    if (!cols[k].count || cols[k].ordinal) continue;
    struct lang_expr *e = ARENA_NEW(c->arena, struct lang_expr);
    struct lang_range *r = ARENA_NEW(c->arena, struct lang_range);
    struct lang_cell *cell = ARENA_NEW(c->arena, struct lang_cell);
    *e = (struct lang_expr){.kind = LX_LITERAL, .value = cols[k].samples[pick[k]].v, .at = t->columns[k]->at};
    *r = (struct lang_range){.lower = e, .upper = e, .lower_included = true, .upper_included = true, .is_value = true, .at = e->at};
    *cell = (struct lang_cell){.kind = LANG_CELL_RANGES, .ranges = {r, 1}, .at = e->at};
    logic_add_cell(&l, t->columns[k], cell);
  }
  return logic_ask(c, &l).possible;
}

/* One combination of samples: false when a message was made. */
static bool judge(struct checker *c, const struct lang_tier *t, const struct column *cols, const size_t *pick) {
  size_t hits = 0, last = 0, first = 0;
  bool fallback = false;
  for (size_t r = 0; r < t->row_count; r++) {
    bool match = true, otherwise = false;
    for (size_t k = 0; k < t->column_count; k++) {
      if (t->rows[r].cells[k].kind == LANG_CELL_OTHERWISE) otherwise = true;
      if (cols[k].count) match = match && cell_matches(c, &t->rows[r].cells[k], &cols[k].samples[pick[k]]);
    }
    if (!match) continue;
    if (otherwise) {
      fallback = true;
      continue;
    }
    if (!hits) first = r;
    last = r;
    hits++;
  }
  if (hits == 1 || (hits == 0 && fallback) || (hits > 1 && t->heaviest) || !guard_allows(c, t, cols, pick)) return true;
  struct str zh = show_combination(c, cols, pick, t->column_count, false), en = show_combination(c, cols, pick, t->column_count, true);
  if (hits == 0) report_gap(c, t, zh, en, cols[0].ordinal);
  else report_overlap(c, t, last, zh, en, t->rows[first].at.line);
  return false;
}

static int by_value(const void *x, const void *y) {
  const struct sample *a = x, *b = y;
  int order = 0;
  if (a->v.type == V_TEXT || b->v.type == V_TEXT || value_compare(&a->v, &b->v, &order) != OK) return 0;
  return order;
}

void lang_check_table(struct checker *c, const struct lang_tier *t, const struct known_type *types) {
  if (!t->row_count || t->column_count > COLUMNS) return;
  struct column *cols = ARENA_ARRAY(c->arena, struct column, t->column_count);
  size_t combinations = 1;
  for (size_t k = 0; k < t->column_count; k++) {
    fill_column(c, t, k, &types[k], &cols[k]);
    if (cols[k].opaque || cols[k].count == SAMPLES_MAX) return;
    if (cols[k].count > 1 && cols[k].samples[0].v.type != V_TEXT) qsort(cols[k].samples, cols[k].count, sizeof cols[k].samples[0], by_value);
    if (cols[k].count) combinations *= cols[k].count;
    if (combinations > COMBINATIONS_MAX) return;
  }
  size_t pick[COLUMNS] = {0};
  for (size_t n = 0; n < combinations; n++) {
    if (!judge(c, t, cols, pick)) return;
    for (size_t k = 0; k < t->column_count; k++) {
      if (++pick[k] < cols[k].count) break;
      pick[k] = 0;
    }
  }
}
