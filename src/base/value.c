/* Exact values: see value.h. All arithmetic goes through 128-bit integers and is checked for overflow.
 * An amount that is not whole yet (money × 1.5 %) stays exact: type of the amount with den > 1. */
#include "base/value.h"

#include "base/calendar.h"

#include <stdlib.h>
#include <string.h>

typedef __int128 i128;

struct value value_absent(void) { return (struct value){.type = V_ABSENT}; }
struct value value_bool(bool b) { return (struct value){.type = V_BOOL, .i = b, .den = 1}; }
struct value value_int(enum value_type type, i64 i) { return (struct value){.type = type, .i = i, .den = 1}; }
struct value value_text(struct str s) { return (struct value){.type = V_TEXT, .s = s}; }
struct value value_ref(struct str s) { return (struct value){.type = V_REF, .s = s}; }

static i128 gcd128(i128 a, i128 b) {
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  while (b) {
    i128 t = a % b;
    a = b;
    b = t;
  }
  return a;
}

static bool reduce(i128 num, i128 den, struct value *out) {
  if (den < 0) num = -num, den = -den;
  i128 g = gcd128(num, den);
  if (g > 1) num /= g, den /= g;
  if (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX) return false;
  out->i = (i64)num;
  out->den = (i64)den;
  return true;
}

struct value value_ratio(i64 num, i64 den) {
  BUG_IF(den == 0);
  struct value v = {.type = V_RATIO};
  BUG_IF(!reduce(num, den, &v));
  return v;
}

static const char *const type_names[][2] = {
    {"空", "absent"},       {"是否", "yes or no"}, {"数", "count"},          {"钱", "money"},
    {"分", "points"},       {"时长", "duration"},  {"自然日数", "days"},     {"工作日数", "working days"},
    {"月数", "months"},     {"时刻", "instant"},   {"日期", "date"},         {"钟点", "time of day"},
    {"月日", "day of year"}, {"比率", "ratio"},    {"文", "text"},           {"对象", "object"},
    {"列表", "list"}};

const char *value_type_name_zh(enum value_type type) { return type_names[type][0]; }
const char *value_type_name_en(enum value_type type) { return type_names[type][1]; }

static i64 den_of(const struct value *v) { return v->den > 0 ? v->den : 1; }
static bool is_number(enum value_type t) { return t == V_COUNT || t == V_RATIO; }
static bool is_amount(enum value_type t) {
  return t == V_MONEY || t == V_POINTS || t == V_DURATION || t == V_DAYS || t == V_WORKDAYS || t == V_MONTHS;
}

bool value_equal(const struct value *a, const struct value *b) {
  if (a->type == V_ABSENT || b->type == V_ABSENT) return false;
  if ((a->type == V_TEXT || a->type == V_REF) && (b->type == V_TEXT || b->type == V_REF)) return str_eq(a->s, b->s);
  if (is_number(a->type) && is_number(b->type)) return (i128)a->i * den_of(b) == (i128)b->i * den_of(a);
  if (a->type != b->type) return false;
  if (a->type == V_LIST) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
      if (!value_equal(&a->items[i], &b->items[i])) return false;
    return true;
  }
  return (i128)a->i * den_of(b) == (i128)b->i * den_of(a);
}

enum status value_compare(const struct value *a, const struct value *b, int *order) {
  bool numbers = is_number(a->type) && is_number(b->type);
  if (a->type == V_ABSENT || b->type == V_ABSENT) return E_INVALID;
  if (!numbers && a->type != b->type) return E_INVALID;
  if (a->type == V_LIST || a->type == V_REF) return E_INVALID;
  if (a->type == V_TEXT) return *order = str_compare(a->s, b->s), OK;
  i128 l = (i128)a->i * den_of(b), r = (i128)b->i * den_of(a);
  *order = l < r ? -1 : l > r;
  return OK;
}

static enum status wrong_types(char op, const struct value *a, const struct value *b, struct problem *p) {
  return problem_set(p, E_INVALID, "value.types", "“%s”与“%s”之间不能用 %c 计算：请换成同一种量", "cannot compute %s %s: use one kind of quantity (%c)",
                     type_names[a->type][0], type_names[b->type][0], op);
}

enum status value_arith(char op, const struct value *a, const struct value *b, struct value *out, struct problem *p) {
  i128 an = a->i, ad = den_of(a), bn = b->i, bd = den_of(b), num, den;
  enum value_type type;
  if (a->type == V_ABSENT || b->type == V_ABSENT)
    return problem_set(p, E_INVALID, "value.absent", "缺少数值，无法计算，转由人工处理", "a value is missing; a person has to decide");
  if (op == '+' || op == '-') {
    if (is_number(a->type) && is_number(b->type)) type = a->type == V_COUNT && b->type == V_COUNT ? V_COUNT : V_RATIO;
    else if (a->type == b->type && is_amount(a->type)) type = a->type;
    else if (a->type == V_INSTANT && b->type == V_DURATION) type = V_INSTANT;
    else if (a->type == V_TIME && b->type == V_DURATION) type = V_TIME;
    else if (a->type == V_DATE && b->type == V_DAYS) type = V_DATE;
    else if (op == '-' && a->type == V_INSTANT && b->type == V_INSTANT) type = V_DURATION;
    else if (op == '-' && a->type == V_TIME && b->type == V_TIME) type = V_DURATION;
    else if (op == '-' && a->type == V_DATE && b->type == V_DATE) type = V_DAYS;
    else return wrong_types(op, a, b, p);
    num = op == '+' ? an * bd + bn * ad : an * bd - bn * ad;
    den = ad * bd;
  } else if (op == '*') {
    if (is_number(a->type) && is_number(b->type)) type = a->type == V_COUNT && b->type == V_COUNT ? V_COUNT : V_RATIO;
    else if (is_amount(a->type) && is_number(b->type)) type = a->type;
    else if (is_number(a->type) && is_amount(b->type)) type = b->type;
    else return wrong_types(op, a, b, p);
    num = an * bn;
    den = ad * bd;
  } else {
    if (is_number(a->type) && is_number(b->type)) type = V_RATIO;
    else if (is_amount(a->type) && a->type == b->type) type = V_RATIO;
    else if (is_amount(a->type) && is_number(b->type)) type = a->type;
    else return wrong_types(op, a, b, p);
    if (bn == 0)
      return problem_set(p, E_INVALID, "value.divide_by_zero", "除数为零：请写明“除数为零 计 …”", "division by zero: say what it counts as (“div0 as …”)");
    num = an * bd;
    den = ad * bn;
  }
  *out = (struct value){.type = type};
  if (!reduce(num, den, out))
    return problem_set(p, E_INVALID, "value.overflow", "数值太大，超出可计算的范围", "the number is too large to compute exactly");
  return OK;
}

static enum status round_div(i128 num, i128 den, enum rounding mode, i64 *out) {
  if (den == 0) return E_INVALID;
  if (den < 0) num = -num, den = -den;
  bool negative = num < 0;
  i128 magnitude = negative ? -num : num;
  i128 q = magnitude / den, rest = magnitude % den;
  if (mode == ROUND_UP ? rest > 0 : mode == ROUND_HALF_UP && rest * 2 >= den) q++;
  if (q > INT64_MAX) return E_INVALID;
  *out = negative ? -(i64)q : (i64)q;
  return OK;
}

enum status ratio_round(i64 num, i64 den, i64 step, enum rounding mode, i64 *out) {
  if (step <= 0) return E_INVALID;
  i64 steps;
  if (round_div(num, (i128)den * step, mode, &steps) != OK) return E_INVALID;
  return __builtin_mul_overflow(steps, step, out) ? E_INVALID : OK;
}

enum status mul_div(i64 a, i64 b, i64 c, enum rounding mode, i64 *out) { return round_div((i128)a * b, c, mode, out); }

struct str money_text(struct arena *a, i64 fen) {
  u64 m = fen < 0 ? 0 - (u64)fen : (u64)fen;
  return arena_printf(a, "%s%llu.%02llu", fen < 0 ? "-" : "", (unsigned long long)(m / 100), (unsigned long long)(m % 100));
}

bool decimal_parse(struct str s, int digits, i64 *out) {
  s = str_trim(s);
  bool negative = s.n && s.p[0] == '-';
  size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+');
  i64 value = 0;
  int fraction = -1;
  bool any = false;
  for (; at < s.n; at++) {
    char c = s.p[at];
    if (c == '.' && fraction < 0 && any) {
      fraction = 0;
      continue;
    }
    if (c == ',' && fraction < 0 && any) continue;
    if (c < '0' || c > '9') return false;
    any = true;
    if (fraction >= digits) {
      if (c != '0') return false;
      continue;
    }
    if (fraction >= 0) fraction++;
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, c - '0', &value)) return false;
  }
  if (!any || fraction == 0) return false;
  for (int i = fraction < 0 ? 0 : fraction; i < digits; i++)
    if (__builtin_mul_overflow(value, 10, &value)) return false;
  *out = negative ? -value : value;
  return true;
}

bool money_parse(struct str s, i64 *fen) { return decimal_parse(s, 2, fen); }

static struct str show_decimal(struct arena *a, i64 num, i64 den, int digits) {
  i64 scale = 1, scaled;
  for (int i = 0; i < digits; i++) scale *= 10;
  if (mul_div(num, scale, den, ROUND_HALF_UP, &scaled) != OK) return STR("∞");
  u64 m = scaled < 0 ? 0 - (u64)scaled : (u64)scaled;
  struct str s = arena_printf(a, "%s%llu.%0*llu", scaled < 0 ? "-" : "", (unsigned long long)(m / (u64)scale), digits,
                              (unsigned long long)(m % (u64)scale));
  while (s.n && s.p[s.n - 1] == '0') s.n--;
  if (s.n && s.p[s.n - 1] == '.') s.n--;
  return s;
}

static struct str show_duration(struct arena *a, i64 ms, bool english) {
  struct buf b;
  buf_init(&b, 200);
  static const struct {
    i64 ms;
    const char *zh, *en;
  } units[] = {{3600000, "小时", " h "}, {60000, "分", " min "}, {1000, "秒", " s "}, {1, "毫秒", " ms "}};
  if (ms < 0) buf_byte(&b, '-'), ms = -ms;
  bool any = false;
  for (size_t i = 0; i < COUNT_OF(units); i++) {
    i64 n = ms / units[i].ms;
    if (n == 0 && !(i == 2 && !any && ms == 0)) continue;
    buf_printf(&b, "%lld%s", (long long)n, english ? units[i].en : (i == 1 && ms % 60000 == 0 ? "分钟" : units[i].zh));
    ms -= n * units[i].ms;
    any = true;
  }
  struct str s = str_trim(arena_buf(a, &b));
  buf_release(&b);
  return s;
}

struct str value_show(struct arena *a, const struct value *v, bool english, i64 zone_offset_ms) {
  switch (v->type) {
    case V_ABSENT: return english ? STR("absent") : STR("空");
    case V_BOOL: return v->i ? (english ? STR("yes") : STR("是")) : (english ? STR("no") : STR("否"));
    case V_COUNT: return den_of(v) == 1 ? arena_printf(a, "%lld", (long long)v->i) : show_decimal(a, v->i, den_of(v), 4);
    case V_MONEY: {
      struct str n = show_decimal(a, v->i, den_of(v) * 100, den_of(v) == 1 ? 2 : 6);
      return english ? arena_printf(a, "CNY %.*s", STR_ARG(n)) : arena_printf(a, "%.*s元", STR_ARG(n));
    }
    case V_POINTS: {
      struct str n = show_decimal(a, v->i, den_of(v) * 100, 2);
      return english ? arena_printf(a, "%.*s pt", STR_ARG(n)) : arena_printf(a, "%.*s分", STR_ARG(n));
    }
    case V_DURATION: return show_duration(a, v->i / den_of(v), english);
    case V_DAYS: return arena_printf(a, english ? "%lld days" : "%lld天", (long long)v->i);
    case V_WORKDAYS: return arena_printf(a, english ? "%lld working days" : "%lld个工作日", (long long)v->i);
    case V_MONTHS: return arena_printf(a, english ? "%lld months" : "%lld个月", (long long)v->i);
    case V_INSTANT: return calendar_show_instant(a, v->i, zone_offset_ms);
    case V_DATE: return calendar_show_date(a, v->i);
    case V_TIME: return arena_printf(a, "%02lld:%02lld", (long long)(v->i / 3600000), (long long)(v->i / 60000 % 60));
    case V_MONTH_DAY: return arena_printf(a, "%lld-%02lld", (long long)(v->i / 100), (long long)(v->i % 100));
    case V_RATIO: {
      struct str n = show_decimal(a, v->i > INT64_MAX / 100 || v->i < INT64_MIN / 100 ? v->i / 100 * 100 : v->i * 100, den_of(v), 4);
      return arena_printf(a, "%.*s%%", STR_ARG(n));
    }
    case V_TEXT:
    case V_REF: return v->s;
    case V_LIST: break;
  }
  struct buf b;
  buf_init(&b, 4096);
  for (size_t i = 0; i < v->count; i++) {
    struct str s = value_show(a, &v->items[i], english, zone_offset_ms);
    if (i) buf_addc(&b, english ? ", " : "、");
    buf_add(&b, s);
  }
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}
