/* The one typed value that rules, events and settings are made of, and exact arithmetic on it.
 *
 * There is no implicit conversion and no floating point. Units: money in fen, points in 1/100, durations in
 * milliseconds, instants in UTC milliseconds, dates in days since 1970-01-01 (civil, desk zone), times of day in
 * milliseconds since midnight. A ratio is num/den in lowest terms, den > 0. V_ABSENT is a field that was never
 * filled in: comparing or adding it is an error that sends the matter to a person, never a zero. */
#ifndef GUIJU_BASE_VALUE_H
#define GUIJU_BASE_VALUE_H

#include "base/arena.h"

enum value_type {
  V_ABSENT,
  V_BOOL,
  V_COUNT,        /* integer, plain or of a thing: 3 次, 8 张 */
  V_MONEY,        /* fen */
  V_POINTS,       /* 1/100 point */
  V_DURATION,     /* ms, exact: 30秒, 2小时 */
  V_DAYS,         /* natural days: 3天, 1 week = 7 days */
  V_WORKDAYS,     /* working days of the calendar in force */
  V_MONTHS,       /* calendar months: 2个月, 1 quarter = 3, 1 year = 12 */
  V_INSTANT,      /* UTC ms */
  V_DATE,         /* days since 1970-01-01 */
  V_TIME,         /* ms since midnight */
  V_MONTH_DAY,    /* a day of the year without a year: month * 100 + day */
  V_RATIO,        /* i / den: 1.5 %, 2/3, 0.5 */
  V_TEXT,         /* also values of an enumeration */
  V_REF,          /* id of a person, customer, order, conversation, case, rule clause… */
  V_LIST,
};

struct value {
  enum value_type type;
  i64 i;   /* the number in the unit of `type`; numerator of a ratio */
  i64 den; /* V_RATIO: denominator, > 0 */
  struct str s; /* V_TEXT, V_REF */
  const struct value *items; /* V_LIST */
  size_t count;
};

enum rounding { ROUND_HALF_UP, ROUND_DOWN, ROUND_UP }; /* half away from zero; toward zero; away from zero */

struct value value_absent(void);
struct value value_bool(bool b);
struct value value_int(enum value_type type, i64 i);
struct value value_text(struct str s);
struct value value_ref(struct str s);
/* Lowest terms, den > 0. BUG_IF den == 0: check the divisor first. */
struct value value_ratio(i64 num, i64 den);

const char *value_type_name_zh(enum value_type type);
const char *value_type_name_en(enum value_type type);

bool value_equal(const struct value *a, const struct value *b); /* same type and same content; absent equals nothing */
/* Order of two values of one ordered type (numbers as exact ratios: count with ratio allowed). E_INVALID otherwise. */
MUST_CHECK enum status value_compare(const struct value *a, const struct value *b, int *order);
/* + - × ÷. Legal: same type ± same type; instant ± duration; date ± days; number × any amount; amount ÷ number;
 * amount ÷ same type = ratio; count/ratio arithmetic is exact. money × ratio yields V_MONEY only through
 * value_round (it is carried as an exact amount meanwhile). Overflow, division by zero, wrong types: E_INVALID with
 * a problem of key value.overflow, value.divide_by_zero, value.types. */
MUST_CHECK enum status value_arith(char op, const struct value *a, const struct value *b, struct value *out, struct problem *p);
/* Round an exact ratio num/den to a multiple of `step` (in the same unit, > 0). */
MUST_CHECK enum status ratio_round(i64 num, i64 den, i64 step, enum rounding mode, i64 *out);
/* a * b / c exactly with a 128-bit intermediate, rounded to an integer; E_INVALID on overflow or c == 0. */
MUST_CHECK enum status mul_div(i64 a, i64 b, i64 c, enum rounding mode, i64 *out);

/* Text of a value as a person reads it: 15元, 1分31秒, 3天, 1.5%, 2026-03-05. `english` picks the language. */
struct str value_show(struct arena *a, const struct value *v, bool english, i64 zone_offset_ms);
/* Money: "1284.60" (fen -> yuan with two digits) and back ("429", "429.5", "1,284.60"; false when not money). */
struct str money_text(struct arena *a, i64 fen);
bool money_parse(struct str s, i64 *fen);
/* Fixed-point decimal with at most `digits` fraction digits to integer: ("9.5", 2) -> 950. */
bool decimal_parse(struct str s, int digits, i64 *out);

#endif
