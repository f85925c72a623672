/* Types and units: what may be added, compared and multiplied. An unknown type is never complained about. */
#include "lang/checker.h"

enum value_type lang_value_type(enum lang_type_kind kind) {
  switch (kind) {
    case LT_NUMBER: return V_COUNT;
    case LT_MONEY: return V_MONEY;
    case LT_POINTS: return V_POINTS;
    case LT_RATIO: return V_RATIO;
    case LT_BOOL: return V_BOOL;
    case LT_DATE: return V_DATE;
    case LT_INSTANT: return V_INSTANT;
    case LT_TIME: return V_TIME;
    case LT_DURATION: return V_DURATION;
    case LT_DAYS: return V_DAYS;
    case LT_WORKDAYS: return V_WORKDAYS;
    case LT_TEXT: case LT_ENUM: case LT_PHONE: case LT_ADDRESS: return V_TEXT;
    case LT_FILE: case LT_PHOTO: case LT_SIGNATURE: case LT_TABLE: return V_LIST;
    default: return V_REF;
  }
}
bool lang_is_span_type(enum value_type t) { return t == V_DURATION || t == V_DAYS || t == V_WORKDAYS || t == V_MONTHS; }
static bool is_number(enum value_type t) { return t == V_COUNT || t == V_RATIO; }

bool lang_constant(const struct checker *c, const struct lang_expr *e, struct value *v) {
  for (int depth = 0; e && depth < 8; depth++) {
    if (e->kind == LX_LITERAL || e->kind == LX_ORDINAL) {
      *v = e->value;
      return true;
    }
    const struct lang_figure *f = e->kind == LX_PATH ? map_ptr(&c->figures, e->path.text) : NULL;
    if (!f || f->value_count != 1) return false;
    e = f->values[0].expr;
  }
  return false;
}

static struct known_type plain(enum value_type t) { return (struct known_type){.type = t}; }

static void mismatch(struct checker *c, const struct lang_expr *e, enum value_type a, enum value_type b) {
  struct lang_diagnostic *m = lang_diagnose_texts(
      c->d, LANG_ERROR, e->at, "lang.units", arena_printf(c->arena, "单位不合：一边是%s，一边是%s", value_type_name_zh(a), value_type_name_zh(b)),
      arena_printf(c->arena, "the units do not fit: %s on one side, %s on the other", value_type_name_en(a), value_type_name_en(b)));
  if ((lang_is_span_type(a) && lang_is_span_type(b)) || a == V_MONTHS || b == V_MONTHS)
    lang_diagnostic_example(c->d, m, "1 个月是 28 到 31 天，工作日跳过节假日：不能直接相比", "a month is 28 to 31 days, working days skip holidays: they do not compare");
}

struct known_type lang_type_of_arith(struct checker *c, const struct lang_expr *e, struct known_type x, struct known_type y) {
  enum value_type a = x.type, b = y.type;
  if (!a || !b) return plain(V_ABSENT);
  bool sum = e->op == '+' || e->op == '-';
  if (sum) {
    if (is_number(a) && is_number(b)) return plain(a == V_COUNT && b == V_COUNT ? V_COUNT : V_RATIO);
    if (e->op == '-' && a == V_INSTANT && b == V_INSTANT) return plain(V_DURATION);
    if (e->op == '-' && a == V_DATE && b == V_DATE) return plain(V_DAYS);
    if ((a == V_INSTANT && lang_is_span_type(b)) || (a == V_DATE && lang_is_span_type(b) && b != V_DURATION)) return plain(a);
    if (a == b && a != V_INSTANT && a != V_DATE && a != V_TEXT && a != V_REF) return plain(a);
  } else if (e->op == '*') {
    if (is_number(a) && is_number(b)) return plain(a == V_COUNT && b == V_COUNT ? V_COUNT : V_RATIO);
    if (is_number(a) && (b == V_DAYS || b == V_WORKDAYS)) return plain(b);
    if ((b == V_DAYS || b == V_WORKDAYS) && a == V_MONEY) return x; /* so much a day, times the days */
    if ((a == V_DAYS || a == V_WORKDAYS) && b == V_MONEY) return y;
    if (is_number(a)) return y;
    if (is_number(b)) return x;
  } else {
    if (is_number(a) && is_number(b)) return plain(V_RATIO);
    if (a == b) return plain(V_RATIO);
    if (is_number(b)) return x;
    if (a == V_MONEY && (b == V_DAYS || b == V_WORKDAYS || b == V_DURATION)) return x;
  }
  mismatch(c, e, a, b);
  return plain(V_ABSENT);
}

void lang_type_compare(struct checker *c, const struct lang_expr *e, struct known_type x, struct known_type y) {
  enum value_type a = x.type, b = y.type;
  if (!a || !b || a == b) return;
  if (is_number(a) && is_number(b)) return;
  if ((a == V_TEXT || a == V_REF) && (b == V_TEXT || b == V_REF)) return;
  if ((a == V_INSTANT && b == V_DATE) || (a == V_DATE && b == V_INSTANT)) return; /* by date */
  if (a == V_DURATION && (b == V_DAYS)) return;  /* a day of 24 hours: 提前 不满 1天 */
  if (b == V_DURATION && (a == V_DAYS)) return;
  if (a == V_LIST || b == V_LIST) return;
  if ((a == V_DAYS && is_number(b)) || (b == V_DAYS && is_number(a))) return; /* 天数: 数 与 3天 */
  mismatch(c, e, a, b);
}
