/* See case_form.h. */
#include "rules/case_form.h"

#include <string.h>

static const struct value *field_value(const struct event_extra *fields, size_t count, struct str name) {
  for (size_t i = 0; i < count; i++) {
    if (str_eq(fields[i].name, name)) return &fields[i].value;
  }
  return NULL;
}

static bool filled(const struct value *v) {
  if (v == NULL || v->type == V_ABSENT) return false;
  if (v->type == V_TEXT || v->type == V_REF) return str_trim(v->s).n > 0;
  if (v->type == V_LIST) return v->count > 0;
  return true;
}

static int in_ranges(const struct lang_ranges *ranges, const struct value *v) {
  for (size_t i = 0; i < ranges->count; i++) {
    const struct lang_range *r = &ranges->p[i];
    int order;
    bool in = true;
    if (r->lower) {
      if (r->lower->kind != LX_LITERAL || value_compare(v, &r->lower->value, &order) != OK) return -1;
      in = order > 0 || (order == 0 && (r->lower_included || r->is_value));
    }
    if (in && r->upper && !r->is_value) {
      if (r->upper->kind != LX_LITERAL || value_compare(v, &r->upper->value, &order) != OK) return -1;
      in = order < 0 || (order == 0 && r->upper_included);
    }
    if (in) return 1;
  }
  return 0;
}

/* A condition over the form's own fields: 1 holds, 0 does not, -1 cannot be told here. */
static int holds(const struct lang_expr *x, const struct event_extra *fields, size_t count) {
  const struct value *v;
  int a, b;
  switch (x->kind) {
    case LX_AND:
      a = holds(x->a, fields, count);
      b = holds(x->b, fields, count);
      return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1;
    case LX_OR:
      a = holds(x->a, fields, count);
      b = holds(x->b, fields, count);
      return a == 1 || b == 1 ? 1 : a == 0 && b == 0 ? 0 : -1;
    case LX_NOT:
      a = holds(x->a, fields, count);
      return a < 0 ? -1 : !a;
    case LX_FILLED: case LX_EMPTY:
      if (x->a->kind != LX_PATH) return -1;
      return filled(field_value(fields, count, x->a->path.text)) == (x->kind == LX_FILLED);
    case LX_PATH:
      v = field_value(fields, count, x->path.text);
      return v == NULL ? 0 : v->type == V_BOOL ? v->i != 0 : -1;
    case LX_COMPARE:
      if (x->a->kind != LX_PATH || (x->compare != LANG_EQ && x->compare != LANG_NE)) return -1;
      v = field_value(fields, count, x->a->path.text);
      if (v == NULL || v->type == V_ABSENT) return 0;
      if (x->b->kind == LX_PATH && (v->type == V_TEXT || v->type == V_REF)) return str_eq(v->s, x->b->path.text) == (x->compare == LANG_EQ);
      if (x->b->kind == LX_LITERAL) return value_equal(v, &x->b->value) == (x->compare == LANG_EQ);
      return -1;
    case LX_RANGE:
      v = x->a->kind == LX_PATH ? field_value(fields, count, x->a->path.text) : NULL;
      return x->a->kind != LX_PATH ? -1 : v == NULL || v->type == V_ABSENT ? 0 : in_ranges(&x->ranges, v);
    case LX_ONE_OF:
      v = x->a->kind == LX_PATH ? field_value(fields, count, x->a->path.text) : NULL;
      if (x->a->kind != LX_PATH) return -1;
      for (size_t i = 0; v && i < x->arg_count; i++) {
        if (x->args[i]->kind != LX_PATH) return -1;
        if ((v->type == V_TEXT || v->type == V_REF) && str_eq(v->s, x->args[i]->path.text)) return 1;
      }
      return 0;
    default: return -1;
  }
}

bool case_form_asked(const struct lang_field *field, const struct event_extra *fields, size_t count) {
  return field->asked_if == NULL || holds(field->asked_if, fields, count) != 0;
}

static bool one_fits(const struct lang_type *t, const struct value *v) {
  bool text = v->type == V_TEXT || v->type == V_REF;
  switch (t->kind) {
    case LT_NUMBER: return v->type == V_COUNT || v->type == V_RATIO;
    case LT_MONEY: return v->type == V_MONEY;
    case LT_POINTS: return v->type == V_POINTS;
    case LT_RATIO: return v->type == V_RATIO || v->type == V_COUNT;
    case LT_BOOL: return v->type == V_BOOL;
    case LT_DATE: return v->type == V_DATE;
    case LT_INSTANT: return v->type == V_INSTANT;
    case LT_TIME: return v->type == V_TIME || text;
    case LT_DURATION: return v->type == V_DURATION;
    case LT_DAYS: return v->type == V_DAYS || v->type == V_COUNT;
    case LT_WORKDAYS: return v->type == V_WORKDAYS || v->type == V_COUNT;
    case LT_TABLE: return v->type == V_LIST || text;
    default: return text;
  }
}

static bool listed(const struct lang_type *t, const struct value *v) {
  for (size_t i = 0; i < t->enum_values.count; i++) {
    if (str_eq(t->enum_values.p[i].text, v->s)) return true;
  }
  return false;
}

/* 8张以上: how many are asked for. 0 fits, -1 too few, 1 too many. */
static int out_of_bounds(const struct lang_field *f, const struct value *v) {
  struct value n = *v;
  int out = 0;
  if (v->type == V_LIST) n = value_int(V_COUNT, (i64)v->count);
  else if (v->type == V_TEXT) n = value_int(V_COUNT, (i64)str_han_count(v->s));
  else if (v->type == V_REF) n = value_int(V_COUNT, 1);
  for (size_t i = 0; i < f->bound.count; i++) {
    const struct lang_range *r = &f->bound.p[i];
    int order;
    out = 0;
    if (r->lower) {
      if (r->lower->kind != LX_LITERAL || value_compare(&n, &r->lower->value, &order) != OK) return 0; /* not to be told here */
      if (order < 0 || (order == 0 && !r->lower_included)) out = -1;
    }
    if (!out && r->upper) {
      if (r->upper->kind != LX_LITERAL || value_compare(&n, &r->upper->value, &order) != OK) return 0;
      if (order > 0 || (order == 0 && !r->upper_included)) out = 1;
    }
    if (!out) return 0;
  }
  return out;
}

static enum status field_check(const struct lang_field *f, const struct value *v, struct problem *p) {
  const struct str name = f->name.text;
  const struct value *items = v;
  size_t n = 1;
  if (v->type == V_LIST && f->type.kind != LT_TABLE) {
    items = v->items;
    n = v->count;
    if (!f->type.many && n > 1) {
      return problem_set(p, E_INVALID, "case.field_type", "“%.*s”只能填一个", "“%.*s” takes one value", STR_ARG(name));
    }
  }
  for (size_t i = 0; i < n; i++) {
    if (!one_fits(&f->type, &items[i])) {
      return problem_set(p, E_INVALID, "case.field_type", "“%.*s”的写法不对", "“%.*s” is not written as its type asks", STR_ARG(name));
    }
    if (f->type.kind == LT_ENUM && f->type.enum_values.count && !listed(&f->type, &items[i])) {
      return problem_set(p, E_INVALID, "case.field_word", "“%.*s”里没有“%.*s”这一项", "“%.*s” has no choice “%.*s”", STR_ARG(name), STR_ARG(items[i].s));
    }
    if (items[i].type == V_TEXT && str_code_points(items[i].s) > CASE_TEXT_MAX) {
      return problem_set(p, E_INVALID, "case.field_bound", "“%.*s”太长", "“%.*s” is too long", STR_ARG(name));
    }
  }
  int out = out_of_bounds(f, v);
  if (out < 0) return problem_set(p, E_INVALID, "case.field_bound", "“%.*s”不够数", "“%.*s” has too few", STR_ARG(name));
  if (out > 0) return problem_set(p, E_INVALID, "case.field_bound", "“%.*s”超过了上限", "“%.*s” has too many", STR_ARG(name));
  return OK;
}

enum status case_form_check(const struct lang_case *type, const struct event_extra *fields, size_t count, bool partial, struct problem *p) {
  for (size_t i = 0; i < count; i++) {
    const struct lang_field *f = NULL;
    for (size_t k = 0; k < type->field_count; k++) {
      if (str_eq(type->fields[k].name.text, fields[i].name)) f = &type->fields[k];
    }
    if (f == NULL) {
      return problem_set(p, E_INVALID, "case.field_unknown", "“%.*s”没有“%.*s”这一项", "“%.*s” has no field “%.*s”", STR_ARG(type->name.text), STR_ARG(fields[i].name));
    }
    if (!filled(&fields[i].value)) continue;
    enum status status = field_check(f, &fields[i].value, p);
    if (status != OK) return status;
  }
  for (size_t k = 0; k < type->field_count && !partial; k++) {
    const struct lang_field *f = &type->fields[k];
    if (!f->required || f->computed || filled(field_value(fields, count, f->name.text))) continue;
    if (!case_form_asked(f, fields, count)) continue;
    return problem_set(p, E_INVALID, "case.field_missing", "“%.*s”还没有填", "“%.*s” must be filled in", STR_ARG(f->name.text));
  }
  return OK;
}

struct value case_form_sample(struct arena *a, const struct lang_field *field) {
  struct value v;
  switch (field->type.kind) {
    case LT_NUMBER: v = value_int(V_COUNT, 1); break;
    case LT_MONEY: v = value_int(V_MONEY, 100); break;
    case LT_POINTS: v = value_int(V_POINTS, 100); break;
    case LT_RATIO: v = value_ratio(1, 2); break;
    case LT_BOOL: v = value_bool(true); break;
    case LT_DATE: v = value_int(V_DATE, 20514); break;
    case LT_INSTANT: v = value_int(V_INSTANT, 20514ll * 86400000); break;
    case LT_TIME: v = value_int(V_TIME, 0); break;
    case LT_DURATION: v = value_int(V_DURATION, 60000); break;
    case LT_DAYS: v = value_int(V_DAYS, 1); break;
    case LT_WORKDAYS: v = value_int(V_WORKDAYS, 1); break;
    case LT_ENUM: v = value_text(field->type.enum_values.count ? field->type.enum_values.p[0].text : STR("一")); break;
    default: v = value_text(STR("一")); break;
  }
  for (size_t i = 0; i < field->bound.count && !field->type.many && v.type != V_TEXT; i++) { /* at its bound */
    const struct lang_range *r = &field->bound.p[i];
    const struct lang_expr *edge = r->lower ? r->lower : r->upper;
    if (edge == NULL || edge->kind != LX_LITERAL || edge->value.type != v.type) continue;
    v = edge->value;
    if (r->lower && !r->lower_included) v.i++;
    else if (!r->lower && !r->upper_included) v.i--;
    break;
  }
  if (!field->type.many) return v;
  size_t count = 1;
  for (size_t i = 0; i < field->bound.count; i++) {
    const struct lang_range *r = &field->bound.p[i];
    if (r->lower && r->lower->kind == LX_LITERAL && r->lower->value.i > 0 && r->lower->value.i < 100) count = (size_t)r->lower->value.i + (r->lower_included ? 0 : 1);
  }
  struct value *items = ARENA_ARRAY(a, struct value, count);
  for (size_t i = 0; i < count; i++) items[i] = v;
  return (struct value){.type = V_LIST, .items = items, .count = count};
}

/* ---- steps ---- */

enum { PASSED_OVER_MAX = 64 };

/* Where an arrow really leads. SIZE_MAX: the branch is closed. */
static size_t leads_to(const struct lang_case *type, size_t from, size_t to, const struct event_extra *fields, size_t count) {
  for (int i = 0; i < PASSED_OVER_MAX; i++) {
    if (type->states[to].only_if == NULL || holds(type->states[to].only_if, fields, count) != 0) return to;
    size_t next = SIZE_MAX;
    for (size_t k = 0; k < type->arrow_count; k++) {
      const struct lang_arrow *a = &type->arrows[k];
      if (a->from == from && a->to != to && a->after == NULL) return SIZE_MAX;
      if (a->from == to && a->after == NULL && next == SIZE_MAX) next = a->to;
    }
    if (next == SIZE_MAX || next == from) return SIZE_MAX;
    from = to;
    to = next;
  }
  return SIZE_MAX;
}

static bool time_over(const struct lang_program *program, const struct lang_expr *after, const struct case_moment *m) {
  static const struct work_calendar plain = {.from = 1, .to = 0};
  struct problem p = {0};
  i64 date = instant_date(m->since_ms, m->zone_offset_ms);
  const struct lang_figure *f = after->kind == LX_PATH ? lang_find_figure(program, after->path.text) : NULL;
  if (f) after = lang_figure_on(f, date);
  if (after == NULL || after->kind != LX_LITERAL) return true; /* not to be told here: the desk's rules tell */
  const struct value *span = &after->value;
  if (span->type == V_DURATION) return m->now_ms >= m->since_ms + span->i;
  if (span->type == V_DAYS) date += span->i;
  else if (span->type == V_MONTHS) date = date_add_months(date, span->i);
  else if (span->type != V_WORKDAYS || work_calendar_add(m->calendar ? m->calendar : &plain, date, span->i, &date, &p) != OK) return false;
  return m->now_ms >= instant_at(date + 1, 0, m->zone_offset_ms);
}

enum case_step case_form_step(const struct lang_program *program, const struct lang_case *type, size_t from, size_t to, const struct event_extra *fields, size_t count,
                              const struct case_moment *moment) {
  enum case_step best = CASE_STEP_NONE;
  for (size_t k = 0; k < type->arrow_count; k++) {
    const struct lang_arrow *a = &type->arrows[k];
    if (a->from != from || leads_to(type, from, a->to, fields, count) != to) continue;
    if (a->after == NULL || time_over(program, a->after, moment)) return CASE_STEP_OPEN;
    best = CASE_STEP_EARLY;
  }
  return best;
}
